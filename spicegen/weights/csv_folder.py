"""Comma-separated tables of numbers, and folders of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import NetworkError
from spicegen.weights.check import as_float64


def read_csv_folder(folder: Path) -> dict[str, NDArray[np.float64]]:
    """Every `<layer>.<array>.csv` of a folder; files of other kinds are not arrays.

    Returns:
        Tables (rows, columns) by file name without `.csv`, float64, finite.
    Raises:
        NetworkError: the folder has no CSV file, or one of them is not a table of numbers.
    """
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".csv")
    except OSError as error:
        raise NetworkError(str(folder), "the folder cannot be listed", error) from error
    if not files:
        raise NetworkError(
            str(folder), "no CSV file in this folder", remedy="name them <layer>.<array>.csv"
        )
    return {file.stem: read_table(file) for file in files}


def read_table(path: Path, header_allowed: bool = False) -> NDArray[np.float64]:
    """The numbers of a CSV file; blank lines are no rows.

    Args:
        path: the file, UTF-8, comma separated, decimal point.
        header_allowed: a first line without a single number is a header and is left out.
    Returns:
        (rows, columns), float64, finite.
    Raises:
        NetworkError: unreadable, empty, rows of different lengths, or a cell that is no
            finite number (the message gives line and column, counted from 1).
    """
    lines = _lines(path)
    if header_allowed and lines and not any(_is_number(cell) for cell in lines[0][1].split(",")):
        del lines[0]
    if not lines:
        raise NetworkError(str(path), "the table has no row of numbers", remedy="fill the file")
    rows = [_row(path, number, line) for number, line in lines]
    for (number, _), row in zip(lines, rows, strict=True):
        if len(row) != len(rows[0]):
            raise NetworkError(
                f"{path}, row {number}",
                f"every row must have {len(rows[0])} cells like the first",
                len(row),
                "complete the row",
            )
    return as_float64(np.array(rows, dtype=np.float64), str(path))


def _lines(path: Path) -> list[tuple[int, str]]:
    """Non-blank lines with their line number in the file, counted from 1."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # spreadsheets write a byte-order mark
    except (OSError, UnicodeDecodeError) as error:
        raise NetworkError(str(path), "not a readable UTF-8 text file", error) from error
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _row(path: Path, number: int, line: str) -> list[float]:
    cells = line.split(",")
    try:
        return [float(cell) for cell in cells]
    except ValueError as error:
        column = next(i for i, cell in enumerate(cells, 1) if not _is_number(cell))
        raise NetworkError(
            f"{path}, row {number}, column {column}",
            "every cell must be a number",
            repr(cells[column - 1].strip()),
            "use a decimal point, and commas between cells",
        ) from error


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
