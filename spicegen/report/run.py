"""All figures of a finished run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from spicegen.errors import InputError
from spicegen.report.budget import budget_figure
from spicegen.report.conductances import PER_FIGURE, conductance_figure
from spicegen.report.error import error_figure
from spicegen.report.outputs import outputs_figure
from spicegen.report.recurrent import recurrent_layers
from spicegen.report.source import Run, Source
from spicegen.report.states import states_figure, unit_figure
from spicegen.report.style import check_format, save_figure

Draw = Callable[[], Figure]


def run_figures(run: Run, folder: str | Path, *, suffix: str = ".png") -> list[Path]:
    """Draw what a run has to show, one file per figure.

    `outputs` and `error` always, `conductances` where they were kept, `states` and `unit`
    for each recurrent layer whose internal signals were saved over time (a static analysis has
    one point per step), `budget` where the error was divided. Where there are several of a
    kind, their names end in _0, _1, ... Older files are written over.

    Args:
        run: a finished run.
        folder: where to write; made if it is not there.
        suffix: .png, .svg or .pdf.
    Returns:
        the files that were written.
    Raises:
        InputError: there is no such format, or the folder cannot be written.
    """
    folder = Path(folder)
    check_format(folder / f"outputs{suffix}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"figures {folder}", "must be a folder to write to", error) from error
    return [save_figure(draw(), folder / f"{stem}{suffix}") for stem, draw in figures_of(run)]


def figures_of(run: Run) -> Iterator[tuple[str, Draw]]:
    """Stem and drawing of each figure; drawn one by one, so that one is in memory at a time."""
    source = Source(run)
    static = run.summary.get("analysis", {}).get("kind") == "static"
    layers = [
        (circuit, layer)
        for circuit in ([] if static else _circuits(run))
        for layer in recurrent_layers(circuit.volts_per_unit, circuit.clock.depth)
    ]
    crossbars = source.crossbars
    pages = [crossbars[i : i + PER_FIGURE] for i in range(0, len(crossbars), PER_FIGURE)]
    kinds: dict[str, list[Draw]] = {
        "outputs": [partial(outputs_figure, source)],
        "states": [partial(states_figure, *each) for each in layers],
        "error": [partial(error_figure, source)],
        "conductances": [partial(conductance_figure, page) for page in pages],
        "unit": [partial(unit_figure, *each) for each in layers],
        "budget": [partial(budget_figure, each) for each in _budget(run)],
    }
    for kind, draws in kinds.items():
        for number, draw in enumerate(draws):
            yield (kind if len(draws) == 1 else f"{kind}_{number}"), draw


def _budget(run: Run) -> list[Mapping[str, Any]]:
    """The error budget, where one was asked for."""
    return [run.summary["budget"]] if "budget" in run.summary else []


def _circuits(run: Run) -> list[Source]:
    """Every circuit of the run."""
    return [Source(run, stage) for stage in range(1, len(run.summary.get("stages", [None])) + 1)]
