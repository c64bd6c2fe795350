"""What schematics of transistor cells are drawn with: transistors with their sizes, op-amp stages,
buffers and boxes of other cells, each under its name in the deck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from schemdraw import elements as elm
from schemdraw.segments import Segment

from spicegen.circuit.graph import Subcircuit
from spicegen.pdk import Mos
from spicegen.report.schematics.sheet import SMALL, Point, Sheet

Side = Literal["left", "right", "top", "bottom"]

SCALE = 1.2
"""Makes a transistor 2 units long from drain to source."""

HALF = 1.0
"""From drain or source to the middle of a transistor."""

GATE = 1.1
"""From the line of drain and source to the end of the gate."""

INPUT = 0.625
"""Height of an op-amp's inputs above and below its middle."""

ALIGNMENT = {
    "left": ((-0.12, 0.0), "right", "center"),
    "right": ((0.12, 0.0), "left", "center"),
    "top": ((0.0, 0.1), "center", "bottom"),
    "bottom": ((0.0, -0.1), "center", "top"),
}


def _with_bulk(fet: Any) -> Any:
    """The fourth terminal, opposite the gate, beside the arrow at the source."""
    middle = fet.anchors["center"]
    channel = fet.segments[0].path[2][0]
    fet.segments.append(Segment([middle, (channel, middle[1])]))
    fet.anchors["bulk"] = middle
    return fet


@dataclass(frozen=True, slots=True)
class Pins:
    """Where the terminals of a transistor are."""

    drain: Point
    gate: Point
    source: Point
    bulk: Point


def fet(
    sheet: Sheet,
    block: Subcircuit,
    name: str,
    top: Point,
    *,
    size: str = "",
    gate: Literal["left", "right"] = "left",
    tied: bool = True,
    beside: Literal["bulk", "gate"] = "bulk",
) -> Pins:
    """A transistor that stands: n with the drain on top, p with the source.

    Args:
        sheet: to draw on.
        block: whose values hold the transistor.
        name: in the template.
        top: place of the upper terminal.
        size: name of the value, where not `name`.
        gate: side of the gate.
        tied: the bulk is wired to the source.
        beside: which side name and size are on.
    """
    device = _device(block, size or name)
    x, y = top
    element = _symbol(device).anchor("drain" if device.polarity == "n" else "source").theta(0)
    pins = _placed(sheet, element.reverse() if gate == "left" else element, top)
    if tied:
        sheet.wire(pins.bulk, pins.source)
    out = 1.0 if gate == "left" else -1.0  # towards the bulk
    text = sized(name, device)
    if beside == "bulk":
        _text(sheet, (x, y - HALF), text, "right" if out > 0 else "left", (0.2 * out, 0.0))
    else:
        away: Side = "left" if out > 0 else "right"
        _text(sheet, (x, y - HALF), text, away, (-0.72 * out, 0.42))
    return pins


def lying_fet(
    sheet: Sheet,
    block: Subcircuit,
    name: str,
    left: Point,
    *,
    size: str = "",
    gate: Literal["top", "bottom"] = "top",
    wide: str = "",
    bulk: str = "",
) -> Pins:
    """A transistor that lies: the drain on the left, the source on the right.

    Args:
        sheet, block, name, size: as of `fet`.
        left: place of the drain.
        gate: side of the gate.
        wide: name of the parameter that multiplies its width.
        bulk: node of the bulk, written at it.
    """
    device = _device(block, size or name)
    element = _symbol(device)
    if device.polarity == "p":
        element = element.flip()
    if gate == "bottom":
        element = element.reverse()
    pins = _placed(sheet, element.anchor("drain").theta(90), left)
    up = 1.0 if gate == "top" else -1.0
    x, y = left
    if bulk:
        stub = (pins.bulk[0], y - 0.25 * up)
        sheet.wire(pins.bulk, stub)
        net(sheet, stub, bulk, "bottom" if up > 0 else "top")
    where = (x + HALF, y + up * GATE)
    _text(sheet, where, sized(name, device, wide), "right", (0.2, 0.0))
    return pins


def sized(name: str, device: Mos, wide: str = "") -> str:
    """Name in the deck, width and length in um, fingers where there are several."""
    w, length = (f"{metre * 1e6:.4g}" for metre in (device.w_metre, device.l_metre))
    times = f"·{wide}" if wide else ""
    fingers = f" nf={device.fingers}" if device.fingers > 1 else ""
    return f"{device.element}{name}\n{w}{times}/{length}{fingers}"


def net(sheet: Sheet, at: Point, name: str, side: Side) -> None:
    """The name of a node at the end of a wire: of a global node, or one inside."""
    _text(sheet, at, name, side)


def lead(sheet: Sheet, at: Point, name: str, length: float) -> None:
    """A port at the end of a wire to the right, or to the left where the length is negative."""
    end = (at[0] + length, at[1])
    sheet.wire(at, end)
    sheet.port(end, name, "right" if length > 0 else "left")


def ground(sheet: Sheet, *points: Point) -> None:
    """Node 0."""
    for point in points:
        sheet.put(elm.Ground().at(point))


def sizes_note(sheet: Sheet) -> None:
    """Below the drawing, what sizes mean."""
    box = sheet.drawing.get_bbox()
    _text(sheet, (box.xmin, box.ymin - 0.3), "W/L in µm, nf: fingers", "right", (0.0, 0.0))


def amplifier(
    sheet: Sheet, name: str, at: Point, *, plus_up: bool = False
) -> tuple[Point, Point, Point]:
    """An op-amp: places of inverting input, other input, output."""
    amp = sheet.opamp(at, plus_up=plus_up)
    _text(sheet, (at[0] - 0.3, at[1]), name, "right", (-0.32, 0.0))
    return _point(amp.in1), _point(amp.in2), _point(amp.out)


def stage(
    sheet: Sheet, name: str, at: Point, resistor: str, capacitor: str, *, plus: str = "cm"
) -> tuple[Point, Point]:
    """An op-amp with resistor and capacitor from its output to its inverting input.

    Args:
        sheet: to draw on.
        name: of the op-amp.
        at: its middle.
        resistor, capacitor: what is written at them.
        plus: node of the other input.
    Returns:
        Places where the virtual ground and the output go on.
    """
    (x, y), (minus, other, out) = at, amplifier(sheet, name, at)
    left, right, low, high = x - 2.0, x + 2.0, y + 1.9, y + 3.2
    sheet.wire((left, minus[1]), minus)
    sheet.wire((left, minus[1]), (left, low), (left, high))
    sheet.resistor((left, low), (right, low), resistor)
    sheet.capacitor((left, high), (right, high), capacitor)
    sheet.wire((right, high), (right, low), (right, y), out)
    sheet.dot((left, minus[1]), (left, low), (right, low), (right, y))
    foot = (other[0] - 0.5, other[1] - 0.5)
    sheet.wire(other, (foot[0], other[1]), foot)
    if plus == "cm":
        sheet.common(foot)
    else:
        net(sheet, foot, plus, "bottom")
    return (left, minus[1]), (right, y)


def trim(sheet: Sheet, node: Point, name: str, foot: str = "cm", text: str = "i_trim") -> None:
    """A trim current from a foot below into a node."""
    x, y = node
    low = (x, y - 2.4)
    sheet.between(elm.SourceI, low, node, f"{name}\n{text}", "bottom")
    if foot == "cm":
        sheet.common(low)
    else:
        net(sheet, low, foot, "bottom")
    sheet.dot(node)


def buffer(sheet: Sheet, name: str, left: Point) -> Point:
    """A follower: a triangle without signs. Returns the place of its output."""
    element = elm.Opamp(sign=False)
    element.anchors["input"] = (0.0, 0.0)
    drawn = sheet.put(element.scale(0.7).anchor("input").at(left).theta(0))
    _text(sheet, left, "x 1", "right", (0.15, 0.0))
    _text(sheet, (left[0] + 0.75, left[1] + 0.75), name, "top")
    return _point(drawn.out)


def cell(
    sheet: Sheet, name: str, kind: str, corner: Point, pins: Mapping[str, tuple[Side, float]]
) -> Mapping[str, Point]:
    """Another cell as a box of 4 by 2.4 units; places of its pins.

    Args:
        sheet: to draw on.
        name, kind: of the instance and of its subcircuit.
        corner: the lower left one.
        pins: side and place along it in units, by name.
    """
    size = (4.0, 2.4)
    element = elm.Rect(corner1=(0.0, 0.0), corner2=size)
    element.anchors["corner"] = (0.0, 0.0)
    places = {}
    for pin, (side, along) in pins.items():
        inside = {
            "left": (0.0, along),
            "right": (size[0], along),
            "top": (along, size[1]),
            "bottom": (along, 0.0),
        }[side]
        element.anchors[pin] = inside
        places[pin] = (corner[0] + inside[0], corner[1] + inside[1])
    sheet.put(element.label(f"{name}\n{kind}", "center", fontsize=SMALL).at(corner).theta(0))
    back: dict[Side, Side] = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
    for pin, (side, _) in pins.items():
        _text(sheet, places[pin], pin, back[side], size=SMALL - 1)
    return places


def _device(block: Subcircuit, name: str) -> Mos:
    device = block.values[name]
    assert isinstance(device, Mos)
    return device


def _symbol(device: Mos) -> Any:
    kind = elm.AnalogNFet if device.polarity == "n" else elm.AnalogPFet
    return _with_bulk(kind(bulk=False, source_arrow=True, offset_gate=False)).scale(SCALE)


def _placed(sheet: Sheet, element: Any, at: Point) -> Pins:
    drawn = sheet.put(element.at(at))
    return Pins(*(_point(getattr(drawn, pin)) for pin in ("drain", "gate", "source", "bulk")))


def _point(anchor: Any) -> Point:
    return (float(anchor[0]), float(anchor[1]))


def _text(
    sheet: Sheet,
    at: Point,
    text: str,
    side: Side,
    offset: Point | None = None,
    size: float = SMALL,
) -> None:
    """A text on one side of a point, or with its edge at an offset from it."""
    standard, halign, valign = ALIGNMENT[side]
    element = elm.Label().at(at).theta(0)
    element.anchors["here"] = (0.0, 0.0)
    offset = offset or standard
    sheet.put(
        element.label(text, loc="here", ofst=offset, halign=halign, valign=valign, fontsize=size)
    )
