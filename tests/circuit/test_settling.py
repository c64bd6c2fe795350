"""Settling times against the exact response of a cascade, and step times by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_networks import chain, dense, lstm, signal

from spicegen.circuit import make_clock
from spicegen.circuit.settling import settling_time, slowest_column, step_times
from spicegen.design import Design, design_from
from spicegen.errors import DesignError
from spicegen.mapping import MappedNetwork, map_network
from spicegen.network import Network


def residual(taus_s: list[float], t_s: float) -> float:
    """What is left of a unit step at the end of a cascade of lags, by the matrix exponential.

    State k is how far lag k still is from its final value: e_k' = (e_{k-1} - e_k) / tau_k.
    Shifted by the fastest rate the matrix has no negative entry, so nothing cancels.
    """
    rates = 1.0 / np.array(taus_s)
    system = np.diag(-rates) + np.diag(rates[1:], -1)
    shift = rates.max()
    halvings = max(0, math.ceil(math.log2(max(shift * t_s, 1e-300))))
    small = (system + shift * np.eye(len(taus_s))) * t_s / 2**halvings
    term = total = np.eye(len(taus_s))
    for power in range(1, 30):
        term = term @ small / power
        total = total + term
    total = total * math.exp(-shift * t_s / 2**halvings)
    for _ in range(halvings):
        total = total @ total
    return float(total[-1].sum())


def exact_time(taus_s: list[float], error: float) -> float:
    """Where the residual, which only falls, passes `error`."""
    low, high = 0.0, 60.0 * sum(taus_s)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if residual(taus_s, middle) > error else (low, middle)
    return high


TAUS = st.lists(st.floats(1e-9, 1e-6), min_size=1, max_size=8)


def test_the_cascade_by_closed_forms() -> None:
    assert residual([2.0], 3.0) == pytest.approx(math.exp(-1.5), rel=1e-12)
    assert residual([1.0, 1.0], 5.0) == pytest.approx(6.0 * math.exp(-5.0), rel=1e-12)
    two = (3.0 * math.exp(-4.0 / 3.0) - math.exp(-4.0)) / 2.0
    assert residual([1.0, 3.0], 4.0) == pytest.approx(two, rel=1e-12)


@given(TAUS, st.floats(1e-9, 0.09))
def test_settled_when_it_says_so(taus_s: list[float], error: float) -> None:
    assert residual(taus_s, settling_time(taus_s, error)) <= error


@given(TAUS, st.floats(1e-9, 1e-3))
def test_not_much_later_than_needed(taus_s: list[float], error: float) -> None:
    assert settling_time(taus_s, error) <= 1.6 * exact_time(taus_s, error)


@pytest.mark.parametrize("error", [1e-3, 1e-5, 1e-7])
def test_single_lag(error: float) -> None:
    exact = math.log(1 / error)
    assert exact < settling_time([1.0], error) <= 1.5 * exact


@given(TAUS, st.floats(1e-6, 1e-3), st.floats(0.1, 10.0))
def test_settling_scales_with_the_lags_and_knows_no_order(
    taus_s: list[float], error: float, factor: float
) -> None:
    whole = settling_time(taus_s, error)
    assert settling_time(taus_s[::-1], error) == pytest.approx(whole, rel=1e-12)
    assert settling_time([factor * tau for tau in taus_s], error) == pytest.approx(factor * whole)
    assert settling_time([*taus_s, 0.0], error) == whole


def test_nothing_to_wait_for() -> None:
    assert settling_time([], 1e-5) == 0.0
    assert settling_time([0.0, 0.0], 1e-5) == 0.0


def mapped(network: Network, table: dict[str, object]) -> tuple[MappedNetwork, Design]:
    design = design_from(table)
    shape = (2, 5, network.input_size) if network.recurrent else (5, network.input_size)
    return map_network(network, network.forward(signal(*shape, seed=0)), design), design


EDGE = 0.5e-6
LAG = 1 / (2 * math.pi * 50e6)
HOLD = 11e3 * 10e-12  # 10 kohm switch behind the adder's 1 kohm, 10 pF


def test_feed_forward_step_by_hand() -> None:
    network = chain(dense("a", 3, 4, "sigmoid", seed=1), dense("b", 4, 2, seed=2))
    result, design = mapped(network, {})
    column = [float(layer.crossbar.noise_gains("dual-row")[0].max()) for layer in result.layers]
    # read-out, sigmoid, follower and inverter (noise gain 2), read-out
    path = [column[0] * LAG, LAG, LAG, 2 * LAG, column[1] * LAG]
    t_step, t_transfer = step_times(result, design)
    assert t_transfer == 0.0
    least = exact_time(path, 1e-5) + 3 * EDGE
    assert least <= t_step <= least + 0.6 * exact_time(path, 1e-5) + 1e-8


@pytest.mark.parametrize("topology", ["dual-row", "dual-column"])
def test_recurrent_step_holds_its_slowest_path(topology: str) -> None:
    network = chain(
        dense("a", 3, 4, "relu", seed=1), lstm("m", 4, 3, seed=2), dense("b", 3, 2, seed=3)
    )
    result, design = mapped(network, {"crossbar": {"topology": topology}})
    columns = [
        [float(gain.max()) * LAG for gain in layer.crossbar.noise_gains(topology)]  # type: ignore[arg-type]
        for layer in result.layers
    ]
    drive = [LAG, 2 * LAG]
    # in through the dense layer and the unit to the hold cell; h around; h out to the output
    into = [*columns[0], LAG, *drive, *columns[1], LAG, LAG, LAG, LAG, HOLD]
    around = [*drive, *columns[1], LAG, LAG, LAG, LAG, HOLD]
    out = [*drive, *columns[2]]
    transfer = [HOLD, LAG, HOLD]
    t_step, t_transfer = step_times(result, design)
    assert t_transfer >= max(exact_time(transfer, 1e-5), 2 * EDGE)
    settle = max(exact_time(path, 1e-5) for path in (into, around, out))
    assert t_transfer + settle + 3 * EDGE <= t_step <= t_transfer + 1.6 * settle + 3.1 * EDGE


def test_larger_noise_gain_takes_longer() -> None:
    network = chain(dense("a", 30, 4, seed=1))
    fast, _ = step_times(*mapped(network, {"device": {"g_min_siemens": 1e-7}}))
    slow, _ = step_times(*mapped(network, {"device": {"g_min_siemens": 2e-5}}))
    assert slow > fast


def test_ideal_circuits_wait_for_their_edges_and_hold_cells() -> None:
    network = chain(dense("a", 3, 4, seed=1))
    assert step_times(*mapped(network, {"fidelity": "ideal"})) == (1.5e-6, 0.0)
    t_step, t_transfer = step_times(*mapped(chain(lstm("m", 3, 2, seed=1)), {"fidelity": "ideal"}))
    hold = 10e3 * 10e-12
    assert t_transfer >= exact_time([hold, hold], 1e-5)
    assert t_step >= t_transfer + exact_time([hold], 1e-5) + 3 * EDGE


def test_times_given_in_the_design_rule() -> None:
    network = chain(lstm("m", 3, 2, seed=1))
    result, design = mapped(network, {"timing": {"t_step_s": 7e-5, "t_transfer_s": 9e-6}})
    assert step_times(result, design) == (7e-5, 9e-6)
    clock = make_clock(result, 2, 5, design)
    assert (clock.t_step_s, clock.t_transfer_s, clock.depth) == (7e-5, 9e-6, 1)
    assert clock.t_stop_s == pytest.approx(2 * 6 * 7e-5)


def test_a_step_too_short_for_its_edges_is_refused() -> None:
    result, design = mapped(chain(lstm("m", 3, 2, seed=1)), {"timing": {"t_step_s": 1e-6}})
    with pytest.raises(DesignError, match=r"timing\.t_step_s: a step must hold .*got 1e-06 s"):
        make_clock(result, 1, 5, design)


@given(st.floats(1e-9, 3e-6), st.sampled_from(["ideal", "behavioural"]), st.integers(0, 2))
def test_chosen_times_are_never_refused(edge: float, fidelity: str, kind: int) -> None:
    networks = (chain(dense("a", 2, 2, seed=1)), chain(lstm("m", 2, 4, seed=1)))
    table = {"fidelity": fidelity, "timing": {"t_edge_s": edge, "serial": max(kind, 1)}}
    made = make_clock(*mapped(networks[min(kind, 1)], table)[:1], 2, 5, design_from(table))
    assert made.turns == max(kind, 1)
    assert made.t_step_s > made.t_transfer_s


def test_a_transistor_step_counts_input_drivers_and_capacitors_across_resistors() -> None:
    result, design = mapped(chain(dense("d", 2, 2, seed=1)), {"fidelity": "transistor"})
    crossbar = result.layers[0].crossbar
    unity_s, c_farad, edge_s = 1 / (2 * math.pi * 10e6), 0.2e-12, 20e-9
    loads = (crossbar.g_pos_siemens + crossbar.g_neg_siemens).sum(axis=0)
    columns = (1 + crossbar.r_feedback_ohm * loads) * unity_s + crossbar.r_feedback_ohm * c_farad
    # follower and inverter of an input, then the slowest bit line
    path = [unity_s, 2 * unity_s + 500e3 * c_farad, float(columns.max())]
    exact = exact_time(path, 3e-6)
    assert 0 <= step_times(result, design)[0] - 3 * edge_s - exact <= 0.6 * exact
    plain = [unity_s, 2 * unity_s, float((columns - crossbar.r_feedback_ohm * c_farad).max())]
    assert exact > 1.3 * exact_time(plain, 3e-6)
    slowest = slowest_column(result, design)
    assert slowest.tau_s == pytest.approx(columns.max(), rel=1e-9)
