"""Transistor circuits that are not typical: corners, temperature, supply, and mismatch of devices.

A small LSTM, because it is simulated some two hundred times.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.measure import told
from benchmarks.report import Report, Row, Table, command_of, table
from benchmarks.transistor import Case, random_case, run_case
from spicegen import rundir

STEPS = 12
SEEDS = 30
SEED = 3
WORKERS = 2
CORNERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("typical, 27 C, 3.3 V", ()),
    *((corner, (f"pdk.corner={corner}",)) for corner in ("ff", "ss", "fs", "sf")),
    ("0 C", ("pdk.temperature_celsius=0",)),
    ("85 C", ("pdk.temperature_celsius=85",)),
    ("supply -10 %", ("pdk.v_supply_volts=2.97",)),
    ("supply +10 %", ("pdk.v_supply_volts=3.63",)),
)
MEASURED = ("calibration.method=measured", "calibration.steps=16")


def measure(steps: int | None = None) -> Report:
    """Corners with the typical chip's trims, and chips that differ at random.

    Args:
        steps: number of chips, fewer to shorten.
    """
    case = random_case("LSTM", 2, 2, 1, STEPS, SEED)
    with tempfile.TemporaryDirectory() as folder:
        told("transistor_variation: the typical chip")
        typical = run_case(case, Path(folder), MEASURED, "typical").result.directory
        given = f"calibration.file={typical / rundir.CALIBRATION}"
        tables = (
            _corners(case, given, Path(folder)),
            _mismatch(case, given, Path(folder), steps or SEEDS),
        )
    return Report("transistor_variation", command_of("transistor_variation", steps), tables)


def _corners(case: Case, given: str, folder: Path) -> Table:
    """With the trims of the typical chip at 27 C, without and with PTAT resistors, then with trims
    from the data sheets of the corner itself."""

    def row(entry: tuple[str, tuple[str, ...]]) -> Row:
        name, overrides = entry
        told(f"transistor_variation: {name}")
        label = name.replace(" ", "_").replace("%", "pct")
        ways = (
            (given,),
            (given, "pdk.ptat=true"),
            ("calibration.method=datasheet",),
        )
        found = [
            run_case(case, folder, (*overrides, *way), f"{label}_{k}").result.accuracy
            for k, way in enumerate(ways)
        ]
        return [name, *(x for each in found for x in (each.mean_error_pct, each.max_error_pct))]

    with ThreadPoolExecutor(WORKERS) as pool:
        rows = list(pool.map(row, CORNERS))
    columns = (
        "corner", "typical trims, mean %:.2f", "max %:.1f", "with PTAT, mean %:.2f", "max %:.1f",
        "trims of the corner's data sheets, mean %:.2f", "max %:.1f",
    )  # fmt: skip
    return table(f"{case.name}: errors against the network over corners", columns, rows)


def _mismatch(case: Case, given: str, folder: Path, seeds: int) -> Table:
    """Thirty chips: as they come, and calibrated one by one in two ways."""
    ways = (
        ("typical chip's trims", (given,)),
        ("gain and offset of each cell", (*MEASURED, "calibration.cells=gain-offset")),
        ("each cell fitted", (*MEASURED, "calibration.cells=fitted")),
    )

    def chip(seed: int) -> list[list[float]]:
        told(f"transistor_variation: chip {seed}")
        found = []
        for k, (_, way) in enumerate(ways):
            overrides = (f"pdk.mismatch_seed={seed}", *way)
            summary = run_case(case, folder, overrides, f"chip{seed}_{k}").result.summary
            ideal, cell = summary["accuracy"], summary["accuracy_cell"]
            found.append(
                [ideal["mean_error_pct"], ideal["max_error_pct"],
                 cell["mean_error_pct"], cell["max_error_pct"]]
            )  # fmt: skip
        return found

    with ThreadPoolExecutor(WORKERS) as pool:
        errors = np.array(list(pool.map(chip, range(1, seeds + 1))))
    median, worst = np.median(errors, axis=0), errors.max(axis=0)
    rows = [
        [name, *(float(x) for pair in zip(median[k], worst[k], strict=True) for x in pair)]
        for k, (name, _) in enumerate(ways)
    ]
    columns = ["calibration"]
    for against in ("network", "own model"):
        for which in ("mean", "max"):
            columns += [f"{against}: {which} %, median:.2f", "worst chip:.2f"]
    return table(f"{case.name}: {seeds} chips with mismatch", columns, rows)
