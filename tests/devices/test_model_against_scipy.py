"""The numpy integrator against scipy's solve_ivp at 1e-9."""

import itertools

import numpy as np
from scipy.integrate import solve_ivp

from spicegen.devices import MemristorModel, Preset, Sine, pulse_train, simulate

Loaded = tuple[MemristorModel, Preset]


def scipy_states(model: MemristorModel, stimulus, t_s, x0):  # type: ignore[no-untyped-def]
    """States at the instants, integrated from bend to bend."""
    states, x = [x0], x0
    stops = np.union1d(t_s, stimulus.bends_s)
    for start, stop in itertools.pairwise(stops):
        slope = lambda t, y: model.derivative(y, stimulus(t))  # noqa: E731
        run = solve_ivp(slope, (start, stop), [x], method="LSODA", rtol=1e-9, atol=1e-11)
        assert run.success, run.message
        x = run.y[0, -1]
        states.append(x)
    return np.array(states)[np.isin(stops, t_s)]


def test_sine(loaded: Loaded) -> None:
    model, preset = loaded
    stimulus = Sine(preset.use.amplitude_volts, 3.0 * preset.use.frequency_hertz)
    t_s = np.linspace(0.0, stimulus.bends_s[-1], 9)
    expected = scipy_states(model, stimulus, t_s, preset.use.x0)
    trace = simulate(model, stimulus, t_s, preset.use.x0, tolerance=1e-9)
    np.testing.assert_allclose(trace.state[:, 0], expected, atol=2e-7)


def test_pulses(loaded: Loaded) -> None:
    model, preset = loaded
    use = preset.use
    stimulus = pulse_train(np.array([use.v_set_volts, use.v_reset_volts]), use.t_pulse_s)
    t_s = stimulus.t_s[[0, 4, 8]]
    expected = scipy_states(model, stimulus, t_s, use.x0)
    trace = simulate(model, stimulus, t_s, use.x0, tolerance=1e-9)
    np.testing.assert_allclose(trace.state[:, 0], expected, atol=2e-7)


def test_the_order_of_the_method_is_four() -> None:
    """Halving the step of a smooth problem divides its error by 16."""
    from spicegen.devices import load_model
    from spicegen.devices.integrate import _rodas

    model, _ = load_model("linear_drift", "strukov")
    stimulus = Sine(1.0, 1.0)

    def end(steps: int) -> float:
        x, h = np.array([0.3]), 0.4 / steps
        for k in range(steps):
            x, _ = _rodas(model, stimulus, x, k * h, h)
        return float(x[0])

    exact = scipy_states(model, stimulus, np.array([0.0, 0.4]), 0.3)[-1]
    errors = [abs(end(steps) - exact) for steps in (4, 8)]
    assert errors[0] / errors[1] > 12.0
