"""What reads the bit lines of a crossbar: amplifiers of their own, or shared ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spicegen.circuit.crossbar import WordLines, halves_of
from spicegen.circuit.graph import FloatArray, Instance, Subcircuit
from spicegen.circuit.names import numbered
from spicegen.circuit.transistor import feedback_farad
from spicegen.design import Design
from spicegen.mapping import MappedCrossbar
from spicegen.mapping.reference import ReferenceReadout


@dataclass(frozen=True, slots=True)
class Turn:
    """When and where a bit line of serial hardware is read.

    Attributes:
        out: node of the amplifier's output.
        phase: clock node that selects the bit line.
    """

    out: str
    phase: str


def direct_readout(
    layer: str,
    block: Subcircuit,
    mapped: MappedCrossbar,
    word: WordLines,
    outputs: tuple[str, ...],
    design: Design,
    common: str,
    activated: Sequence[bool] = (),
) -> list[Instance]:
    """A crossbar in its place, with amplifiers of its own behind each bit line.

    A reference column has a TIA too, whose output every other one takes, from followers where
    it cannot drive all of them.

    Args:
        layer: SPICE name of the layer.
        block: the crossbar's subcircuit.
        mapped: conductances and feedback resistors, or gains.
        word: nodes of the word lines.
        outputs: one node per bit line: the read-outs.
        design: the topology.
        common: node of the virtual ground.
        activated: per bit line, whether an activation cell follows, whose input scale changes
            with temperature; none if empty.
    """
    lines, ports = bit_nodes(layer, mapped.bit_lines, design)
    instances = list[Instance]()
    key, of_lines = "r_f", mapped.r_feedback_ohm
    same: dict[str, float] = {}
    if mapped.voltage is not None:
        key, of_lines = "gain", mapped.voltage.gain
    if mapped.reference is not None:
        line = f"{layer}_bl_ref"
        references, instances = _reference(layer, line, mapped, mapped.reference, common)
        lines = [(*nodes, ref) for nodes, ref in zip(lines, references, strict=True)]
        ports, same = (*ports, line), {"r_ref": mapped.reference.r_ohm}
    on_chip = _on_chip(of_lines, activated, design)
    instances += [
        Instance(
            f"{layer}_readout{column}",
            "readout",
            (*nodes, out, common),
            {key: value, **same, **own},
        )
        for column, (nodes, out, value, own) in enumerate(
            zip(lines, outputs, of_lines.tolist(), on_chip, strict=True)
        )
    ]
    return [_array(layer, block, word.nodes + ports, common), *instances]


def _on_chip(
    r_feedback_ohm: FloatArray, activated: Sequence[bool], design: Design
) -> list[dict[str, float]]:
    """What transistor read-outs have beside resistors: a capacitor, and what lets the resistor
    follow its cell's temperature, if asked for."""
    if design.fidelity_of("opamp") != "transistor":
        return [{}] * len(r_feedback_ohm)
    tc = {"tc": design.kit.tc_unit_per_kelvin} if design.pdk.ptat else {}
    return [
        {"c_f": c_f, **(tc if follows else {})}
        for c_f, follows in zip(
            feedback_farad(r_feedback_ohm).tolist(),
            activated or (False,) * len(r_feedback_ohm),
            strict=True,
        )
    ]


def _reference(
    layer: str, line: str, mapped: MappedCrossbar, readout: ReferenceReadout, common: str
) -> tuple[list[str], list[Instance]]:
    """The node each bit line takes the reference from, and the amplifiers behind its line."""
    out = f"{layer}_ref"
    tia = Instance(
        f"{layer}_reference", "readout_reference", (line, out, common), {"r_f": readout.r_ohm}
    )
    if not readout.drivers:
        return [out] * mapped.bit_lines, [tia]
    driven = numbered(out, readout.drivers)
    followers = [
        Instance(f"{layer}_reference_follower{k}", "follower", (out, node, common))
        for k, node in enumerate(driven)
    ]
    each = readout.lines_per_driver
    return [driven[column // each] for column in range(mapped.bit_lines)], [tia, *followers]


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
    """Nodes of each output's bit line (or pair), and all in the order of the crossbar's ports."""
    nodes = [numbered(f"{layer}_bl{half}", columns) for half in halves_of(design)]
    return list(zip(*nodes, strict=True)), tuple(node for half in nodes for node in half)


def _array(layer: str, block: Subcircuit, nodes: tuple[str, ...], common: str) -> Instance:
    """A crossbar in its place."""
    if len(block.ports) > len(nodes):
        nodes = (*nodes, common)
    return Instance(f"{layer}_crossbar", block.name, nodes)
