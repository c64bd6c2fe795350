"""What all schematics are drawn with: a sheet of schemdraw with the words of circuits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import atan2, degrees
from pathlib import Path
from typing import Any

import schemdraw
from schemdraw import elements as elm

from spicegen.circuit.graph import Subcircuit
from spicegen.errors import InputError
from spicegen.netlist.numbers import si
from spicegen.report.style import check_format

Point = tuple[float, float]
COMMON = "cm"
INK = "#000000"
FONT_SIZE = 11
PENS = ("stroke-width:1.4", "stroke-linecap:round", "stroke-linejoin:round")
"""What every line has in common."""
SMALL = 10


class Sheet:
    """A drawing in coordinates of its own: one unit is a third of a resistor.

    Args:
        canvas: svg, or matplotlib for pictures of other kinds.
        transparent: without the white ground that pictures in files have.
    """

    def __init__(self, canvas: str, *, transparent: bool = False) -> None:
        self.drawing = schemdraw.Drawing(canvas=canvas, show=False, transparent=transparent)
        ground = None if transparent else "white"
        self.drawing.config(
            fontsize=FONT_SIZE, lw=1.4, color=INK, font="sans-serif", bgcolor=ground
        )

    def put(self, element: Any) -> Any:
        """Add an element of schemdraw."""
        return self.drawing.add(element)

    def wire(self, *points: Point) -> None:
        """Straight wires from point to point."""
        for start, end in pairwise(points):
            self.put(elm.Line().at(start).to(end))

    def between(
        self, kind: Callable[[], Any], start: Point, end: Point, text: str = "", loc: str = "top"
    ) -> None:
        """An element of two terminals, such as `elm.Resistor`, with a label."""
        # sources would stand upright whatever their ends are
        angle = degrees(atan2(end[1] - start[1], end[0] - start[0]))
        element = kind().at(start).to(end).theta(angle)
        if text:
            element.label(text, loc=loc, fontsize=SMALL)
        self.put(element)

    def resistor(self, start: Point, end: Point, text: str, loc: str = "top") -> None:
        """A resistor."""
        self.between(elm.Resistor, start, end, text, loc)

    def capacitor(self, start: Point, end: Point, text: str, loc: str = "top") -> None:
        """A capacitor."""
        self.between(elm.Capacitor, start, end, text, loc)

    def current(self, start: Point, end: Point, text: str, loc: str = "bottom") -> None:
        """A controlled current source; the arrow points from start to end."""
        self.between(elm.SourceControlledI, start, end, text, loc)

    def voltage(self, start: Point, end: Point, text: str, loc: str = "bottom") -> None:
        """A controlled voltage source; plus at the end."""
        self.between(elm.SourceControlledV, start, end, text, loc)

    def dot(self, *points: Point) -> None:
        """Joints of wires."""
        for point in points:
            self.put(elm.Dot().at(point))

    def port(self, at: Point, name: str, side: str = "left") -> None:
        """A terminal of the block."""
        self.put(elm.Dot(open=True).at(at).label(name, loc=side))

    def common(self, at: Point) -> None:
        """The common node, which signals are measured from."""
        self.put(elm.GroundSignal().at(at).label(COMMON, loc="bottom", fontsize=SMALL - 1))

    def opamp(self, at: Point, *, plus_up: bool = False) -> Any:
        """An op-amp whose middle of the inputs stands at a point; anchors in1 (-), in2, out."""
        element = elm.Opamp().at(at).anchor("center").theta(0)
        return self.put(element.flip() if plus_up else element)

    def box(self, corner: Point, size: Point, text: str) -> None:
        """A rectangle with a text in its middle."""
        (x, y), (wide, high) = corner, size
        self.put(elm.Rect(corner1=(0, 0), corner2=size).at(corner).theta(0))
        self.note((x + wide / 2, y + high / 2 - 0.15 * (1 + text.count("\n"))), text)

    def note(self, at: Point, text: str) -> None:
        """A line of text."""
        self.put(elm.Label().at(at).label(text, fontsize=SMALL))


Draw = Callable[[Sheet, Subcircuit], None]


def quantity(block: Subcircuit, name: str, unit: str) -> str:
    """A value of the block with its unit, such as 10 kΩ."""
    value = block.values[name]
    assert isinstance(value, int | float)
    return amount(value, unit)


def amount(value: float, unit: str) -> str:
    """A quantity with an SI prefix."""
    number, _, suffix = si(float(f"{value:.4g}"), unit).partition(" ")
    return f"{number} {suffix.replace('u', 'µ', 1) if suffix.startswith('u') else suffix}".rstrip()


def svg_of(draw: Draw, block: Subcircuit) -> str:
    """The schematic as an SVG element in the colour of the text around it."""
    sheet = Sheet("svg", transparent=True)
    draw(sheet, block)
    text: str = sheet.drawing.get_imagedata("svg").decode("utf-8")
    text = text[text.index("<svg") :].replace("stroke-dasharray:-;", "")
    for pen in PENS:  # once for all of it: half of its size
        name, _, value = pen.partition(":")
        text = text.replace(f"{pen};", "").replace("<svg", f'<svg {name}="{value}"', 1)
    text = text.replace("black", "currentColor").replace(INK, "currentColor")
    return text.replace("white", "var(--paper, transparent)")


def save_schematic(draw: Draw, block: Subcircuit, path: Path) -> Path:
    """Write a schematic as a file.

    Args:
        draw: from the catalogue.
        block: whose values it shows.
        path: .svg, .png or .pdf.
    Raises:
        InputError: another suffix, or the file cannot be written.
    """
    kind = check_format(path)
    try:
        if kind == ".svg":
            sheet = Sheet("svg")
            draw(sheet, block)
            path.write_bytes(sheet.drawing.get_imagedata("svg"))
        else:
            sheet = Sheet("matplotlib")
            draw(sheet, block)
            sheet.drawing.save(str(path), transparent=False, dpi=150)
    except OSError as error:
        raise InputError(
            f"schematic {path}", "the file must be writable", error.strerror
        ) from error
    return path
