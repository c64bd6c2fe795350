"""`spicegen demo`: the main job on the packaged example."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spicegen.cli import options
from spicegen.cli.scored_run import Published, Request, carry_out
from spicegen.cli.settings import chosen_design


def demo(
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Run directory to make.")
    ] = Path("runs/demo"),
    steps: Annotated[
        int, typer.Option("--steps", min=1, metavar="N", help="Length of the signal.")
    ] = 1000,
    edf: Annotated[
        Path | None,
        typer.Option("--edf", metavar="FILE", help="EEG recording instead (needs pyedflib)."),
    ] = None,
    design: options.DesignPath = None,
    overrides: options.Overrides = None,
    engine: options.Engine = None,
    analysis: options.Analysis = None,
    seed: options.Seed = None,
    jobs: options.Jobs = None,
    timeout: options.Timeout = None,
    max_error: options.MaxError = None,
    budget: options.Budget = False,
    as_json: options.Json = False,
    force: options.Force = False,
    debug: options.Debug = False,
) -> None:
    """Run the packaged example, an LSTM that predicts EEG.

    The 23-channel signal is synthetic and seeded, or a recording with --edf. Figures go
    into DIR/figures.

    \b
    Example:
      spicegen demo --steps 5 -o runs/demo
    """
    chosen = chosen_design(
        design,
        overrides,
        engine=engine,
        analysis=analysis,
        seed=seed,
        jobs=jobs,
        timeout_s=timeout,
    )
    from spicegen.demo.job import PUBLISHED_MAX_PCT, PUBLISHED_MEAN_PCT, eeg_job

    network, inputs = eeg_job(steps, chosen.simulation.seed, edf)
    published = Published("published (Simulink)", PUBLISHED_MEAN_PCT, PUBLISHED_MAX_PCT)
    request = Request(out, force, True, as_json, max_error, published, budget)
    carry_out(network, inputs, chosen, request)
