"""A measured CSV of conductance against pulse number becomes the curves of MeasuredTable."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from spicegen.devices.measured_table import KNOTS
from spicegen.devices.parameter import FloatArray, Value
from spicegen.errors import InputError

FEWEST_PULSES = 5
SLOWEST = 1.0 / 20.0
"""Where the measured curve is flat, a pulse still moves this share of the mean step."""


def read_pulse_table(path: Path) -> dict[str, Value]:
    """Parameters `g_span_siemens`, `shift_siemens`, `up`, `down` from a CSV with a header.

    One column: potentiation. Two columns: potentiation, depression (both S, one row per
    pulse, the depression starting at its high end). Without depression it is taken as the
    potentiation in reverse.

    Raises:
        InputError: unreadable, not numbers, fewer than 5 rows, or a curve that does not rise.
    """
    columns = _columns(path)
    rising = monotone(columns[0])
    falling = monotone(columns[1][::-1]) if len(columns) > 1 else rising
    low, high = min(rising[0], falling[0]), max(rising[-1], falling[-1])
    if high <= low:
        raise InputError(str(path), "the conductance must rise with the pulse number", "none rises")
    return {
        "g_span_siemens": float(high - low),
        "shift_siemens": float(low),
        "up": change_per_pulse((rising - low) / (high - low)),
        "down": change_per_pulse((falling - low) / (high - low)),
    }


def monotone(values: FloatArray) -> FloatArray:
    """(pulses,) the nearest curve (least squares) that never falls: pool adjacent violators."""
    blocks: list[list[float]] = []  # mean, count
    for value in values:
        blocks.append([float(value), 1.0])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, count = blocks.pop()
            total = count + blocks[-1][1]
            blocks[-1] = [(blocks[-1][0] * blocks[-1][1] + mean * count) / total, total]
    return np.repeat([mean for mean, _ in blocks], [int(count) for _, count in blocks])


def change_per_pulse(curve: FloatArray) -> FloatArray:
    """(KNOTS,) change of x per pulse at equally spaced x, from a rising (pulses,) curve.

    Between two knots the number of pulses follows from the curve; a knot takes the mean of
    the intervals beside it.
    """
    pulses = np.arange(len(curve), dtype=np.float64)
    slow = SLOWEST / (len(curve) - 1)
    steep = curve + slow * pulses  # strictly rising, so that it can be inverted
    x = np.linspace(0.0, 1.0, KNOTS)
    at = np.interp(x, (steep - steep[0]) / np.ptp(steep), pulses)
    rate = np.diff(x) / np.maximum(np.diff(at), 1e-9)
    ends = np.concatenate([rate[:1], rate, rate[-1:]])
    return np.asarray(2.0 / (1.0 / ends[:-1] + 1.0 / ends[1:]))


def _columns(path: Path) -> list[FloatArray]:
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            rows = [row for row in csv.reader(lines) if row][1:]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), "the file must be readable text", error) from error
    try:
        table = np.array(rows, dtype=np.float64)
    except ValueError as error:
        raise InputError(str(path), "rows of one or two numbers below a header", error) from error
    if table.ndim != 2 or table.shape[0] < FEWEST_PULSES or table.shape[1] > 2:
        rule = f"at least {FEWEST_PULSES} rows of one or two conductances below a header"
        raise InputError(str(path), rule, f"shape {table.shape}")
    if not (np.isfinite(table) & (table > 0)).all():
        raise InputError(str(path), "conductances must be finite and positive, S")
    return list(table.T)
