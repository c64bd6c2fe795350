"""`spicegen emit`: the netlist only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spicegen.cli import options
from spicegen.cli.settings import chosen_design
from spicegen.cli.terminal import printed, shown, told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spicegen.network import Network

DEFAULT_STEPS = 8


def emit(
    network: options.NetworkPath,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Directory to make.")],
    inputs: Annotated[
        Path | None,
        typer.Option(
            "--inputs",
            "-i",
            metavar="FILE",
            help="Inputs in network units: .npy, .npz (array inputs) or .csv; "
            f"without them {DEFAULT_STEPS} steps of seeded random values in [-1, 1].",
            show_default=False,
        ),
    ] = None,
    design: options.DesignPath = None,
    overrides: options.Overrides = None,
    analysis: options.Analysis = None,
    seed: options.Seed = None,
    schematic: Annotated[
        bool,
        typer.Option("--schematic", help="Draw each kind of block into DIR/schematics (SVG)."),
    ] = False,
    as_json: options.Json = False,
    force: options.Force = False,
    debug: options.Debug = False,
) -> None:
    """Write the netlist of a network, without simulating it.

    \b
    Example:
      spicegen emit network.toml --inputs signal.npy -o decks/mine
    """
    chosen = chosen_design(design, overrides, analysis=analysis, seed=seed)
    from spicegen import pipeline
    from spicegen.network import load_inputs, load_network

    net = load_network(network)
    if inputs is None:
        seed = chosen.simulation.seed
        stimulus = _random_inputs(net, seed)
        told(f"no inputs given: {DEFAULT_STEPS} steps of random values in [-1, 1], seed {seed}")
    else:
        stimulus = load_inputs(inputs, net)
    summary = pipeline.emit(net, stimulus, chosen, out, force=force, schematic=schematic)
    if as_json:
        printed(json.dumps(summary, indent=2, allow_nan=False))
    else:
        _show(summary, out)


def _random_inputs(network: Network, seed: int) -> NDArray[np.float64]:
    """(step, feature), or (sample, feature) without recurrence; network units."""
    import numpy as np

    shape = (DEFAULT_STEPS, network.input_size)
    return np.random.default_rng(seed).uniform(-1.0, 1.0, shape)


def _show(summary: dict[str, Any], out: Path) -> None:
    from spicegen.cli.summary import analysis_lines, clipping_lines, labelled, size_line
    from spicegen.rundir import DECK

    shown(
        labelled(
            [
                ("network", str(summary["network"])),
                ("circuit", size_line(summary["size"])),
                *analysis_lines(summary),
                *(("clipping", line) for line in clipping_lines(summary["clipping"])),
                ("time", f"{summary['timing']['emit_s']:.2f} s"),
                ("deck", str(out / DECK)),
            ]
        )
    )
