"""The page of a batch: its table and its summaries go to the report room."""

from __future__ import annotations

from pathlib import Path

from spicegen.batch.store import open_results
from spicegen.batch.summary import METRIC, Results, load_results, summarise
from spicegen.errors import InputError
from spicegen.report.page import Batch, write_batch_report

LEFT_OUT = ("run", "repetition", "seed")
"""Columns of numbers that are no results."""
TIMES = ("emit_s", "simulate_s", "read_s", "total_s")


def write_report(directory: Path, path: Path | None = None, *, limit: float = 1.0) -> Path:
    """One HTML file of a batch, finished or at work.

    Args:
        directory: of the batch.
        path: file to write; report.html there by default.
        limit: the metric that a good run does not exceed.
    Raises:
        InputError: the directory holds no batch, no run of it is finished, or the file cannot be
            written.
    """
    results = load_results(directory)
    with open_results(directory) as store:
        plan = store.plan()
    if plan is None:
        raise InputError(
            str(directory), "this must be the directory of a batch", "no plan in its database"
        )
    summaries = {
        metric: summarise(results, metric, limit=limit).as_dict() for metric in metrics_of(results)
    }
    batch = Batch(directory, plan, results.columns, results.keys, results.total, summaries, limit)
    return write_batch_report(batch, path)


def metrics_of(results: Results) -> list[str]:
    """Columns of results that are numbers and differ from run to run; times last."""
    if not results.done.any():
        return []
    named = [name for name in results.columns if name not in (*LEFT_OUT, *results.keys)]
    found = [
        name
        for name in named
        if {type(value) for value in results.columns[name]} <= {int, float, type(None)}
        and len({value for value in results.columns[name] if value is not None}) > 1
    ]
    first = [METRIC] if METRIC in results.columns else []
    middle = [name for name in found if name not in (*first, *TIMES)]
    return [*first, *middle, *(["simulate_s"] if "simulate_s" in found else [])]
