"""Cells against hand algebra: mirror ratios, weak inversion, feedback, charge."""

from __future__ import annotations

from math import pi
from pathlib import Path

import numpy as np
import pytest
from cell_designs import Measure, transistor_design

from spicegen.cells.bench import bench
from spicegen.cells.characterise import run_bench
from spicegen.cells.multiplier import linearity
from spicegen.circuit.graph import Axis, Dc, Instance, Source, Sweep
from spicegen.engine import select
from spicegen.netlist import write_deck
from spicegen.waveforms import Waveforms

KT_Q = 0.0258520  # V at 300 K; 27 C is 300.15 K
ZERO_CELSIUS = 273.15


def test_bars_of_activations(measured: Measure) -> None:
    for cell in ("tanh", "sigmoid", "sigmoid_gate"):
        values = measured(cell).values
        assert values["shape_error_max_pct"] <= 0.25
        assert values["shape_error_rms_pct"] <= 0.1


def test_amplitudes_are_currents_on_resistors(measured: Measure) -> None:
    """Half of the tail current for tanh, all of it for the sigmoids."""
    tail = 200e-9
    for cell, expected in (
        ("tanh", tail / 2 * 725e3),
        ("sigmoid", tail * 1.5e6),
        ("sigmoid_gate", -tail * 1.5e6),
    ):
        assert measured(cell).values["v_amplitude_volts"] == pytest.approx(expected, rel=0.03)


def test_scales_are_those_of_weak_inversion(measured: Measure) -> None:
    """2 n kT/q for tanh, n kT/q for sigmoids, with n of a MOS transistor; PTAT."""
    tanh, hot = measured("tanh"), measured("tanh", "pdk.temperature_celsius=85")
    slope = tanh.values["v_scale_volts"] / (2 * KT_Q)
    assert 1.1 < slope < 1.6
    sigmoid = measured("sigmoid").values["v_scale_volts"]
    assert sigmoid == pytest.approx(tanh.values["v_scale_volts"] / 2, rel=0.01)
    warmer = (85 + ZERO_CELSIUS) / (27 + ZERO_CELSIUS)
    ratio = hot.values["v_scale_volts"] / tanh.values["v_scale_volts"]
    assert ratio == pytest.approx(warmer, rel=0.02)


def test_small_signals_see_the_slope_of_tanh(measured: Measure) -> None:
    """At 0 the derivative is amplitude / scale, within what the shape error allows."""
    sheet = measured("tanh")
    x, y = (sheet.curves["transfer"][name] for name in ("x_volts", "y_volts"))
    near = np.abs(x - sheet.values["v_offset_volts"]) < 2e-3
    slope = np.polyfit(x[near], y[near], 1)[0]
    expected = sheet.values["v_amplitude_volts"] / sheet.values["v_scale_volts"]
    assert slope == pytest.approx(expected, rel=0.02)


def test_supply_current_follows_mirror_ratios(measured: Measure) -> None:
    """Tail 16/2 and sink 64/2 against a diode of 8/2 that carries 5 uA."""
    values = measured("opamp").values
    assert values["i_supply_ampere"] == pytest.approx(5e-6 * (16 + 64) / 8, rel=0.05)


def test_slew_rate_is_tail_current_over_miller_capacitor(measured: Measure) -> None:
    values = measured("opamp").values
    for edge in ("rise", "fall"):
        assert values[f"slew_{edge}_volts_per_s"] == pytest.approx(10e-6 / 1.5e-12, rel=0.12)


def test_gain_of_two_analyses_agrees(measured: Measure) -> None:
    """Operating points tell the same gain as the small-signal response at 1 Hz."""
    sheet = measured("opamp")
    out, error = (sheet.curves["error"][name] for name in ("v_out_volts", "v_error_volts"))
    near = np.abs(out - 2.2) < 0.05
    gain = 1 / np.polyfit(out[near], error[near], 1)[0]
    assert 20 * np.log10(gain) == pytest.approx(sheet.values["gain_db"], abs=0.3)


def test_bandwidth_is_transconductance_over_miller_capacitor(measured: Measure) -> None:
    """A pair in moderate inversion has 50 to 80 % of the largest transconductance, I / (kT/q)."""
    largest = 5e-6 / KT_Q / (2 * pi * 1.5e-12)
    assert 0.5 < measured("opamp").values["gbw_hertz"] / largest < 0.8


def test_a_divider_in_the_loop_sets_the_gain(
    sheets: Path, measured: Measure, tmp_path: Path
) -> None:
    """An inverter of gain 2: what its op-amp lacks in gain, and what its resistors draw, follows
    from the op-amp's own data sheet."""
    design = transistor_design()
    gain, r_ohm = 2.0, design.crossbar.r_inverter_ohm
    inverter = Instance("cell", "inverter", ("in", "out", "cm"), {"gain": gain})
    drive, sweep = Source("in", "in", "cm", Dc(0.0)), Sweep((Axis("in", -0.2, 0.2, 5),))
    circuit = bench(design, ("inverter",), (inverter,), (drive,), ("in", "out", "cm"), sweep)
    write_deck(circuit, tmp_path / "divider.cir")
    run: Waveforms = run_bench(select("ngspice").engine, circuit, tmp_path, "divider")
    x, y = run.plot["in"] - run.plot["cm"], run.plot["out"] - run.plot["cm"]
    sheet = measured("opamp")
    curve = sheet.curves["error"]
    error = np.interp(y + 2.2, curve["v_out_volts"], curve["v_error_volts"])
    error += sheet.values["slope_volts_per_ampere"] * y / r_ohm
    expected = -gain * x - (1 + gain) * error
    np.testing.assert_allclose(y, expected, atol=1e-6)
    assert np.abs(y + gain * x).max() > 1e-5  # what is compared is not zero


def test_product_vanishes_where_a_factor_does(measured: Measure) -> None:
    """Without a voltage across them, or with equal gates, both transistors carry the same."""
    curve = measured("multiplier").curves["product"]
    x, y, current = (curve[name] for name in ("x_volts", "y_volts", "i_ampere"))
    full = np.abs(current).max()
    assert np.abs(current[np.abs(x) < 1e-9]).max() < 1e-5 * full
    assert np.abs(current[:, np.abs(y) < 1e-9]).max() < 1e-5 * full
    assert current[-1, 0] > 0 > current[0, 0]  # x above common, gate below vy: i(a) > i(b)


def test_bar_of_the_multiplier(measured: Measure) -> None:
    """Over the range that the kit uses, and up to 0.3 V."""
    sheet = measured("multiplier")
    assert sheet.values["linearity_error_max_pct"] <= 0.5
    curve = sheet.curves["product"]
    x, y, current = (curve[name] for name in ("x_volts", "y_volts", "i_ampere"))
    values, error = linearity(x, y, current, 0.3, 0.306)
    assert abs(error["x_volts"]).max() == pytest.approx(0.3)
    assert values["linearity_error_max_pct"] <= 0.5


def test_held_charge(sheets: Path, measured: Measure) -> None:
    """Bars at 1 pF; the same leakage drains five times the capacitor at a fifth of the rate."""
    values = measured("sample_hold").values
    assert values["injection_1pf_max_volts"] <= 0.2e-3
    assert values["droop_1pf_volts_per_s"] * 10e-6 <= 1e-6
    ratio = values["droop_1pf_volts_per_s"] / values["droop_volts_per_s"]
    assert ratio == pytest.approx(5.0, rel=0.1)
    folder = next(sheets.glob("sample_hold-*"))
    run = Waveforms.from_raw(folder / "injection_1pf.raw")
    clock = run.at(("phi", "phi_n"), 2e-6 * np.arange(1, 20) - 20e-9)
    assert (clock[:, 0] < 1e-3).all() and (clock[:, 1] > 3.29).all()  # read while it holds


def test_relu_of_signals_that_count_downwards(measured: Measure) -> None:
    sheet = measured("relu")
    x, y = (sheet.curves["transfer"][name] for name in ("x_volts", "y_volts"))
    used = np.abs(x) < 0.76
    assert np.abs(y - np.minimum(x, 0))[used].max() < 1e-4
    assert np.abs(y[x > 0.01]).max() < 1e-4


def test_difference_takes_one_current_off_the_other(measured: Measure) -> None:
    values = measured("difference").values
    assert abs(values["gain_a_error_pct"]) < 0.1 and abs(values["gain_b_error_pct"]) < 0.1
    assert values["error_max_volts"] < 1e-4


def test_switch_and_clock(measured: Measure) -> None:
    switch, clock = measured("line_switch").values, measured("clock_driver").values
    assert 100 < switch["r_on_ohm"] <= switch["r_on_max_ohm"] < 1e3
    assert switch["i_leak_ampere"] < 1e-10
    loads = 2 * 50e-15 * 3.3**2  # the least energy: both loads charged once
    assert loads < clock["energy_per_period_joule"] < 50 * loads
    assert 0 < clock["t_rise_s"] < 20e-9 and 0 < clock["t_fall_s"] < 20e-9


def test_the_second_kit_works(measured: Measure) -> None:
    """Coarser: half of the supply."""
    opamp, tanh = (measured(cell, "pdk.name=sky130").values for cell in ("opamp", "tanh"))
    assert opamp["gain_db"] > 60 and opamp["phase_margin_deg"] > 45
    assert tanh["shape_error_max_pct"] < 1.0
    assert tanh["v_amplitude_volts"] == pytest.approx(100e-9 * 750e3, rel=0.03)
    assert 1.1 < tanh["v_scale_volts"] / (2 * KT_Q) < 1.8


def test_a_chip_is_its_seed(measured: Measure) -> None:
    """Unequal transistors shift a mirror by some per cent, each seed in its own way."""
    chips = [measured("bias", f"pdk.mismatch_seed={seed}").values for seed in (1, 2, 1)]
    drawn, nominal = [chip["v_pbt_volts"] for chip in chips], measured("bias").values["v_pbt_volts"]
    assert drawn[0] == drawn[2] != drawn[1]
    assert 1e-6 < abs(drawn[0] - nominal) < 20e-3
