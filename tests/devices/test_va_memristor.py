"""A memristor with its state on an internal node: ngspice against RK4, and against B-sources."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from va_models import MEMRISTOR, transient

R_ON, R_OFF, DRIFT = 100.0, 16e3, 1e-14 * 100.0 / (10e-9) ** 2
AMPLITUDE_VOLTS, FREQUENCY_HERTZ = 1.5, 1.0
SINE = f"SIN(0 {AMPLITUDE_VOLTS} {FREQUENCY_HERTZ})"
BEHAVIOURAL = """.subckt hp_b p n params: x0=0.1 r_on=100 r_off=16k drift=1e4 w=1
Bi p n i=v(p,n)/(r_on*v(x)+r_off*(1-v(x)))
Bx 0 x i=drift*v(p,n)/(r_on*v(x)+r_off*(1-v(x)))*(1-(2*v(x)-1)**(2*w))
Cx x 0 1
.ic v(x)={x0}
.ends"""
FloatArray = NDArray[np.float64]


def state(
    x0: float, t_stop_s: float, r_on: float = R_ON, window: int = 1, volts: float = AMPLITUDE_VOLTS
) -> tuple[FloatArray, FloatArray]:
    """Times, s, and states, by the classical Runge-Kutta method."""

    def rate(t_s: float, x: float) -> float:
        current = (
            volts * float(np.sin(2 * np.pi * FREQUENCY_HERTZ * t_s)) / (r_on * x + R_OFF * (1 - x))
        )
        return DRIFT * r_on / R_ON * current * (1 - (2 * x - 1) ** (2 * window))

    steps = 20000
    t_s, h_s = np.linspace(0.0, t_stop_s, steps + 1, retstep=True)
    x = np.empty_like(t_s)
    x[0] = x0
    for k in range(steps):
        k1 = rate(t_s[k], x[k])
        k2 = rate(t_s[k] + h_s / 2, x[k] + h_s / 2 * k1)
        k3 = rate(t_s[k] + h_s / 2, x[k] + h_s / 2 * k2)
        k4 = rate(t_s[k] + h_s, x[k] + h_s * k3)
        x[k + 1] = x[k] + h_s / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return t_s, x


def test_state_and_current_against_runge_kutta(tmp_path: Path) -> None:
    lines = (f"V1 in 0 {SINE}", "N1 in 0 card x0=0.3", ".model card hp_memristor")
    probes = ("v(n1#x)", "i(v1)")
    plot = transient(tmp_path, [MEMRISTOR], lines, probes, "1m 2 0 1m", 2.0)
    t_s, x = state(0.3, 2.0)
    assert np.ptp(x) > 0.3, "the state must move for the test to tell anything"
    expected = np.interp(plot.sweep, t_s, x)
    np.testing.assert_allclose(plot["v(n1#x)"], expected, atol=1e-4)
    volts = AMPLITUDE_VOLTS * np.sin(2 * np.pi * FREQUENCY_HERTZ * plot.sweep)
    current = volts / (R_ON * expected + R_OFF * (1 - expected))
    error = np.abs(-plot["i(v1)"] - current).max() / np.abs(current).max()
    assert error < 1e-4


def test_against_the_same_equations_as_b_sources(tmp_path: Path) -> None:
    lines = (f"V1 in 0 {SINE}", f"V2 inb 0 {SINE}", "N1 in 0 card x0=0.3",
             ".model card hp_memristor", BEHAVIOURAL, "X1 inb 0 hp_b x0=0.3")  # fmt: skip
    probes = ("v(n1#x)", "v(x1.x)", "i(v1)", "i(v2)")
    plot = transient(tmp_path, [MEMRISTOR], lines, probes, "1m 2 0 1m", 2.0)
    np.testing.assert_allclose(plot["v(n1#x)"], plot["v(x1.x)"], atol=1e-4)
    scale = np.abs(plot["i(v2)"]).max()
    np.testing.assert_allclose(plot["i(v1)"] / scale, plot["i(v2)"] / scale, atol=1e-4)


def test_instances_have_their_own_state_and_parameters(tmp_path: Path) -> None:
    lines = (
        "V1 in 0 SIN(0 0.6 1)", "N1 in 0 card", "N2 in 0 card x0=0.6",
        "N3 in 0 other x0=0.2 m=4", ".model card hp_memristor x0=0.4",
        ".model other hp_memristor r_on=200 window=3",
    )  # fmt: skip
    probes = [f"v(n{k}#x)" for k in (1, 2, 3)]
    plot = transient(tmp_path, [MEMRISTOR], lines, probes, "1m 1 0 1m", 1.0)
    for probe, (x0, r_on, window) in zip(
        probes, ((0.4, 100.0, 1), (0.6, 100.0, 1), (0.2, 200.0, 3)), strict=True
    ):
        t_s, x = state(x0, 1.0, r_on, window, volts=0.6)
        assert np.ptp(x) > 0.05 and x.max() < 0.96
        np.testing.assert_allclose(plot[probe], np.interp(plot.sweep, t_s, x), atol=1e-4)


@pytest.mark.parametrize("threads", ["1", "8"])
def test_state_stays_where_a_pulse_left_it(tmp_path: Path, threads: str) -> None:
    """No voltage, no drift: a state that leaks, or is reset, shows within the quiet time."""
    pulse = "V1 in 0 PULSE(0 1.5 0.1 1m 1m 0.2 10)"
    lines = (pulse, "N1 in 0 card x0=0.3", ".model card hp_memristor",
             f".options num_threads={threads}")  # fmt: skip
    plot = transient(tmp_path, [MEMRISTOR], lines, ["v(n1#x)"], "1m 2", 2.0)
    x, quiet = plot["v(n1#x)"], plot.sweep > 0.31
    assert x[quiet][0] - 0.3 > 0.05
    assert np.ptp(x[quiet]) < 1e-9


def test_time_step_control_sees_the_state(tmp_path: Path) -> None:
    """Without a longest step ngspice chooses the steps by the error of the state's charge."""
    lines = (f"V1 in 0 {SINE}", "N1 in 0 card x0=0.3", ".model card hp_memristor")
    plot = transient(
        tmp_path, [MEMRISTOR], lines, ["v(n1#x)"], "0.1 2", 2.0, ".options klu reltol=1e-4"
    )
    t_s, x = state(0.3, 2.0)
    np.testing.assert_allclose(plot["v(n1#x)"], np.interp(plot.sweep, t_s, x), atol=5e-3)
