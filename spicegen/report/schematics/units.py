"""Schematics of blocks that hold other blocks: cells of recurrent layers, and what has no drawing
of its own."""

from __future__ import annotations

from dataclasses import dataclass

from spicegen.circuit.graph import Instance, Subcircuit
from spicegen.report.schematics.sheet import Point, Sheet

COLUMN, ROW = 5.4, 2.2
WIDE, HIGH = 2.4, 1.2
MOST_PORTS = 8
SIGNS = {"multiplier": "×", "adder": "Σ", "difference": "Σ", "weigher": "k"}  # noqa: RUF001  the sign itself


@dataclass(slots=True)
class Node:
    """A part in its place: what it reads, the net that it drives, column and row."""

    text: str
    inputs: list[str]
    net: str
    column: int = 0
    row: float = 0.0

    @property
    def left(self) -> Point:
        """Where inputs arrive."""
        return (COLUMN * self.column, -ROW * self.row)

    @property
    def right(self) -> Point:
        """Where the output leaves."""
        return (COLUMN * self.column + WIDE, -ROW * self.row)


def unit(sheet: Sheet, block: Subcircuit) -> None:
    """The cell of a recurrent layer, from read-outs to states."""
    instances = block.values["instances"]
    assert isinstance(instances, tuple)
    nodes = _placed([part for part in instances if isinstance(part, Instance)])
    sources = _drivers(nodes)
    for node in nodes:
        (x, y), high = node.left, HIGH
        sheet.box((x, y - high / 2), (WIDE, high), node.text)
        for index, net in enumerate(node.inputs):
            at = y + high * ((index + 0.5) / len(node.inputs) - 0.5) * -1
            if net in sources and sources[net] is not node:
                _join(sheet, sources[net].right, (x, at))
            else:
                sheet.wire((x - 0.4, at), (x, at))
                sheet.port((x - 0.4, at), net)
    for net, node in sources.items():
        if net in block.ports:
            x, y = node.right
            sheet.wire((x, y), (x + 0.9, y))
            sheet.port((x + 0.9, y), net, "right" if not _read(nodes, net) else "top")


@dataclass(frozen=True, slots=True)
class Flow:
    """What a part reads and what it drives, and what is written on it."""

    text: str
    inputs: list[str]
    net: str
    adds: bool = False


def _flow(part: Instance, pairs: dict[str, tuple[str, str]]) -> Flow:
    """A part between its nodes; one that drives a pair of virtual grounds drives their sum."""
    kind = part.subcircuit.split("_")[0]
    text = SIGNS.get(kind, kind)
    if kind == "difference":
        return Flow(text, [], part.nodes[2], adds=True)
    lines = [node for node in part.nodes if node in pairs]
    if lines:
        net, sign = pairs[lines[0]]
        return Flow(f"{sign}{text}", list(part.nodes[: part.nodes.index(lines[0])]), net)
    *inputs, net = [node for node in part.nodes[:-1] if node not in ("cm", "0")]
    return Flow(text, inputs, net, adds=kind == "adder")


def _placed(parts: list[Instance]) -> list[Node]:
    """Parts in columns, each right of what drives it; several that add up meet in a sum."""
    pairs = {
        line: (part.nodes[2], sign)
        for part in parts
        if part.subcircuit == "difference"
        for line, sign in zip(part.nodes[:2], ("", "-"), strict=True)
    }
    flows = {part.name: _flow(part, pairs) for part in parts}
    summed = {flow.net for flow in flows.values() if flow.adds}
    nodes = []
    for name, flow in flows.items():
        adding = [other for other, each in flows.items() if each.net == flow.net and not each.adds]
        alone = flow.adds or flow.net not in summed
        inputs = adding if flow.adds else flow.inputs
        nodes.append(Node(flow.text, inputs, flow.net if alone else name))
    sources = _drivers(nodes)
    for _ in nodes:
        for node in nodes:
            before = [sources[net].column for net in node.inputs if net in sources]
            node.column = max(before, default=-1) + 1
    for column in range(max(node.column for node in nodes) + 1):
        members = [node for node in nodes if node.column == column]
        for node in members:
            rows = [sources[net].row for net in node.inputs if net in sources]
            node.row = sum(rows) / len(rows) if rows else float(members.index(node))
        lowest = -1.0
        for node in sorted(members, key=lambda each: each.row):
            lowest = node.row = max(node.row, lowest + 1.0)
    return nodes


def _drivers(nodes: list[Node]) -> dict[str, Node]:
    return {node.net: node for node in nodes}


def _read(nodes: list[Node], net: str) -> bool:
    return any(net in node.inputs for node in nodes)


def _join(sheet: Sheet, start: Point, end: Point) -> None:
    """A wire with one step between two places."""
    middle = end[0] - 1.9 - 0.25 * (round(-start[1] / ROW) % 4)
    sheet.wire(start, (middle, start[1]), (middle, end[1]), end)


def box(sheet: Sheet, block: Subcircuit) -> None:
    """A box with the block's ports."""
    ports = [port for port in block.ports if port != "cm"]
    shown = ports[:MOST_PORTS]
    height = max(2.0, 0.9 * len(shown))
    sheet.box((0, 0), (5.0, height), block.name)
    for index, name in enumerate(shown):
        y = height - 0.45 - 0.9 * index
        last = name == "out" or name.startswith("sum")
        x, end, side = (5.0, 6.0, "right") if last else (0.0, -1.0, "left")
        sheet.wire((x, y), (end, y))
        sheet.port((end, y), name, side)
    if len(ports) > len(shown):
        sheet.note((2.5, -0.5), f"and {len(ports) - len(shown)} more ports")
