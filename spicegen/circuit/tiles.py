"""An array of one layer as a block: one crossbar, or tiles with what joins them."""

from __future__ import annotations

from dataclasses import replace

from spicegen.circuit.crossbar import crossbar, halves_of, needs_inverted_rows
from spicegen.circuit.graph import Instance, Subcircuit, Value
from spicegen.circuit.names import numbered
from spicegen.circuit.wires import wired_crossbar
from spicegen.design import Design
from spicegen.mapping import MappedCrossbar
from spicegen.mapping.tiles import Tile, tiles_of


def array_blocks(name: str, mapped: MappedCrossbar, design: Design) -> tuple[Subcircuit, ...]:
    """The block of a whole array, with the ports of `crossbar`, then the blocks inside it.

    Without wires, tiles differ in nothing from one array, so they are counted and not drawn.
    With wires, tiles beside each other have buffers of their own on their word lines;
    connections between tiles are ideal.
    """
    tiling = tiles_of(mapped.word_lines, mapped.bit_lines, design)
    counts: dict[str, Value] = {"tiles": len(tiling.tiles), "padding_cells": tiling.padding_cells}
    if design.crossbar.wires.model == "ideal":
        block = crossbar(name, mapped, design)
        return (replace(block, values={**block.values, **counts}),)
    if len(tiling.tiles) == 1:
        block = wired_crossbar(name, mapped, tiling.tiles[0], design)
        return (replace(block, values={**block.values, **counts}),)
    blocks = [
        wired_crossbar(f"{name}_t{tile.row}_{tile.column}", _part(mapped, tile), tile, design)
        for tile in tiling.tiles
    ]
    rows, columns = mapped.word_lines, mapped.bit_lines
    signals = ("wl_pos", "wl_neg") if needs_inverted_rows(design) else ("wl",)
    lines = [numbered(stem, rows) for stem in signals]
    halves = [numbered(f"bl{half}", columns) for half in halves_of(design)]
    buffered = tiling.columns > 1
    instances = list[Instance]()
    for tile, block in zip(tiling.tiles, blocks, strict=True):
        driven = [line[tile.signals] for line in lines]
        if buffered:
            own = [tuple(f"{node}_{tile.column}" for node in line) for line in driven]
            instances += [
                Instance(f"buffer_{out}", "follower", (node, out, "cm"))
                for line, outs in zip(driven, own, strict=True)
                for node, out in zip(line, outs, strict=True)
            ]
            driven = own
        nodes = tuple(node for line in driven for node in line)
        nodes += tuple(node for half in halves for node in half[tile.outputs])
        nodes += ("cm",) * (len(block.ports) - len(nodes))
        instances.append(Instance(f"t{tile.row}_{tile.column}", block.name, nodes))
    ports = tuple(node for group in (*lines, *halves) for node in group)
    if buffered or "cm" in blocks[0].ports:
        ports = (*ports, "cm")
    values: dict[str, Value] = {
        "instances": tuple(instances),
        "tile_rows": tiling.rows,
        "tile_columns": tiling.columns,
        "buffered": buffered,
        **counts,
    }
    return (Subcircuit(name, "blocks/crossbar_tiles", ports, values), *blocks)


def _part(mapped: MappedCrossbar, tile: Tile) -> MappedCrossbar:
    """The pairs of one tile."""
    rows, columns = tile.signals, tile.outputs
    return replace(
        mapped,
        g_pos_siemens=mapped.g_pos_siemens[rows, columns],
        g_neg_siemens=mapped.g_neg_siemens[rows, columns],
        r_feedback_ohm=mapped.r_feedback_ohm[columns],
        word_volts=mapped.word_volts[rows],
        bit_volts=mapped.bit_volts[columns],
        present=mapped.present[rows, columns],
        g_target_siemens=None,
    )
