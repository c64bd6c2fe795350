"""Layers as circuits: word lines in, word lines out."""

from __future__ import annotations

from dataclasses import dataclass

from spicegen.circuit.cells import activation
from spicegen.circuit.crossbar import WordLines, needs_inverted_rows, read_crossbar
from spicegen.circuit.graph import Group, Instance, Probe, Subcircuit
from spicegen.circuit.names import numbered
from spicegen.design import Design
from spicegen.mapping import MappedDense, MappedLstm

GATES = "ifgo"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer stands in the circuit.

    Attributes:
        spice: SPICE name of the layer.
        design: the design.
        common: node that signals refer to.
        bias: nodes that carry the constant 1.0.
    """

    spice: str
    design: Design
    common: str
    bias: WordLines


@dataclass(frozen=True, slots=True)
class LayerCircuit:
    """One layer drawn.

    Attributes:
        group: its instances.
        subcircuits: blocks only this layer needs.
        outputs: nodes of its output signals.
        word: word lines for the next layer (empty behind the last).
        probes: every named signal.
    """

    group: Group
    subcircuits: tuple[Subcircuit, ...]
    outputs: tuple[str, ...]
    word: WordLines
    probes: tuple[Probe, ...]


def dense_circuit(layer: MappedDense, word: WordLines, place: Place) -> LayerCircuit:
    """Crossbar, read-out, activation cells, and drivers where another layer follows."""
    spice, design, common = place.spice, place.design, place.common
    units = layer.crossbar.bit_lines
    linear = layer.activation == "linear"
    pre = numbered(f"{spice}_out" if linear else f"{spice}_pre", units)
    block, instances = read_crossbar(
        spice, layer.crossbar, word + place.bias if layer.has_bias else word, pre, design, common
    )
    subcircuits, parts = [block], list(instances)
    probes = _probes(layer.name, "pre", pre, float(layer.crossbar.bit_volts[0]))
    outputs = pre
    if not linear:
        cell = activation(
            f"{layer.activation}_{spice}",
            layer.activation,  # type: ignore[arg-type]
            float(layer.crossbar.bit_volts[0]),
            layer.out_volts,
            design,
        )
        subcircuits.append(cell)
        cells = numbered(f"{spice}_act" if layer.feeds_crossbar else f"{spice}_out", units)
        parts += _chain(f"{spice}_{layer.activation}", cell.name, pre, cells, common)
        outputs = cells
        if layer.feeds_crossbar:
            outputs = numbered(f"{spice}_out", units)
            parts += _chain(f"{spice}_follower", "follower", cells, outputs, common)
    word_out = WordLines((), ())
    if layer.feeds_crossbar:
        word_out, inverters = _inverted(spice, outputs, place)
        parts += inverters
    probes += _probes(layer.name, "out", outputs, layer.out_volts)
    title = (
        f"layer {spice}: dense, {layer.crossbar.word_lines} word lines, {units} {layer.activation}"
    )
    return LayerCircuit(Group(title, tuple(parts)), tuple(subcircuits), outputs, word_out, probes)


def lstm_circuit(
    layer: MappedLstm, word: WordLines, phases: tuple[str, str, str], place: Place
) -> LayerCircuit:
    """One crossbar for all gates, one unit circuit per unit, drivers for h.

    Args:
        layer: the mapped layer.
        word: word lines of its inputs.
        phases: nodes of track, transfer and reset.
        place: where it stands.
    """
    spice, design, common, units = place.spice, place.design, place.common, layer.units
    pre = {gate: numbered(f"{spice}_pre_{gate}", units) for gate in GATES}
    h = numbered(f"{spice}_h", units)
    h_word, inverters = _inverted(spice, h, place)
    rows = word + h_word + place.bias if layer.has_bias else word + h_word
    columns = tuple(node for gate in GATES for node in pre[gate])
    block, parts = read_crossbar(spice, layer.crossbar, rows, columns, design, common)
    unit, cells = _unit(layer, spice, design)
    c_ref, replica = _replica(spice, phases, design, common)
    instances = [
        Instance(
            f"{spice}_unit{k}",
            unit.name,
            (*(pre[gate][k] for gate in GATES), *phases, c_ref, h[k], common),
        )
        for k in range(units)
    ]
    probes = tuple(
        probe
        for index, gate in enumerate(GATES)
        for probe in _probes(
            layer.name, f"pre_{gate}", pre[gate], float(layer.crossbar.bit_volts[index * units])
        )
    )
    for signal, volts in _unit_signals(layer).items():
        inside = tuple(f"x{spice}_unit{k}.{signal}" for k in range(units))
        probes += _probes(layer.name, signal, inside, volts)
    probes += _probes(layer.name, "h", h, layer.h_volts)
    title = f"layer {spice}: LSTM, {layer.crossbar.word_lines} word lines, {units} units"
    return LayerCircuit(
        Group(title, (*parts, *replica, *instances, *inverters)),
        (block, *cells, unit),
        h,
        h_word,
        probes,
    )


def _unit(
    layer: MappedLstm, spice: str, design: Design
) -> tuple[Subcircuit, tuple[Subcircuit, ...]]:
    """The unit circuit of an LSTM layer, and the activation cells inside it."""
    units, bit_volts = layer.units, layer.crossbar.bit_volts
    gate, c, h = layer.gate_volts, layer.c_volts, layer.h_volts
    cells = (
        activation(f"sigmoid_{spice}", "sigmoid", float(bit_volts[0]), gate, design),
        activation(f"tanh_{spice}", "tanh", float(bit_volts[2 * units]), gate, design),
        activation(f"tanhc_{spice}", "tanh", c, gate, design),
    )
    unit = Subcircuit(
        f"unit_{spice}",
        "blocks/lstm_unit",
        (*(f"pre_{g}" for g in GATES), "track", "transfer", "reset", "c_ref", "h", "cm"),
        {
            "sigmoid": cells[0].name,
            "tanh": cells[1].name,
            "tanh_c": cells[2].name,
            "gate_volts": gate,
            "c_volts": c,
            "h_volts": h,
            "k_fc": 1.0 / gate,
            "k_ig": c / gate**2,
            "k_oh": h / gate**2,
        },
    )
    return unit, cells


def _replica(
    spice: str, phases: tuple[str, str, str], design: Design, common: str
) -> tuple[str, list[Instance]]:
    """The node that c counts from: an idle state cell's output, or common itself."""
    if not design.sample_hold.replica or design.fidelity_of("sample_hold") == "ideal":
        return common, []
    node = f"{spice}_c_ref"
    return node, [Instance(f"{spice}_replica", "state_cell", (common, *phases, node, common))]


def _unit_signals(layer: MappedLstm) -> dict[str, float]:
    """Signals inside the unit circuit with their volts per unit."""
    gates = dict.fromkeys(GATES, layer.gate_volts)
    return gates | {
        "c_next": layer.c_volts,
        "c": layer.c_volts,
        "tanh_c": layer.gate_volts,
        "h_next": layer.h_volts,
    }


def _inverted(
    spice: str, outputs: tuple[str, ...], place: Place
) -> tuple[WordLines, list[Instance]]:
    """Word lines of output nodes, with inverters where the topology needs -v."""
    if not needs_inverted_rows(place.design):
        return WordLines(outputs, ()), []
    inverted = numbered(f"{spice}_inv", len(outputs))
    return (
        WordLines(outputs, inverted),
        _chain(f"{spice}_inverter", "inverter", outputs, inverted, place.common),
    )


def _chain(
    stem: str, subcircuit: str, inputs: tuple[str, ...], outputs: tuple[str, ...], common: str
) -> list[Instance]:
    return [
        Instance(f"{stem}{index}", subcircuit, (node_in, node_out, common))
        for index, (node_in, node_out) in enumerate(zip(inputs, outputs, strict=True))
    ]


def _probes(layer: str, signal: str, nodes: tuple[str, ...], volts: float) -> tuple[Probe, ...]:
    return tuple(Probe(f"{layer}.{signal}{index}", node, volts) for index, node in enumerate(nodes))
