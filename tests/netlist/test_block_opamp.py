"""The op-amp alone: gain, bandwidth, rails, recovery, output resistance, offset."""

from __future__ import annotations

import numpy as np
import pytest
from bench import Bench, instance
from nodal import Nodal

from spicegen.circuit.amplifier import CLAMP_SIEMENS, POLE_TRANSCONDUCTANCE_SIEMENS, amplifiers
from spicegen.circuit.graph import Subcircuit
from spicegen.design import design_from

GAIN, GBW, RAIL, R_OUT, OFFSET = 2e4, 10e6, 0.9, 150.0, 40e-6
OVERDRIVE = POLE_TRANSCONDUCTANCE_SIEMENS / CLAMP_SIEMENS
COMMON = [0.0, 1.2, -0.7]


def opamp(v_offset_volts: float = 0.0) -> tuple[Subcircuit, ...]:
    table = {
        "opamp": {
            "gain": GAIN,
            "gbw_hertz": GBW,
            "r_out_ohm": R_OUT,
            "v_offset_volts": v_offset_volts,
        }
    }
    return amplifiers(design_from(table))


@pytest.mark.parametrize("v_common_volts", COMMON)
def test_operating_points(bench: Bench, v_common_volts: float) -> None:
    """Open loop with offset, loaded output, and the clamped rails."""
    lines = [
        # open loop: A (V_in + V_offset), at two inputs
        "Va1 a1 cm 20u", instance("a1", "opamp", "a1 cm oa1 cm"),
        "Va2 a2 cm -70u", instance("a2", "opamp", "a2 cm oa2 cm"),
        # half of it behind a load of r_out
        "Vb b cm -10u", instance("b", "opamp", "b cm ob cm"), "Rb ob cm 150",
        # the inverting input
        "Vc c cm 15u", instance("c", "opamp", "cm c oc cm"),
        # far beyond the rails
        "Vd d cm 0.5", instance("d", "opamp", "d cm od cm"),
        instance("e", "opamp", "cm d oe cm"),
    ]  # fmt: skip
    found = bench.operating_point(opamp(OFFSET), lines, v_common_volts=v_common_volts)
    linear = [found[node] for node in ("oa2", "ob", "oc")]
    np.testing.assert_allclose(linear, [GAIN * -30e-6, GAIN * 30e-6 / 2, GAIN * 25e-6], rtol=2e-6)
    # beyond: gm v_d = x / R + g_clamp (x - rail); the offset counts as input
    g_gain = POLE_TRANSCONDUCTANCE_SIEMENS / GAIN
    for node, v_in in (("oa1", 20e-6), ("od", 0.5), ("oe", -0.5)):
        drive = POLE_TRANSCONDUCTANCE_SIEMENS * (v_in + OFFSET)
        rail = np.copysign(RAIL, drive)
        clamped = (drive + CLAMP_SIEMENS * rail) / (CLAMP_SIEMENS + g_gain)
        assert found[node] == pytest.approx(clamped, rel=1e-6)
        assert RAIL <= abs(found[node]) <= RAIL + OVERDRIVE * abs(v_in + OFFSET)


@pytest.mark.parametrize("v_common_volts", COMMON)
def test_closed_loops_against_the_nodal_solver(bench: Bench, v_common_volts: float) -> None:
    """Follower, inverter and a loaded gain of -5, offset and finite gain included."""
    lines = [
        "Vin in cm 0.13",
        instance("f", "follower", "in follow cm"), "Rf follow cm 1k",
        instance("i", "inverter", "in invert cm"), "Ri invert cm 2k",
        instance("s", "inverter", "in scaled cm", gain=0.4),
        "R1 in virtual 20k", "R2 virtual five 100k",
        instance("g", "opamp", "cm virtual five cm"), "R3 five cm 500",
    ]  # fmt: skip
    found = bench.operating_point(opamp(OFFSET), lines, v_common_volts=v_common_volts)
    truth = Nodal()
    amp = {"gain": GAIN, "r_out_ohm": R_OUT, "v_offset_volts": OFFSET}
    truth.source("in", "0", 0.13)
    truth.opamp("in", "follow", "follow", **amp)
    truth.resistor("follow", "0", 1e3)
    truth.resistor("in", "middle", 100e3)
    truth.resistor("middle", "invert", 100e3)
    truth.opamp("0", "middle", "invert", **amp)
    truth.resistor("invert", "0", 2e3)
    truth.resistor("in", "between", 100e3 / 0.4)
    truth.resistor("between", "scaled", 100e3)
    truth.opamp("0", "between", "scaled", **amp)
    truth.resistor("in", "virtual", 20e3)
    truth.resistor("virtual", "five", 100e3)
    truth.opamp("0", "virtual", "five", **amp)
    truth.resistor("five", "0", 500.0)
    exact = truth.solve()
    for node in ("follow", "invert", "scaled", "five", "virtual"):
        assert found[node] == pytest.approx(exact[node], rel=1e-7, abs=1e-10)
    # and by hand, to first order in 1 / A: in + offset; -g in + (1 + g) offset
    assert found["follow"] == pytest.approx(0.13 + OFFSET, abs=0.13 * 2 / GAIN)
    assert found["invert"] == pytest.approx(-0.13 + 2 * OFFSET, abs=0.13 * 3 / GAIN)
    assert found["scaled"] == pytest.approx(-0.052 + 1.4 * OFFSET, abs=0.052 * 2 / GAIN)
    assert found["five"] == pytest.approx(-0.65 + 6 * OFFSET, abs=0.65 * 9 / GAIN)


def test_one_pole(bench: Bench) -> None:
    lines = [
        "Vin in cm DC 0 AC 1",
        instance("o", "opamp", "in cm open cm"),
        instance("f", "follower", "in follow cm"),
        instance("i", "inverter", "in invert cm"),
    ]
    plot = bench.run(opamp(), lines, ".ac dec 10 10 1g")
    f_hertz = plot.sweep.real
    open_loop = GAIN / (1 + 1j * f_hertz * GAIN / GBW)
    np.testing.assert_allclose(plot["v(open)"], open_loop, rtol=1e-6)
    # closed loops: A / (1 + A beta); the inverter's beta is 1/2, so it is half as fast.
    # R_out feeds forward nothing here: followers are unloaded, the inverter's feedback 100k
    np.testing.assert_allclose(plot["v(follow)"], open_loop / (1 + open_loop), rtol=1e-6)
    assert np.interp(GBW, f_hertz, np.abs(plot["v(follow)"])) == pytest.approx(0.707, abs=5e-3)
    assert np.interp(GBW / 2, f_hertz, np.abs(plot["v(invert)"])) == pytest.approx(0.707, abs=5e-3)


def test_overload_recovers_within_the_closed_loop_time_constant(bench: Bench) -> None:
    """An inverter driven 5 V beyond its rail, then back into range.

    Its pole node waits at the rail (+ 0.1 of the overdrive), so it needs no longer than an
    amplifier that starts there: 2 / (2 pi GBW) * ln(step / 1 mV). Wound up it would be
    A * 2.5 V away.
    """
    tau_s = 2 / (2 * np.pi * GBW)
    lines = ["Vin in cm PULSE(5 0.2 2u 1n 1n 1m 2m)", instance("i", "inverter", "in out cm")]
    plot = bench.run(opamp(), lines, ".tran 2n 4u 0 2n", v_common_volts=1.2)
    t_s, out = plot.sweep, plot["v(out)"] - 1.2
    saturated = np.interp(2e-6, t_s, out)
    virtual_volts = (5.0 + saturated) / 2  # inverting input while saturated
    pole_volts = -(RAIL + OVERDRIVE * virtual_volts)
    through_r_out = R_OUT * (virtual_volts - saturated) / 100e3
    assert saturated == pytest.approx(pole_volts + through_r_out, rel=2e-5)
    # gain of the closed loop: 2 / A of -0.2 V, and 1 mV
    late = np.abs(out + 0.2 * (1 - 2 / GAIN)) > 1e-3
    recovered_s = t_s[late][-1] - 2.001e-6
    assert 0 < recovered_s <= tau_s * np.log((abs(saturated) - 0.2) / 1e-3) * 1.02


@pytest.mark.parametrize("v_common_volts", COMMON)
def test_ideal_stages(bench: Bench, v_common_volts: float) -> None:
    made = amplifiers(design_from({"fidelity": "ideal"}))
    lines = [
        "Vin in cm 0.13", instance("f", "follower", "in follow cm"), "Rf follow cm 1",
        instance("i", "inverter", "in invert cm"), "Ri invert cm 1",
        instance("s", "inverter", "in scaled cm", gain=0.4), "Rs scaled cm 1",
    ]  # fmt: skip
    found = bench.operating_point(made, lines, v_common_volts=v_common_volts)
    assert found["follow"] == pytest.approx(0.13, rel=1e-12)
    assert found["invert"] == pytest.approx(-0.13, rel=1e-12)
    assert found["scaled"] == pytest.approx(-0.052, rel=1e-12)
