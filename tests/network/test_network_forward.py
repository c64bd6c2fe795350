"""Whole networks: axes, chaining of sizes, determinism."""

from __future__ import annotations

import numpy as np
import pytest

from spicegen.errors import InputError, NetworkError
from spicegen.network import Dense, Lstm, Network


def dense(name: str, features: int, units: int) -> Dense:
    generator = np.random.default_rng(len(name))
    return Dense(name, generator.standard_normal((units, features)), np.zeros(units), "tanh")


def lstm(name: str, features: int, units: int, returns: str = "sequence") -> Lstm:
    generator = np.random.default_rng(len(name))
    ih = generator.standard_normal((4 * units, features))
    hh = generator.standard_normal((4 * units, units))
    return Lstm(name, ih, hh, np.zeros(4 * units), returns)  # type: ignore[arg-type]


STATIC = Network("static", 3, (dense("a", 3, 4), dense("b", 4, 2)))
RECURRENT = Network("recurrent", 3, (dense("a", 3, 4), lstm("m", 4, 5), dense("b", 5, 2)))
LAST = Network("last", 3, (lstm("first", 3, 4), lstm("m", 4, 5, "last"), dense("b", 5, 2)))


def inputs(*shape: int) -> np.ndarray:
    return np.random.default_rng(9).standard_normal(shape)


def test_recurrent_only_with_a_recurrent_layer() -> None:
    assert (STATIC.recurrent, RECURRENT.recurrent, LAST.recurrent) == (False, True, True)
    assert (STATIC.output_size, RECURRENT.output_size) == (2, 2)


@pytest.mark.parametrize(
    ("network", "given", "expected"),
    [
        (STATIC, (7, 3), (7, 2)),
        (RECURRENT, (7, 3), (7, 2)),
        (RECURRENT, (4, 7, 3), (4, 7, 2)),
        (RECURRENT, (1, 7, 3), (1, 7, 2)),
        (LAST, (7, 3), (2,)),
        (LAST, (4, 7, 3), (4, 2)),
    ],
)
def test_outputs_keep_the_leading_axes(
    network: Network, given: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    trace = network.forward(inputs(*given))
    assert trace.outputs.shape == expected
    assert trace.inputs.ndim == 3
    assert list(trace.layers) == [layer.name for layer in network.layers]
    for layer in trace.layers.values():
        assert all(signal.ndim == 3 for signal in layer.signals.values())


def test_samples_of_a_static_network_are_not_steps() -> None:
    trace = STATIC.forward(inputs(7, 3))
    assert trace.inputs.shape == (7, 1, 3)
    assert trace.layers["b"].out.shape == (7, 1, 2)


def test_layers_follow_each_other() -> None:
    x = inputs(4, 6, 3)
    trace = RECURRENT.forward(x)
    np.testing.assert_array_equal(trace.inputs, x)
    signal = x
    for layer in RECURRENT.layers:
        signal = layer.forward(signal).out
        np.testing.assert_array_equal(trace.layers[layer.name].out, signal)
    np.testing.assert_array_equal(trace.outputs, signal)


def test_a_sequence_alone_equals_the_same_sequence_in_a_batch() -> None:
    x = inputs(4, 6, 3)
    batch = RECURRENT.forward(x).outputs
    for sample in range(4):
        alone = RECURRENT.forward(x[sample]).outputs
        np.testing.assert_allclose(batch[sample], alone, rtol=0, atol=1e-13)


def test_returns_last_is_the_last_step_of_the_sequence() -> None:
    x = inputs(4, 7, 3)
    first, _, out = LAST.layers
    sequence = Network("sequence", 3, (first, lstm("m", 4, 5), out)).forward(x).outputs
    np.testing.assert_allclose(LAST.forward(x).outputs, sequence[:, -1], rtol=0, atol=1e-14)


def test_equal_inputs_give_equal_bits_and_are_left_alone() -> None:
    x = inputs(50, 3)
    before = x.copy()
    first = RECURRENT.forward(x).outputs
    np.testing.assert_array_equal(RECURRENT.forward(x[::-1][::-1]).outputs, first)
    np.testing.assert_array_equal(RECURRENT.forward(np.asfortranarray(x)).outputs, first)
    np.testing.assert_array_equal(x, before)


def test_integers_and_lists_are_inputs_too() -> None:
    expected = STATIC.forward(np.array([[1.0, 2.0, 3.0]])).outputs
    np.testing.assert_array_equal(STATIC.forward(np.array([[1, 2, 3]])).outputs, expected)


def test_a_network_needs_layers() -> None:
    with pytest.raises(NetworkError, match="network 'n': a network needs at least one layer"):
        Network("n", 3, ())


def test_names_must_be_unique() -> None:
    with pytest.raises(
        NetworkError, match="network 'n': layer names must be unique, got 'a' twice"
    ):
        Network("n", 3, (dense("a", 3, 3), dense("a", 3, 3)))


def test_the_first_layer_takes_the_inputs() -> None:
    with pytest.raises(
        NetworkError, match="has 2 inputs, so its first layer 'a' must take 2, got 3"
    ):
        Network("n", 2, (dense("a", 3, 4),))


def test_sizes_must_chain_and_both_layers_are_named() -> None:
    with pytest.raises(
        NetworkError, match="layer 'a' gives 4 values, so layer 'b' must take 4, got 5"
    ):
        Network("n", 3, (dense("a", 3, 4), dense("b", 5, 2)))


def test_no_recurrence_after_the_last_step() -> None:
    with pytest.raises(
        NetworkError,
        match="'m' returns the last step only, so no recurrent layer may follow, got 'k'; let 'm'",
    ):
        Network("n", 3, (lstm("m", 3, 4, "last"), lstm("k", 4, 4)))


@pytest.mark.parametrize(
    ("network", "shape", "axes"),
    [
        (STATIC, (2, 7, 3), r"\(sample, feature\), as this network has no recurrent layer"),
        (STATIC, (3,), r"\(sample, feature\)"),
        (RECURRENT, (3,), r"\(step, feature\) or \(sample, step, feature\)"),
        (RECURRENT, (1, 1, 1, 3), r"\(step, feature\) or \(sample, step, feature\)"),
    ],
)
def test_other_axes_are_refused(network: Network, shape: tuple[int, ...], axes: str) -> None:
    with pytest.raises(InputError, match=rf"inputs: the axes must be {axes}.*got shape"):
        network.forward(np.ones(shape))


def test_another_number_of_features_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"network 'recurrent' takes 3 features \(last axis\), got shape \(3, 7\)"
    ):
        RECURRENT.forward(np.ones((3, 7)))


@pytest.mark.parametrize("shape", [(0, 3), (0, 4, 3), (4, 0, 3)])
def test_there_must_be_a_step(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="there must be at least one sample and step"):
        RECURRENT.forward(np.ones(shape))


def test_inputs_must_be_finite() -> None:
    with pytest.raises(
        InputError, match=r"inputs: every entry must be finite, got nan at index \(0, 1\)"
    ):
        STATIC.forward(np.array([[1.0, np.nan, 2.0]]))


def test_an_overflow_is_said_with_layer_and_signal() -> None:
    network = Network("n", 2, (Dense("big", np.full((1, 2), 1e308), np.zeros(1)),))
    with pytest.raises(NetworkError, match="layer 'big', signal 'pre': the forward pass overflows"):
        network.forward(np.array([[10.0, 10.0]]))
