"""Schematics of blocks that hold other blocks: cells of recurrent layers, and what has no drawing
of its own."""

from __future__ import annotations

from spicegen.circuit.graph import Instance, Subcircuit
from spicegen.report.schematics.sheet import Sheet

COLUMN, ROW = 5.2, 2.4
MOST_PORTS = 8


def unit(sheet: Sheet, block: Subcircuit) -> None:
    """The cell of a recurrent layer: its instances in the order of the signal."""
    instances = block.values["instances"]
    assert isinstance(instances, tuple)
    parts = [part for part in instances if isinstance(part, Instance)]
    depth = _depths(parts, block.ports)
    filled: dict[int, int] = {}
    for part in parts:
        column = depth[part.name]
        row = filled.get(column, 0)
        filled[column] = row + 1
        at = (COLUMN * column, -ROW * row)
        kind = part.subcircuit.split("_")[0]
        sheet.box(at, (2.6, 1.3), kind)
        *inputs, out = _signals(part)
        sheet.wire((at[0] - 0.4, at[1] + 0.65), (at[0], at[1] + 0.65))
        sheet.note((at[0] + 0.2, at[1] - 0.35), f"{', '.join(inputs)} → {out}")


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


def _signals(part: Instance) -> list[str]:
    """Nodes that a part reads, and the one that it drives, which stands before common."""
    return [node for node in part.nodes[:-1] if node not in ("cm", "0")]


def _depths(parts: list[Instance], ports: tuple[str, ...]) -> dict[str, int]:
    """The column of each part: one more than that of what drives its inputs."""
    driven = dict.fromkeys(ports, 0)
    found: dict[str, int] = {}
    for _ in range(len(parts)):
        before = dict(found)
        for part in parts:
            *inputs, out = _signals(part)
            found[part.name] = max((driven.get(node, 0) for node in inputs), default=0)
            if out not in ports or out not in driven:
                driven[out] = max(driven.get(out, 0), found[part.name] + 1)
        if found == before:
            break
    return found
