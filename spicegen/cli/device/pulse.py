"""`spicegen device pulse`: conductance against pulse number."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Annotated

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


def pulse(
    name: ModelName,
    preset: PresetName = None,
    overrides: Parameters = None,
    pulses: Annotated[int, typer.Option("--pulses", min=1, help="Of each polarity.")] = 50,
    v_set: Annotated[float | None, typer.Option("--v-set", help="V, of setting pulses.")] = None,
    v_reset: Annotated[float | None, typer.Option("--v-reset", help="V, of resetting.")] = None,
    width: Annotated[float | None, typer.Option("--width", min=0.0, help="s, of a pulse.")] = None,
    x0: Annotated[float, typer.Option("--x0", min=0.0, max=1.0, help="Initial state.")] = 0.02,
    out: OutDirectory = None,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Potentiation and depression by equal pulses; write pulse.csv, pulse.json, pulse.png.

    \b
    Example:
      spicegen device pulse vteam --preset symmetric -o runs/pulse
    """
    from spicegen.devices import pulse_curve
    from spicegen.report.device import draw_pulses
    from spicegen.report.style import save_figure

    model, origin = chosen(name, preset, overrides)
    use = dataclasses.replace(
        origin.use,
        v_set_volts=v_set or origin.use.v_set_volts,
        v_reset_volts=v_reset or origin.use.v_reset_volts,
        t_pulse_s=width or origin.use.t_pulse_s,
    )
    warn_beyond(origin, max(abs(use.v_set_volts), abs(use.v_reset_volts)))
    curve = pulse_curve(model, use, pulses, x0)
    folder = made(out, f"device_{name}")
    columns = {
        "pulse": range(pulses + 1),
        "potentiation_siemens": curve.g_up_siemens.tolist(),
        "depression_siemens": curve.g_down_siemens.tolist(),
    }
    write_csv(folder / "pulse.csv", columns)
    ratio = curve.on_off_ratio
    result = {
        "model": name,
        "preset": origin.name,
        "pulses": pulses,
        "v_set_volts": use.v_set_volts,
        "v_reset_volts": use.v_reset_volts,
        "t_pulse_s": use.t_pulse_s,
        "nonlinearity_up": curve.nonlinearity_up,
        "nonlinearity_down": curve.nonlinearity_down,
        "asymmetry": curve.asymmetry,
        "on_off_ratio": ratio if math.isfinite(ratio) else None,
    }
    write_json(folder / "pulse.json", result)
    save_figure(draw_pulses(curve, f"{model.title}, {origin.name}"), folder / "pulse.png")
    printed(json.dumps(result, indent=2) if as_json else one_line(str(folder / "pulse.png")))
