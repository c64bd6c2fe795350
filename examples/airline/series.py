"""The airline series: reading, scaling and look-back windows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen import InputError

FloatArray = NDArray[np.float64]

SERIES = Path(__file__).parent / "airline.csv"
LOOK_BACK = 2
"""Months that the network sees before it predicts the next."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Thousands of passengers to 0..1 and back, by least and largest of the whole series."""

    least: float
    largest: float

    @property
    def span(self) -> float:
        """Thousands of passengers per network unit."""
        return self.largest - self.least

    def to_units(self, passengers: FloatArray) -> FloatArray:
        """Thousands of passengers to network units."""
        return (passengers - self.least) / self.span


def read_passengers(path: Path = SERIES) -> FloatArray:
    """Monthly passengers from a CSV file with a column `Passengers`.

    Returns:
        (months,) thousands of passengers.
    Raises:
        InputError: unreadable, no such column, an entry that is no finite number, too short.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), "the series must be a readable CSV file", error) from error
    column = [row.get("Passengers") for row in csv.DictReader(text.splitlines())]
    passengers = np.array([_number(entry, path, line) for line, entry in enumerate(column, 2)])
    if passengers.size <= LOOK_BACK or np.ptp(passengers) == 0:
        raise InputError(
            str(path),
            f"a series needs more than {LOOK_BACK} months that are not all equal",
            f"{passengers.size} months",
        )
    return passengers


def scale_of(passengers: FloatArray) -> Scale:
    """The scale that takes the whole series to 0..1."""
    return Scale(float(passengers.min()), float(passengers.max()))


def windows(series: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Every run of LOOK_BACK months with the month behind it.

    Args:
        series: (months,) any unit.
    Returns:
        inputs (months - LOOK_BACK, LOOK_BACK, 1) and targets (months - LOOK_BACK, 1), same unit.
    """
    inputs = np.lib.stride_tricks.sliding_window_view(series, LOOK_BACK)[:-1]
    return inputs[..., np.newaxis].copy(), series[LOOK_BACK:, np.newaxis].copy()


def training_windows(months: int) -> int:
    """Windows that lie, target included, within the first two thirds of the months."""
    return months * 2 // 3 - LOOK_BACK


def rmse(errors: NDArray[Any]) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(errors))))


def _number(entry: str | None, path: Path, line: int) -> float:
    try:
        number = float(entry or "")
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise InputError(
            f"{path}, line {line}", "the column Passengers must hold a finite number", repr(entry)
        )
    return number
