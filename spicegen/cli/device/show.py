"""`spicegen device show`: one model in full."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spicegen.cli import options
from spicegen.cli.device.common import ModelName, PresetName, chosen
from spicegen.cli.terminal import one_line, plain, printed, shown

if TYPE_CHECKING:
    from spicegen.devices import MemristorModel, Preset


def show(
    name: ModelName,
    preset: PresetName = None,
    figure: Annotated[
        Path | None,
        typer.Option("--figure", metavar="FILE", help="Draw the loop: .png, .svg or .pdf."),
    ] = None,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Show equations, parameters, source and validity of a model.

    \b
    Example:
      spicegen device show vteam --preset symmetric
    """
    model, origin = chosen(name, preset, None)
    if figure is not None:
        import numpy as np

        from spicegen.devices import Sine, simulate
        from spicegen.report.device import draw_loop
        from spicegen.report.style import check_format, save_figure

        check_format(figure)
        stimulus = Sine(origin.use.amplitude_volts, origin.use.frequency_hertz, 2)
        t_s = np.linspace(0.0, stimulus.bends_s[-1], 401)
        trace = simulate(model, stimulus, t_s, origin.use.x0)
        save_figure(draw_loop({"numpy": trace}, f"{model.title}, {origin.name}"), figure)
    if as_json:
        printed(json.dumps(described(model, origin), indent=2))
    else:
        _show(model, origin)


def described(model: MemristorModel, preset: Preset) -> dict[str, Any]:
    """Everything about a model and a preset, for machines."""
    import numpy as np

    parameters = [
        {
            "name": about.name,
            "value": np.asarray(preset.values[about.name]).tolist(),
            "unit": about.unit,
            "range": about.range_text,
            "description": about.description,
            "source": preset.origins.get(about.name, preset.source),
        }
        for about in model.parameters()
    ]
    texts = ("name", "title", "source", "doi", "checked", "note", "validity")
    return {
        "model": model.name,
        "title": model.title,
        "source": model.source,
        "equations": list(model.equations),
        "left_out": model.left_out,
        "preset": {key: getattr(preset, key) for key in texts},
        "use": dataclasses.asdict(preset.use),
        "parameters": parameters,
    }


def _show(model: MemristorModel, preset: Preset) -> None:
    from rich import box
    from rich.table import Table

    told = described(model, preset)
    for line in (model.title, f"source: {model.source}", *model.equations):
        printed(one_line(line))
    printed(one_line(f"left out: {model.left_out}"))
    checked = "checked against the source" if preset.checked else "not checked against the source"
    printed(one_line(f"preset {preset.name}: {preset.title}; {preset.source} ({checked})"))
    printed(one_line(f"validity: {preset.validity} {preset.note}"))
    table = Table(
        "parameter", "value", "unit", "range", "what", box=box.SIMPLE_HEAD, show_edge=False
    )
    for row in told["parameters"]:
        value = row["value"]
        number = f"{len(value)} numbers" if isinstance(value, list) else f"{value:g}"
        words = (row["name"], number, row["unit"], row["range"], row["description"])
        table.add_row(*(plain(word) for word in words))
    shown(table)
    for key, value in told["use"].items():
        printed(f"{key} {value:g}")
