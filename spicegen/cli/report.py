"""`spicegen report`: one HTML file for a run or a batch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spicegen.cli import options
from spicegen.cli.terminal import one_line, printed
from spicegen.errors import InputError


def report(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="Directory of a finished run, or of a batch.", show_default=False
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="File to write; DIR/report.html by default.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        float,
        typer.Option("--limit", metavar="VALUE", help="Of a batch: yield counts runs up to this."),
    ] = 1.0,
    debug: options.Debug = False,
) -> None:
    """Write one self-contained HTML page about a run or a batch.

    \b
    Example:
      spicegen report runs/mine
    """
    from spicegen.batch.store import DATABASE
    from spicegen.training.store import RESULT as TRAINING

    if (directory / DATABASE).is_file():
        from spicegen.batch.report import write_report

        path = write_report(directory, out, limit=limit)
    elif (directory / TRAINING).is_file():
        raise InputError(
            str(directory),
            "reports are of runs and batches",
            "a training",
            f"look at {directory / 'figures'} and {directory / TRAINING}",
        )
    else:
        from spicegen.pipeline import open_run
        from spicegen.report.page import write_run_report

        path = write_run_report(open_run(directory), out)
    printed(one_line(str(path)))
