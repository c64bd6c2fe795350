"""A batch in a few numbers: quantiles per group, yield, worst corner, what matters most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.batch.store import open_results
from spicegen.batch.table import columns_of
from spicegen.errors import InputError, nearest

METRIC = "max_error_pct"
QUANTILES = (0.05, 0.5, 0.95)
CORNER = "corner"

Columns = Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Results:
    """The table of a batch in memory.

    Attributes:
        columns: by name, one entry per finished run.
        keys: what differs from run to run by intention: swept keys, and `corner`.
        total: runs of the plan.
    """

    columns: Columns
    keys: tuple[str, ...]
    total: int

    @property
    def done(self) -> NDArray[np.bool_]:
        """(runs,) whether each run was simulated."""
        return np.array([status == "done" for status in self.columns.get("status", [])], dtype=bool)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """(runs,) a column of numbers; NaN where there is none.

        Raises:
            InputError: there is no such column, or it holds no numbers.
        """
        values = self.column(name)
        kinds = {type(value) for value in values if value is not None}
        if not kinds <= {int, float, bool}:
            raise InputError("batch", f"{name} must be a column of numbers", kinds.pop().__name__)
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    def column(self, name: str) -> list[Any]:
        """A column.

        Raises:
            InputError: there is no such column; the nearest name is given.
        """
        if name not in self.columns:
            raise InputError("batch", "no such column", name, nearest(name, list(self.columns)))
        return self.columns[name]


@dataclass(frozen=True, slots=True)
class Group:
    """The runs that share values of some keys.

    Attributes:
        values: by key.
        runs: how many are done.
        low, median, high: 5 %, 50 % and 95 % quantile of the metric.
        mean, worst: its mean and largest value.
        yield_pct: share of runs whose metric does not exceed the limit, of those that
            are done or failed, percent.
    """

    values: Mapping[str, Any]
    runs: int
    low: float
    median: float
    high: float
    mean: float
    worst: float
    yield_pct: float


@dataclass(frozen=True, slots=True)
class Summary:
    """A batch in numbers.

    Attributes:
        metric: the column that is summed up.
        limit: the metric a run must not exceed to be good.
        total, done, failed: runs of the plan, simulated, failed.
        failures: number of failed runs by error class.
        groups: the whole first, then one per value of each key, or per combination.
        worst_corner: the corner of the largest median; None without corners.
        sensitivity: share of the metric's variance that each key alone explains, largest
            first.
    """

    metric: str
    limit: float
    total: int
    done: int
    failed: int
    failures: Mapping[str, int]
    groups: tuple[Group, ...]
    worst_corner: str | None
    sensitivity: tuple[tuple[str, float], ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return asdict(self)


def load_results(directory: Path) -> Results:
    """The table of a batch, finished or not.

    Raises:
        InputError: the directory holds no batch.
    """
    with open_results(directory) as store:
        plan = store.plan() or {}
        columns = columns_of(store.rows())
    keys = [*plan.get("sweep", {})]
    if plan.get("corners"):
        keys.insert(0, CORNER)
    return Results(columns, tuple(key for key in keys if key in columns), plan.get("runs", 0))


def summarise(
    results: Results, metric: str = METRIC, by: Sequence[str] = (), limit: float = 1.0
) -> Summary:
    """Sum up one metric.

    Args:
        results: the table.
        metric: column to sum up; the smaller the better.
        by: keys whose combinations make groups; without, the values of each key by itself.
        limit: what a good run does not exceed, in the metric's unit.
    Raises:
        InputError: no such column, nothing is done yet, or the limit is no number.
    """
    if np.isnan(limit):
        raise InputError("limit", "must be a number", limit)
    done = results.done
    if not done.any():
        raise InputError("batch", "at least one run must be done", f"{len(done)} failed")
    values = np.where(done, results.numbers(metric), np.nan)
    groups = [_group({}, values, np.ones(len(done), dtype=bool), limit)]
    for names in [tuple(by)] if by else [(key,) for key in results.keys]:
        groups += [
            _group(labels, values, members, limit) for labels, members in split(results, names)
        ]
    corners = [group for group in groups if tuple(group.values) == (CORNER,)]
    if by and CORNER in results.keys:
        corners = [_group(*part, limit) for part in _with(values, split(results, (CORNER,)))]
    worst = max(corners, key=lambda group: group.median, default=None)
    errors = [error for error in results.columns.get("error", []) if error is not None]
    return Summary(
        metric,
        limit,
        results.total,
        int(done.sum()),
        int((~done).sum()),
        dict(Counter(errors).most_common()),
        tuple(groups),
        None if worst is None else str(worst.values[CORNER]),
        sensitivity(results, values),
    )


def split(results: Results, names: Sequence[str]) -> list[tuple[dict[str, Any], NDArray[np.bool_]]]:
    """Labels and members, (runs,), of each combination of values that occurs, in order.

    Raises:
        InputError: there is no such column.
    """
    rows = list(zip(*(results.column(name) for name in names), strict=True))
    return [
        (dict(zip(names, row, strict=True)), np.array([other == row for other in rows]))
        for row in dict.fromkeys(rows)
    ]


def sensitivity(results: Results, values: NDArray[np.float64]) -> tuple[tuple[str, float], ...]:
    """Share of a metric's variance that each key alone explains, largest first.

    The correlation ratio Var(E[metric | key]) / Var(metric), which on a full grid is the
    first-order index of Sobol' (Saltelli et al., Global Sensitivity Analysis, Wiley 2008,
    doi 10.1002/9780470725184, eq. 1.26).

    Args:
        results: the table.
        values: (runs,) the metric; NaN where there is none.
    """
    known = np.isfinite(values)
    whole = float(np.var(values[known])) if known.any() else 0.0
    if whole == 0:
        return tuple((key, 0.0) for key in results.keys)
    mean = float(np.mean(values[known]))
    shares = {}
    for key in results.keys:
        parts = [values[members & known] for _, members in split(results, (key,))]
        between = sum(len(part) * (float(np.mean(part)) - mean) ** 2 for part in parts if len(part))
        shares[key] = between / int(known.sum()) / whole
    return tuple(sorted(shares.items(), key=lambda item: -item[1]))


def _with(
    values: NDArray[np.float64], parts: list[tuple[dict[str, Any], NDArray[np.bool_]]]
) -> list[tuple[dict[str, Any], NDArray[np.float64], NDArray[np.bool_]]]:
    return [(labels, values, members) for labels, members in parts]


def _group(
    labels: Mapping[str, Any],
    values: NDArray[np.float64],
    members: NDArray[np.bool_],
    limit: float,
) -> Group:
    own = values[members & np.isfinite(values)]
    if not len(own):
        nan = float("nan")
        return Group(labels, 0, nan, nan, nan, nan, nan, 0.0)
    low, median, high = (float(q) for q in np.quantile(own, QUANTILES))
    good = 100.0 * int((own <= limit).sum()) / int(members.sum())
    return Group(labels, len(own), low, median, high, float(np.mean(own)), float(own.max()), good)
