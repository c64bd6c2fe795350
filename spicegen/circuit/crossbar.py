"""Crossbars and their read-out in the two topologies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spicegen.circuit.graph import Instance, Subcircuit, Value
from spicegen.circuit.memristor import memristor_values
from spicegen.circuit.names import numbered
from spicegen.design import Design
from spicegen.design.nonideality import NonlinearIv
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


@dataclass(frozen=True, slots=True)
class Turn:
    """When and where a bit line of serial hardware is read.

    Attributes:
        out: node of the amplifier's output.
        phase: clock node that selects the bit line.
    """

    out: str
    phase: str


def halves_of(design: Design) -> tuple[str, ...]:
    """What distinguishes the bit lines of one output: nothing where there is one only."""
    return ("",) if design.crossbar.topology == "dual-row" else ("_pos", "_neg")


def needs_inverted_rows(design: Design) -> bool:
    """Whether word lines come as +v and -v: where resistors hang on both."""
    return design.crossbar.topology == "dual-row" and design.cells == "resistor"


def crossbar(name: str, mapped: MappedCrossbar, design: Design) -> Subcircuit:
    """The memristors of one array, nothing else.

    Ports are the word lines (and their inverted copies), then the bit lines (or pairs); behind
    them, with transconductance cells, the common node.
    """
    rows, columns = mapped.word_lines, mapped.bit_lines
    ports = numbered("wl", rows)
    if needs_inverted_rows(design):
        ports = numbered("wl_pos", rows) + numbered("wl_neg", rows)
    for half in halves_of(design):
        ports += numbered(f"bl{half}", columns)
    values: dict[str, Value] = {
        "word_lines": rows,
        "bit_lines": columns,
        "memristors": int((mapped.g_pos_siemens > 0).sum() + (mapped.g_neg_siemens > 0).sum()),
        "g_pos_siemens": mapped.g_pos_siemens,
        "g_neg_siemens": mapped.g_neg_siemens,
        "present_pos": mapped.g_pos_siemens > 0,
        "present_neg": mapped.g_neg_siemens > 0,
    }
    curved = design.active(NonlinearIv)
    template = f"blocks/crossbar_{design.crossbar.topology.replace('-', '_')}"
    if design.device.moving:
        values |= memristor_values(mapped, design)
        return Subcircuit(name, f"{template}_memristor", ports, values)
    if design.cells == "transconductance":
        template, ports = f"{template}_transconductance", (*ports, "cm")
        values |= _transconductances(mapped, design)
        return Subcircuit(name, template, ports, values, in_place=True)
    if curved:
        k = curved[-1][1].k_per_volt
        template = f"{template}_sinh"
        values |= {
            "k_per_volt": k,
            "g_pos_per_k": mapped.g_pos_siemens / k,
            "g_neg_per_k": mapped.g_neg_siemens / k,
        }
    return Subcircuit(name, template, ports, values)


def _transconductances(mapped: MappedCrossbar, design: Design) -> dict[str, Value]:
    """Controlled sources that carry the currents of memristors, and what loads each bit line.

    A resistor g from a word line at v to a bit line at u carries g v - g u: the first term is
    a controlled source, the second one a conductance to common, summed over the bit line. It
    keeps the noise gain of the amplifier behind it.
    """
    g_pos, g_neg = mapped.g_pos_siemens, mapped.g_neg_siemens
    if design.crossbar.topology == "dual-row":
        difference, load = g_pos - g_neg, (g_pos + g_neg).sum(axis=0)[None]
        return {
            "g_cell_siemens": difference,
            "sources": difference != 0,
            "g_load_siemens": load,
            "loaded": load > 0,
        }
    loads = np.stack([g_pos.sum(axis=0), g_neg.sum(axis=0)])
    return {
        "g_load_pos_siemens": loads[:1],
        "g_load_neg_siemens": loads[1:],
        "loaded_pos": loads[:1] > 0,
        "loaded_neg": loads[1:] > 0,
    }


def direct_readout(
    layer: str,
    block: Subcircuit,
    mapped: MappedCrossbar,
    word: WordLines,
    outputs: tuple[str, ...],
    design: Design,
    common: str,
) -> list[Instance]:
    """A crossbar in its place, with amplifiers of its own behind each bit line.

    Args:
        layer: SPICE name of the layer.
        block: the crossbar's subcircuit.
        mapped: conductances and feedback resistors.
        word: nodes of the word lines.
        outputs: one node per bit line: the read-outs.
        design: the topology.
        common: node of the virtual ground.
    """
    lines, ports = bit_nodes(layer, mapped.bit_lines, design)
    instances = [_array(layer, block, word.nodes + ports, common)]
    return instances + [
        Instance(f"{layer}_readout{column}", "readout", (*nodes, out, common), {"r_f": r_f})
        for column, (nodes, out, r_f) in enumerate(
            zip(lines, outputs, mapped.r_feedback_ohm.tolist(), strict=True)
        )
    ]


def shared_readout(
    layer: str,
    block: Subcircuit,
    mapped: MappedCrossbar,
    word: WordLines,
    turns: tuple[Turn, ...],
    design: Design,
    common: str,
) -> list[Instance]:
    """A crossbar in its place, whose bit lines take turns at shared amplifiers.

    Args:
        turns: for each bit line, the read-out's node and the phase that selects it.
        layer, block, mapped, word, design, common: as `direct_readout`.
    """
    lines, ports = bit_nodes(layer, mapped.bit_lines, design)
    instances = [_array(layer, block, word.nodes + ports, common)]
    halves = halves_of(design)
    r_f = dict(zip((turn.out for turn in turns), mapped.r_feedback_ohm.tolist(), strict=True))
    for out, value in r_f.items():
        wires = tuple(f"{out}_{wire}{half}" for half in halves for wire in ("sense", "force"))
        instances.append(
            Instance(f"{out}_readout", "readout_shared", (*wires, out, common), {"r_f": value})
        )
    for column, (nodes, turn) in enumerate(zip(lines, turns, strict=True)):
        for half, node in zip(halves, nodes, strict=True):
            instances += [
                Instance(
                    f"{layer}_{wire}{half}{column}",
                    "line_switch",
                    (node, f"{turn.out}_{wire}{half}", turn.phase),
                )
                for wire in ("sense", "force")
            ]
    return instances


def bit_nodes(
    layer: str, columns: int, design: Design
) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """Nodes of each bit line (or pair), and all of them in the order of the crossbar's ports."""
    nodes = [numbered(f"{layer}_bl{half}", columns) for half in halves_of(design)]
    return list(zip(*nodes, strict=True)), tuple(node for half in nodes for node in half)


def _array(layer: str, block: Subcircuit, nodes: tuple[str, ...], common: str) -> Instance:
    """A crossbar in its place."""
    if len(block.ports) > len(nodes):
        nodes = (*nodes, common)
    return Instance(f"{layer}_crossbar", block.name, nodes)
