"""Backpropagation against finite differences of losses that are computed without it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from spicegen.network import Dense, Lstm, Network
from spicegen.training.array import weight_of, with_weight
from spicegen.training.backward import gradients
from spicegen.training.task import cross_entropy, mean_square

FloatArray = NDArray[np.float64]
STEP = 1e-6


def numeric(loss: Callable[[FloatArray], float], weight: FloatArray) -> FloatArray:
    """Central differences of a loss by each entry."""
    found = np.empty_like(weight)
    for at in np.ndindex(weight.shape):
        up, down = weight.copy(), weight.copy()
        up[at] += STEP
        down[at] -= STEP
        found[at] = (loss(up) - loss(down)) / (2 * STEP)
    return found


def lstm(returns: str = "sequence") -> Lstm:
    draws = np.random.default_rng(3)
    return Lstm(
        "recurrent",
        draws.normal(size=(12, 2)),
        draws.normal(size=(12, 3)),
        draws.normal(size=12),
        returns,  # type: ignore[arg-type]
    )


def dense(activation: str, inputs: int, name: str = "out") -> Dense:
    draws = np.random.default_rng(4)
    bias = draws.normal(size=2)
    return Dense(name, draws.normal(size=(2, inputs)), bias, activation)  # type: ignore[arg-type]


def with_layer(network: Network, name: str, weight: FloatArray) -> Network:
    layers = tuple(
        with_weight(layer, weight) if layer.name == name else layer for layer in network.layers
    )
    return Network(network.name, network.input_size, layers)


@pytest.mark.parametrize("activation", ["linear", "relu", "sigmoid", "tanh"])
def test_dense_layers(activation: str) -> None:
    layers = (dense(activation, 3, "first"), dense("tanh", 2))
    network = Network("two", 3, layers)
    draws = np.random.default_rng(0)
    x, wanted = draws.normal(size=(6, 3)), draws.normal(size=(6, 2))
    trace = network.forward(x)
    found = gradients(network, trace, mean_square(trace.outputs, wanted)[1])
    for layer in layers:

        def loss(weight: FloatArray, name: str = layer.name) -> float:
            return mean_square(with_layer(network, name, weight).forward(x).outputs, wanted)[0]

        expected = numeric(loss, weight_of(layer))
        np.testing.assert_allclose(found[layer.name], expected, atol=1e-8)


@pytest.mark.parametrize("returns", ["sequence", "last"])
def test_an_lstm_behind_an_lstm(returns: str) -> None:
    draws = np.random.default_rng(1)
    second = Lstm(
        "second", draws.normal(size=(8, 3)), draws.normal(size=(8, 2)), draws.normal(size=8),
        returns,
    )  # type: ignore[arg-type]  # fmt: skip
    network = Network("deep", 2, (lstm(), second, dense("linear", 2)))
    x = draws.normal(size=(4, 5, 2))
    trace = network.forward(x)
    wanted = draws.normal(size=trace.outputs.shape)
    found = gradients(network, trace, mean_square(trace.outputs, wanted)[1])
    for layer in network.layers:

        def loss(weight: FloatArray, name: str = layer.name) -> float:
            return mean_square(with_layer(network, name, weight).forward(x).outputs, wanted)[0]

        expected = numeric(loss, weight_of(layer))
        np.testing.assert_allclose(found[layer.name], expected, atol=1e-8)


def test_classes() -> None:
    network = Network("classes", 2, (lstm("last"), dense("linear", 3)))
    draws = np.random.default_rng(2)
    x, classes = draws.normal(size=(5, 4, 2)), np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    trace = network.forward(x)
    value, slope = cross_entropy(trace.outputs, classes)
    by_hand = [
        -np.log(np.exp(row[int(k)]) / np.exp(row).sum())
        for row, k in zip(trace.outputs, classes, strict=True)
    ]
    assert value == pytest.approx(np.mean(by_hand), rel=1e-12)
    found = gradients(network, trace, slope)["recurrent"]

    def loss(weight: FloatArray) -> float:
        outputs = with_layer(network, "recurrent", weight).forward(x).outputs
        return cross_entropy(outputs, classes)[0]

    np.testing.assert_allclose(found, numeric(loss, weight_of(network.layers[0])), atol=1e-8)


def states_from(
    layer: Lstm, x: FloatArray, h: FloatArray, c: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """h of every step and the last h and c, from given states; written out for this test."""
    rows = []
    units = layer.output_size
    for step in range(x.shape[1]):
        pre = x[:, step] @ layer.weight_ih.T + h @ layer.weight_hh.T + layer.bias
        i, f, o = (1 / (1 + np.exp(-pre[:, k * units : (k + 1) * units])) for k in (0, 1, 3))
        c = f * c + i * np.tanh(pre[:, 2 * units : 3 * units])
        h = o * np.tanh(c)
        rows.append(h)
    return np.stack(rows, axis=1), h, c


def test_truncation_takes_states_between_stretches_as_given() -> None:
    """The gradient is the sum over stretches, each with the states in front of it held fixed."""
    layer = lstm()
    draws = np.random.default_rng(6)
    x, wanted = draws.normal(size=(3, 6, 2)), draws.normal(size=(3, 6, 3))
    network = Network("one", 2, (layer,))
    trace = network.forward(x)
    slope = mean_square(trace.outputs, wanted)[1]
    expected = np.zeros_like(weight_of(layer))
    h = c = np.zeros((3, 3))
    for first in (0, 2, 4):
        part = slice(first, first + 2)

        def loss(
            weight: FloatArray, h: FloatArray = h, c: FloatArray = c, part: slice = part
        ) -> float:
            changed = with_weight(layer, weight)
            assert isinstance(changed, Lstm)
            out = states_from(changed, x[:, part], h, c)[0]
            return float(np.sum((out - wanted[:, part]) ** 2) / wanted.size)

        expected += numeric(loss, weight_of(layer))
        _, h, c = states_from(layer, x[:, part], h, c)
    found = gradients(network, trace, slope, truncate_steps=2)["recurrent"]
    np.testing.assert_allclose(found, expected, atol=1e-8)
    whole = gradients(network, trace, slope)["recurrent"]
    assert np.abs(whole - found).max() > 1e-3  # truncation does leave something out
    longest = gradients(network, trace, slope, truncate_steps=6)["recurrent"]
    np.testing.assert_array_equal(longest, whole)
