"""Write docs/devices/*.md and their pictures from the models and their presets.

Run it after a change of a model or of a presets.toml: python scripts/make_device_docs.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spicegen.devices import (
    MODELS,
    MemristorModel,
    Preset,
    Sine,
    load_model,
    load_presets,
    simulate,
)
from spicegen.report.device import draw_loop
from spicegen.report.style import save_figure

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "devices"


def page(name: str) -> str:
    """The page of one model, in Markdown."""
    model, default = load_model(name)
    equations = "\n".join(model.equations)
    ends = [f"{float(np.asarray(model.quantity(x))):g} {model.state.unit}".strip() for x in (0, 1)]
    direction = "positive" if model.set_sign > 0 else "negative"
    parts = [
        f"# {model.title}\n",
        f"`{name}`. Source of the equations: {model.source}.\n",
        f"![loop]({name}.png)\n",
        f"```text\n{equations}\n```\n",
        f"State: {model.state.name}, normalised to x between 0 ({ends[0]}) and 1 ({ends[1]}); "
        f"1 is the most conductive end. A {direction} voltage raises the conductance. The rate "
        "is cut at 1e10/s and fades out over the last thousandth before a bound.\n",
        f"Left out: {model.left_out}\n",
        "## Presets\n",
        *(_preset(model, preset) for preset in load_presets(name, model.parameters()).values()),
    ]
    return "\n".join(parts) + f"\nThe picture shows preset `{default.name}`.\n"


def _preset(model: MemristorModel, preset: Preset) -> str:
    checked = "checked" if preset.checked else "**not checked** against the source"
    doi = f", doi:{preset.doi}" if preset.doi else ""
    use = preset.use
    rows = [
        f"| `{about.name}` | {_number(preset, about.name, about.choices)} | {about.unit} | "
        f"{about.range_text.replace('|', 'or')} | {about.description} | "
        f"{preset.origins.get(about.name, '')} |"
        for about in model.parameters()
    ]
    return "\n".join(
        [
            f"### {preset.name}: {preset.title}\n",
            f"{preset.source}{doi} ({checked}). {preset.note}\n",
            f"Valid: {preset.validity} Largest voltage {use.v_max_volts:g} V. Reading at "
            f"{use.v_read_volts:g} V for 1 ms moves the state by less than {use.read_disturb:g}, "
            f"1 ms at zero volts by less than {use.forgetting:g}.\n",
            "| parameter | value | unit | range | what | source, if another |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _number(preset: Preset, name: str, choices: tuple[str, ...]) -> str:
    value = np.asarray(preset.values[name])
    if choices:
        return choices[int(value)]
    return ", ".join(f"{number:.4g}" for number in np.atleast_1d(value))


def picture(name: str) -> None:
    """The loop of the default preset."""
    model, preset = load_model(name)
    stimulus = Sine(preset.use.amplitude_volts, preset.use.frequency_hertz, 2)
    t_s = np.linspace(0.0, stimulus.bends_s[-1], 401)
    trace = simulate(model, stimulus, t_s, preset.use.x0)
    save_figure(draw_loop({"numpy": trace}, model.title), FOLDER / f"{name}.png", dpi=80)


def main() -> None:
    """All pages, and a list of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in MODELS:
        (FOLDER / f"{name}.md").write_text(page(name), encoding="utf-8")
        picture(name)
    lines = [f"- [{model.title}]({name}.md) `{name}`" for name, model in MODELS.items()]
    (FOLDER / "index.md").write_text("# Memristor models\n\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
