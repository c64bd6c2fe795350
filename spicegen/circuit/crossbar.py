"""Crossbars and their read-out in the two topologies."""

from __future__ import annotations

from dataclasses import dataclass

from spicegen.circuit.graph import Instance, Subcircuit, Value
from spicegen.circuit.names import numbered
from spicegen.design import Design
from spicegen.mapping import MappedCrossbar


@dataclass(frozen=True, slots=True)
class WordLines:
    """Nodes that drive a crossbar.

    Attributes:
        positive: one node per word line.
        negative: nodes of the inverted signals; empty where the topology needs none.
    """

    positive: tuple[str, ...]
    negative: tuple[str, ...]

    def __add__(self, other: WordLines) -> WordLines:
        return WordLines(self.positive + other.positive, self.negative + other.negative)

    @property
    def nodes(self) -> tuple[str, ...]:
        return self.positive + self.negative


def needs_inverted_rows(design: Design) -> bool:
    """Whether word lines come as +v and -v."""
    return design.crossbar.topology == "dual-row"


def crossbar(name: str, mapped: MappedCrossbar, design: Design) -> Subcircuit:
    """The memristors of one array, nothing else.

    Ports are the word lines (and their inverted copies), then the bit lines (or pairs).
    """
    rows, columns = mapped.word_lines, mapped.bit_lines
    if needs_inverted_rows(design):
        template = "blocks/crossbar_dual_row"
        ports = numbered("wl_pos", rows) + numbered("wl_neg", rows) + numbered("bl", columns)
    else:
        template = "blocks/crossbar_dual_column"
        ports = numbered("wl", rows) + numbered("bl_pos", columns) + numbered("bl_neg", columns)
    values: dict[str, Value] = {
        "word_lines": rows,
        "bit_lines": columns,
        "r_pos_ohm": 1.0 / mapped.g_pos_siemens,
        "r_neg_ohm": 1.0 / mapped.g_neg_siemens,
    }
    return Subcircuit(name, template, ports, values)


def read_crossbar(
    layer: str,
    mapped: MappedCrossbar,
    word: WordLines,
    outputs: tuple[str, ...],
    design: Design,
    common: str,
) -> tuple[Subcircuit, tuple[Instance, ...]]:
    """A crossbar in its place, with an amplifier behind each bit line.

    Args:
        layer: SPICE name of the layer.
        mapped: conductances and feedback resistors.
        word: nodes of the word lines.
        outputs: one node per bit line: the read-outs.
        design: the topology.
        common: node of the virtual ground.
    Returns:
        the crossbar's subcircuit, and all instances.
    """
    block = crossbar(f"crossbar_{layer}", mapped, design)
    columns = mapped.bit_lines
    halves = ("bl",) if needs_inverted_rows(design) else ("bl_pos", "bl_neg")
    bit_lines = [numbered(f"{layer}_{half}", columns) for half in halves]
    bit_order = tuple(node for half in bit_lines for node in half)
    instances = [Instance(f"{layer}_crossbar", block.name, word.nodes + bit_order)]
    instances += [
        Instance(f"{layer}_readout{column}", "readout", (*nodes, out, common), {"r_f": r_f})
        for column, (nodes, out, r_f) in enumerate(
            zip(zip(*bit_lines, strict=True), outputs, mapped.r_feedback_ohm.tolist(), strict=True)
        )
    ]
    return block, tuple(instances)
