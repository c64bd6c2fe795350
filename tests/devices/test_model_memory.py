"""What a simulator must not spoil: a state that was set stays, and stays within its bounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import va_models
from device_forms import engine_or_skip

from spicegen.devices import MemristorModel, Preset, Pwl, Sine, Trace, pulse_train
from spicegen.devices.veriloga import build_osdi
from spicegen.errors import SimulationError
from spicegen.pipeline.device_bench import run_device

Loaded = tuple[MemristorModel, Preset]
REST_S = 1e-3
FORMS = [("behavioural", "ngspice"), ("behavioural", "neospice"), ("verilog-a", "ngspice")]
GIVES_UP = {("simmons", "neospice")}
"""At ten times the amplitude: a Newton iteration that does not end, said so in an error."""
SOLVER = 2e-6
"""Of the state: what tolerances of 1e-6 leave on top of the preset's stated forgetting."""


def simulated(
    form: str, engine: str, model: MemristorModel, stimulus: Sine | Pwl, x0: float, folder: Path
) -> Trace:
    card, library = model.card(form), ""
    if form == "verilog-a":
        va_models.need_compilers()
        library = str(build_osdi(card.file).osdi)
    return run_device(engine_or_skip(engine), card, stimulus, x0, folder, 200, library)


@pytest.mark.parametrize(("form", "engine"), FORMS)
def test_a_state_is_still_there_a_millisecond_after_the_pulse(
    loaded: Loaded, form: str, engine: str, tmp_path: Path
) -> None:
    model, preset = loaded
    use = preset.use
    pulse = pulse_train(np.array([use.v_set_volts]), use.t_pulse_s, edge_s=use.t_pulse_s / 10.0)
    end_s = float(pulse.t_s[-1])
    stimulus = Pwl(np.append(pulse.t_s, end_s + REST_S), np.append(pulse.volts, 0.0))
    trace = simulated(form, engine, model, stimulus, use.x0, tmp_path)
    after = trace.state[np.searchsorted(trace.t_s, end_s * (1 + 1e-9)) :, 0]
    assert trace.t_s[-1] == pytest.approx(end_s + REST_S)
    assert abs(after[-1] - use.x0) > 1e-4  # the pulse did something
    assert np.ptp(after) <= preset.use.forgetting + SOLVER


@pytest.mark.parametrize(("form", "engine"), FORMS[1:])
def test_bounds_hold_under_ten_times_the_amplitude(
    loaded: Loaded, form: str, engine: str, tmp_path: Path
) -> None:
    """In ngspice the behavioural form has a test of its own."""
    model, preset = loaded
    stimulus = Sine(10.0 * preset.use.amplitude_volts, preset.use.frequency_hertz)
    if (model.name, engine) in GIVES_UP:
        with pytest.raises(SimulationError, match="failed to converge"):
            simulated(form, engine, model, stimulus, 0.5, tmp_path)
        return
    trace = simulated(form, engine, model, stimulus, 0.5, tmp_path)
    assert trace.state.min() > -2e-3
    assert trace.state.max() < 1.0 + 2e-3
    assert np.isfinite(trace.i_ampere).all()
