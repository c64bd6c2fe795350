"""`spicegen run`: emit, simulate, read back, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spicegen.cli import options
from spicegen.cli.scored_run import Request, carry_out
from spicegen.cli.settings import chosen_design


def run(
    network: options.NetworkPath,
    inputs: Annotated[
        Path,
        typer.Option(
            "--inputs",
            "-i",
            metavar="FILE",
            help="Inputs in network units: .npy, .npz (array inputs) or .csv.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Run directory to make.")],
    design: options.DesignPath = None,
    overrides: options.Overrides = None,
    engine: options.Engine = None,
    analysis: options.Analysis = None,
    seed: options.Seed = None,
    jobs: options.Jobs = None,
    timeout: options.Timeout = None,
    cost: options.Cost = False,
    max_error: options.MaxError = None,
    budget: options.Budget = False,
    figures: Annotated[
        bool, typer.Option("--figures", help="Draw figures into DIR/figures.")
    ] = False,
    as_json: options.Json = False,
    force: options.Force = False,
    debug: options.Debug = False,
) -> None:
    """Simulate the circuit of a network and score it.

    Inputs are (sample, feature) for networks without recurrence, else (step, feature) or
    (sample, step, feature).

    \b
    Example:
      spicegen run network.toml --inputs signal.npy -o runs/mine
    """
    chosen = chosen_design(
        design,
        overrides,
        engine=engine,
        analysis=analysis,
        seed=seed,
        jobs=jobs,
        timeout_s=timeout,
        cost=cost,
    )
    from spicegen.network import load_inputs, load_network

    net = load_network(network)
    request = Request(out, force, figures, as_json, max_error, budget=budget)
    carry_out(net, load_inputs(inputs, net), chosen, request)
