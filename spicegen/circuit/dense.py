"""Dense layers as circuits."""

from __future__ import annotations

from spicegen.circuit.cells import activation
from spicegen.circuit.crossbar import WordLines
from spicegen.circuit.graph import Group
from spicegen.circuit.names import numbered
from spicegen.circuit.place import LayerCircuit, Place, chain, drive, probes
from spicegen.circuit.readout import direct_readout
from spicegen.circuit.tiles import array_blocks
from spicegen.mapping import MappedDense


def dense_circuit(layer: MappedDense, word: WordLines, place: Place) -> LayerCircuit:
    """Crossbar, read-out, activation cells, and drivers where another layer follows."""
    spice, design, common = place.spice, place.design, place.common
    units, linear = layer.crossbar.bit_lines, layer.activation == "linear"
    pre_volts = float(layer.crossbar.bit_volts[0])
    pre = numbered(f"{spice}_out" if linear else f"{spice}_pre", units)
    block, *tiles = array_blocks(f"crossbar_{spice}", layer.crossbar, design)
    rows = word + place.bias if layer.has_bias else word
    parts = direct_readout(spice, block, layer.crossbar, rows, pre, design, common)
    subcircuits, outputs = [*tiles, block], pre
    if not linear:
        cell = activation(
            f"{layer.activation}_{spice}",
            layer.activation,  # type: ignore[arg-type]
            pre_volts,
            layer.out_volts,
            design,
        )
        subcircuits.append(cell)
        outputs = numbered(f"{spice}_act" if layer.feeds_crossbar else f"{spice}_out", units)
        parts += chain(f"{spice}_{layer.activation}", cell.name, pre, outputs, common)
        if layer.feeds_crossbar:
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
