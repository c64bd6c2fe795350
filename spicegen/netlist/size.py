"""How large a deck is once its subcircuits are unfolded."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from spicegen.circuit import Circuit

_NODES = {"R": 2, "C": 2, "V": 2, "I": 2, "B": 2, "H": 2, "D": 2, "G": 4, "E": 4, "M": 4}
"""Leading words of each element that are nodes."""


@dataclass(slots=True)
class BlockSize:
    """Direct content of one subcircuit.

    Attributes:
        devices: number of elements that are not subcircuits.
        inner_nodes: nodes that are not ports.
        memristors: devices of a crossbar, whatever elements stand for them.
        transistors: foundry devices.
        tiles: physical crossbars of an array.
        padding_cells: places of these crossbars that the array does not use.
        children: instances by subcircuit.
    """

    devices: int = 0
    inner_nodes: int = 0
    memristors: int = 0
    transistors: int = 0
    tiles: int = 0
    padding_cells: int = 0
    children: Counter[str] = field(default_factory=Counter)


def measure_array(text: str, memristors: int, inner_nodes: int) -> BlockSize:
    """Size of a crossbar: only resistors, capacitors, sources and memristors with a node for
    their state, however many (a pass over the text of a large one takes a while)."""
    moving = text.count("\nX") + text.count("\nN")
    devices = sum(text.count(f"\n{kind}") for kind in "RCGB")
    return BlockSize(devices + moving, inner_nodes + moving, memristors)


def measure_block(text: str, models: tuple[str, ...] = ()) -> BlockSize:
    """Size of a block from its rendered lines.

    Args:
        text: the lines.
        models: subcircuits that stand for one transistor each.
    """
    size, nodes, ports = BlockSize(), set[str](), set[str]()
    for line in re.sub(r"\n\+", " ", text).splitlines():
        words = [word for word in line.split() if "=" not in word or word.startswith(".")]
        if not words or words[0][0] in "*":
            continue
        if words[0] == ".subckt":
            ports = set(words[2:])
        elif words[0][0] == "X":
            nodes.update(words[1:-1])
            if words[-1] in models:
                size.transistors += 1
                size.devices += 1
            else:
                size.children[words[-1]] += 1
        elif words[0][0] in _NODES:
            nodes.update(words[1 : 1 + _NODES[words[0][0]]])
            size.devices += 1
            size.transistors += words[0][0] == "M"
    size.inner_nodes = len(nodes - ports - {"0"})
    return size


def measure(circuit: Circuit, blocks: dict[str, BlockSize]) -> dict[str, int]:
    """Unfolded totals: devices, nodes, op-amps, and instances of every block.

    Args:
        circuit: the graph.
        blocks: direct content of each of its subcircuits.
    """
    totals: Counter[str] = Counter()
    counts: Counter[str] = Counter(
        instance.subcircuit for group in circuit.groups for instance in group.instances
    )
    nodes = {node for group in circuit.groups for i in group.instances for node in i.nodes}
    nodes |= {source.node for source in circuit.sources}
    nodes |= {node for source in circuit.files for node in source.nodes}
    while counts:
        name, count = counts.popitem()
        totals[name] += count
        for child, times in blocks[name].children.items():
            counts[child] += times * count
    return {
        "devices": sum(blocks[name].devices * count for name, count in totals.items())
        + len(circuit.sources)
        + len(circuit.files),
        "nodes": len(nodes - {"0"})
        + sum(blocks[name].inner_nodes * count for name, count in totals.items()),
        "memristors": sum(blocks[name].memristors * count for name, count in totals.items()),
        "tiles": sum(blocks[name].tiles * count for name, count in totals.items()),
        "padding_cells": sum(blocks[name].padding_cells * count for name, count in totals.items()),
        "transistors": sum(blocks[name].transistors * count for name, count in totals.items()),
        "opamps": totals["opamp"],
        "tias": totals["readout"] + totals["readout_shared"] + totals["readout_reference"],
        "activations": sum(
            count for name, count in totals.items() if name.startswith(("sigmoid", "tanh", "relu"))
        ),
        "multipliers": totals["multiplier"],
        "hold_cells": totals["sample_hold"],
        "switches": totals["line_switch"] + totals["state_switch"],
    }
