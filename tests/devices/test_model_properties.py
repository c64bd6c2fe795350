"""Physics that every model shows, with its default preset."""

import numpy as np

from spicegen.devices import MemristorModel, Preset, Sine, lobe_area, pulse_train, simulate
from spicegen.devices.integrate import hold

Loaded = tuple[MemristorModel, Preset]
STATES = np.array([0.0, 0.1, 0.5, 0.9, 1.0])
ROUGH, ROUGHER = 1e-6, 1e-4


def test_no_current_without_voltage(loaded: Loaded) -> None:
    """The loop is pinched at the origin."""
    model, preset = loaded
    assert not model.current(STATES, 0.0).any()
    v = np.array([[1e-6], [-1e-6]]) * preset.use.v_max_volts
    currents = model.current(STATES, v)
    assert (currents[0] >= 0).all()
    assert (currents[1] <= 0).all()


def test_current_and_voltage_have_one_sign(with_preset: Loaded) -> None:
    model, preset = with_preset
    v = np.linspace(-10.0, 10.0, 41)[:, None] * preset.use.v_max_volts
    assert (model.current(STATES, v) * v >= 0.0).all()


def test_conductance_rises_with_the_state(with_preset: Loaded) -> None:
    model, preset = with_preset
    g = model.conductance(np.linspace(0.0, 1.0, 101), preset.use.v_read_volts)
    assert (np.diff(g) >= 0).all()
    assert (np.diff(g[10:]) > 0).all()  # x^14 of one preset is lost in rounding below


def test_state_for_conductance_is_the_inverse(loaded: Loaded) -> None:
    model, preset = loaded
    x = np.linspace(0.02, 1.0, 50)
    g = model.conductance(x, preset.use.v_read_volts)
    back = model.state_for_conductance(g, preset.use.v_read_volts)
    np.testing.assert_allclose(model.conductance(back, preset.use.v_read_volts), g, rtol=1e-9)


def test_area_of_the_loop_shrinks_with_frequency(loaded: Loaded) -> None:
    model, preset = loaded
    use = preset.use
    areas = []
    for factor in (10, 100, 1000):
        stimulus = Sine(use.amplitude_volts, factor * use.frequency_hertz)
        t_s = np.linspace(0.0, stimulus.bends_s[-1], 81)
        areas.append(lobe_area(simulate(model, stimulus, t_s, use.x0, ROUGH)))
    assert areas[0] > areas[1] > areas[2] >= 0.0
    assert areas[2] < 0.3 * areas[0]


def test_bounds_hold_under_abuse(loaded: Loaded) -> None:
    """Ten times the amplitude: sine, steps, and a pulse a thousand times too long."""
    model, preset = loaded
    use = preset.use
    sine = Sine(10.0 * use.amplitude_volts, use.frequency_hertz)
    steps = pulse_train(10.0 * np.array([use.v_set_volts, use.v_reset_volts]), use.t_pulse_s)
    for stimulus in (sine, steps):
        t_s = np.linspace(0.0, stimulus.bends_s[-1], 11)
        trace = simulate(model, stimulus, t_s, STATES, ROUGHER)
        assert trace.state.min() >= -1e-3
        assert trace.state.max() <= 1.0 + 1e-3
        assert np.isfinite(trace.i_ampere).all()
    for v in (use.v_set_volts, use.v_reset_volts):
        x = hold(model, v, 1e3 * use.t_pulse_s, STATES)
        assert x.min() >= -1e-6
        assert x.max() <= 1.0 + 1e-6


def test_set_and_reset_pulses_move_the_state_their_way(with_preset: Loaded) -> None:
    model, preset = with_preset
    use, middle = preset.use, np.array([0.5, 0.6, 0.7])
    assert np.sign(use.v_set_volts) == model.set_sign
    assert np.max(hold(model, use.v_set_volts, use.t_pulse_s, middle) - middle) > 1e-4
    assert np.min(hold(model, use.v_reset_volts, use.t_pulse_s, middle) - middle) < 0.0


def test_nothing_is_forgotten_in_a_millisecond(with_preset: Loaded) -> None:
    model, preset = with_preset
    pulse = pulse_train(np.array([preset.use.v_set_volts]), preset.use.t_pulse_s)
    after = simulate(model, pulse, pulse.t_s, STATES, ROUGH).state[-1]
    moved = np.abs(hold(model, 0.0, 1e-3, after) - after).max()
    assert moved <= preset.use.forgetting


def test_reading_disturbs_less_than_stated(with_preset: Loaded) -> None:
    model, preset = with_preset
    for v in (preset.use.v_read_volts, -preset.use.v_read_volts):
        moved = np.abs(hold(model, v, 1e-3, STATES) - STATES).max()
        assert moved <= preset.use.read_disturb


def test_devices_are_independent(loaded: Loaded) -> None:
    """Many devices at once, each with its own voltage, end where each ends alone."""
    model, preset = loaded
    use = preset.use
    v, x = np.array([use.v_set_volts, use.v_reset_volts, 0.0]), np.array([0.3, 0.6, 0.9])
    together = hold(model, v, use.t_pulse_s, x)
    alone = [
        hold(model, float(a), use.t_pulse_s, np.array([b]))[0] for a, b in zip(v, x, strict=True)
    ]
    np.testing.assert_allclose(together, alone, atol=1e-6)
