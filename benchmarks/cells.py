"""Transistor cells against their bars: typical, over corners, temperature and supply, and chips."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

import spicegen as sg
from benchmarks.measure import told
from benchmarks.report import Bar, Cell, Report, Row, Table, command_of, table
from spicegen.cells import CELLS, DataSheet, characterise
from spicegen.cells.multiplier import linearity
from spicegen.errors import SimulationError
from spicegen.pdk import load_kit
from spicegen.report.cell import draw_sheet
from spicegen.report.style import save_figure

KITS = ("gf180mcu", "sky130")
CONDITIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("typical, 27 °C, 3.3 V", ()),
    ("ff", ("pdk.corner=ff",)),
    ("ss", ("pdk.corner=ss",)),
    ("fs", ("pdk.corner=fs",)),
    ("sf", ("pdk.corner=sf",)),
    ("0 °C", ("pdk.temperature_celsius=0",)),
    ("85 °C", ("pdk.temperature_celsius=85",)),
    ("2.97 V", ("pdk.v_supply_volts=2.97",)),
    ("3.63 V", ("pdk.v_supply_volts=3.63",)),
)
CHIPS = 30
DROOP_S = 10e-6
X_VOLTS = 0.3
"""The bar's inputs of the multiplier; kits use fewer."""
DRAWN = ("opamp", "tanh", "sigmoid", "sigmoid_gate", "multiplier", "relu", "sample_hold")
MILLI, MICRO, MEGA = 1e3, 1e6, 1e-6

SHOWN: tuple[tuple[str, str, str, float, str], ...] = (
    ("tanh", "v_scale_volts", "tanh: scale, mV", MILLI, ".1f"),
    ("tanh", "v_offset_volts", "tanh: input offset, mV", MILLI, ".2f"),
    ("tanh", "v_amplitude_volts", "tanh: amplitude, mV", MILLI, ".1f"),
    ("tanh", "v_output_offset_volts", "tanh: output offset, mV", MILLI, ".2f"),
    ("tanh", "shape_error_max_pct", "tanh: shape error, max %", 1.0, ".3f"),
    ("tanh", "shape_error_rms_pct", "tanh: shape error, rms %", 1.0, ".3f"),
    ("sigmoid", "v_scale_volts", "sigmoid: scale, mV", MILLI, ".1f"),
    ("sigmoid", "shape_error_max_pct", "sigmoid: shape error, max %", 1.0, ".3f"),
    ("sigmoid", "shape_error_rms_pct", "sigmoid: shape error, rms %", 1.0, ".3f"),
    ("sigmoid_gate", "v_scale_volts", "gate sigmoid: scale, mV", MILLI, ".1f"),
    ("sigmoid_gate", "v_amplitude_volts", "gate sigmoid: amplitude, mV", MILLI, ".1f"),
    ("sigmoid_gate", "shape_error_max_pct", "gate sigmoid: shape error, max %", 1.0, ".3f"),
    ("sigmoid_gate", "shape_error_rms_pct", "gate sigmoid: shape error, rms %", 1.0, ".3f"),
    ("multiplier", "gain_ampere_per_square_volt", "multiplier: gain, µA/V²", MICRO, ".3f"),
    ("multiplier", "linearity_error_max_pct", "multiplier: error in use, max %", 1.0, ".3f"),
    ("relu", "error_max_volts", "ReLU: error, max mV", MILLI, ".2f"),
    ("sample_hold", "injection_1pf_volts", "S/H, 1 pF: injection, mV", MILLI, ".3f"),
    ("sample_hold", "injection_1pf_max_volts", "S/H, 1 pF: over its range, mV", MILLI, ".3f"),
    ("sample_hold", "droop_1pf_volts_per_s", "S/H, 1 pF: droop, µV in 10 µs", 10.0, ".3f"),
    ("opamp", "gain_db", "op-amp: gain, dB", 1.0, ".1f"),
    ("opamp", "gbw_hertz", "op-amp: GBW, MHz", MEGA, ".1f"),
    ("opamp", "phase_margin_deg", "op-amp: phase margin at 2 pF, °", 1.0, ".0f"),
    ("opamp", "phase_margin_5pf_deg", "op-amp: phase margin at 5 pF, °", 1.0, ".0f"),
    ("opamp", "v_offset_volts", "op-amp: offset, mV", MILLI, ".3f"),
    ("opamp", "swing_low_volts", "op-amp: swing from, V", 1.0, ".2f"),
    ("opamp", "swing_high_volts", "op-amp: swing to, V", 1.0, ".2f"),
    ("opamp", "slew_fall_volts_per_s", "op-amp: slew rate, V/µs", MEGA, ".1f"),
    ("opamp", "i_supply_ampere", "op-amp: supply, µA", MICRO, ".0f"),
)
"""Cell, value, heading, factor, format."""
OTHERS: tuple[tuple[str, str, str, float, str], ...] = (
    ("opamp", "noise_volts", "op-amp, follower: noise, mV rms", MILLI, ".2f"),
    ("opamp", "t_settle_s", "op-amp, follower: 0.5 V to 0.1 %, µs", MICRO, ".2f"),
    ("tanh", "noise_volts", "tanh: noise, mV rms", MILLI, ".2f"),
    ("tanh", "t_settle_s", "tanh: settling to 0.1 %, µs", MICRO, ".2f"),
    ("sigmoid_gate", "noise_volts", "gate sigmoid: noise, mV rms", MILLI, ".2f"),
    ("sigmoid_gate", "t_settle_s", "gate sigmoid: settling to 0.1 %, µs", MICRO, ".2f"),
    ("relu", "t_settle_s", "ReLU: settling to 0.1 %, 1 pF, µs", MICRO, ".2f"),
    ("difference", "gain_a_error_pct", "difference: gain error, first input, %", 1.0, ".3f"),
    ("difference", "gain_b_error_pct", "difference: gain error, second input, %", 1.0, ".3f"),
    ("difference", "t_settle_s", "difference: settling to 0.1 %, µs", MICRO, ".2f"),
    ("difference", "noise_volts", "difference: noise, mV rms", MILLI, ".2f"),
    ("line_switch", "r_on_max_ohm", "switch: resistance, max ohm", 1.0, ".0f"),
    ("line_switch", "i_leak_ampere", "switch: leakage, pA", 1e12, ".3g"),
    ("clock_driver", "t_delay_s", "clock driver: delay, ns", 1e9, ".2f"),
    ("clock_driver", "t_rise_s", "clock driver: rise, ns", 1e9, ".2f"),
)
"""Only of the typical corner."""

Sheets = dict[str, DataSheet]


def measure(steps: int | None = None) -> Report:
    """All cells of both kits; GF180MCU over conditions and chips.

    Args:
        steps: chips of the Monte Carlo (30).
    """
    typical = {kit: _sheets((f"pdk.name={kit}",), CELLS) for kit in KITS}
    tables = (_typical(typical), _conditions(), _chips(steps or CHIPS))
    return Report("cells", command_of("cells", steps), tables, _bars(typical["gf180mcu"]))


def draw(report: Report, path: Path) -> None:
    """Data sheets of the docs, from the cache of the measurement."""
    for name, sheet in _sheets((), DRAWN).items():
        save_figure(draw_sheet(sheet), path.with_name(f"cell_{name}.png"))


def _sheets(overrides: Sequence[str], cells: Iterable[str]) -> Sheets:
    design = sg.load_design(None, ["fidelity=transistor", *overrides])
    made = {}
    for cell in cells:
        told(f"cells: {cell} {' '.join(overrides)}")
        made[cell] = characterise(cell, design)
    return made


def _bars(sheets: Sheets) -> tuple[Bar, ...]:
    """What was promised of GF180MCU at the typical corner and 27 °C."""
    curved = ("tanh", "sigmoid", "sigmoid_gate")
    values = {name: sheet.values for name, sheet in sheets.items()}
    hold = values["sample_hold"]

    def worst(key: str) -> float:
        return max(values[cell][key] for cell in curved)

    product = sheets["multiplier"].curves["product"]
    grid = (product[key] for key in ("x_volts", "y_volts", "i_ampere"))
    swing = load_kit(KITS[0]).value("sigmoid_gate", "v_swing_volts")
    product_pct = linearity(*grid, X_VOLTS, swing)[0]["linearity_error_max_pct"]
    injection_mv = {key: MILLI * abs(hold[key]) for key in hold if key.startswith("injection")}
    droop_uv = MICRO * DROOP_S * hold["droop_1pf_volts_per_s"]
    met = (
        ("tanh, sigmoids: shape error, max", worst("shape_error_max_pct"), 0.25, "%"),
        ("tanh, sigmoids: shape error, rms", worst("shape_error_rms_pct"), 0.1, "%"),
        ("multiplier: error after gain and offset, x within 0.3 V, max", product_pct, 0.5, "%"),
        ("S/H, 1 pF: injection, whole range", injection_mv["injection_1pf_max_volts"], 0.2, "mV"),
        ("S/H, 1 pF: droop in 10 µs", droop_uv, 1.0, "µV"),
    )
    return tuple(Bar(*each, headline=True) for each in met)


def _typical(kits: dict[str, Sheets]) -> Table:
    rows = [
        [heading, *(format(_value(kits[kit], cell, key, factor), spec) for kit in KITS)]
        for cell, key, heading, factor, spec in (*SHOWN, *OTHERS)
    ]
    return table("Typical corner, 27 °C, nominal supply", ["", *KITS], rows)


def _conditions() -> Table:
    """One column per value would be too wide for a page: one row per value."""
    names = list(dict.fromkeys(cell for cell, *_ in SHOWN))
    sheets = {title: _whole(overrides, names) for title, overrides in CONDITIONS}
    rows = [
        [heading, *(_text(found, cell, key, factor, spec) for found in sheets.values())]
        for cell, key, heading, factor, spec in SHOWN
    ]
    return table("GF180MCU, one condition changed at a time", ["", *sheets], rows)


def _whole(overrides: Sequence[str], cells: Iterable[str]) -> Sheets:
    """Data sheets of the cells that can be measured; one that does not settle is missing."""
    found = {}
    for cell in cells:
        try:
            found |= _sheets(overrides, (cell,))
        except SimulationError as error:
            told(f"cells: {error}")
    return found


def _chips(count: int) -> Table:
    """Spread over chips whose devices differ at random."""
    names = list(dict.fromkeys(cell for cell, *_ in SHOWN))
    chips = [_whole((f"pdk.mismatch_seed={seed}",), names) for seed in range(1, count + 1)]
    rows: list[Row] = []
    for cell, key, heading, factor, spec in SHOWN:
        drawn = np.array([_value(chip, cell, key, factor) for chip in chips if cell in chip])
        statistics: tuple[Callable[..., float], ...] = (np.mean, np.std, np.min, np.max)
        texts: list[Cell] = [format(float(one(drawn)), spec) for one in statistics]
        rows.append([heading, *texts, len(drawn)])
    columns = ["", "mean", "sigma", "least", "largest", "chips"]
    return table(f"GF180MCU, mismatch of {count} chips, typical, 27 °C", columns, rows)


def _value(sheets: Sheets, cell: str, key: str, factor: float) -> float:
    return factor * sheets[cell].values[key]


def _text(sheets: Sheets, cell: str, key: str, factor: float, spec: str) -> str:
    return format(_value(sheets, cell, key, factor), spec) if cell in sheets else "-"
