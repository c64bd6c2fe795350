"""What drawing a layer needs to know, and what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spicegen.circuit.crossbar import WordLines, needs_inverted_rows
from spicegen.circuit.graph import FileSource, Group, Instance, Probe, Source, Subcircuit
from spicegen.circuit.names import numbered
from spicegen.design import Design
from spicegen.mapping import Volts


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer stands in the circuit.

    Attributes:
        spice: SPICE name of the layer.
        design: the design.
        common: node that signals refer to.
        bias: nodes that carry the constant 1.0.
        last: no other layer follows in this circuit.
    """

    spice: str
    design: Design
    common: str
    bias: WordLines
    last: bool = False


@dataclass(frozen=True, slots=True)
class LayerCircuit:
    """One layer drawn.

    Attributes:
        group: its instances.
        subcircuits: blocks only this layer needs.
        outputs: nodes of its output signals.
        word: word lines for the next layer (empty behind the last).
        probes: every named signal.
        sources: states of a static analysis, noise.
        files: noise that is read from files.
    """

    group: Group
    subcircuits: tuple[Subcircuit, ...]
    outputs: tuple[str, ...]
    word: WordLines
    probes: tuple[Probe, ...]
    sources: tuple[Source, ...] = ()
    files: tuple[FileSource, ...] = ()


def chain(
    stem: str, subcircuit: str, inputs: Sequence[str], outputs: Sequence[str], common: str
) -> list[Instance]:
    """One two-port block between each input and its output."""
    return [
        Instance(f"{stem}{index}", subcircuit, (node_in, node_out, common))
        for index, (node_in, node_out) in enumerate(zip(inputs, outputs, strict=True))
    ]


def drive(
    place: Place, stem: str, nodes: Sequence[str], gain: Volts = 1.0
) -> tuple[WordLines, list[Instance]]:
    """Word lines of buffered nodes, with -v where the topology needs it.

    Args:
        place: where the layer stands.
        stem: first part of new names.
        nodes: driven by op-amps.
        gain: volts on the word line per volt at the node; an array where nodes differ.
    """
    inverted = numbered(f"{stem}_inv", len(nodes))
    positive, parts = tuple(nodes), list[Instance]()
    gains, plain = np.broadcast_to(gain, len(nodes)).tolist(), not np.any(np.asarray(gain) != 1.0)
    if not plain or needs_inverted_rows(place.design):
        parts = [
            Instance(f"{stem}_inverter{k}", "inverter", (node, out, place.common), _gain(each))
            for k, (node, out, each) in enumerate(zip(nodes, inverted, gains, strict=True))
        ]
    if not plain:
        positive = numbered(f"{stem}_line", len(nodes))
        parts += chain(f"{stem}_driver", "inverter", inverted, positive, place.common)
    return WordLines(positive, inverted if needs_inverted_rows(place.design) else ()), parts


def probes(
    layer: str, signal: str, nodes: Sequence[str], volts: Volts, first: int = 0
) -> tuple[Probe, ...]:
    """`layer.signal0`, `layer.signal1`, ... at the nodes, counted from `first`."""
    each = np.broadcast_to(volts, len(nodes)).tolist()
    return tuple(
        Probe(f"{layer}.{signal}{k}", node, unit)
        for k, (node, unit) in enumerate(zip(nodes, each, strict=True), first)
    )


def _gain(gain: float) -> dict[str, float]:
    return {} if gain == 1.0 else {"gain": gain}
