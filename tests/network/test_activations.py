"""Activation functions against math.*, and at the ends of float64."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spicegen.network.activations import ACTIVATIONS, sigmoid

POINTS = [-30.0, -3.2, -1.0, -1e-9, 0.0, 0.25, 1.0, 7.5, 30.0]
TRUTH = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "sigmoid": lambda x: 1.0 / (1.0 + math.exp(-x)),
    "tanh": math.tanh,
}


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_each_agrees_with_its_definition(name: str) -> None:
    expected = [TRUTH[name](x) for x in POINTS]
    np.testing.assert_allclose(ACTIVATIONS[name](np.array(POINTS)), expected, rtol=0, atol=2e-16)


def test_there_are_no_others() -> None:
    assert sorted(ACTIVATIONS) == sorted(TRUTH)


def test_sigmoid_saturates_without_overflow() -> None:
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(
            sigmoid(np.array([-1e308, -800.0, 800.0, 1e308])), [0, 0, 1, 1]
        )


def test_sigmoid_is_point_symmetric() -> None:
    x = np.linspace(-20, 20, 401)
    np.testing.assert_allclose(sigmoid(x) + sigmoid(-x), 1.0, rtol=0, atol=1e-16)
