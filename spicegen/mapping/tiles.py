"""Tiles: an array larger than one physical crossbar is cut into several.

Pairs are never cut. Every tile but the last of its row and column is full; what is used of a tile
lies next to its drivers and its read-outs, where wires lose least, and the rest stays unformed.
Tiles of one word-line block carry the same signals; tiles of one bit-line block have their bit
lines joined at the virtual ground, which adds their currents.
"""

from __future__ import annotations

from dataclasses import dataclass

from spicegen.design import Design


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile, and what it holds of its layer.

    Attributes:
        row, column: where it stands among the tiles.
        signals: its part of the pairs' word-line signals.
        outputs: its part of the outputs.
        spare_rows, spare_columns: word lines and bit lines of the tile that are not used.
    """

    row: int
    column: int
    signals: slice
    outputs: slice
    spare_rows: int
    spare_columns: int


@dataclass(frozen=True, slots=True)
class Tiling:
    """All tiles of one array.

    Attributes:
        tiles: row by row.
        rows, columns: how many stand below and beside each other.
        padding_cells: places for memristors that no pair of the layer occupies.
    """

    tiles: tuple[Tile, ...]
    rows: int
    columns: int
    padding_cells: int


def tiles_of(signals: int, outputs: int, design: Design) -> Tiling:
    """Cut an array of pairs into the design's tiles.

    Args:
        signals: word-line signals of the pairs.
        outputs: outputs of the pairs.
        design: size of tiles; topology.
    """
    crossbar = design.crossbar
    per_signal, per_output = crossbar.lines_per_pair
    row_parts, tile_rows = _cut(signals, per_signal, crossbar.tile_rows)
    column_parts, tile_columns = _cut(outputs, per_output, crossbar.tile_columns)
    tiles = tuple(
        Tile(
            row,
            column,
            rows,
            columns,
            tile_rows - per_signal * (rows.stop - rows.start),
            tile_columns - per_output * (columns.stop - columns.start),
        )
        for row, rows in enumerate(row_parts)
        for column, columns in enumerate(column_parts)
    )
    used = signals * per_signal * outputs * per_output
    padding = len(tiles) * tile_rows * tile_columns - used
    return Tiling(tiles, len(row_parts), len(column_parts), padding)


def _cut(count: int, lines: int, tile_lines: int | None) -> tuple[list[slice], int]:
    """Parts of `count` items of `lines` lines each, and the lines of a tile."""
    if tile_lines is None:
        return [slice(0, count)], count * lines
    step = tile_lines // lines
    return [slice(first, min(first + step, count)) for first in range(0, count, step)], tile_lines
