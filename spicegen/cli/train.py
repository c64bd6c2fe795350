"""`spicegen train PLAN.toml -o DIR`: in-situ training, resumable."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spicegen.cli import options
from spicegen.cli.terminal import console, printed, shown, told

if TYPE_CHECKING:
    from spicegen.training import State

QUIET_S = 5.0


def train(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN.toml", help="The plan.", show_default=False)
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="DIR", help="Directory of the training.", show_default=False
        ),
    ],
    epochs: Annotated[
        int | None,
        typer.Option(
            "--epochs",
            min=1,
            metavar="N",
            help="Most epochs; more than before make a finished training go on.",
            show_default=False,
        ),
    ] = None,
    runs: Annotated[
        int | None,
        typer.Option(
            "--runs",
            min=1,
            metavar="N",
            help="Trainings, each with a seed of its own.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, metavar="N", help="Seed of the first training."),
    ] = None,
    figures: Annotated[
        bool, typer.Option("--figures/--no-figures", help="Draw figures into DIR/figures.")
    ] = True,
    as_json: options.Json = False,
    force: Annotated[
        bool, typer.Option("--force", help="Start again in the directory of another training.")
    ] = False,
    debug: options.Debug = False,
) -> None:
    """Train memristors in their circuit, by pulses.

    The forward pass is the simulated circuit, updates are pulses on its devices.

    Every epoch is kept; the same command goes on where a training was interrupted.

    \b
    Example:
      spicegen train examples/perceptron/published.toml -o runs/perceptron
    """
    from spicegen.training import load_plan
    from spicegen.training import train as carry_out

    given = {"epochs": epochs, "runs": runs, "seed": seed}
    chosen = load_plan(plan)
    chosen = chosen.model_copy(update={k: v for k, v in given.items() if v is not None})
    with _display() as progress:
        result = carry_out(chosen, out, force=force, progress=progress, announced=told)
    drawn = 0
    if figures and chosen.runs == 1:
        from spicegen.training.figures import draw

        drawn = len(draw(chosen, result))
    if as_json:
        printed(json.dumps(result.summary, indent=2))
        return
    from spicegen.cli.train_tables import training_tables

    shown(*training_tables(result, drawn))


@contextmanager
def _display() -> Iterator[Callable[[State], None]]:
    """A bar where stderr is a terminal, else a line now and then."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("training"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(
        *columns, console=console(sys.stderr), transient=True, redirect_stdout=False
    ) as bars:
        bar = bars.add_task("", total=None)

        def show(state: State) -> None:
            done, total = _counted(state)
            bars.update(bar, total=total, completed=done, description=f"loss {state.loss:.4g}")

        yield show


class _Lines:
    """A line at the start, then now and then."""

    def __init__(self) -> None:
        self._told_at = float("-inf")

    def __call__(self, state: State) -> None:
        now = time.monotonic()
        if now >= self._told_at + QUIET_S:
            self._told_at = now
            done, total = _counted(state)
            what = "epochs" if state.runs == 1 else "runs"
            told(f"{done} of at most {total} {what}; loss {state.loss:.4g}")


def _counted(state: State) -> tuple[int, int]:
    """What progress counts: epochs of one training, or trainings."""
    return (state.epoch, state.epochs) if state.runs == 1 else (state.run, state.runs)
