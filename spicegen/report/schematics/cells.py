"""Schematics of activation cells, multipliers, sample-and-holds and switches."""

from __future__ import annotations

from schemdraw import elements as elm

from spicegen.circuit.graph import Subcircuit
from spicegen.report.schematics.sheet import Sheet, amount, quantity

LAWS = {
    "sigmoid": "1 / (1 + exp(-x))",
    "tanh": "tanh(x)",
    "relu": "max(x, 0)",
}


def activation(sheet: Sheet, block: Subcircuit) -> None:
    """A current of the wanted shape into the output resistance."""
    shape = block.template.rpartition("/")[2]
    sheet.port((0, 2), "in")
    sheet.wire((0, 2), (0.8, 2))
    law = f"{quantity(block, 'out_volts', 'V')}/r · {LAWS[shape]}"
    sheet.current((4.6, 0), (4.6, 2), law, "top")
    _load(sheet, block, 4.6, "r_out_ohm", "out")
    sheet.note((4.6, 3), f"x = V(in,cm) / {quantity(block, 'in_volts', 'V')}")


def multiplier(sheet: Sheet, block: Subcircuit) -> None:
    """A current in proportion to the product of two voltages."""
    for index, name in enumerate(("x", "y", "y_ref")):
        sheet.port((0, 2 - 0.9 * index), name)
        sheet.wire((0, 2 - 0.9 * index), (0.8, 2 - 0.9 * index))
    load = amount(1 / float(block.values["g_load_siemens"]), "Ω")  # type: ignore[arg-type]
    gain = block.values.get("gain")
    factor = f" · {gain:g}" if isinstance(gain, float) and gain != 1 else ""
    sheet.current((5.4, 0), (5.4, 2), f"k · V(x) · V(y,y_ref){factor}\n/ {load}", "top")
    sheet.common((5.4, 0))
    sheet.wire((5.4, 2), (7.4, 2))
    sheet.port((7.4, 2), "sum", "right")


def weigher(sheet: Sheet, block: Subcircuit) -> None:
    """A current in proportion to a voltage."""
    for index, name in enumerate(("x", "x_ref")):
        sheet.port((0, 2 - 1.2 * index), name)
        sheet.wire((0, 2 - 1.2 * index), (0.8, 2 - 1.2 * index))
    load = amount(1 / float(block.values["g_load_siemens"]), "Ω")  # type: ignore[arg-type]
    sheet.current((4.6, 0), (4.6, 2), f"k · V(x,x_ref)\n/ {load}", "top")
    sheet.common((4.6, 0))
    sheet.wire((4.6, 2), (6.6, 2))
    sheet.port((6.6, 2), "sum", "right")


def adder(sheet: Sheet, block: Subcircuit) -> None:
    """The load on which currents add."""
    sheet.port((0, 2), "sum")
    sheet.wire((0, 2), (1.6, 2))
    _load(sheet, block, 1.6, "r_load_ohm", "", first=False)


def sample_hold(sheet: Sheet, block: Subcircuit) -> None:
    """A switch, a capacitor, a buffer."""
    sheet.port((0, 0), "in")
    ideal = block.template.startswith("ideal/")
    off = "" if ideal else f" / {quantity(block, 'r_off_ohm', 'Ω')}"
    sheet.between(elm.Switch, (0, 0), (3, 0), f"{quantity(block, 'r_on_ohm', 'Ω')}{off}")
    sheet.port((1.5, 2), "phi", "top")
    sheet.put(elm.Arrow(headwidth=0.15).at((1.5, 1.95)).to((1.5, 1.05)))
    sheet.wire((3, 0), (8, 0))
    sheet.capacitor((3.6, 0), (3.6, -2), quantity(block, "c_hold_farad", "F"), "bottom")
    sheet.common((3.6, -2))
    sheet.dot((3.6, 0))
    sheet.port((7.6, 0), "hold", "top")
    if not ideal and block.values["i_leak_ampere"]:
        leak = quantity(block, "i_leak_ampere", "A")
        sheet.put(elm.SourceI().at((6.6, -2)).to((6.6, 0)).reverse().label(f"leak\n{leak}"))
        sheet.common((6.6, -2))
        sheet.dot((6.6, 0))
    if not ideal and block.values["c_injection_farad"]:
        charge = quantity(block, "q_injection_coulomb", "C")
        sheet.wire((1.5, 1.7), (4.4, 1.7), (4.4, 1.4))
        sheet.capacitor((4.4, 1.4), (4.4, 0), f"injects\n{charge}", "bottom")
        sheet.dot((4.4, 0), (1.5, 1.7))
    sheet.box((9, -0.6), (2, 1.2), "x 1")
    sheet.wire((8, 0), (9, 0))
    sheet.wire((11, 0), (12, 0))
    sheet.port((12, 0), "out", "right")


def hold_cell(sheet: Sheet, block: Subcircuit) -> None:
    """One sample-and-hold."""
    _chain(sheet, (("sample\nand hold", "phi"),))


def state_cell(sheet: Sheet, block: Subcircuit) -> None:
    """Two sample-and-holds in series, the first with a reset."""
    _chain(sheet, (("first\nhold", "track"), ("second\nhold", "transfer")))
    on = amount(1 / float(block.values["g_on_siemens"]), "Ω")  # type: ignore[arg-type]
    sheet.wire((3.2, -0.9), (3.2, -1.3))
    sheet.between(elm.Switch, (3.2, -1.3), (3.2, -3.3), f"reset\n{on}", "bottom")
    sheet.common((3.2, -3.3))


def switch(sheet: Sheet, block: Subcircuit) -> None:
    """A switch with its two resistances."""
    sheet.port((0, 0), "a")
    off = f" / {quantity(block, 'r_off_ohm', 'Ω')}" if block.values["g_off_siemens"] else ""
    text = f"{quantity(block, 'r_on_ohm', 'Ω')}{off}"
    sheet.between(elm.Switch, (0, 0), (3.4, 0), text)
    sheet.port((3.4, 0), "b", "right")
    sheet.port((1.7, 2), "phi", "top")
    sheet.put(elm.Arrow(headwidth=0.15).at((1.7, 1.95)).to((1.7, 1.05)))
    sheet.note((1.7, -0.8), f"closed above {quantity(block, 'v_threshold_volts', 'V')}")


def mux_node(sheet: Sheet, block: Subcircuit) -> None:
    """What a wire between switches loads."""
    sheet.port((0, 2), "node")
    sheet.wire((0, 2), (4, 2))
    sheet.capacitor((1.4, 2), (1.4, 0), quantity(block, "c_wire_farad", "F"), "bottom")
    sheet.resistor((4, 2), (4, 0), quantity(block, "r_leak_ohm", "Ω"), "bottom")
    sheet.dot((1.4, 2))
    sheet.common((1.4, 0))
    sheet.common((4, 0))


def _load(
    sheet: Sheet, block: Subcircuit, x: float, key: str, out: str, *, first: bool = True
) -> None:
    """Resistor, pole and offset from a node to common."""
    places = [x]
    sheet.wire((x, 2), (x + 2.6, 2))
    places.append(x + 2.6)
    sheet.resistor((x + 2.6, 2), (x + 2.6, 0), quantity(block, key, "Ω"), "bottom")
    end = x + 2.6
    if block.values.get("dynamic"):
        end += 2.6
        sheet.wire((end - 2.6, 2), (end, 2))
        band = quantity(block, "bandwidth_hertz", "Hz")
        sheet.capacitor((end, 2), (end, 0), f"pole\n{band}", "bottom")
        sheet.dot((end - 2.6, 2))
        places.append(end)
    if block.values.get("v_offset_volts"):
        end += 2.6
        sheet.wire((end - 2.6, 2), (end, 2))
        offset = quantity(block, "v_offset_volts", "V")
        sheet.between(elm.SourceI, (end, 0), (end, 2), f"offset\n{offset}", "bottom")
        sheet.dot((end - 2.6, 2))
        places.append(end)
    for place in places[0 if first else 1 :]:
        sheet.common((place, 0))
    if out:
        sheet.dot((end, 2))
        sheet.wire((end, 2), (end + 2, 2))
        sheet.port((end + 2, 2), out, "right")


def _chain(sheet: Sheet, stages: tuple[tuple[str, str], ...]) -> None:
    """Boxes in a row, each with its clock from above."""
    x = 0.0
    sheet.port((x, 0), "in")
    for text, clock in stages:
        sheet.wire((x, 0), (x + 1.6, 0))
        sheet.box((x + 1.6, -0.9), (3.2, 1.8), text)
        sheet.wire((x + 3.2, 0.9), (x + 3.2, 1.8))
        sheet.port((x + 3.2, 1.8), clock, "top")
        x += 4.8
    sheet.wire((x, 0), (x + 1.2, 0))
    sheet.port((x + 1.2, 0), "out", "right")
