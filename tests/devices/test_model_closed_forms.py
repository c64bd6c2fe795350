"""Models against hand algebra."""

import numpy as np
import pytest

from spicegen.devices import Sine, load_model, simulate
from spicegen.devices.integrate import hold


@pytest.mark.parametrize("volts", [0.8, -0.8])
def test_hp_at_constant_voltage(volts: float) -> None:
    """Without window R x' = mu r_on v / d^2 with R = r_off - (r_off - r_on) x is quadratic."""
    model, _ = load_model("linear_drift", "strukov")
    r_on, r_off, t_s, x0 = 100.0, 16e3, 0.1, 0.5
    q = 1e-14 * r_on * volts * t_s / (10e-9) ** 2 + r_off * x0 - (r_off - r_on) * x0**2 / 2
    expected = (r_off - np.sqrt(r_off**2 - 2 * (r_off - r_on) * q)) / (r_off - r_on)
    assert hold(model, volts, t_s, np.array([x0]))[0] == pytest.approx(expected, abs=1e-6)


def test_hp_current_is_that_of_two_resistors_in_series() -> None:
    model, _ = load_model("linear_drift", "strukov")
    assert model.current(0.25, 1.0) == pytest.approx(1.0 / (25.0 + 12e3))


def test_joglekar_and_biolek_windows_at_the_bounds() -> None:
    """Joglekar sticks at a bound, Biolek lets the state go back."""
    for window, expected in (("joglekar", 0.0), ("biolek", 1.0)):
        model, _ = load_model("linear_drift", None, {"window": window, "p_window": 2.0})
        up, down = model.rates(1.0, -1.0)
        free, _ = load_model("linear_drift", "strukov")
        assert down / free.rates(1.0, -1.0)[1] == pytest.approx(expected)
        assert up == 0.0


def test_vteam_thresholds() -> None:
    """Nothing between the thresholds; beyond, k (v/v_t - 1)^alpha over the span of 3 nm."""
    model, _ = load_model("vteam", "linear")
    assert model.rates(0.5, np.array([0.0199, -0.199]))[0].tolist() == [0.0, 0.0]
    assert model.rates(0.5, np.array([0.0199, -0.199]))[1].tolist() == [0.0, 0.0]
    assert model.rates(0.5, -0.4)[0] == pytest.approx(10.0 / 3e-9)
    assert model.rates(0.5, 0.06)[1] == pytest.approx(5e-4 / 3e-9 * 2.0)


def test_vteam_at_constant_voltage_moves_linearly() -> None:
    model, _ = load_model("vteam", "linear")
    t_s = 1e-7
    expected = 0.8 - 5e-4 / 3e-9 * (0.2 / 0.02 - 1.0) * t_s
    assert hold(model, 0.2, t_s, np.array([0.8]))[0] == pytest.approx(expected, abs=1e-7)


def test_team_thresholds_are_currents() -> None:
    model, _ = load_model("team", None, {"iv": "linear"})
    r_ohm = 100.0 + 199900.0 * 0.5
    below, beyond = 0.999 * 8.9e-6 * r_ohm, 3.0 * 8.9e-6 * r_ohm
    assert model.rates(0.5, -below)[0] == 0.0
    assert model.rates(0.5, -beyond)[0] == pytest.approx(8e-13 / 3e-9 * 2.0**3)
    assert model.rates(0.5, 0.999 * 115e-6 * r_ohm)[1] == 0.0


def test_team_resistance_is_exponential_in_the_width() -> None:
    model, _ = load_model("team")
    assert 1.0 / model.conductance(0.5, 0.01) == pytest.approx(np.sqrt(100.0 * 200e3))


def test_yakopcic_rates() -> None:
    model, _ = load_model("yakopcic", "oblea")
    assert model.rates(0.2, 0.16)[0] == 0.0
    assert model.rates(0.2, 0.3)[0] == pytest.approx(4000.0 * (np.exp(0.3) - np.exp(0.16)))
    slowed = np.exp(-0.3) * ((0.3 - 0.6) / 0.7 + 1.0)
    assert model.rates(0.6, 0.3)[0] / model.rates(0.2, 0.3)[0] == pytest.approx(slowed)


def test_knowm_settles_where_both_rates_are_equal() -> None:
    """At zero volts with equal thresholds that is the middle, whatever the start."""
    model, _ = load_model("knowm_mss")
    settled = hold(model, 0.0, 60.0, np.array([0.1, 0.9]))
    np.testing.assert_allclose(settled, 0.5, atol=1e-5)


def test_analog_threshold_step() -> None:
    """(1.5 V / 1 V - 1)^2 / 10 us for 1 us."""
    model, _ = load_model("analog_threshold")
    assert hold(model, 1.5, 1e-6, np.array([0.3]))[0] == pytest.approx(0.325, abs=1e-9)
    assert hold(model, 0.999, 1.0, np.array([0.3]))[0] == 0.3


def test_sky130_conducts_as_published() -> None:
    """At t_ox - f = t_ox - f_ref the current is i_k1 / e sinh(v / v_ref)."""
    model, _ = load_model("sky130_reram")
    x = (4.7249e-9 - 3.3e-9) / 1.6e-9
    expected = 6.14e-5 * np.exp(-1.0) * np.sinh(1.0 / 0.43)
    assert model.current(x, 1.0) == pytest.approx(expected)


def test_stanford_field_threshold() -> None:
    """gamma v / t_ox must exceed 1.4e9 V/m: 1.05 V where gamma is 16."""
    model, _ = load_model("stanford_pku", None, {"beta": 0.0})
    assert model.rates(0.5, 1.0499)[0] == 0.0
    assert model.rates(0.5, 1.0501)[0] > 0.0


def test_stanford_resistances_as_published() -> None:
    """Another simulator (MemTorch, Stanford_PKU) gives 542 to 218,586 ohm for these values; that
    is the model at 0.1 V."""
    model, _ = load_model("stanford_pku")
    assert 1.0 / model.conductance(1.0, 0.1) == pytest.approx(542.0, rel=1e-3)
    assert 1.0 / model.conductance(0.0, 0.1) == pytest.approx(218_586.0, rel=1e-4)


def test_sky130_after_forming_as_published() -> None:
    """Its documentation gives 30 to 120 uS for the low-resistive state after forming."""
    model, preset = load_model("sky130_reram")
    formed = (4.7249e-9 - 3.3e-9) / 1.6e-9
    assert 30e-6 < model.conductance(formed, preset.use.v_read_volts) < 120e-6


def test_knowm_ends_are_its_two_resistances() -> None:
    model, preset = load_model("knowm_mss")
    ends = 1.0 / model.conductance(np.array([0.0, 1.0]), preset.use.v_read_volts)
    np.testing.assert_allclose(ends, [1500.0, 500.0])


def test_hp_time_scale_as_published() -> None:
    """Strukov et al. 2008: 1 V moves the boundary through the doped film in D^2/(mu v) = 10 ms."""
    model, _ = load_model("linear_drift", "strukov")
    assert 1.0 / model.rates(0.99999999, 1.0)[0] == pytest.approx(10e-3, rel=1e-4)


def test_simmons_splits_the_voltage_between_barrier_and_series_resistance() -> None:
    model, _ = load_model("simmons")
    x, v = np.array([0.2, 0.5, 0.95]), 0.7
    i = model.current(x, v)
    free, _ = load_model("simmons", None, {"r_series_ohm": 1e-9})
    np.testing.assert_allclose(free.current(x, v - 215.0 * i), i, rtol=1e-7)


def test_currents_beyond_the_measured_range_stay_finite() -> None:
    stimulus = Sine(1000.0, 1.0)
    for name in ("nonlinear_drift", "stanford_pku", "sky130_reram", "yakopcic"):
        model, _ = load_model(name)
        trace = simulate(model, stimulus, np.array([0.0, 0.1]), 0.5, 1e-4)
        assert np.isfinite(trace.i_ampere).all()
