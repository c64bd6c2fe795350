"""PyTorch's numbered names, and names of other conventions."""

from __future__ import annotations

import numpy as np
import pytest

from spicegen.errors import NetworkError
from spicegen.weights import canonical_names


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("lstm.weight_ih_l0", "lstm.weight_ih"),
        ("lstm.bias_hh_l0", "lstm.bias_hh"),
        ("lstm.weight_hh_l0_reverse", "lstm.weight_hh_reverse"),
        ("lstm.weight_ih_l1", "lstm_l1.weight_ih"),
        ("net.memory.bias_ih_l12_reverse", "net.memory_l12.bias_ih_reverse"),
        ("lstm.weight_ih", "lstm.weight_ih"),
        ("fc.weight", "fc.weight"),
        ("fc.weight_l0", "fc.weight_l0"),
        ("lstm.weight_ih_lx", "lstm.weight_ih_lx"),
        ("weight_ih_l0", "weight_ih_l0"),
    ],
)
def test_names(name: str, canonical: str) -> None:
    array = np.zeros(1)
    renamed = canonical_names({name: array}, "w")
    assert list(renamed) == [canonical]
    assert renamed[canonical] is array


def test_two_names_of_one_array_are_refused() -> None:
    arrays = {"m.weight_ih_l0": np.zeros(1), "m.weight_ih": np.zeros(1)}
    with pytest.raises(NetworkError, match="w: two arrays stand for the same one, got 'm"):
        canonical_names(arrays, "w")


def test_projections_are_refused() -> None:
    with pytest.raises(NetworkError, match=r"projections are not supported, got 'm\.weight_hr_l0'"):
        canonical_names({"m.weight_hr_l0": np.zeros(1)}, "w")


@pytest.mark.parametrize("name", ["lstm.kernel", "lstm/recurrent_kernel:0", "kernel"])
def test_names_of_keras_are_refused(name: str) -> None:
    with pytest.raises(NetworkError, match=r"must be in PyTorch's layout.* save .* as \.keras"):
        canonical_names({name: np.zeros(1)}, "w")
