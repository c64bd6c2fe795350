"""Write-verify: arrays reach their targets, and failures are told."""

import numpy as np
import pytest

from spicegen.devices import Plan, load_model, pulse_curve, write_verify
from spicegen.errors import InputError


@pytest.mark.parametrize(
    ("name", "preset_name"),
    [
        ("analog_threshold", None),
        ("vteam", None),
        ("vteam", "symmetric"),  # sets a hundred times faster than it resets
        ("linear_drift", None),
        ("yakopcic", None),
        ("nonlinear_drift", None),
    ],
)
def test_arrays_reach_one_percent_of_the_window(name: str, preset_name: str | None) -> None:
    model, preset = load_model(name, preset_name)
    generator = np.random.default_rng(1)
    ends = [float(model.conductance(x, preset.use.v_read_volts)) for x in (0.02, 0.98)]
    target = generator.uniform(*ends, 200)
    done = write_verify(model, preset.use, target, np.full(200, 0.05), Plan())
    assert done.failed.mean() <= 0.01
    good = ~done.failed
    error = np.abs(done.reached_siemens - target)
    assert error[good].max() <= done.tolerance_siemens
    read = model.conductance(done.state, preset.use.v_read_volts)
    np.testing.assert_allclose(done.reached_siemens, read, rtol=1e-9)
    assert (done.energy_joule[done.pulses > 0] > 0).all()


def test_devices_that_differ_are_programmed_together() -> None:
    g_max = np.random.default_rng(2).uniform(0.8e-4, 1.2e-4, 50)
    model, preset = load_model("analog_threshold", None, {"g_max_siemens": g_max})
    done = write_verify(model, preset.use, np.full(50, 5e-5), np.full(50, 0.1), Plan())
    assert not done.failed.any()


def test_failures_are_told() -> None:
    """A device whose threshold is above every pulse stays where it is."""
    model, preset = load_model("analog_threshold", None, {"v_set_volts": 2.9})
    done = write_verify(model, preset.use, np.array([5e-5]), np.array([0.1]), Plan(0.01, 20))
    assert done.failed.all()
    assert done.pulses.tolist() == [20]


def test_impossible_targets_and_plans() -> None:
    model, preset = load_model("analog_threshold")
    with pytest.raises(InputError, match="conductance must lie in"):
        write_verify(model, preset.use, np.array([1.0]), np.array([0.1]), Plan())
    with pytest.raises(InputError, match="tolerance and max_pulses must be positive"):
        write_verify(model, preset.use, np.array([5e-5]), np.array([0.1]), Plan(0.0))


def test_pulse_curve_of_a_linear_device() -> None:
    """Equal steps without bounds in the way: straight and symmetric."""
    model, preset = load_model("analog_threshold")
    curve = pulse_curve(model, preset.use, 20, 0.2)
    assert curve.nonlinearity_up == pytest.approx(0.0, abs=1e-6)
    assert curve.nonlinearity_down == pytest.approx(0.0, abs=1e-6)
    assert curve.asymmetry == pytest.approx(0.0, abs=1e-6)
    assert curve.on_off_ratio == pytest.approx((1 + 99 * 0.7) / (1 + 99 * 0.2), rel=1e-6)
