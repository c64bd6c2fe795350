"""Devices that follow a measured table: each pulse takes the next conductance of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np

from spicegen.errors import InputError
from spicegen.paths import packaged
from spicegen.training.devices import Devices, FloatArray, IntArray
from spicegen.training.plan_parts import Shift, TableDevice
from spicegen.weights.npz import read_npy, reason

PACKAGED = "measured_table/lsmo_gaq3.csv"
FEWEST = 2


class TableDevices(Devices):
    """G = gain ((table[m] - table[0]) + shift) after m pulses.

    As in the training simulations behind Shumilin et al. 2024 (doi:10.1002/aelm.202300887).
    Only potentiation was measured: nothing lowers the conductance.

    Args:
        table_siemens: (pulses + 1,) measured, S.
        gain: factor of all devices.
        shift_siemens: (2, word lines, bit lines) what sets devices apart, S.
    """

    depresses: ClassVar[bool] = False

    def __init__(self, table_siemens: FloatArray, gain: float, shift_siemens: FloatArray) -> None:
        self._table, self._gain = table_siemens, gain
        self.shift_siemens = shift_siemens
        self._at = np.zeros(shift_siemens.shape, dtype=np.int64)

    @property
    def g_siemens(self) -> FloatArray:
        """(halves, word lines, bit lines) conductances as they are, S."""
        rise = self._table[self._at] - self._table[0]
        return np.asarray(self._gain * (rise + self.shift_siemens))

    @property
    def g_pulse_siemens(self) -> float:
        """(halves, word lines, bit lines) conductances as pulses count them, S."""
        return float(self._gain * np.ptp(self._table) / (self._table.size - 1))

    def pulse(self, counts: IntArray, draws: np.random.Generator) -> None:
        """The table's end is the end: further pulses change nothing."""
        assert (counts >= 0).all(), "there is no depression in the table"
        self._at = np.minimum(self._at + counts, self._table.size - 1)

    def state(self) -> dict[str, FloatArray]:
        """Arrays of a checkpoint, by name."""
        return {"pulses": self._at.astype(np.float64), "shift_siemens": self.shift_siemens}

    def restore(self, state: Mapping[str, FloatArray]) -> None:
        """Take up where a checkpoint left off."""
        self._at = state["pulses"].astype(np.int64)
        self.shift_siemens = state["shift_siemens"]


def table_devices(
    plan: TableDevice, shape: tuple[int, ...], draws: np.random.Generator
) -> TableDevices:
    """Devices in front of their first pulse.

    Args:
        plan: the table and what sets devices apart.
        shape: (2, word lines, bit lines).
        draws: for the shifts.
    Raises:
        InputError: unreadable table, one that does not rise, or shifts of another shape.
    """
    return TableDevices(read_table(plan), plan.gain, shifts(plan.shift, shape, draws))


def read_table(plan: TableDevice) -> FloatArray:
    """(pulses + 1,) conductances of the plan's table, S.

    Raises:
        InputError: unreadable, not one column of positive numbers under a heading, or falling
            somewhere though the plan does not say what to do about it.
    """
    path = plan.table or packaged("models") / PACKAGED
    where = f"device.table, {path}"
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            rows = [row for row in csv.reader(lines) if row]
        _check_heading(rows, where)
        table = np.array(rows[1:], dtype=np.float64)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(where, "the file must be readable text", reason(error)) from error
    except ValueError as error:
        raise InputError(where, "one conductance per line under a heading", error) from error
    if table.ndim != 2 or table.shape[1] != 1 or len(table) < FEWEST:
        raise InputError(
            where, f"one column of at least {FEWEST} conductances", f"shape {table.shape}"
        )
    table = table[:, 0]
    if not (np.isfinite(table) & (table > 0)).all():
        raise InputError(where, "conductances must be finite and positive, S")
    if not np.ptp(table):
        raise InputError(where, "pulses must change the conductance", f"{table[0]:g} S throughout")
    return _in_order(table, plan.order, where)


def _check_heading(rows: list[list[str]], where: str) -> None:
    """Refuse a table whose first line would be lost, taken for a heading.

    Raises:
        InputError: it is a number.
    """
    try:
        first = float(rows[0][0])
    except (IndexError, ValueError):
        return
    raise InputError(
        where, "the first line must be a heading", f"{first:g}", "put one above, such as g_siemens"
    )


def _in_order(table: FloatArray, order: str, where: str) -> FloatArray:
    falls = np.flatnonzero(np.diff(table) < 0)
    if order == "sort":
        return np.sort(table)
    if order == "rising" and falls.size:
        at = int(falls[0])
        raise InputError(
            f"{where}, pulse {at + 1}",
            "the conductance must rise with the pulse number",
            f"{table[at + 1]:.6g} S after {table[at]:.6g} S ({falls.size} such places)",
            'set device.order = "sort", or "measured" to follow the table as it is',
        )
    return table


def shifts(plan: Shift, shape: tuple[int, ...], draws: np.random.Generator) -> FloatArray:
    """Random conductances at the first pulse, or those of a file, S.

    lognormal: the median is the geometric mean of both bounds, which are two standard
    deviations away; exponential: from the lower bound, its mean a third of the distance.
    Values beyond a bound are drawn again.

    Raises:
        InputError: the file is unreadable or holds another shape.
    """
    if plan.file is not None:
        return _kept_shifts(plan.file, shape)
    low, high = plan.low_siemens, plan.high_siemens
    found = np.full(shape, np.nan)
    while (missing := ~((found >= low) & (found <= high))).any():
        count = int(missing.sum())
        if plan.distribution == "lognormal":
            middle, sigma = np.log(low * high) / 2, np.log(high / low) / 4
            found[missing] = np.exp(middle + sigma * draws.standard_normal(count))
        else:
            found[missing] = low + draws.exponential((high - low) / 3, count)
    return found


def _kept_shifts(path: Path, shape: tuple[int, ...]) -> FloatArray:
    where = f"device.shift.file, {path}"
    found = read_npy(path)
    if found.shape != shape:
        raise InputError(where, f"shifts must be {shape}", found.shape)
    if not (found > 0).all():
        raise InputError(where, "shifts must be positive, S", f"{found.min():g}")
    return found
