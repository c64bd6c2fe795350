"""`spicegen plot`: waveforms of a finished run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spicegen.cli import options
from spicegen.cli.batch.plot import BatchPlot, plot_batch
from spicegen.cli.terminal import one_line, printed
from spicegen.errors import InputError

if TYPE_CHECKING:
    from spicegen.waveforms import Waveforms

SUFFIXES = {"": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
TIME = re.compile(r"((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([mun]?)s?", re.I | re.ASCII)


def plot(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="Directory of a finished run, or of a batch.", show_default=False
        ),
    ],
    signals: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SIGNAL]...", help="Signals to draw.", show_default=False),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the saved signals.")] = False,
    t_from: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help="First instant, such as 30u or 3e-5 (s)."),
    ] = None,
    t_to: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Last instant.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Figure to write: .png, .svg or .pdf; by default in DIR/figures.",
            show_default=False,
        ),
    ] = None,
    stacked: Annotated[
        bool, typer.Option("--stacked", help="One panel per signal instead of one per unit.")
    ] = False,
    stage: Annotated[
        int,
        typer.Option(
            "--stage",
            min=1,
            metavar="N",
            help="Circuit, where a run has several.",
        ),
    ] = 1,
    x: Annotated[
        str | None,
        typer.Option(
            "--x", metavar="KEY", help="Of a batch: draw over this key.", show_default=False
        ),
    ] = None,
    y: Annotated[
        str | None,
        typer.Option(
            "--y",
            metavar="COLUMN",
            help="Of a batch: what to draw (max_error_pct).",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="KEY", help="Of a batch: a second key.", show_default=False),
    ] = None,
    box: Annotated[bool, typer.Option("--box", help="Of a batch: box plots.")] = False,
    heatmap: Annotated[
        bool, typer.Option("--heatmap", help="Of a batch: medians over --x and --by.")
    ] = False,
    cdf: Annotated[
        bool, typer.Option("--cdf", help="Of a batch: share of runs up to --y.")
    ] = False,
    debug: options.Debug = False,
) -> None:
    """Draw signals of a run over time, or of a batch over a key.

    \b
    Example:
      spicegen plot runs/mine lstm.h0 lstm.c0 --from 0 --to 50u
      spicegen plot runs/mc --x device.levels --y mean_error_pct
    """
    batch = BatchPlot(x, y, by, box, heatmap, cdf)
    if batch.wanted:
        if signals or listing or t_from or t_to or stacked:
            raise InputError("plot", "options of a batch do not go with those of a run")
        plot_batch(directory, batch, out)
        return
    span = [_seconds(text, option) for text, option in ((t_from, "--from"), (t_to, "--to"))]
    from spicegen import rundir
    from spicegen.pipeline import open_waveforms

    rundir.read_result(directory)  # `emit` leaves a directory without waveforms
    waveforms = open_waveforms(directory, stage)
    if listing:
        _list(waveforms)
        return
    if not signals:
        raise InputError(
            "plot",
            "name at least one signal",
            remedy=f"spicegen plot {directory} --list shows them",
        )
    from spicegen.report import plot_signals, save_figure

    figure = plot_signals(waveforms, signals, *span, stacked=stacked)
    if out is None:
        out = directory / "figures" / _file_name(signals)
        out.parent.mkdir(exist_ok=True)
    printed(one_line(str(save_figure(figure, out))))


def _list(waveforms: Waveforms) -> None:
    """One signal per line: name, a tab, unit."""
    for name in waveforms.aliases:
        printed(f"{one_line(name)}\t{waveforms[name].unit}")


def _seconds(text: str | None, option: str) -> float | None:
    """A time such as `30u`, `30us`, `0.03ms` or `3e-5`, in s.

    Raises:
        InputError: the text is no time.
    """
    if text is None:
        return None
    match = TIME.fullmatch(text.strip())
    if not match:
        rule = "a time is seconds, or has the suffix m, u or n"
        raise InputError(option, rule, repr(text), "such as 30u")
    return float(match[1]) * SUFFIXES[match[2].lower()]


def _file_name(signals: list[str]) -> str:
    """A plain file name that tells what is drawn."""
    stem = re.sub(r"[^\w.-]+", "_", "-".join(signals)).strip("._-")[:80]
    return f"{stem or 'signals'}.png"
