"""One table of all finished runs: Parquet, or CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spicegen.batch.store import Row, Store, told
from spicegen.errors import InputError

if TYPE_CHECKING:
    import pyarrow

TABLE = "results.parquet"
TIMES = ("emit_s", "simulate_s", "read_s", "total_s")
"""Columns that differ when a run is made again."""


def require_parquet() -> None:
    """Refuse to start a batch whose table could not be written.

    Raises:
        InputError: pyarrow is not installed.
    """
    try:
        import pyarrow  # noqa: F401
    except ModuleNotFoundError as error:
        raise InputError(
            "batch", "the table of results needs pyarrow", None, "pip install 'spicegen[batch]'"
        ) from error


def columns_of(rows: Iterable[Row]) -> dict[str, list[Any]]:
    """Rows as columns, absent values None; lists and tables of a design as JSON text.

    Columns stand in the order of a run that is done; those without any value are left out.
    """
    listed = sorted(rows, key=lambda row: (row["status"] != "done", row["run"]))
    names = dict.fromkeys(name for row in listed for name in row)
    listed.sort(key=lambda row: row["run"])
    columns = {name: _column([row.get(name) for row in listed]) for name in names}
    return {name: column for name, column in columns.items() if any(v is not None for v in column)}


def write_parquet(store: Store) -> Path:
    """Write the table of all finished runs, in the place of an earlier one.

    Raises:
        StorageError: the disk is full or cannot be written; the rows are safe in the database.
    """
    import pyarrow
    from pyarrow import parquet

    path = store.directory / TABLE
    partial = path.with_name(f".{TABLE}")
    table: pyarrow.Table = pyarrow.table(columns_of(store.rows()))
    with told(store.directory):
        try:
            parquet.write_table(table, partial)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
        return partial.replace(path)


def write_csv(columns: Mapping[str, list[Any]], path: Path) -> None:
    """Write the table as CSV; absent values are empty."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def _column(values: list[Any]) -> list[Any]:
    """Values of one type: a column of numbers and texts becomes text."""
    plain = [json.dumps(value) if isinstance(value, list | dict) else value for value in values]
    kinds = {type(value) for value in plain if value is not None}
    if kinds == {int, float}:
        return [None if value is None else float(value) for value in plain]
    if len(kinds) > 1:
        return [None if value is None else str(value) for value in plain]
    return plain
