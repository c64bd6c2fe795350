"""`spicegen train PLAN.toml -o DIR`: in-situ training, resumable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spicegen.cli import options
from spicegen.cli.counting import counting
from spicegen.cli.terminal import printed, shown, told

if TYPE_CHECKING:
    from spicegen.training import State


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
    single = chosen.runs == 1
    with counting("epochs" if single else "runs", "of at most" if single else "of") as show:

        def seen(state: State) -> None:
            place = (state.epoch, state.epochs) if single else (state.run, state.runs)
            show(*place, f"loss {state.loss:.4g}")

        result = carry_out(chosen, out, force=force, progress=seen, announced=told)
    drawn = 0
    if figures and single:
        from spicegen.training.figures import draw

        drawn = len(draw(chosen, result))
    if as_json:
        printed(json.dumps(result.summary, indent=2))
        return
    from spicegen.cli.train_tables import training_tables

    shown(*training_tables(result, drawn))
