"""What `run` and `demo` share: simulate, draw, show, and hold against the accuracy bar."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spicegen.cli.progress import display
from spicegen.cli.terminal import printed, shown
from spicegen.errors import SpicegenError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rich.table import Table
    from rich.text import Text

    from spicegen.design import Design
    from spicegen.network import Network
    from spicegen.pipeline import RunResult

FIGURES = "figures"


class AccuracyBarError(SpicegenError):
    """The run is complete, and less accurate than `--max-error` allows."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Published:
    """Errors of another system for the same network, percent of full scale."""

    name: str
    mean_pct: float
    max_pct: float


@dataclass(frozen=True, slots=True)
class Request:
    """How a run is to be kept and shown.

    Attributes:
        out: run directory to make.
        force: replace it.
        figures: draw figures into it.
        as_json: print result.json instead of tables.
        max_error_pct: the accuracy bar, or None.
        published: errors to compare with, or None.
        budget: divide the error among its sources.
    """

    out: Path
    force: bool = False
    figures: bool = False
    as_json: bool = False
    max_error_pct: float | None = None
    published: Published | None = None
    budget: bool = False


def carry_out(network: Network, inputs: NDArray[Any], design: Design, request: Request) -> None:
    """Simulate, draw and show one run.

    Raises:
        InputError: bad input; nothing is written.
        SimulationError: the engine failed.
        AccuracyBarError: the largest error exceeds the bar; the run directory is there.
    """
    from spicegen.pipeline import run

    figures: list[Path] = []
    with display() as terminal:
        result = run(
            network,
            inputs,
            design=design,
            out=request.out,
            force=request.force,
            progress=terminal.stage,
            announce=terminal.announce,
            budget=request.budget,
        )
        if request.figures:
            terminal.stage("figures", 0.0)
            figures = _draw(result)
    _show(result, request, figures)
    _hold_against_bar(result, request)


def _draw(result: RunResult) -> list[Path]:
    """Figures of the finished run. It is complete without them: a failure here costs no run."""
    from spicegen.report import run_figures

    return run_figures(result, result.directory / FIGURES)


def _show(result: RunResult, request: Request, figures: list[Path]) -> None:
    if request.as_json:
        from spicegen.rundir import RESULT

        printed((result.directory / RESULT).read_text(encoding="utf-8").rstrip("\n"))
        return
    from spicegen.cli.summary import accuracy_table, notes

    parts: list[Table | Text | str] = [accuracy_table(result, request.published), ""]
    if request.budget:
        from spicegen.cli.budget_table import budget_table

        parts += [budget_table(result.summary["budget"]), ""]
    shown(*parts, notes(result, len(figures)))


def _hold_against_bar(result: RunResult, request: Request) -> None:
    bar, reached = request.max_error_pct, result.accuracy.max_error_pct
    if bar is not None and reached > bar:
        raise AccuracyBarError(
            f"accuracy: the largest error must not exceed {bar:g} % of full scale (--max-error), "
            f"got {reached:.4g} %; the run is in {result.directory}"
        )
