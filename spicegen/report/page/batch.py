"""The page of a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spicegen.report.page.render import REPORT, html_file, write_page

SCRIPTS = ("heatmap.js", "batch.js", "parallel.js")
HASHES = ("network", "inputs", "cost_tables")
PRESENTED = ("corners", "sweep", "monte_carlo", "outputs", "design", "mode", *HASHES)
MOST_FAILURES = 500


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch, finished or at work, as its page shows it.

    Attributes:
        directory: of the batch.
        plan: its content: sweep, corners, Monte Carlo, base design, hashes.
        columns: the table by column, one entry per finished run; None where there is no value.
        keys: columns that differ from run to run by intention.
        total: runs of the plan.
        summaries: by metric, what `batch summary` tells of it; the first is shown first.
        limit: the metric that a good run does not exceed.
    """

    directory: Path
    plan: Mapping[str, Any]
    columns: Mapping[str, Sequence[Any]]
    keys: tuple[str, ...]
    total: int
    summaries: Mapping[str, Mapping[str, Any]]
    limit: float


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed run: its number, what was swept, and the words of its error."""

    run: int
    settings: str
    error: str
    message: str


def write_batch_report(batch: Batch, path: Path | None = None) -> Path:
    """One HTML file of a batch.

    Args:
        batch: what it shows.
        path: file to write; report.html in the directory of the batch by default.
    Raises:
        InputError: the file cannot be written.
    """
    return write_page(path or batch.directory / REPORT, batch_page(batch))


def batch_page(batch: Batch) -> str:
    """The text of that file."""
    failures = failures_of(batch)
    status = Counter(batch.columns.get("status", ()))
    shown = dict.fromkeys(("run", *batch.keys, "status", "seed", *batch.summaries))
    return html_file(
        "batch.html.j2",
        SCRIPTS,
        batch.directory,
        {
            "columns": {name: batch.columns[name] for name in shown if name in batch.columns},
            "keys": list(batch.keys),
            "metrics": list(batch.summaries),
            "limit": batch.limit,
        },
        title=f"batch {batch.directory.absolute().name}",
        directory=batch.directory.absolute().name,
        plan=batch.plan,
        hashes=HASHES,
        rest={key: value for key, value in batch.plan.items() if key not in PRESENTED},
        keys=batch.keys,
        total=batch.total,
        status=status,
        summaries=batch.summaries,
        limit=batch.limit,
        failures=failures[:MOST_FAILURES],
        more_failures=max(0, len(failures) - MOST_FAILURES),
        kinds=Counter(failure.error for failure in failures),
    )


def failures_of(batch: Batch) -> list[Failure]:
    """Failed runs, in the order of the plan."""
    columns = batch.columns
    found = []
    for row, status in enumerate(columns.get("status", ())):
        if status != "failed":
            continue
        settings = ", ".join(f"{key} = {columns[key][row]}" for key in batch.keys)
        error, message = (str(columns[name][row]) for name in ("error", "message"))
        found.append(Failure(int(columns["run"][row]), settings, error, message))
    return found
