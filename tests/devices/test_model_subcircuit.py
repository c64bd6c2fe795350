"""The behavioural form in ngspice and neospice against numpy: 0.1 % of full scale."""

from pathlib import Path

import pytest
from device_forms import BOUND, Compare, engine_or_skip, stimuli

from spicegen.devices import MemristorModel, Preset, Sine, load_model, model_names
from spicegen.pipeline.device_bench import run_device

Loaded = tuple[MemristorModel, Preset]
POINTS = 500


def test_ngspice_agrees_with_numpy(loaded: Loaded, compare: Compare, tmp_path: Path) -> None:
    model, preset = loaded
    engine, worst = engine_or_skip("ngspice"), {}
    for name, stimulus in stimuli(preset):
        trace = run_device(engine, model.card(), stimulus, preset.use.x0, tmp_path, POINTS)
        worst[name] = compare(trace, model, stimulus, preset.use.x0)
    assert max(max(pair) for pair in worst.values()) <= BOUND, worst


def test_neospice_agrees_with_numpy(loaded: Loaded, compare: Compare, tmp_path: Path) -> None:
    model, preset = loaded
    engine, worst = engine_or_skip("neospice"), {}
    for name, stimulus in stimuli(preset):
        trace = run_device(engine, model.card(), stimulus, preset.use.x0, tmp_path, POINTS)
        worst[name] = compare(trace, model, stimulus, preset.use.x0)
    assert max(max(pair) for pair in worst.values()) <= BOUND, worst


@pytest.mark.parametrize("window", ["none", "joglekar", "biolek", "prodromakis"])
def test_every_window_agrees(window: str, compare: Compare, tmp_path: Path) -> None:
    overrides = {"window": window, "p_window": 3.0, "j_window": 0.9}
    model, preset = load_model("linear_drift", None, overrides)
    stimulus = Sine(preset.use.amplitude_volts, preset.use.frequency_hertz)
    engine = engine_or_skip("ngspice")
    trace = run_device(engine, model.card(), stimulus, 0.2, tmp_path, POINTS)
    assert max(compare(trace, model, stimulus, 0.2)) <= BOUND


@pytest.mark.parametrize("model", ["team", "vteam"])
def test_window_and_resistance_of_the_threshold_films_agree(
    model: str, compare: Compare, tmp_path: Path
) -> None:
    overrides = {"window": "exponential", "iv": "exponential", "w_c_m": 5e-10}
    device, preset = load_model(model, None, overrides)
    stimulus = Sine(preset.use.amplitude_volts, preset.use.frequency_hertz)
    trace = run_device(engine_or_skip("ngspice"), device.card(), stimulus, 0.5, tmp_path, POINTS)
    assert max(compare(trace, device, stimulus, 0.5)) <= BOUND


@pytest.mark.parametrize("name", model_names())
def test_the_state_stays_in_its_bounds_in_ngspice(name: str, tmp_path: Path) -> None:
    """A sine of ten times the amplitude."""
    model, preset = load_model(name)
    stimulus = Sine(10.0 * preset.use.amplitude_volts, preset.use.frequency_hertz)
    trace = run_device(engine_or_skip("ngspice"), model.card(), stimulus, 0.5, tmp_path, 200)
    assert trace.state.min() > -2e-3
    assert trace.state.max() < 1.0 + 2e-3


@pytest.mark.parametrize("uic", ["", " uic"])
def test_the_state_starts_at_x0(uic: str, tmp_path: Path) -> None:
    """Also where the voltage is not zero at the start; and an operating point keeps it."""
    from spicegen.engine import Job
    from spicegen.waveforms import read_raw

    model, _ = load_model("linear_drift")
    lines = ["start", f".include {model.card().file}", "V1 p 0 1", "X1 p 0 linear_drift x0=0.25"]
    lines += [".save v(x1.x)", f".tran 1u 10u{uic}", ".end"]
    (tmp_path / "d.cir").write_text("\n".join(lines) + "\n")
    job = Job(tmp_path / "d.cir", tmp_path / "d.raw", tmp_path / "d.log", ("v(x1.x)",), 1e-5)
    engine_or_skip("ngspice").simulate(job)
    assert read_raw(job.raw)[-1]["v(x1.x)"][0] == pytest.approx(0.25, abs=1e-6)
