"""The activation functions of the reference, float64 in and out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Activation = Literal["linear", "relu", "sigmoid", "tanh"]


def linear(x: Array) -> Array:
    """The argument itself."""
    return x


def relu(x: Array) -> Array:
    """max(x, 0), elementwise."""
    return np.maximum(x, 0.0)


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), elementwise, written with tanh so that no exponential overflows."""
    result: Array = 0.5 + 0.5 * np.tanh(0.5 * x)
    return result


def tanh(x: Array) -> Array:
    """Hyperbolic tangent, elementwise."""
    result: Array = np.tanh(x)
    return result


def softmax(x: Array) -> Array:
    """exp(x) over its sum along the last axis, shifted so that no exponential overflows."""
    shifted = np.exp(x - x.max(axis=-1, keepdims=True))
    result: Array = shifted / shifted.sum(axis=-1, keepdims=True)
    return result


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "linear": linear,
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
}
