"""Schematics of crossbars: two word lines and two bit lines stand for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from schemdraw import elements as elm

from spicegen.circuit.graph import Subcircuit
from spicegen.report.schematics.sheet import Sheet, amount, quantity

PITCH = 3.0
CELL = 1.9


def crossbar(sheet: Sheet, block: Subcircuit) -> None:
    """Memristors between word lines and bit lines, in the topology of the template."""
    kind = block.template.rpartition("/")[2].removeprefix("crossbar_")
    if kind.startswith("dual_row"):
        single = kind.endswith("transconductance")
        words = ["wl0", "wl1"] if single else ["wl_pos0", "wl_neg0", "wl_pos1", "wl_neg1"]
        _grid(sheet, words, ["bl0", "bl1"], _cell_of(kind))
    elif kind == "reference_column":
        _grid(sheet, ["wl0", "wl1"], ["bl0", "bl1", "bl_ref"], _cell_of(kind))
    else:
        lines = ["bl_pos0", "bl_pos1", "bl_neg0", "bl_neg1"]
        _grid(sheet, ["wl0", "wl1"], lines, _cell_of(kind))
    _facts(sheet, block, kind)


def crossbar_full(sheet: Sheet, block: Subcircuit) -> None:
    """The same with segments of wire in front of and behind each memristor."""
    sheet.port((-1, 0), "w0")
    _segment(sheet, (-1, 0), (2, 0), quantity(block, "r_word_ohm", "Ω"))
    sheet.wire((2, 0), (2.4, 0))
    _segment(sheet, (2.4, 0), (5.4, 0), "")
    sheet.wire((5.4, 0), (6.4, 0))
    sheet.dot((2.4, 0))
    sheet.between(elm.Memristor, (2.4, 0), (4.0, -1.8), "")
    _segment(sheet, (4.0, -1.8), (4.0, -4.4), quantity(block, "r_bit_ohm", "Ω"))
    sheet.port((4.0, -4.4), "b0", "bottom")
    sheet.dot((4.0, -1.8))
    driver, sense = (quantity(block, f"r_{end}_ohm", "Ω") for end in ("driver", "sense"))
    c_farad = block.values["c_farad"]
    assert isinstance(c_farad, int | float)
    each = f", each {amount(c_farad, 'F')}" if c_farad else ""
    sheet.note(
        (8.0, -2.2),
        f"segments{each};\ndriver {driver}, sense {sense};\n{block.values['drive']} drive",
    )
    _size(sheet, block, (8.0, -3.8))


def crossbar_reduced(sheet: Sheet, block: Subcircuit) -> None:
    """A resistor between any two ports, in the place of the array and its wires."""
    places = {"w0": (0.0, 0.0), "w1": (0.0, -3.0), "b0": (4.0, 0.0), "b1": (4.0, -3.0)}
    names = list(places)
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            sheet.between(elm.RBox, places[first], places[second])
    for name, place in places.items():
        sheet.port(place, name, "left" if name.startswith("w") else "right")
    sheet.note((2.0, 1.0), "conductances between ports, folded from array and wires")
    _size(sheet, block, (2.0, -4.0))


def crossbar_tiles(sheet: Sheet, block: Subcircuit) -> None:
    """Arrays beside and below each other."""
    for row in range(2):
        sheet.port((-1.6, -1.0 - 3.0 * row), f"wl, tile row {row}")
        for column in range(2):
            left, low = 4.2 * column, -2.0 - 3.0 * row
            sheet.box((left, low), (2.4, 2.0), f"tile\n{row},{column}")
            sheet.wire((left - 1.6, low + 1.0), (left, low + 1.0))
            if row == 0:
                sheet.wire((left + 1.2, low), (left + 1.2, low - 1.0))
            else:
                sheet.wire((left + 1.2, low), (left + 1.2, low - 0.8))
                sheet.port((left + 1.2, low - 0.8), f"bl, tile column {column}", "bottom")
    rows, columns = block.values["tile_rows"], block.values["tile_columns"]
    buffered = ", word lines buffered" if block.values["buffered"] else ""
    sheet.note((3.2, 0.6), f"tiles of {rows} x {columns}{buffered}")


def read_noise(sheet: Sheet, block: Subcircuit) -> None:
    """A noise current into each bit line, from the word lines of the moment."""
    sheet.port((0, 2), "z")
    sheet.wire((0, 2), (0.8, 2))
    sheet.current((5.4, 0), (5.4, 2), "g_max · V(z) · sqrt(Σ (g/g_max)² V(wl)²)", "top")
    sheet.common((5.4, 0))
    sheet.wire((5.4, 2), (7.4, 2))
    sheet.port((7.4, 2), "bl", "right")
    sigma = quantity(block, "sigma", "")
    sheet.note((3, 3.2), f"sigma {sigma}, g_max {quantity(block, 'g_max_siemens', 'S')}")


def _cell_of(kind: str) -> Callable[[], Any]:
    cell: Callable[[], Any] = elm.Memristor
    if kind.endswith("transconductance"):
        cell = elm.SourceControlledI
    elif kind.endswith(("memristor", "sinh")):
        cell = elm.Memristor2
    return cell


def _grid(
    sheet: Sheet, words: Sequence[str], lines: Sequence[str], cell: Callable[[], Any]
) -> None:
    """Word lines from left to right, bit lines downwards, a cell at each crossing."""
    width, height = PITCH * len(lines) + 0.6, 2.2 * len(words) + 0.4
    for row, name in enumerate(words):
        y = -2.2 * row
        sheet.port((-0.8, y), name)
        sheet.wire((-0.8, y), (width - 0.6, y))
    for column, name in enumerate(lines):
        x = PITCH * column + 2.2
        sheet.wire((x, -0.9), (x, -height))
        sheet.port((x, -height), name, "bottom")
        for row in range(len(words)):
            y = -2.2 * row
            sheet.between(cell, (x - CELL, y), (x, y - 1.5))
            sheet.dot((x - CELL, y), (x, y - 1.5))


def _facts(sheet: Sheet, block: Subcircuit, kind: str) -> None:
    values = block.values
    names = [
        n for n in ("g_pos_siemens", "g_neg_siemens", "g_siemens", "g_ref_siemens") if n in values
    ]
    known = np.concatenate([np.ravel(np.asarray(values[name], dtype=float)) for name in names])
    known = known[known > 0]
    if known.size:
        low, high = (amount(float(g), "S") for g in (known.min(), known.max()))
        sheet.note((3.2, 0.9), f"memristors of {low} to {high}")
    _size(sheet, block, (3.2, 1.6))
    if kind.endswith("voltage"):
        sheet.note((3.2, 2.3), "bit lines float; dummies to cm where they conduct little")
    elif kind.endswith("sinh"):
        sheet.note((3.2, 2.3), f"I = (G / k) sinh(k V), k = {quantity(block, 'k_per_volt', '1/V')}")
    elif kind.endswith("memristor"):
        sheet.note((3.2, 2.3), "memristors with a moving state")
    elif kind.endswith("transconductance"):
        sheet.note((3.2, 2.3), "each pair as one controlled source; loads to cm")


def _size(sheet: Sheet, block: Subcircuit, at: tuple[float, float]) -> None:
    rows, columns = block.values["word_lines"], block.values["bit_lines"]
    sheet.note(at, f"{rows} word lines x {columns} bit lines")


def _segment(sheet: Sheet, start: tuple[float, float], end: tuple[float, float], text: str) -> None:
    sheet.between(elm.RBox, start, end, text, "top" if start[1] == end[1] else "bottom")
