"""`spicegen batch summary DIR`: quantiles, yield, worst corner, what matters most."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spicegen.cli import options
from spicegen.cli.terminal import plain, printed, shown

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from spicegen.batch.summary import Summary

METRIC = "max_error_pct"


def summary(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Directory of a batch.", show_default=False)
    ],
    metric: Annotated[
        str, typer.Option("--metric", metavar="COLUMN", help="What to sum up.")
    ] = METRIC,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="KEY",
            help="Group by this key; repeated: by combinations. Default: each key by itself.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        float, typer.Option("--limit", metavar="VALUE", help="Yield counts runs up to this.")
    ] = 1.0,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write the whole table there as well."),
    ] = None,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Sum a batch up; also while it is at work.

    \b
    Example:
      spicegen batch summary runs/mc --metric mean_error_pct --limit 0.5
    """
    from spicegen.batch.summary import load_results, summarise

    results = load_results(directory)
    found = summarise(results, metric, by or (), limit)
    if csv is not None:
        from spicegen.batch.table import write_csv

        write_csv(results.columns, csv)
    if as_json:
        printed(json.dumps(_finite(found.as_dict()), indent=2, allow_nan=False))
        return
    shown(_table(found), "", _notes(found))


def _table(found: Summary) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column(found.metric, overflow="fold")
    for header in ("runs", "5 %", "median", "95 %", "max", f"<= {found.limit:g}"):
        table.add_column(header, justify="right", no_wrap=True)
    for group in found.groups:
        label = ", ".join(f"{key} = {_short(value)}" for key, value in group.values.items())
        numbers = (group.low, group.median, group.high, group.worst)
        table.add_row(
            plain(label or "all runs"),
            str(group.runs),
            *(f"{number:.3g}" for number in numbers),
            f"{group.yield_pct:.3g} %",
        )
    return table


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _notes(found: Summary) -> Text:
    from spicegen.cli.summary import labelled

    lines = [("runs", f"{found.done} done, {found.failed} failed, {found.total} in the plan")]
    lines += [("failures", f"{count} {error}") for error, count in found.failures.items()]
    if found.worst_corner is not None:
        lines.append(("worst corner", found.worst_corner))
    lines += [
        ("sensitivity", f"{key} explains {100 * share:.3g} % of the variance")
        for key, share in found.sensitivity
    ]
    return labelled(lines)


def _finite(content: object) -> object:
    """The content with null for numbers that are none."""
    if isinstance(content, dict):
        return {key: _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return None if content != content else content
