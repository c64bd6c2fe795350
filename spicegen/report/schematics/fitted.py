"""Schematics of the models that are fitted to data sheets of transistor cells."""

from __future__ import annotations

from schemdraw import elements as elm

from spicegen.circuit.graph import Subcircuit
from spicegen.report.schematics import transistors as on_chip
from spicegen.report.schematics.sheet import Point, Sheet, amount, quantity
from spicegen.report.schematics.transistor_switches import two_holds


def opamp(sheet: Sheet, block: Subcircuit) -> None:
    """Gain stage, pole and clamp at node x, output stage."""
    top, foot = 2.6, 0.0
    for y, name in ((top, "inp"), (1.2, "inn")):
        on_chip.lead(sheet, (0.6, y), name, -0.6)
    gm, g_out = quantity(block, "gm_siemens", "S"), quantity(block, "g_out_siemens", "S")
    sheet.current((4.0, foot), (4.0, top), f"Gin\n{gm}\n·V(inp,inn)")
    offset = quantity(block, "i_offset_ampere", "A")
    sheet.between(elm.SourceI, (7.6, top), (7.6, foot), f"Ioffset\n{offset}", "bottom")
    slope = quantity(block, "g_slope_siemens", "S")
    sheet.current((11.0, top), (11.0, foot), f"Gslope\n{slope}\n·V(x,out)")
    r_gain, c_pole = quantity(block, "r_gain_ohm", "Ω"), quantity(block, "c_pole_farad", "F")
    sheet.resistor((14.4, top), (14.4, foot), f"Rgain\n{r_gain}", "bottom")
    sheet.capacitor((17.0, top), (17.0, foot), f"Cpole\n{c_pole}", "bottom")
    sheet.between(elm.Zener, (19.6, top), (19.6, foot), "Dclamp", "bottom")
    xs = (4.0, 7.6, 11.0, 14.4, 17.0, 19.6)
    _joined(sheet, top, xs)
    on_chip.net(sheet, (12.7, top), "x", "top")
    sheet.current((22.6, foot), (22.6, top), f"Gout\n{g_out}\n·V(x)")
    r_out = quantity(block, "r_out_ohm", "Ω")
    sheet.resistor((25.8, top), (25.8, foot), f"Rout\n{r_out}", "bottom")
    sheet.wire((22.6, top), (25.8, top))
    sheet.dot((25.8, top))
    on_chip.lead(sheet, (25.8, top), "out", 1.6)
    for x in (*xs, 22.6, 25.8):
        sheet.common((x, foot))
    volts = (quantity(block, f"{end}_volts", "V") for end in ("low", "high"))
    facts = (
        f"gain {quantity(block, 'gain', '')}, gbw {quantity(block, 'gbw_hertz', 'Hz')}, "
        f"swing {' to '.join(volts)} around cm, offset {quantity(block, 'v_offset_volts', 'V')}"
    )
    sheet.note((12.7, top + 1.0), facts)


def activation(sheet: Sheet, block: Subcircuit) -> None:
    """One current from a sum of tanh terms, on a resistor behind an op-amp."""
    terms = block.values["terms"]
    constant, slope = (
        quantity(block, "i_constant_ampere", "A"),
        quantity(block, "g_line_siemens", "S"),
    )
    on_chip.lead(sheet, (0.6, 0), "in", -0.6)
    r_out = quantity(block, "r_out_ohm", "Ω")
    resistor = r_out if block.values["fixed_output"] else f"r_out = {r_out}"
    c_out = quantity(block, "c_out_farad", "F")
    at = (10.6, -on_chip.INPUT)
    virtual, out = on_chip.stage(sheet, "Xamp", at, f"Rout\n{resistor}", f"Cout\n{c_out}")
    sheet.wire((3.4, 0), (6.4, 0), virtual)
    sheet.current((3.4, 0), (3.4, -2.4), "Bcell\nf(V(in))", "bottom")
    sheet.common((3.4, -2.4))
    on_chip.net(sheet, (4.9, 0), "s", "top")
    on_chip.trim(sheet, (6.4, 0), "Itrim")
    on_chip.lead(sheet, out, "out", 1.0)
    count = len(terms)  # type: ignore[arg-type]
    law = f"f(v) = {constant} + {slope}·v + {count} terms a·tanh(k·v - d)"
    sheet.note((6.4, -4.2), law)


def multiplier(sheet: Sheet, block: Subcircuit) -> None:
    """The currents of both devices from x, and what the virtual grounds see of them."""
    gate = quantity(block, "v_gate_volts", "V")
    sheet.port((0, 3.6), "y", "left")
    sheet.wire((0, 3.6), (0.6, 3.6))
    on_chip.lead(sheet, (1.0, 0), "x", -1.0)
    sheet.wire((1.0, 2.2), (1.0, 0), (1.0, -2.2))
    sheet.dot((1.0, 0))
    for name, line, y, law in (
        ("y", "a", 2.2, "By: wide·g(V(y))·V(x,cm)"),
        ("ref", "b", -2.2, f"Bref: wide·g({gate})·V(x,cm)"),
    ):
        sheet.current((1.0, y), (5.4, y), f"B{name}\n{law.partition(': ')[2]}", "top")
        sheet.wire((5.4, y), (8.4, y))
        sheet.dot((5.4, y))
        sheet.port((8.4, y), line, "right")
        r = quantity(block, f"r_{line}_ohm", "Ω")
        sheet.resistor((5.4, y), (5.4, y - 2.2), f"R{line}\n{r}/wide", "bottom")
        sheet.common((5.4, y - 2.2))


def relu(sheet: Sheet, block: Subcircuit) -> None:
    """The lower of input and common, and a buffer."""
    on_chip.lead(sheet, (0.6, 0), "in", -0.6)
    g, r = quantity(block, "load_siemens", "S"), quantity(block, "load_ohm", "Ω")
    sheet.current((4.6, -2.4), (4.6, 0), f"Bkept\n{g}·min(V(in,cm), 0)", "top")
    sheet.resistor((7.0, 0), (7.0, -2.4), f"Rkept\n{r}", "bottom")
    for x in (4.6, 7.0):
        sheet.common((x, -2.4))
    sheet.wire((4.6, 0), (7.0, 0), (9.2, 0))
    sheet.dot((7.0, 0))
    on_chip.net(sheet, (5.8, 0), "low", "top")
    on_chip.lead(sheet, on_chip.buffer(sheet, "Xbuffer", (9.2, 0)), "out", 1.0)


def sample_hold(sheet: Sheet, block: Subcircuit) -> None:
    """A switch, a capacitor with its leak, what the clock's gate injects, a buffer."""
    threshold = quantity(block, "v_threshold_volts", "V")
    on_chip.lead(sheet, (0, 0), "in", -1.0)
    on = quantity(block, "r_on_ohm", "Ω")
    sheet.current((0, 0), (4.0, 0), f"Bswitch\n{on} above {threshold} on phi", "top")
    sheet.port((-1.0, -1.6), "phi")
    sheet.wire((-1.0, -1.6), (-0.4, -1.6))
    sheet.wire((-1.0, -2.6), (-0.4, -2.6))
    sheet.port((-1.0, -2.6), "phi_n")
    gate = (1.2, -4.4)
    sheet.current((1.2, -6.8), gate, "Bgate\nof V(phi)", "top")
    sheet.resistor((3.4, gate[1]), (3.4, -6.8), "Rgate\n1 Ω", "bottom")
    on_chip.ground(sheet, (1.2, -6.8), (3.4, -6.8))
    sheet.wire(gate, (3.4, gate[1]), (5.0, gate[1]), (5.0, -3.0))
    sheet.dot((3.4, gate[1]))
    on_chip.net(sheet, (2.3, gate[1]), "gate", "top")
    c_inject = quantity(block, "c_injection_farad", "F")
    sheet.capacitor((5.0, -3.0), (5.0, 0), f"Cinject\n{c_inject}", "top")
    c_hold, leak = quantity(block, "c_hold_farad", "F"), quantity(block, "i_leak_ampere", "A")
    sheet.capacitor((7.4, 0), (7.4, -2.4), f"Chold\n{c_hold}", "bottom")
    sheet.between(elm.SourceI, (10.4, 0), (10.4, -2.4), f"Ileak\n{leak}", "bottom")
    for x in (7.4, 10.4):
        sheet.common((x, -2.4))
    _joined(sheet, 0, (4.0, 5.0, 7.4, 10.4, 13.2))
    sheet.wire((8.9, 0), (8.9, 1.0))
    sheet.port((8.9, 1.0), "hold", "top")
    sheet.dot((8.9, 0), (10.4, 0))
    on_chip.lead(sheet, on_chip.buffer(sheet, "Xbuffer", (13.2, 0)), "out", 1.0)
    injected, at = quantity(block, "injection_volts", "V"), (9.4, -5.4)
    sheet.note(at, f"opening adds {injected} at cm,\ndroop {amount(_droop(block), 'V')} per second")


def _droop(block: Subcircuit) -> float:
    volts = block.values["droop_volts_per_second"]
    assert isinstance(volts, int | float)
    return volts


def state_cell(sheet: Sheet, block: Subcircuit) -> None:
    """Two sample-and-holds in series; a switch clears the first."""
    x, y = two_holds(sheet)
    on = amount(1 / float(block.values["g_on_siemens"]), "Ω")  # type: ignore[arg-type]
    threshold = quantity(block, "v_threshold_volts", "V")
    sheet.current((x, y), (x, y - 2.6), f"Breset\n{on} above {threshold} on reset", "bottom")
    sheet.common((x, y - 2.6))
    for row, name in enumerate(("reset", "reset_n")):
        on_chip.lead(sheet, (-0.6, y - 1.0 - row), name, -0.6)


def clock_driver(sheet: Sheet, block: Subcircuit) -> None:
    """Two controlled currents on two resistors: the clock and its complement."""
    g, r = quantity(block, "load_siemens", "S"), quantity(block, "load_ohm", "Ω")
    on_chip.lead(sheet, (0.6, 0), "in", -0.6)
    sheet.current((4.0, -2.4), (4.0, 0), f"Gphi\n{g}·V(in)", "top")
    sheet.resistor((6.2, 0), (6.2, -2.4), f"Rphi\n{r}", "bottom")
    sheet.wire((4.0, 0), (6.2, 0))
    _driven(sheet, (6.2, 0), "phi")
    supply = quantity(block, "i_supply_ampere", "A")
    sheet.between(elm.SourceI, (11.4, -2.4), (11.4, 0), f"Isupply\n{supply}", "top")
    sheet.current((15.4, 0), (15.4, -2.4), f"Gphi_n\n{g}·V(in)", "top")
    sheet.resistor((17.6, 0), (17.6, -2.4), f"Rphi_n\n{r}", "bottom")
    sheet.wire((11.4, 0), (15.4, 0), (17.6, 0))
    sheet.dot((15.4, 0))
    _driven(sheet, (17.6, 0), "phi_n")
    on_chip.ground(sheet, *((x, -2.4) for x in (4.0, 6.2, 11.4, 15.4, 17.6)))


def _driven(sheet: Sheet, at: Point, name: str) -> None:
    sheet.dot(at)
    on_chip.lead(sheet, at, name, 1.2)


def _joined(sheet: Sheet, y: float, xs: tuple[float, ...]) -> None:
    """A wire along a row, with joints at what hangs on it."""
    sheet.wire(*((x, y) for x in xs))
    sheet.dot(*((x, y) for x in xs[1:-1]))
