"""Volts per unit: limits kept, clipping counted, ranges given."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_networks import chain, dense, lstm, signal

from spicegen.design import Design, design_from
from spicegen.errors import MappingError
from spicegen.mapping import MappedNetwork, SignalScale, map_network, resolved_ranges
from spicegen.network import Dense, Network

READ, RAIL, HEADROOM = 0.3, 0.9, 0.8


def mapped(
    network: Network, inputs: np.ndarray, table: dict[str, object] | None = None
) -> MappedNetwork:
    return map_network(network, network.forward(inputs), design_from(table or {}))


def scales(network: MappedNetwork) -> dict[str, SignalScale]:
    return {signal.name: signal for signal in network.signals}


def one_weight(weight: float, activation: str = "linear") -> Network:
    return chain(Dense("d", np.array([[weight]]), np.zeros(1), activation))  # type: ignore[arg-type]


def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


RECURRENT = chain(
    dense("in", 3, 4, "relu", seed=1), lstm("cell", 4, 3, seed=2), dense("out", 3, 2, seed=3)
)
FEED_FORWARD = chain(
    dense("a", 3, 4, "linear", seed=1),
    dense("b", 4, 3, "sigmoid", seed=2),
    dense("c", 3, 3, "tanh", seed=3),
    dense("d", 3, 2, "relu", seed=4),
)


@pytest.mark.parametrize("network", [RECURRENT, FEED_FORWARD], ids=["recurrent", "feed-forward"])
@given(seed=st.integers(0, 1000), size=st.floats(1e-3, 1e3))
def test_word_lines_stay_within_the_read_voltage_and_signals_within_the_headroom(
    network: Network, seed: int, size: float
) -> None:
    inputs = size * signal(6, 3, seed=seed)
    trace = network.forward(inputs)
    result = map_network(network, trace, Design())
    for scale in result.signals:
        if scale.limit == "read":
            assert scale.largest_volts <= READ * (1 + 1e-12)
            assert not scale.clips
    found = scales(result)
    assert found["input"].largest == np.abs(inputs).max()
    np.testing.assert_allclose(found["input"].largest_volts, READ)
    for name in ("cell.c", "cell.i", "out.out", "d.out"):
        if name in found:
            assert found[name].largest_volts <= HEADROOM * RAIL * (1 + 1e-12)


def test_volts_by_hand() -> None:
    result = mapped(one_weight(4.0), np.array([[-2.0], [1.5]]))
    found = scales(result)
    np.testing.assert_allclose(result.input_volts, 0.3 / 2.0)  # largest magnitude 2
    np.testing.assert_allclose(result.output_volts, 0.72 / 8.0)  # headroom 0.8 of 0.9 V
    assert set(found) == {"input", "d.out", "d.pre"}
    assert (found["input"].limit, found["input"].limit_volts) == ("read", READ)
    assert (found["d.out"].limit, found["d.out"].limit_volts) == ("rail", RAIL)
    assert found["d.pre"].volts_per_unit == found["d.out"].volts_per_unit


def test_signals_of_an_lstm() -> None:
    found = scales(mapped(RECURRENT, signal(9, 3, seed=0)))
    # h is bounded by 1 whatever the run shows, and drives memristors.
    assert found["cell.h"].volts_per_unit == READ
    # Gates are bounded by 1 and stay between amplifiers.
    assert {found[f"cell.{gate}"].volts_per_unit for gate in "ifgo"} == {HEADROOM * RAIL}
    # Pre-activations have the cells' own scale, c its range.
    assert [found[f"cell.pre_{gate}"].volts_per_unit for gate in "ifgo"] == [0.04, 0.04, 0.08, 0.04]
    c = found["cell.c"]
    np.testing.assert_allclose(c.volts_per_unit * c.largest, HEADROOM * RAIL)


def test_hidden_layers_fill_the_read_voltage_and_the_last_one_the_headroom() -> None:
    found = scales(mapped(FEED_FORWARD, signal(9, 3, seed=0)))
    np.testing.assert_allclose(found["a.out"].largest_volts, READ)
    assert found["b.out"].volts_per_unit == READ  # behind a sigmoid: bounded by 1
    assert found["c.out"].volts_per_unit == READ
    np.testing.assert_allclose(found["d.out"].largest_volts, HEADROOM * RAIL)
    assert (found["b.pre"].volts_per_unit, found["c.pre"].volts_per_unit) == (0.04, 0.08)


def test_silent_signals_count_as_one() -> None:
    result = mapped(one_weight(0.0), np.zeros((3, 1)))
    np.testing.assert_allclose(result.input_volts, READ)
    np.testing.assert_allclose(result.output_volts, HEADROOM * RAIL)


@pytest.mark.parametrize(
    ("activation", "function", "unit_volts"),
    [("sigmoid", sigmoid, 0.04), ("tanh", math.tanh, 0.08)],
)
@pytest.mark.parametrize("rail", [0.4, 0.9])
def test_clipping_costs_what_the_activation_still_had_to_go(
    activation: str, function: object, unit_volts: float, rail: float
) -> None:
    ceiling = rail / unit_volts  # units at the rail
    for largest in (ceiling / 2, ceiling * 1.5, ceiling * 20):
        table = {"signal": {"v_rail_volts": rail}}
        found = scales(mapped(one_weight(largest, activation), np.ones((1, 1)), table))
        lost = max(function(largest) - function(ceiling), 0.0)  # type: ignore[operator]
        scale = found["d.pre"]
        assert scale.clips == (largest > ceiling)
        np.testing.assert_allclose(scale.clip_error, lost, rtol=1e-3, atol=1e-15)


def test_saturated_columns_cost_next_to_nothing() -> None:
    found = scales(mapped(one_weight(476.0, "sigmoid"), np.ones((1, 1))))
    assert found["d.pre"].clips
    assert 0 < found["d.pre"].clip_error < 1e-9  # 1 - sigmoid(22.5) = 1.7e-10


def test_unit_scale() -> None:
    table: dict[str, object] = {"mapping": {"scale": "unit"}}
    found = scales(mapped(RECURRENT, signal(9, 3, seed=0), table))
    assert {scale.volts_per_unit for scale in found.values()} == {0.1}
    clipped = scales(mapped(one_weight(12.0), np.ones((2, 1)), table))["d.out"]
    assert clipped.clips  # 1.2 V against a rail of 0.9 V: 3 units are lost
    np.testing.assert_allclose(clipped.clip_error, 3.0)


def test_unit_scale_refuses_word_lines_above_the_read_voltage() -> None:
    table: dict[str, object] = {"mapping": {"scale": "unit"}}
    mapped(one_weight(1.0), np.array([[3.0]]), table)  # 0.3 V: just allowed
    with pytest.raises(
        MappingError,
        match=r"signal input: word lines must stay within v_read = 0.3 V, got 0.301 V; "
        r'lower signal.v_unit_volts or use mapping.scale = "signal-range"',
    ):
        mapped(one_weight(1.0), np.array([[3.01]]), table)
    hidden = chain(
        Dense("a", np.array([[10.0]]), np.zeros(1)), Dense("b", np.ones((1, 1)), np.zeros(1))
    )
    with pytest.raises(MappingError, match=r"signal a\.out: word lines must .* 0\.3 V, got 1 V"):
        mapped(hidden, np.ones((1, 1)), table)


def test_ranges_given_in_the_design_come_first() -> None:
    table: dict[str, object] = {"mapping": {"ranges": {"input": 6.0, "d.out": 16.0}}}
    result = mapped(one_weight(4.0), np.array([[2.0]]), table)
    np.testing.assert_allclose(result.input_volts, 0.3 / 6.0)
    np.testing.assert_allclose(result.output_volts, 0.72 / 16.0)
    assert scales(result)["input"].largest == 6.0


def test_a_range_below_the_signal_is_refused_on_word_lines() -> None:
    with pytest.raises(
        MappingError,
        match=r"signal input: word lines must stay within v_read = 0.3 V, got 0.6 V; "
        r"raise mapping.ranges.input to 2, or leave it out",
    ):
        mapped(one_weight(1.0), np.array([[2.0]]), {"mapping": {"ranges": {"input": 1.0}}})


def test_a_range_below_the_signal_clips_between_amplifiers_and_says_so() -> None:
    result = mapped(one_weight(4.0), np.array([[2.0]]), {"mapping": {"ranges": {"d.out": 4.0}}})
    scale = scales(result)["d.out"]
    assert (scale.scaled_to, scale.largest, scale.clips) == (4.0, 8.0, True)
    np.testing.assert_allclose(scale.largest_volts, 1.44)
    np.testing.assert_allclose(scale.clip_error, 8.0 - 0.9 / (0.72 / 4.0))


def test_resolved_ranges_choose_the_same_volts_again() -> None:
    inputs = signal(9, 3, seed=5)
    table: dict[str, object] = {"mapping": {"ranges": {"cell.c": 0.3}}}
    first = mapped(RECURRENT, inputs, table)
    ranges = resolved_ranges(first.signals)
    assert set(ranges) == {scale.name for scale in first.signals}
    again = mapped(RECURRENT, inputs, {"mapping": {"ranges": dict(ranges)}})
    assert again.signals == first.signals


def test_unknown_signals_name_the_nearest() -> None:
    with pytest.raises(
        MappingError,
        match=r"mapping.ranges.cell.cc: there is no such signal; did you mean cell.c\?",
    ):
        mapped(RECURRENT, signal(4, 3, seed=0), {"mapping": {"ranges": {"cell.cc": 1.0}}})
