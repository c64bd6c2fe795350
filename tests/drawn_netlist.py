"""The netlist that a schematic shows, read from the places of its symbols, wires and names; and the
netlist of a deck, to compare it with."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from schemdraw import elements as elm
from schemdraw.segments import Segment, SegmentText

Point = tuple[float, float]
CLOSE = 1e-3
BOTH_WAYS = ("R", "C")
"""Elements whose two ends are the same."""
TWO_ENDS = (
    elm.Resistor,
    elm.Capacitor,
    elm.SourceI,
    elm.SourceControlledI,
    elm.Zener,
)


@dataclass
class Part:
    """A device or an instance: its nodes, and what is written beside its name."""

    nodes: tuple[str, ...]
    text: str


@dataclass
class Symbol:
    """A drawn device: what is written at it, and the points of its terminals."""

    label: str
    terminals: tuple[Point, ...]


@dataclass
class Drawn:
    """What stands on a sheet."""

    wires: list[tuple[Point, Point]] = field(default_factory=list)
    inside: list[tuple[Point, Point]] = field(default_factory=list)  # from bulk to source
    dots: list[Point] = field(default_factory=list)
    names: list[tuple[str, Point]] = field(default_factory=list)
    symbols: list[Symbol] = field(default_factory=list)


def drawn_netlist(elements: Iterable[object]) -> tuple[dict[str, Part], set[str]]:
    """Devices by name with the nodes that they hang on, and all names of nodes.

    Raises:
        AssertionError: a node has two names or none, a name is at no wire, a joint has no dot.
    """
    drawn = _collected(list(elements))
    groups = _Groups()
    points = [*drawn.dots, *(at for _, at in drawn.names)]
    points += [at for symbol in drawn.symbols for at in symbol.terminals]
    points += [end for wire in (*drawn.wires, *drawn.inside) for end in wire]
    for start, end in (*drawn.wires, *drawn.inside):
        for point in points:
            if _on(point, start, end):
                groups.join(point, start)
    _check_joints(drawn)
    named = defaultdict(set)
    metal = {groups.of(end) for wire in drawn.wires for end in wire}
    metal |= {groups.of(at) for symbol in drawn.symbols for at in symbol.terminals}
    for name, at in drawn.names:
        assert groups.of(at) in metal or name == "cm", f"{name} names nothing at {at}"
        named[groups.of(at)].add(name)
    for names in named.values():
        assert len(names) == 1, f"one node is called {names}"
    parts: dict[str, Part] = {}
    for symbol in drawn.symbols:
        name, _, text = symbol.label.partition("\n")
        nodes = [named[groups.of(at)] for at in symbol.terminals]
        assert all(nodes), f"{name}: a node without a name among {nodes}"
        assert name not in parts, f"two are called {name}"
        parts[name] = Part(tuple(min(each) for each in nodes), text)
    return parts, {name for name, _ in drawn.names}


def deck_netlist(text: str) -> tuple[dict[str, Part], dict[str, str]]:
    """Devices of a subcircuit by name: nodes as a drawing shows them, the words behind them; and
    the subcircuit's parameters."""
    parts, parameters = {}, {}
    for line in text.replace("\n+", "").splitlines():
        words = line.split()
        kind = line[:1].upper()
        if line.lower().startswith(".subckt"):
            parameters = dict(word.split("=") for word in words if "=" in word)
        elif kind in "RCIBD" and words:
            parts[words[0]] = Part((words[1], words[2]), " ".join(words[3:]))
        elif kind == "G":
            parts[words[0]] = Part((words[1], words[2]), words[5])
        elif kind in ("X", "M"):
            values = " ".join(word for word in words if "=" in word)
            *nodes, model = [word for word in words[1:] if "=" not in word]
            if not values:
                nodes = _instance(model, nodes)
            parts[words[0]] = Part(tuple(nodes), f"{model} {values}".strip())
    return parts, parameters


def _instance(cell: str, nodes: list[str]) -> list[str]:
    """Nodes of an instance without its common, which a symbol leaves out."""
    ports = {
        "opamp": ("inp", "inn", "out", "cm"),
        "follower": ("in", "out", "cm"),
        "sample_hold": ("in", "phi", "phi_n", "hold", "out", "cm"),
    }[cell]
    found = dict(zip(ports, nodes, strict=True))
    assert found.pop("cm") == "cm"
    return list(found.values())


def same_nodes(name: str, drawn: Part, deck: Part) -> bool:
    """Whether both hang on the same nodes; resistors and capacitors either way round."""
    if name[0] in BOTH_WAYS:
        return sorted(drawn.nodes) == sorted(deck.nodes)
    return drawn.nodes == deck.nodes


def crowded(elements: Iterable[object]) -> list[str]:
    """Texts that lie on others, on wires or on symbols."""
    texts, lines = [], []
    for element in elements:
        for part in element.segments:  # type: ignore[attr-defined]
            placed = part.xform(element.transform, **element.params)  # type: ignore[attr-defined]
            if isinstance(placed, SegmentText):
                box = placed.get_bbox()
                texts.append((placed.text, (box.xmin, box.ymin, box.xmax, box.ymax)))
            elif isinstance(placed, Segment) and not isinstance(element, elm.Rect):
                lines += [(a, b) for a, b in pairwise(placed.path) if _finite(a) and _finite(b)]
    found = [
        f"{first!r} on {second!r}"
        for (first, one), (second, other) in combinations(texts, 2)
        if _overlap(one, other)
    ]
    return found + [f"{text!r} on a line" for text, box in texts if _crossed(box, lines)]


def _finite(point: Point) -> bool:
    return all(abs(each) < 1e6 for each in point)


Box = tuple[float, float, float, float]
MARGIN = 0.06
"""What estimated sizes of texts may be too large by, in units of a drawing."""


def _overlap(one: Box, other: Box) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    upwards = min(one[3], other[3]) - max(one[1], other[1])
    return across > MARGIN and upwards > MARGIN


def _crossed(box: Box, lines: list[tuple[Point, Point]]) -> bool:
    """Whether a line, upright or level, enters a text."""
    for (x0, y0), (x1, y1) in lines:
        span = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        if abs(x0 - x1) > CLOSE and abs(y0 - y1) > CLOSE:
            continue  # a slope is part of a symbol
        wide = (span[0] - MARGIN, span[1] - MARGIN, span[2] + MARGIN, span[3] + MARGIN)
        if _overlap(box, wide) and _entered(box, span):
            return True
    return False


def _entered(box: Box, span: Box) -> bool:
    inner = (box[0] + MARGIN, box[1] + MARGIN, box[2] - MARGIN, box[3] - MARGIN)
    across = span[0] < inner[2] and span[2] > inner[0]
    return across and span[1] < inner[3] and span[3] > inner[1]


class _Groups:
    """Points that are joined."""

    def __init__(self) -> None:
        self.parents: dict[Point, Point] = {}

    def of(self, point: Point) -> Point:
        parent = self.parents.get(_key(point), _key(point))
        return parent if parent == _key(point) else self.of(parent)

    def join(self, one: Point, other: Point) -> None:
        self.parents[self.of(one)] = self.of(other)


def _key(point: Point) -> Point:
    return (round(point[0] / CLOSE) * CLOSE, round(point[1] / CLOSE) * CLOSE)


def _on(point: Point, start: Point, end: Point) -> bool:
    """Whether a point lies on a wire, ends included."""
    (x, y), (x0, y0), (x1, y1) = point, start, end
    if abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) > CLOSE * 10:
        return False
    low, high = (min(x0, x1), min(y0, y1)), (max(x0, x1), max(y0, y1))
    return low[0] - CLOSE <= x <= high[0] + CLOSE and low[1] - CLOSE <= y <= high[1] + CLOSE


def _check_joints(drawn: Drawn) -> None:
    """Where three or more meet there is a dot."""
    dots = {_key(dot) for dot in drawn.dots}
    ends = {_key(end) for wire in drawn.wires for end in wire}
    for point in ends:
        meeting = sum(
            1 if _key(start) == point or _key(end) == point else 2
            for start, end in drawn.wires
            if _on(point, start, end)
        )
        meeting += sum(_key(at) == point for symbol in drawn.symbols for at in symbol.terminals)
        assert meeting < 3 or point in dots, f"no dot at {point}, where {meeting} meet"


def _collected(elements: list[object]) -> Drawn:
    drawn = Drawn()
    labels = [each for each in elements if isinstance(each, elm.Label)]
    for each in elements:
        if isinstance(each, elm.Line):
            drawn.wires.append((_at(each, "start"), _at(each, "end")))
        elif isinstance(each, elm.Dot):
            drawn.dots.append(_at(each, "center"))
            drawn.names += [(text.split()[0], _at(each, "center")) for text in _texts(each)]
        elif isinstance(each, elm.GroundSignal):
            drawn.names += [(text, _at(each, "start")) for text in _texts(each)]
        elif isinstance(each, elm.Ground):
            drawn.names.append(("0", _at(each, "start")))
        elif isinstance(each, TWO_ENDS):
            (text,) = _texts(each)
            drawn.symbols.append(Symbol(text, (_at(each, "start"), _at(each, "end"))))
        elif isinstance(each, elm.Rect):
            (text,) = _texts(each)
            pins = ("in", "phi", "phi_n", "hold", "out")
            drawn.symbols.append(Symbol(text, tuple(_at(each, pin) for pin in pins)))
        elif isinstance(each, elm.AnalogNFet | elm.AnalogPFet):
            at = tuple(_at(each, pin) for pin in ("drain", "gate", "source", "bulk"))
            drawn.symbols.append(Symbol(_nearest(labels, at[3], r"[XM]\w+\n[\d.]+.*"), at))
            drawn.inside.append((at[3], at[2]))
        elif isinstance(each, elm.Opamp):
            pins = ("input", "out") if "input" in each.anchors else ("in2", "in1", "out")
            at = tuple(_at(each, pin) for pin in pins)
            drawn.symbols.append(Symbol(_nearest(labels, _at(each, "center"), r"X\w+"), at))
    own = {frozenset(map(_key, wire)) for wire in drawn.inside}
    drawn.inside = [wire for wire in drawn.wires if frozenset(map(_key, wire)) in own]
    drawn.wires = [wire for wire in drawn.wires if frozenset(map(_key, wire)) not in own]
    for label in labels:
        (text,) = _texts(label)
        if re.fullmatch(r"[a-z_0-9]+", text) and "here" in label.anchors:
            drawn.names.append((text, _at(label, "here")))
    pins = {pin for each in elements if isinstance(each, elm.Rect) for pin in _pins_of(each)}
    drawn.names = [each for each in drawn.names if (each[0], _key(each[1])) not in pins]
    return drawn


def _pins_of(box: elm.Rect) -> Iterator[tuple[str, Point]]:
    """Names inside a box are those of its pins, not of nodes."""
    for pin in ("in", "phi", "phi_n", "hold", "out"):
        yield pin, _key(_at(box, pin))


def _at(element: object, anchor: str) -> Point:
    place = element.absanchors[anchor]  # type: ignore[attr-defined]
    return (float(place[0]), float(place[1]))


def _texts(element: object) -> list[str]:
    return [label.label for label in element._userlabels]  # type: ignore[attr-defined]


def _nearest(labels: list[elm.Label], place: Point, pattern: str) -> str:
    """The nearest text of a form: how an eye finds the name of a symbol."""
    of_form = [each for each in labels if re.fullmatch(pattern, _texts(each)[0])]
    text: str = _texts(min(of_form, key=lambda each: _distance(_middle(each), place)))[0]
    return text


def _middle(label: elm.Label) -> Point:
    box = label.get_bbox(transform=True)
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def _distance(one: Point, other: Point) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
