"""Softmax as a read-out: logits are the outputs, probabilities stand beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spicegen.errors import NetworkError
from spicegen.network import Dense, Network, load_network
from spicegen.network.activations import softmax


def layer(name: str = "out", readout: str = "softmax") -> Dense:
    weight = np.random.default_rng(0).standard_normal((3, 2))
    return Dense(name, weight, np.zeros(3), readout=readout)  # type: ignore[arg-type]


def test_softmax_is_a_distribution_at_any_magnitude() -> None:
    logits = np.array([[1e4, 1e4 - 1, -1e4], [0.0, 0.0, 0.0]])
    e = np.exp(-1.0)
    expected = [[1 / (1 + e), e / (1 + e), 0.0], [1 / 3, 1 / 3, 1 / 3]]
    np.testing.assert_allclose(softmax(logits), expected, rtol=1e-15)


def test_outputs_are_logits() -> None:
    network = Network("n", 2, (layer(),))
    x = np.random.default_rng(1).standard_normal((5, 2))
    trace = network.forward(x)
    logits = x @ layer().weight.T
    np.testing.assert_allclose(trace.outputs, logits, atol=1e-15)
    signals = trace.layers["out"]
    np.testing.assert_array_equal(signals["pre"], signals["out"])
    exponential = np.exp(logits)
    np.testing.assert_allclose(
        signals["probability"][:, 0], exponential / exponential.sum(axis=1, keepdims=True)
    )
    np.testing.assert_array_equal(
        signals["probability"][:, 0].argmax(axis=1), trace.outputs.argmax(axis=1)
    )


def test_a_network_knows_whether_it_classifies() -> None:
    assert Network("n", 2, (layer(),)).classifies
    assert not Network("n", 2, (layer(readout="none"),)).classifies


def test_network_toml_may_say_softmax(write_network: Callable[..., Path]) -> None:
    with pytest.raises(NetworkError, match="softmax is a read-out, so only the last layer may"):
        load_network(write_network('"relu"', '"softmax"'))
    dense = '[[layer]]\nname = "first"\nkind = "dense"\nunits = 2\nactivation = "relu"\n\n'
    path = write_network(dense, "", first__weight=None, first__bias=None,
                         memory__weight_ih=np.zeros((16, 3)))  # fmt: skip
    arrays = dict(np.load(path.parent / "weights.npz")) | {"out.weight": np.eye(4)}
    np.savez(path.parent / "weights.npz", **arrays)
    last = '\n[[layer]]\nname = "out"\nkind = "dense"\nunits = 4\nactivation = "softmax"\n'
    path.write_text(path.read_text() + last)
    network = load_network(path)
    assert network.classifies
    final = network.layers[-1]
    assert isinstance(final, Dense)
    assert (final.activation, final.readout) == ("linear", "softmax")


def test_readouts_are_checked() -> None:
    with pytest.raises(
        NetworkError, match="'out': readout must be 'none' or 'softmax', got argmax"
    ):
        layer(readout="argmax")
    with pytest.raises(
        NetworkError, match="a softmax read-out needs a linear activation, got relu"
    ):
        Dense("out", np.eye(2), np.zeros(2), "relu", "softmax")
