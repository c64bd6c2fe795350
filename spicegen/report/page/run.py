"""The page of one run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from spicegen import rundir
from spicegen.design import Design
from spicegen.errors import InputError
from spicegen.report.page.accuracy import histogram, outputs_of, worst_cases
from spicegen.report.page.bars import histogram_svg
from spicegen.report.page.blocks import HEIGHT, TOP, WIDTH, network_blocks
from spicegen.report.page.crossbars import crossbars_of
from spicegen.report.page.deck import deck_parts
from spicegen.report.page.render import REPORT, html_file, write_page
from spicegen.report.page.schematics import schematics_of
from spicegen.report.page.waves import waves_of
from spicegen.report.source import FloatArray, Run, Source

SCRIPTS = ("waves.js", "accuracy.js", "heatmap.js", "run.js")
NEEDED: Mapping[str, type] = {
    **dict.fromkeys(("analysis", "clock", "engine", "size", "slowest_column", "timing"), dict),
    **dict.fromkeys(("clipping", "crossbars", "layers", "stages", "warnings"), list),
    **dict.fromkeys(("network", "points", "seed"), object),
}
"""What result.json must hold, and of which kind."""


class TimedRun(Run, Protocol):
    """A run that tells when its outputs were read."""

    @property
    def t_s(self) -> FloatArray:
        """(points,) instants, s."""
        ...


def write_run_report(run: TimedRun, path: Path | None = None) -> Path:
    """One HTML file of a finished run.

    Args:
        run: the run.
        path: file to write; report.html in the run directory by default.
    Raises:
        InputError: a file of the run is damaged, or the page cannot be written.
    """
    return write_page(path or run.directory / REPORT, run_page(run))


def run_page(run: TimedRun) -> str:
    """The text of that file.

    Raises:
        InputError: a file of the run is damaged, or lacks what the page shows.
    """
    source, result = Source(run), _checked(run)
    table = rundir.read_design(run.directory)
    if missing := [section for section in ("signal", "timing") if section not in table]:
        where = f"{run.directory / rundir.DESIGN}, {missing[0]}"
        raise InputError(where, "this section is needed", None, rundir.AGAIN)
    static = result["analysis"].get("kind") == "static"
    stages = range(1, len(result["stages"]) + 1)
    waves = [waves_of(Source(run, stage), stage, static=static) for stage in stages]
    crossbars = crossbars_of(source.crossbars)
    decks = [
        (name, deck_parts(run.directory / name))
        for name in (stage["deck"] for stage in result["stages"])
    ]
    return html_file(
        "run.html.j2",
        SCRIPTS,
        run.directory / rundir.RESULT,
        {
            "waves": [each for each in waves if each],
            "outputs": outputs_of(source, run.t_s),
            "crossbars": crossbars,
        },
        histogram_svg=histogram_svg(*histogram(source), "% of full scale"),
        title=f"{result['network']}: {run.directory.absolute().name}",
        directory=run.directory.absolute().name,
        result=result,
        accuracy=run.accuracy,
        blocks=network_blocks(result["layers"]),
        block={"width": WIDTH, "height": HEIGHT, "top": TOP},
        fidelity=fidelity_of(table),
        sections=design_sections(table),
        nonidealities=table.get("nonideality", []),
        worst=worst_cases(source, run.t_s),
        step_word=source.step_word,
        static=static,
        crossbars=crossbars,
        waves=[each for each in waves if each],
        decks=decks,
        schematics=schematics_of(table, [part for _, parts in decks for part in parts]),
    )


def _checked(run: TimedRun) -> Mapping[str, Any]:
    """result.json, with what the page goes through in it.

    Raises:
        InputError: a key is missing or holds something else.
    """
    for key, kind in NEEDED.items():
        if not isinstance(run.summary.get(key), kind) or run.summary.get(key) is None:
            where = f"{run.directory / rundir.RESULT}, {key}"
            words = "an object" if kind is dict else "a list" if kind is list else "there"
            raise InputError(where, f"this must be {words}", run.summary.get(key), rundir.AGAIN)
    return run.summary


def fidelity_of(table: Mapping[str, Any]) -> str:
    """What blocks are made of, in a few words.

    Args:
        table: the run's design.toml.
    """
    if table.get("fidelity") != "transistor":
        return "behavioural"
    pdk = table.get("pdk", {})
    made = "models fitted to cells" if pdk.get("models") == "behavioural" else "transistors"
    corner, celsius = pdk.get("corner", ""), pdk.get("temperature_celsius", "")
    return f"{made} of {pdk.get('name', '')}, {corner}, {celsius} °C"


def design_sections(table: Mapping[str, Any]) -> dict[str, list[tuple[str, Any, bool]]]:
    """Key, value and whether it differs from the default, by section of design.toml."""
    defaults = _flat(Design().model_dump(exclude_none=True))
    found: dict[str, list[tuple[str, Any, bool]]] = {}
    for key, value in _flat(table).items():
        section, _, name = key.rpartition(".")
        found.setdefault(section, []).append((name, value, defaults.get(key) != value))
    return found


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        elif not (isinstance(value, list) and prefix == "" and key == "nonideality"):
            flat[f"{prefix}{key}"] = value
    return flat


__all__ = ["run_page", "write_run_report"]
