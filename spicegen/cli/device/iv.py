"""`spicegen device iv`: the pinched hysteresis loop."""

from __future__ import annotations

import json
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spicegen.cli import options
from spicegen.cli.device.common import (
    ModelName,
    OutDirectory,
    Parameters,
    PresetName,
    chosen,
    made,
    warn_beyond,
    write_csv,
    write_json,
)
from spicegen.cli.terminal import one_line, printed
from spicegen.errors import InputError

if TYPE_CHECKING:
    from spicegen.devices import MemristorModel, Sine, Trace

POINTS = 400  # per cycle


class Form(StrEnum):
    """What `--form` takes."""

    numpy = "numpy"
    behavioural = "behavioural"
    verilog_a = "verilog-a"


def iv(
    name: ModelName,
    preset: PresetName = None,
    overrides: Parameters = None,
    amplitude: Annotated[
        float | None, typer.Option("--amplitude", min=0.0, help="V; the preset's by default.")
    ] = None,
    frequency: Annotated[
        float | None, typer.Option("--frequency", min=0.0, help="Hz; the preset's by default.")
    ] = None,
    cycles: Annotated[int, typer.Option("--cycles", min=1, help="Periods of the sine.")] = 2,
    x0: Annotated[
        float | None, typer.Option("--x0", min=0.0, max=1.0, help="Initial state, 0 to 1.")
    ] = None,
    forms: Annotated[
        list[Form] | None,
        typer.Option("--form", help="Form of the model; repeat it to overlay forms."),
    ] = None,
    engine: options.Engine = None,
    out: OutDirectory = None,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Simulate the hysteresis loop under a sine; write iv_FORM.csv, iv.json, iv.png.

    \b
    Example:
      spicegen device iv vteam --form numpy --form behavioural -o runs/iv
    """
    from spicegen.devices import Sine, lobe_area
    from spicegen.report.device import draw_loop
    from spicegen.report.style import save_figure

    model, origin = chosen(name, preset, overrides)
    use = origin.use
    stimulus = Sine(amplitude or use.amplitude_volts, frequency or use.frequency_hertz, cycles)
    warn_beyond(origin, stimulus.amplitude_volts)
    start = use.x0 if x0 is None else x0
    folder = made(out, f"device_{name}")
    traces = {}
    for form in forms or [Form.numpy]:
        traces[form.value] = _trace(form, model, stimulus, start, engine)
        trace = traces[form.value]
        columns = {"t_s": trace.t_s, "v_volts": trace.v_volts[:, 0]}
        columns |= {"state": trace.state[:, 0], "i_ampere": trace.i_ampere[:, 0]}
        table = {key: column.tolist() for key, column in columns.items()}
        write_csv(folder / f"iv_{form.value}.csv", table)
    result = {
        "model": name,
        "preset": origin.name,
        "amplitude_volts": stimulus.amplitude_volts,
        "frequency_hertz": stimulus.frequency_hertz,
        "cycles": cycles,
        "forms": {
            form: {
                "area_volt_ampere": lobe_area(trace) if cycles == 1 else None,
                "i_max_ampere": float(trace.i_ampere.max()),
                "i_min_ampere": float(trace.i_ampere.min()),
                "state_min": float(trace.state.min()),
                "state_max": float(trace.state.max()),
                "state_end": float(trace.state[-1, 0]),
            }
            for form, trace in traces.items()
        },
    }
    write_json(folder / "iv.json", result)
    save_figure(draw_loop(traces, f"{model.title}, {origin.name}"), folder / "iv.png")
    printed(json.dumps(result, indent=2) if as_json else one_line(str(folder / "iv.png")))


def _trace(
    form: Form,
    model: MemristorModel,
    stimulus: Sine,
    x0: float,
    engine: options.EngineName | None,
) -> Trace:
    import numpy as np

    from spicegen.devices import simulate

    points = POINTS * stimulus.cycles
    if form is Form.numpy:
        return simulate(model, stimulus, np.linspace(0.0, stimulus.bends_s[-1], points + 1), x0)
    from spicegen.engine import select
    from spicegen.pipeline.device_bench import run_device

    name = "ngspice" if form is Form.verilog_a else (engine or options.EngineName.auto).value
    card = model.card(form.value)
    library = _library(card.file) if form is Form.verilog_a else ""
    with tempfile.TemporaryDirectory(prefix="spicegen-") as folder:
        return run_device(select(name).engine, card, stimulus, x0, Path(folder), points, library)


def _library(va_file: Path) -> str:
    """The compiled model.

    Raises:
        InputError: the compile route is not part of this installation.
    """
    from importlib import import_module
    from importlib.util import find_spec

    if find_spec("spicegen.devices.veriloga") is None:
        rule = "compiling Verilog-A is not part of this installation"
        raise InputError("--form verilog-a", rule, None, "use --form behavioural")
    return str(import_module("spicegen.devices.veriloga").build_osdi(va_file).osdi)
