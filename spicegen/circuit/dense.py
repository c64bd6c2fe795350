"""Dense layers as circuits."""

from __future__ import annotations

from spicegen.circuit.cells import activation
from spicegen.circuit.crossbar import WordLines
from spicegen.circuit.graph import Group, Instance, Subcircuit
from spicegen.circuit.names import numbered
from spicegen.circuit.place import LayerCircuit, Place, chain, drive, probes
from spicegen.circuit.readout import direct_readout
from spicegen.circuit.tiles import array_blocks
from spicegen.circuit.transistor import transistor_activation
from spicegen.design import Design
from spicegen.mapping import MappedDense


def dense_circuit(layer: MappedDense, word: WordLines, place: Place) -> LayerCircuit:
    """Crossbar, read-out, activation cells, and drivers where another layer follows."""
    spice, design, common = place.spice, place.design, place.common
    units, linear = layer.crossbar.bit_lines, layer.activation == "linear"
    pre_volts = layer.pre_volts
    pre = numbered(f"{spice}_out" if linear else f"{spice}_pre", units)
    block, *tiles = array_blocks(f"crossbar_{spice}", layer.crossbar, design)
    rows = word + place.bias if layer.has_bias else word
    activated = [layer.activation in ("sigmoid", "tanh")] * units
    parts = direct_readout(spice, block, layer.crossbar, rows, pre, design, common, activated)
    subcircuits, outputs = [*tiles, block], pre
    if not linear:
        drives = design.fidelity_of("activation") == "transistor"  # its cells end in op-amps
        buffered = layer.feeds_crossbar and not drives
        outputs = numbered(f"{spice}_act" if buffered else f"{spice}_out", units)
        if drives:
            cell, values = transistor_activation(layer, design)
        else:
            cell, values = _activation(layer, spice, pre_volts, design), [{}] * units
        subcircuits.append(cell)
        parts += [
            Instance(f"{spice}_{layer.activation}{k}", cell.name, (*nodes, common), own)
            for k, (*nodes, own) in enumerate(zip(pre, outputs, values, strict=True))
        ]
        if buffered:
            cells, outputs = outputs, numbered(f"{spice}_out", units)
            parts += chain(f"{spice}_follower", "follower", cells, outputs, common)
    word_out = WordLines((), ())
    if layer.feeds_crossbar and not place.last:
        word_out, drivers = drive(place, spice, outputs)
        parts += drivers
    rows_count = layer.crossbar.word_lines
    title = f"layer {spice}: dense, {rows_count} word lines, {units} {layer.activation}"
    signals = probes(layer.name, "pre", pre, pre_volts, layer.first)
    signals += probes(layer.name, "out", outputs, layer.out_volts, layer.first)
    return LayerCircuit(
        Group(title, tuple(parts), spice), tuple(subcircuits), outputs, word_out, signals
    )


def _activation(layer: MappedDense, spice: str, pre_volts: float, design: Design) -> Subcircuit:
    """The layer's activation cell as an equation."""
    return activation(
        f"{layer.activation}_{spice}",
        layer.activation,  # type: ignore[arg-type]
        pre_volts,
        layer.out_volts,
        design,
    )
