"""Schematics of op-amps and what is built from them."""

from __future__ import annotations

from schemdraw import elements as elm

from spicegen.circuit.graph import Subcircuit
from spicegen.report.schematics.sheet import Sheet, quantity

INPUT = 0.625
"""Height of an op-amp's upper input above its middle."""


def opamp(sheet: Sheet, block: Subcircuit) -> None:
    """The macromodel: gain stage, pole, clamp, output stage."""
    dynamic = bool(block.values["dynamic"])
    sheet.port((0, 1.6), "inp")
    sheet.port((0, 0.4), "inn")
    sheet.wire((0, 1.6), (0.6, 1.6))
    sheet.wire((0, 0.4), (0.6, 0.4))
    gain_stage = f"{quantity(block, 'gm_siemens', 'S')} ·\nV(inp,inn)"
    sheet.current((4.6, 0), (4.6, 2), gain_stage, "top")
    sheet.wire((4.6, 2), (12.0, 2))
    sheet.resistor((7.0, 2), (7.0, 0), f"gain\n{quantity(block, 'gain', '')}", "bottom")
    if dynamic:
        sheet.capacitor((9.5, 2), (9.5, 0), f"gbw\n{quantity(block, 'gbw_hertz', 'Hz')}", "bottom")
    rails = f"clamp\n±{quantity(block, 'v_rail_volts', 'V')}"
    sheet.between(elm.Zener, (12.0, 0), (12.0, 2), rails, "bottom")
    sheet.dot((7.0, 2), *(((9.5, 2),) if dynamic else ()))
    sheet.note((8.3, 2.3), "x")
    sheet.current((16.6, 0), (16.6, 2), "V(x) / r_out", "top")
    sheet.resistor((18.8, 2), (18.8, 0), f"r_out\n{quantity(block, 'r_out_ohm', 'Ω')}", "bottom")
    sheet.wire((16.6, 2), (20.6, 2))
    sheet.dot((18.8, 2))
    sheet.port((20.6, 2), "out", "right")
    for x in (4.6, 7.0, *((9.5,) if dynamic else ()), 12.0, 16.6, 18.8):
        sheet.common((x, 0))
    if block.values["v_offset_volts"]:
        sheet.note((1.6, -0.4), f"offset {quantity(block, 'v_offset_volts', 'V')}")


def follower(sheet: Sheet, block: Subcircuit) -> None:
    """An op-amp with its output on its inverting input."""
    if block.template.startswith("ideal/"):
        _source(sheet, ("in",), "V(in,cm)")
        return
    amp = sheet.opamp((3, 0), plus_up=True)
    _feed_back(sheet, amp, -1.6)
    sheet.wire((0.6, amp.in2.y), (amp.in2.x, amp.in2.y))
    sheet.port((0.6, amp.in2.y), "in")
    sheet.wire((amp.out.x, 0), (6, 0))
    sheet.port((6, 0), "out", "right")


def inverter(sheet: Sheet, block: Subcircuit) -> None:
    """An inverting amplifier; `gain` is set per instance."""
    if block.template.startswith("ideal/"):
        _source(sheet, ("in",), "-gain · V(in,cm)")
        return
    r = quantity(block, "r_ohm", "Ω")
    _transimpedance(sheet, (4, 0), f"{r}")
    sheet.resistor((-0.7, INPUT), (2.3, INPUT), f"{r} / gain")
    sheet.port((-0.7, INPUT), "in")


def readout_dual_row(sheet: Sheet, block: Subcircuit) -> None:
    """A transimpedance amplifier behind one bit line."""
    if block.template.startswith("ideal/"):
        _source(sheet, ("bl",), "-r_f · I(bl)", held=True)
        return
    _transimpedance(sheet, (4, 0), "r_f")
    sheet.wire((1, INPUT), (2.3, INPUT))
    sheet.port((1, INPUT), "bl")


def readout_reference_column(sheet: Sheet, block: Subcircuit) -> None:
    """A transimpedance amplifier that also takes the output of the reference column."""
    if block.template.startswith("ideal/"):
        sheet.resistor((-1, 2.2), (-1, 0.2), "r_ref", "bottom")
        sheet.port((-1, 2.2), "ref", "top")
        _source(sheet, ("bl",), "-r_f · I(bl)", held=True, left=-2)
        sheet.dot((-1, 0.2))
        return
    _transimpedance(sheet, (4, 0), "r_f")
    sheet.wire((0, INPUT), (2.3, INPUT))
    sheet.port((0, INPUT), "bl")
    sheet.resistor((1.2, 2.8), (1.2, INPUT), "r_ref", "bottom")
    sheet.port((1.2, 2.8), "ref", "top")
    sheet.dot((1.2, INPUT))


def readout_dual_column(sheet: Sheet, block: Subcircuit) -> None:
    """Two amplifiers: the first turns the positive current, the second adds the negative one."""
    if block.template.startswith("ideal/"):
        _source(sheet, ("bl_pos", "bl_neg"), "r_f · (I(bl_pos) - I(bl_neg))", held=True)
        return
    _transimpedance(sheet, (4, 0), "r_f", out="")
    sheet.wire((1, INPUT), (2.3, INPUT))
    sheet.port((1, INPUT), "bl_pos")
    sheet.wire((6.4, 0), (6.4, INPUT))
    sheet.note((6.2, -0.4), "mid")
    sheet.resistor((6.4, INPUT), (9.4, INPUT), "r_f")
    _transimpedance(sheet, (12.1, 0), "r_f")
    sheet.wire((9.4, INPUT), (10.4, INPUT))
    sheet.dot((9.4, INPUT))
    sheet.wire((9.4, INPUT), (9.4, -1.6))
    sheet.port((9.4, -1.6), "bl_neg", "bottom")


def readout_shared_dual_row(sheet: Sheet, block: Subcircuit) -> None:
    """A transimpedance amplifier that bit lines take turns at, with force and sense."""
    keep = quantity(block, "r_keep_ohm", "Ω")
    if block.template.startswith("ideal/"):
        _source(sheet, ("force",), "-r_f · I(force)", held=True)
        sheet.note((1.4, -2.4), f"sense to force {keep}")
        return
    _shared(sheet, (4, 0), "", keep, f"r_f - {quantity(block, 'r_switch_ohm', 'Ω')}")


def readout_shared_dual_column(sheet: Sheet, block: Subcircuit) -> None:
    """Two shared amplifiers in a row, with force and sense of both halves."""
    keep = quantity(block, "r_keep_ohm", "Ω")
    if block.template.startswith("ideal/"):
        _source(sheet, ("force_pos", "force_neg"), "r_f · (I(pos) - I(neg))", held=True)
        sheet.note((1.4, -4.0), f"sense to force {keep}")
        return
    r = quantity(block, "r_switch_ohm", "Ω")
    _shared(sheet, (4, 0), "_pos", keep, f"r_f - {r}", out="")
    sheet.resistor((6.4, 0), (9, 0), f"r_f - 2·{r}", "bottom")
    sheet.note((6.2, -0.4), "mid")
    sheet.wire((9, 0), (9, 2.4), (10.2, 2.4))
    sheet.dot((10.2, 2.4))
    _shared(sheet, (12.6, 0), "_neg", keep, f"r_f - 2·{r}")


def readout_voltage_dual_row(sheet: Sheet, block: Subcircuit) -> None:
    """A non-inverting amplifier behind a floating bit line."""
    if block.template.startswith("ideal/"):
        _source(sheet, ("bl",), "gain · V(bl,cm)")
        return
    _non_inverting(sheet, (3, 0), "bl", quantity(block, "r_ohm", "Ω"), "cm", out="out")


def readout_voltage_dual_column(sheet: Sheet, block: Subcircuit) -> None:
    """An instrumentation amplifier of two op-amps."""
    if block.template.startswith("ideal/"):
        _source(sheet, ("bl_pos", "bl_neg"), "gain · V(bl_pos,bl_neg)")
        return
    r = quantity(block, "r_ohm", "Ω")
    _non_inverting(sheet, (3, 0), "bl_neg", f"{r}·(gain-1)", "cm", feedback=r, out="mid")
    _non_inverting(sheet, (10.5, 0), "bl_pos", r, "mid", feedback=f"{r}·(gain-1)", out="out")


def _transimpedance(sheet: Sheet, at: tuple[float, float], r: str, out: str = "out") -> None:
    """An op-amp, its non-inverting input at common, with a resistor from output to input."""
    x, y = at
    amp = sheet.opamp((x, y))
    sheet.wire((x - 1.7, amp.in1.y), (amp.in1.x, amp.in1.y))
    sheet.wire((amp.in2.x, amp.in2.y), (amp.in2.x - 0.3, amp.in2.y), (amp.in2.x - 0.3, y - 1.3))
    sheet.common((amp.in2.x - 0.3, y - 1.3))
    sheet.wire((x - 1.7, amp.in1.y), (x - 1.7, y + 2.2))
    sheet.resistor((x - 1.7, y + 2.2), (x + 2.4, y + 2.2), r)
    sheet.wire((x + 2.4, y + 2.2), (x + 2.4, y), (amp.out.x, y))
    sheet.dot((x - 1.7, amp.in1.y), (x + 2.4, y))
    if out:
        sheet.wire((x + 2.4, y), (x + 3.2, y))
        sheet.port((x + 3.2, y), out, "right")


def _shared(
    sheet: Sheet, at: tuple[float, float], half: str, keep: str, r: str, out: str = "out"
) -> None:
    """An op-amp whose line carries current through `force` and voltage through `sense`."""
    x, y = at
    amp = sheet.opamp((x, y))
    left, side = x - 2.4, "left" if out == "" or not half else "top"
    sheet.wire((left - 0.6, amp.in1.y), (amp.in1.x, amp.in1.y))
    sheet.port((left - 0.6, amp.in1.y), f"sense{half}", side)
    sheet.wire((left - 0.6, y + 2.4), (x - 0.6, y + 2.4))
    sheet.port((left - 0.6, y + 2.4), f"force{half}", side)
    sheet.resistor((left, amp.in1.y), (left, y + 2.4), keep, "top")
    sheet.resistor((x - 0.6, y + 2.4), (x + 2.4, y + 2.4), r)
    sheet.wire((x + 2.4, y + 2.4), (x + 2.4, y), (amp.out.x, y))
    sheet.wire((amp.in2.x, amp.in2.y), (amp.in2.x - 0.3, amp.in2.y), (amp.in2.x - 0.3, y - 1.3))
    sheet.common((amp.in2.x - 0.3, y - 1.3))
    sheet.dot((left, amp.in1.y), (left, y + 2.4), (x + 2.4, y))
    if out:
        sheet.wire((x + 2.4, y), (x + 3.2, y))
        sheet.port((x + 3.2, y), out, "right")


def _non_inverting(
    sheet: Sheet,
    at: tuple[float, float],
    line: str,
    r_in: str,
    foot: str,
    feedback: str = "",
    out: str = "out",
) -> None:
    """An op-amp with a divider from its output to its inverting input."""
    x, y = at
    amp = sheet.opamp((x, y), plus_up=True)
    sheet.wire((x - 2.4, amp.in2.y), (amp.in2.x, amp.in2.y))
    sheet.port((x - 2.4, amp.in2.y), line)
    low = y - 2
    sheet.wire((amp.in1.x, amp.in1.y), (x - 1.4, amp.in1.y), (x - 1.4, low))
    sheet.resistor((x - 1.4, low), (x + 2.2, low), feedback or f"{r_in}·(gain-1)", "bottom")
    sheet.wire((x + 2.2, low), (x + 2.2, y), (amp.out.x, y))
    sheet.resistor((x - 1.4, low), (x - 1.4, low - 2.2), r_in, "top")
    sheet.dot((x - 1.4, low), (x + 2.2, y))
    if foot == "cm":
        sheet.common((x - 1.4, low - 2.2))
    else:
        sheet.port((x - 1.4, low - 2.2), foot, "bottom")
    sheet.wire((x + 2.2, y), (x + 3, y))
    sheet.port((x + 3, y), out, "right")


def _feed_back(sheet: Sheet, amp: object, low: float) -> None:
    """A wire from the output to the inverting input below."""
    out, inn = amp.out, amp.in1  # type: ignore[attr-defined]
    sheet.wire((out.x, out.y), (out.x + 0.6, out.y), (out.x + 0.6, low), (inn.x - 0.5, low))
    sheet.wire((inn.x - 0.5, low), (inn.x - 0.5, inn.y), (inn.x, inn.y))
    sheet.dot((out.x + 0.6, out.y))


def _source(
    sheet: Sheet, inputs: tuple[str, ...], law: str, *, held: bool = False, left: float = 0.0
) -> None:
    """An ideal block: inputs, held at common or open, and a controlled source at the output."""
    for index, name in enumerate(inputs):
        y = 0.2 - 2.2 * index
        sheet.port((left, y), name)
        sheet.wire((left, y), (1.4, y))
        if held:
            sheet.wire((1.4, y), (1.4, y - INPUT))
            sheet.common((1.4, y - INPUT))
    sheet.voltage((8.0, -2), (8.0, 0.2), law, "top")
    sheet.common((8.0, -2))
    sheet.wire((8.0, 0.2), (9.8, 0.2))
    sheet.port((9.8, 0.2), "out", "right")
    sheet.note((1.6, 1.0), "held at cm, current measured" if held else "no input current")
