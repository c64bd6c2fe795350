"""Sample-and-hold and state cells alone: acquisition, injection, droop, two phases, reset."""

from __future__ import annotations

import numpy as np
import pytest
from bench import TIGHT, Bench, held, instance, source
from numpy.typing import NDArray

from spicegen.circuit import Clock
from spicegen.circuit.amplifier import amplifiers, multiplexers
from spicegen.circuit.cells import sample_hold
from spicegen.circuit.graph import Subcircuit
from spicegen.design import design_from

Array = NDArray[np.float64]
FIDELITIES = ["ideal", "behavioural"]
COMMON = [0.0, 1.2]
C_HOLD, R_ON, GAIN = 10e-12, 10e3, 1e6
DEFAULT = ".options klu reltol=1e-3 vntol=1e-6 abstol=1e-9 trtol=15"
"""The solver tolerances of a run."""


def blocks(
    fidelity: str, opamp: str | None = None, **sample_hold_section: float
) -> list[Subcircuit]:
    quiet = {"q_injection_coulomb": 0.0, "i_leak_ampere": 0.0}
    table = {
        "fidelity": fidelity,
        "opamp": {"fidelity": opamp},
        "sample_hold": quiet | sample_hold_section,
    }
    design = design_from(table)
    return [*amplifiers(design), *sample_hold(design)]


@pytest.mark.parametrize("fidelity", FIDELITIES)
@pytest.mark.parametrize("v_common_volts", COMMON)
def test_acquisition_is_one_time_constant(
    bench: Bench, fidelity: str, v_common_volts: float
) -> None:
    lines = [
        "Vin in cm 0.2", "Vphi phi 0 PULSE(0 1.8 1u 2n 2n 1m 2m)",
        instance("a", "sample_hold", "in phi held out cm"),
        "Rsource in behind 5k", instance("b", "sample_hold", "behind phi slow out2 cm"),
    ]  # fmt: skip
    plot = bench.run(blocks(fidelity), lines, ".tran 5n 4u 0 5n uic", v_common_volts=v_common_volts)
    t_s = plot.sweep
    for node, tau_s in (("held", R_ON * C_HOLD), ("slow", (R_ON + 5e3) * C_HOLD)):
        t_on_s = 1.001e-6  # half of the clock voltage
        instants_s = t_on_s + tau_s * np.array([0.5, 1.0, 2.0, 4.0, 8.0])
        found = np.interp(instants_s, t_s, plot[f"v({node})"]) - v_common_volts
        expected = 0.2 * -np.expm1(-(instants_s - t_on_s) / tau_s)
        np.testing.assert_allclose(found, expected, atol=0.2 * 2e-3)
        before = np.interp(0.99e-6, t_s, plot[f"v({node})"]) - v_common_volts
        assert abs(before) < 1e-6  # nothing before the phase but 1e-12 S
    settled = np.interp(3.9e-6, t_s, plot["v(out)"]) - v_common_volts
    assert settled == pytest.approx(0.2, abs=2e-6)


@pytest.mark.parametrize("edge", ["0.5u", "20n"])
@pytest.mark.parametrize("options", [TIGHT, DEFAULT], ids=["tight", "default"])
@pytest.mark.parametrize("opamp", ["ideal", "behavioural"])
def test_opening_leaves_the_injected_charge(
    bench: Bench, edge: str, options: str, opamp: str
) -> None:
    """-q / C, whatever the edge, the solver's steps and the voltage that is held."""
    q = 2e-15
    lines = ["Vin in cm PULSE(-0.2 0.3 16u 0.1u 0.1u 1 2)"]
    lines += [f"Vphi phi 0 PULSE(0 1.8 1u {edge} {edge} 7u 20u)"]
    lines += [instance("a", "sample_hold", "in phi held out cm")]
    made = blocks("behavioural", opamp, q_injection_coulomb=q)
    plot = bench.run(made, lines, ".tran 1u 80u 0 1u uic", options=options, v_common_volts=1.2)
    open_s = np.array([14e-6, 34e-6, 54e-6, 74e-6])
    step = np.interp(open_s, plot.sweep, plot["v(held)"]) - 1.2 - [-0.2, 0.3, 0.3, 0.3]
    np.testing.assert_allclose(step[1:], -q / C_HOLD, rtol=0.01)
    assert step[0] == pytest.approx(-q / C_HOLD, abs=1e-5)  # charged from zero just before
    closed_s = np.array([28e-6, 48e-6, 68e-6])
    np.testing.assert_allclose(np.interp(closed_s, plot.sweep, plot["v(held)"]), 1.5, atol=5e-6)
    out = np.interp(open_s, plot.sweep, plot["v(out)"])
    np.testing.assert_allclose(out, np.interp(open_s, plot.sweep, plot["v(held)"]), atol=2e-6)


def test_the_default_injection_is_resolved_by_the_default_solver(bench: Bench) -> None:
    """12 uV from 0.12 fC: below the solver's tolerance of 0.2 mV, and yet right."""
    lines = ["Vin in cm 0.2", "Vphi phi 0 PULSE(0 1.8 1u 0.5u 0.5u 9u 20u)"]
    lines += [instance("a", "sample_hold", "in phi held out cm")]
    made = blocks("behavioural", q_injection_coulomb=0.12e-15)
    plot = bench.run(made, lines, ".tran 20u 200u 0 20u uic", options=DEFAULT)
    open_s = 17e-6 + 20e-6 * np.arange(1, 9)
    step = np.interp(open_s, plot.sweep, plot["v(held)"]) - 0.2
    np.testing.assert_allclose(step, -12e-6, rtol=0.03)


@pytest.mark.parametrize("v_common_volts", COMMON)
def test_droop_by_leakage_and_through_the_open_switch(bench: Bench, v_common_volts: float) -> None:
    """C dV/dt = (V_in - V) / r_off - i_leak, each alone and both."""
    i_leak, r_off = 20e-12, 200e6  # exaggerated: 2 mV per ms, and a time constant of 2 ms
    lines = ["Vin in cm PULSE(0.25 -0.3 12u 1n 1n 1 2)"]
    lines += ["Vphi phi 0 PULSE(0 1.8 1u 2n 2n 9u 1)"]
    both = blocks("behavioural", i_leak_ampere=i_leak, r_off_ohm=r_off)
    t_s = np.array([0.1e-3, 0.5e-3, 1e-3])
    for made, leak, resistance in (
        (both, i_leak, r_off),
        (blocks("behavioural", i_leak_ampere=i_leak), i_leak, 1e12),
        (blocks("behavioural", r_off_ohm=r_off), 0.0, r_off),
        (blocks("ideal"), 0.0, np.inf),
    ):
        cell = instance("a", "sample_hold", "in phi held out cm")
        plot = bench.run(
            made, [*lines, cell], ".tran 5u 1.05m 0 5u uic", v_common_volts=v_common_volts
        )
        start = np.interp(13e-6, plot.sweep, plot["v(held)"]) - v_common_volts
        assert start == pytest.approx(0.25, abs=5e-4)  # it droops since 12 us
        found = np.interp(13e-6 + t_s, plot.sweep, plot["v(held)"]) - v_common_volts
        tau_s = resistance * C_HOLD
        if np.isinf(tau_s):
            expected = np.full(3, start)
        else:
            end = -0.3 - leak * resistance
            expected = end + (start - end) * np.exp(-t_s / tau_s)
        np.testing.assert_allclose(found, expected, atol=2e-5)
        assert (np.abs(expected - start) > 1e-3).any() or not (leak or resistance == r_off)


STEPS, EDGE = 4, 0.1e-6
CLOCK = Clock(8e-6, 2e-6, EDGE, 1.8, 2, STEPS, 1)
HELD = np.random.default_rng(3).uniform(-0.3, 0.3, (2, STEPS))


@pytest.mark.parametrize("fidelity", FIDELITIES)
@pytest.mark.parametrize("v_common_volts", COMMON)
@pytest.mark.parametrize("options", [TIGHT, DEFAULT], ids=["tight", "default"])
def test_a_state_cell_passes_each_value_on_one_step_later(
    bench: Bench, fidelity: str, v_common_volts: float, options: str
) -> None:
    q = 0.5e-15
    lines = [
        source("in", held(CLOCK, HELD), "cm"),
        source("track", CLOCK.track()), source("transfer", CLOCK.transfer()),
        source("reset", CLOCK.reset(0)),
        instance("s", "state_cell", "in track transfer reset out cm"),
    ]  # fmt: skip
    plot = bench.run(
        blocks(fidelity, q_injection_coulomb=q), lines,
        f".tran 8u {CLOCK.t_stop_s!r} 0 8u uic", options=options, v_common_volts=v_common_volts,
    )  # fmt: skip
    injected = q / C_HOLD if fidelity == "behavioural" else 0.0
    t_s, out = plot.sweep, plot["v(out)"] - v_common_volts
    for share in (0.3, 0.6, 0.98):  # at rest from the end of transfer to the end of the step
        starts = np.arange(2 * CLOCK.steps_per_sample) * CLOCK.t_step_s
        found = np.interp(starts + share * CLOCK.t_step_s, t_s, out).reshape(2, -1)
        # cleared in the first step, even after another sequence; opening the second switch
        # injects once, passing both switches twice
        np.testing.assert_allclose(found[:, 0], -injected, atol=6e-6)
        np.testing.assert_allclose(found[:, 1:], HELD - 2 * injected, atol=6e-6)


def test_the_output_never_sees_the_value_that_is_being_tracked(bench: Bench) -> None:
    """A ramp at the input while track conducts: the output does not move by a microvolt."""
    lines = [
        f"Vin in cm PULSE(0 0.3 {8e-6 + 3e-6} 3u 3u 1u 1)",
        source("track", CLOCK.track()), source("transfer", CLOCK.transfer()),
        "Vreset reset 0 0", instance("s", "state_cell", "in track transfer reset out cm"),
    ]  # fmt: skip
    plot = bench.run(blocks("behavioural"), lines, ".tran 20n 16u 0 20n uic")
    during = (plot.sweep > 10.2e-6) & (plot.sweep < 15.9e-6)
    assert np.ptp(plot["v(in)"][during]) > 0.2
    assert np.ptp(plot["v(out)"][during]) < 1e-6


@pytest.mark.parametrize("fidelity", FIDELITIES)
@pytest.mark.parametrize("v_common_volts", COMMON)
def test_a_hold_cell_is_one_sample_and_hold(
    bench: Bench, fidelity: str, v_common_volts: float
) -> None:
    lines = [
        "Vin in cm PULSE(0.2 -0.1 5u 0.1u 0.1u 1 2)",
        "Vphi phi 0 PULSE(0 1.8 1u 0.1u 0.1u 3u 8u)",
        instance("a", "hold_cell", "in phi out cm"),
    ]  # fmt: skip
    plot = bench.run(
        blocks(fidelity), lines, ".tran 8u 16u 0 8u uic", v_common_volts=v_common_volts
    )
    out = np.interp([8e-6, 15e-6], plot.sweep, plot["v(out)"]) - v_common_volts
    np.testing.assert_allclose(out, [0.2, -0.1], atol=5e-6)


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_multiplexer_switches(bench: Bench, fidelity: str) -> None:
    """Closed: r_on; open: r_off, or nothing; the node itself loads 100 fF and r_off."""
    design = design_from({"fidelity": fidelity, "sample_hold": {"r_off_ohm": 1e9}})
    made = [*amplifiers(design), *multiplexers(design)]
    lines = [
        "Vin in cm 0.3", "Von on 0 1.8", "Voff off 0 0",
        instance("a", "state_switch", "in a on"), "Ra a cm 10k",
        instance("b", "state_switch", "in b off"), "Rb b cm 1e9",
        instance("c", "line_switch", "in c on"), "Rc c cm 100",
        instance("d", "state_switch", "in d on"), instance("m", "mux_node", "d cm"),
    ]  # fmt: skip
    found = bench.operating_point(made, lines)
    ideal = fidelity == "ideal"
    assert found["a"] == pytest.approx(0.15, rel=1e-4)
    assert found["b"] == pytest.approx(0.0 if ideal else 0.15, abs=1e-6)
    assert found["c"] == pytest.approx(0.3 if ideal else 0.15, rel=2e-5)
    assert found["d"] == pytest.approx(0.3 / (1 + 1e4 / 1e9), rel=1e-9)
