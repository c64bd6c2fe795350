"""Schematics of transmission gates, the cells that hold states with them, and their clocks."""

from __future__ import annotations

from spicegen.circuit.graph import Subcircuit
from spicegen.report.schematics import transistors as on_chip
from spicegen.report.schematics.sheet import Point, Sheet, quantity

ROW = 1.3
"""Height of the upper transistor of a transmission gate above its middle."""

HOLD_PINS: dict[str, tuple[on_chip.Side, float]] = {
    "in": ("left", 1.2),
    "phi": ("top", 1.2),
    "phi_n": ("top", 2.8),
    "hold": ("bottom", 2.0),
    "out": ("right", 1.2),
}
"""Places of a sample-and-hold's pins; cm goes without saying."""


def switch(sheet: Sheet, block: Subcircuit) -> None:
    """A transmission gate."""
    right = _gates(sheet, block, (0, 0), ("n_gate", "p_gate"))
    _clocks(sheet, 0.0, "phi_n", "phi")
    on_chip.lead(sheet, (0, 0), "a", -1.2)
    on_chip.lead(sheet, right, "b", 1.2)
    on_chip.sizes_note(sheet)


def sample_hold(sheet: Sheet, block: Subcircuit) -> None:
    """Transmission gate, dummies, capacitor, buffer."""
    right = _gates(sheet, block, (0, 0), ("n_gate", "p_gate"))
    _clocks(sheet, 0.0, "phi_n", "phi")
    on_chip.lead(sheet, (0, 0), "in", -1.2)
    dummy = (right[0] + 2.2, 0.0)
    end = _gates(sheet, block, dummy, ("n_dummy", "p_dummy"))
    for upper, clock in ((True, "phi"), (False, "phi_n")):
        y = (ROW + 1.6) * (1 if upper else -1)
        sheet.wire(
            (dummy[0] + 1.4, (ROW + on_chip.GATE) * (1 if upper else -1)), (dummy[0] + 1.4, y)
        )
        on_chip.net(sheet, (dummy[0] + 1.4, y), clock, "top" if upper else "bottom")
    x_hold = end[0] + 2.4
    sheet.wire(right, dummy, end, (x_hold, 0))
    sheet.capacitor((x_hold, 0), (x_hold, -2.2), f"Chold\n{quantity(block, 'c_hold_farad', 'F')}")
    sheet.common((x_hold, -2.2))
    sheet.wire((x_hold, 0), (x_hold, 1.0))
    sheet.port((x_hold, 1.0), "hold", "top")
    sheet.dot((x_hold, 0))
    sheet.wire((x_hold, 0), (x_hold + 1.4, 0))
    out = on_chip.buffer(sheet, "Xbuffer", (x_hold + 1.4, 0))
    on_chip.lead(sheet, out, "out", 1.0)
    on_chip.sizes_note(sheet)


def hold_cell(sheet: Sheet, block: Subcircuit) -> None:
    """One sample-and-hold."""
    pins = hold_box(sheet, "Xhold", (0, 0), ("phi", "phi_n"))
    on_chip.lead(sheet, pins["in"], "in", -1.2)
    x, y = pins["hold"]
    sheet.wire((x, y), (x, y - 0.6))
    on_chip.net(sheet, (x, y - 0.6), "hold", "bottom")
    on_chip.lead(sheet, pins["out"], "out", 1.2)


def state_cell(sheet: Sheet, block: Subcircuit) -> None:
    """Two sample-and-holds in series; a transmission gate clears the first."""
    x, y = two_holds(sheet)
    middle, left = -4.4, x + 0.8
    sheet.wire((x, y), (x, middle), (left, middle))
    right = _gates(sheet, block, (left, middle), ("n_reset", "p_reset"), ("n_gate", "p_gate"))
    _clocks(sheet, left, "reset_n", "reset", middle)
    sheet.wire(right, (right[0] + 1.0, middle), (right[0] + 1.0, middle - 0.4))
    sheet.common((right[0] + 1.0, middle - 0.4))
    on_chip.sizes_note(sheet)


def two_holds(sheet: Sheet) -> Point:
    """Two sample-and-holds in series, as boxes; the place where the first one keeps its charge."""
    first = hold_box(sheet, "Xfirst", (0, 0), ("track", "track_n"))
    second = hold_box(sheet, "Xsecond", (7, 0), ("transfer", "transfer_n"))
    on_chip.lead(sheet, first["in"], "in", -1.2)
    sheet.wire(first["out"], second["in"])
    on_chip.net(sheet, (5.5, first["out"][1]), "first", "top")
    on_chip.lead(sheet, second["out"], "out", 1.2)
    x, y = second["hold"]
    sheet.wire((x, y), (x, y - 0.6))
    on_chip.net(sheet, (x, y - 0.6), "second_hold", "bottom")
    x, y = first["hold"]
    sheet.wire((x, y), (x, y - 0.8))
    on_chip.net(sheet, (x, y - 0.8), "first_hold", "left")
    return (x, y - 0.8)


def clock_driver(sheet: Sheet, block: Subcircuit) -> None:
    """Two inverters."""
    top, bottom, apart = 4.8, 2.4, 5.0
    middle = (top - 2 + bottom) / 2
    joints = []
    for x, stage in ((0.0, "first"), (apart, "second")):
        p = on_chip.fet(sheet, block, f"p_{stage}", (x, top))
        n = on_chip.fet(sheet, block, f"n_{stage}", (x, bottom))
        on_chip.net(sheet, p.source, "vdd", "top")
        on_chip.ground(sheet, n.source)
        joints.append((p.gate[0], middle))
        sheet.wire(p.gate, joints[-1], n.gate)
        sheet.wire(p.drain, (x, middle), n.drain)
        sheet.dot(joints[-1], (x, middle))
    on_chip.lead(sheet, joints[0], "in", -1.2)
    tap = (1.6, middle)
    sheet.wire((0, middle), tap, joints[1])
    sheet.dot(tap)
    sheet.wire(tap, (tap[0], middle - 2.0))
    sheet.port((tap[0], middle - 2.0), "phi_n", "bottom")
    on_chip.lead(sheet, (apart, middle), "phi", 1.6)
    on_chip.sizes_note(sheet)


def _gates(
    sheet: Sheet,
    block: Subcircuit,
    left: Point,
    names: tuple[str, str],
    sizes: tuple[str, str] = ("", ""),
) -> Point:
    """An n transistor below a p transistor, drains joined at `left`; where their sources join."""
    (x, y), (n, p) = left, names
    right = x + 2.8
    upper = on_chip.lying_fet(sheet, block, p, (x + 0.4, y + ROW), size=sizes[1], bulk="vdd")
    lower = on_chip.lying_fet(
        sheet, block, n, (x + 0.4, y - ROW), size=sizes[0], gate="bottom", bulk="0"
    )
    for pins, row in ((upper, y + ROW), (lower, y - ROW)):
        sheet.wire(pins.drain, (x, row), (x, y))
        sheet.wire(pins.source, (right, row), (right, y))
    sheet.dot((x, y), (right, y))
    return (right, y)


def _clocks(
    sheet: Sheet, x: float, upper: str, lower: str, y: float = 0.0, *, again: bool = False
) -> None:
    """Ports of both gates of a transmission gate, or names of ports that stand elsewhere."""
    rows: tuple[tuple[int, str, on_chip.Side], ...] = ((1, upper, "top"), (-1, lower, "bottom"))
    for sign, name, side in rows:
        gate, end = (x + 1.4, y + sign * (ROW + on_chip.GATE)), (x + 1.4, y + sign * (ROW + 1.6))
        sheet.wire(gate, end)
        if again:
            on_chip.net(sheet, end, name, side)
        else:
            sheet.port(end, name, side)


def hold_box(sheet: Sheet, name: str, corner: Point, clocks: tuple[str, str]) -> dict[str, Point]:
    """A sample-and-hold as a box with its clocks."""
    pins = dict(on_chip.cell(sheet, name, "sample_hold", corner, HOLD_PINS))
    for pin, clock in zip(("phi", "phi_n"), clocks, strict=True):
        x, y = pins[pin]
        sheet.wire((x, y), (x, y + 0.9))
        sheet.port((x, y + 0.9), clock, "top")
    return pins
