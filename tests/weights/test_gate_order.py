"""The way of each framework's blocks into the canonical order."""

from __future__ import annotations

import numpy as np
import pytest

from spicegen.errors import NetworkError
from spicegen.weights import from_keras, from_onnx
from spicegen.weights.gate_order import CANONICAL, KERAS, ONNX, reorder

UNITS, FEATURES = 3, 2


def blocks(order: str, columns: int, offset: float = 0.0) -> np.ndarray:
    """Rows that tell their gate and unit: gate letter's code + unit / 10 (+ offset)."""
    rows = [ord(gate) + unit / 10 + offset for gate in order for unit in range(UNITS)]
    return np.repeat(np.array(rows)[:, None], columns, axis=1)


@pytest.mark.parametrize("kind", CANONICAL)
@pytest.mark.parametrize("biases", [0, 1, 2])
def test_keras(kind: str, biases: int) -> None:
    stored, wanted = KERAS[kind], CANONICAL[kind]
    bias = None
    if biases:
        bias = np.array([blocks(stored, 1, 100.0 * k)[:, 0] for k in range(biases)])
        bias = bias[0] if biases == 1 else bias
    arrays = from_keras(kind, blocks(stored, FEATURES).T, blocks(stored, UNITS).T, bias)
    np.testing.assert_array_equal(arrays["weight_ih"], blocks(wanted, FEATURES))
    np.testing.assert_array_equal(arrays["weight_hh"], blocks(wanted, UNITS))
    assert len(arrays) == 2 + biases
    for k, name in enumerate(["bias_ih", "bias_hh"][:biases]):
        np.testing.assert_array_equal(arrays[name], blocks(wanted, 1, 100.0 * k)[:, 0])


@pytest.mark.parametrize("kind", CANONICAL)
def test_onnx(kind: str) -> None:
    stored, wanted = ONNX[kind], CANONICAL[kind]
    bias = np.concatenate([blocks(stored, 1)[:, 0], blocks(stored, 1, 100.0)[:, 0]])
    peephole = np.concatenate([np.full(UNITS, ord(gate)) for gate in "iof"]).astype(float)
    arrays = from_onnx(kind, blocks(stored, FEATURES), blocks(stored, UNITS), bias, peephole)
    np.testing.assert_array_equal(arrays["weight_ih"], blocks(wanted, FEATURES))
    np.testing.assert_array_equal(arrays["weight_hh"], blocks(wanted, UNITS))
    np.testing.assert_array_equal(arrays["bias_ih"], blocks(wanted, 1)[:, 0])
    np.testing.assert_array_equal(arrays["bias_hh"], blocks(wanted, 1, 100.0)[:, 0])
    for gate in "iof":
        np.testing.assert_array_equal(arrays[f"peephole_{gate}"], np.full(UNITS, ord(gate)))


def test_onnx_without_biases() -> None:
    assert sorted(from_onnx("rnn", np.eye(2), np.eye(2), None)) == ["weight_hh", "weight_ih"]


def test_there_and_back() -> None:
    array = np.random.default_rng(0).standard_normal((12, 5))
    np.testing.assert_array_equal(reorder(reorder(array, "ifgo", "iofg"), "iofg", "ifgo"), array)


def test_rows_must_divide_into_blocks() -> None:
    with pytest.raises(NetworkError, match="gate order: rows must divide into 4 blocks, got 10"):
        reorder(np.zeros((10, 2)), "ifgo", "iofg")
