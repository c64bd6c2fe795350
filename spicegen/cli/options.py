"""Arguments that several commands share, each described once.

Nothing here may import more than typer: `spicegen --help` loads this file.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class EngineName(StrEnum):
    """What `--engine` takes."""

    auto = "auto"
    ngspice = "ngspice"
    shared = "shared"
    neospice = "neospice"


class AnalysisName(StrEnum):
    """What `--analysis` takes."""

    transient = "transient"
    static = "static"


def _not_nan(number: float | None) -> float | None:
    """NaN passes every comparison of typer's own range check."""
    if number is not None and number != number:
        raise typer.BadParameter("nan is not a number that anything can be compared with.")
    return number


NetworkPath = Annotated[
    Path,
    typer.Argument(
        metavar="NETWORK", help="network.toml, or a folder holding one.", show_default=False
    ),
]
DesignPath = Annotated[
    Path | None,
    typer.Option(
        "--design",
        metavar="FILE",
        help="Design values (design.toml); what it leaves out, defaults.",
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="SECTION.KEY=VALUE",
        help="Override one design value; may be repeated.",
    ),
]
Engine = Annotated[
    EngineName | None,
    typer.Option("--engine", help="Simulator; overrides simulation.engine of the design."),
]
Analysis = Annotated[
    AnalysisName | None,
    typer.Option(
        "--analysis",
        help="transient: the clocked circuit; static: one operating point per step, without "
        "settling and sample-and-holds; overrides simulation.analysis of the design.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed", min=0, metavar="N", help="Seed of everything random; overrides simulation.seed."
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        min=1,
        metavar="N",
        help="Processes at a time, of an error budget or of a static analysis that is cut into "
        "blocks; overrides simulation.jobs.",
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        help="Longest time the engine may take; overrides simulation.timeout_s.",
    ),
]
MaxError = Annotated[
    float | None,
    typer.Option(
        "--max-error",
        min=0.0,
        callback=_not_nan,
        metavar="PCT",
        help="Exit with status 4 if the largest error exceeds this, percent of full scale.",
    ),
]
Budget = Annotated[
    bool,
    typer.Option(
        "--budget",
        help="Divide the error among its sources: some twenty simulations more, each with "
        "sources switched on or off.",
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on stdout.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace the run directory if it exists.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
"""Declared for `--help` and for typer to accept; `app.main` looks for it before typer parses."""
