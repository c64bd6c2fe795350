"""Schematics of activation cells and multipliers drawn with transistors."""

from __future__ import annotations

from spicegen.circuit.graph import Subcircuit
from spicegen.report.schematics import transistors as on_chip
from spicegen.report.schematics.sheet import Point, Sheet, quantity
from spicegen.report.schematics.transistor_amplifiers import n_input_pair

STAGE_X = 12.2
"""Middle of the op-amp behind a pair."""


def sigmoid(sheet: Sheet, block: Subcircuit) -> None:
    """n pair in weak inversion, one drain current on a resistor above common."""
    _n_pair(sheet, block)
    on_chip.sizes_note(sheet)


def tanh(sheet: Sheet, block: Subcircuit) -> None:
    """The same with half of the tail current taken back."""
    s = _n_pair(sheet, block)
    half = on_chip.fet(sheet, block, "half", (s[0], s[1] + 2.6))
    sheet.wire(half.drain, s)
    sheet.dot(s)
    on_chip.net(sheet, half.gate, "pbt", "left")
    on_chip.net(sheet, half.source, "vdd", "top")
    on_chip.sizes_note(sheet)


def _n_pair(sheet: Sheet, block: Subcircuit) -> Point:
    """Pair, tail and output stage; the place of node s above the pair."""
    first, reference = n_input_pair(sheet, block, 5.0, ("in", "ref"))
    on_chip.lead(sheet, first.gate, "in", -1.5)
    right = reference.gate[0] + 1.7
    foot = (right, reference.gate[1] - 0.3)
    sheet.wire(reference.drain, (right, reference.drain[1]), (right, reference.gate[1]), foot)
    sheet.wire(reference.gate, (right, reference.gate[1]))
    sheet.dot((right, reference.gate[1]))
    sheet.common(foot)
    s = (0.0, 6.0)
    sheet.wire(first.drain, s)
    _output(sheet, block, s, "cm", f"r_out = {quantity(block, 'r_out_ohm', 'Ω')}")
    return s


def _output(sheet: Sheet, block: Subcircuit, s: Point, foot: str, resistor: str) -> None:
    """Trim current and op-amp behind node s."""
    c = quantity(block, "c_out_farad", "F")
    middle = (STAGE_X, s[1] - on_chip.INPUT)
    virtual, out = on_chip.stage(
        sheet, "Xamp", middle, f"Rout\n{resistor}", f"Cout\n{c}", plus=foot
    )
    trim = (8.2, s[1])
    sheet.wire(s, trim, virtual)
    on_chip.net(sheet, (6.0, s[1]), "s", "top")
    on_chip.trim(sheet, trim, "Itrim", foot)
    on_chip.lead(sheet, out, "out", 1.0)


def sigmoid_gate(sheet: Sheet, block: Subcircuit) -> None:
    """p pair in weak inversion, one drain current on a resistor below vy."""
    tail = on_chip.fet(sheet, block, "tail", (1.8, 8.4))
    on_chip.net(sheet, tail.source, "vdd", "top")
    on_chip.net(sheet, tail.gate, "pbt2", "left")
    top = 6.0
    first = on_chip.fet(sheet, block, "in", (0, top), size="pair", beside="gate")
    reference = on_chip.fet(
        sheet, block, "ref", (3.6, top), size="pair", gate="right", beside="gate"
    )
    sheet.wire(first.source, (1.8, top), reference.source)
    sheet.wire(tail.drain, (1.8, top))
    sheet.dot((1.8, top))
    on_chip.net(sheet, (2.5, top), "t", "bottom")
    on_chip.lead(sheet, first.gate, "in", -1.5)
    right = reference.gate[0] + 0.5
    sheet.wire(reference.gate, (right, reference.gate[1]), (right, reference.gate[1] - 0.4))
    sheet.common((right, reference.gate[1] - 0.4))
    on_chip.net(sheet, first.drain, "vy", "bottom")
    s = (3.6, 3.2)
    sheet.wire(reference.drain, s)
    _output(sheet, block, s, "vy", quantity(block, "r_out_ohm", "Ω"))
    on_chip.sizes_note(sheet)


def relu(sheet: Sheet, block: Subcircuit) -> None:
    """An op-amp with a p source follower that can only pull down, and a buffer."""
    minus, plus, out = on_chip.amplifier(sheet, "Xamp", (0, 0))
    on_chip.lead(sheet, plus, "in", -1.8)
    x, y = 4.0, 1.8
    down = on_chip.fet(sheet, block, "down", (x, 1.0), size="follower")
    sheet.wire(out, down.gate)
    on_chip.net(sheet, (2.0, 0), "g", "top")
    on_chip.ground(sheet, down.drain)
    left = minus[0] - 0.7
    sheet.wire((x, y), (left, y), (left, minus[1]), minus)
    sheet.wire((x, y), down.source)
    sheet.resistor((x, y), (x, y + 2.4), f"Rup\n{quantity(block, 'r_up_ohm', 'Ω')}", "bottom")
    on_chip.net(sheet, (x, y + 2.4), "cm", "top")
    sheet.dot((x, y))
    sheet.wire((x, y), (x + 2.6, y))
    on_chip.net(sheet, (x + 0.8, y), "low", "top")
    end = on_chip.buffer(sheet, "Xbuffer", (x + 2.6, y))
    on_chip.lead(sheet, end, "out", 1.0)
    on_chip.sizes_note(sheet)


def multiplier(sheet: Sheet, block: Subcircuit) -> None:
    """A p pair in the triode region from x to two virtual grounds, gates at y and vy."""
    high, low = 1.2, -1.2
    upper = on_chip.lying_fet(sheet, block, "y", (0, high), size="pair", wide="wide")
    lower = on_chip.lying_fet(
        sheet, block, "ref", (0, low), size="pair", wide="wide", gate="bottom"
    )
    sheet.wire(upper.drain, (-0.8, high), (-0.8, 0))
    sheet.wire(lower.drain, (-0.8, low), (-0.8, 0))
    on_chip.lead(sheet, (-0.8, 0), "x", -1.2)
    sheet.dot((-0.8, 0))
    sheet.wire(upper.bulk, (1.0, 0), lower.bulk)
    sheet.wire((1.0, 0), (1.7, 0))
    sheet.dot((1.0, 0))
    on_chip.net(sheet, (1.7, 0), "nw", "right")
    for pins, name in ((upper, "a"), (lower, "b")):
        on_chip.lead(sheet, pins.source, name, 2.0)
    sheet.wire(upper.gate, (1.0, high + 1.7))
    sheet.port((1.0, high + 1.7), "y", "top")
    sheet.wire(lower.gate, (1.0, low - 1.5))
    on_chip.net(sheet, (1.0, low - 1.5), "vy", "bottom")
    on_chip.sizes_note(sheet)
