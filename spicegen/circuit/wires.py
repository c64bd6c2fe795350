"""Crossbars with wires: every segment as an element, or the port matrix in their place.

Lines are numbered in the order in which they stand (`spicegen.mapping.wires.placement`).
Ports are w0, w1, ... and b0, b1, ...; in the full form cell i_j hangs between nodes wi_j and
bi_j. Nodes joined by 0 ohm are one node.
"""

from __future__ import annotations

import numpy as np

from spicegen.circuit.graph import FloatArray, Repeated, Subcircuit, Value
from spicegen.circuit.names import numbered
from spicegen.design import Design, Wires
from spicegen.design.nonideality import NonlinearIv
from spicegen.mapping import MappedCrossbar
from spicegen.mapping.tiles import Tile
from spicegen.mapping.wires import array_of, reduce_tile


def wired_crossbar(name: str, mapped: MappedCrossbar, tile: Tile, design: Design) -> Subcircuit:
    """The memristors and wires of one tile.

    Args:
        name: SPICE name of the block.
        mapped: the pairs of this tile.
        tile: how many of its lines are not used.
        design: topology, wires, analysis.
    """
    wires, topology = design.crossbar.wires, design.crossbar.topology
    g = array_of(mapped.g_pos_siemens, mapped.g_neg_siemens, topology)
    rows, columns = g.shape
    values: dict[str, Value] = {
        "word_lines": rows,
        "bit_lines": columns,
        "memristors": int((g > 0).sum()),
        "inner_nodes": 0,
    }
    ports = _ports(rows, columns, design)
    if wires.model == "reduced":
        values |= _reduced(g, tile, wires)
        return Subcircuit(name, "blocks/crossbar_reduced", ports, values)
    strings = _Strings(rows, columns, tile, wires, design.static)
    curved = design.active(NonlinearIv)
    k = curved[-1][1].k_per_volt if curved else 0.0
    between = f"{strings.word_node} {strings.bit_node}"
    across = between.replace(" ", ",")
    law = f"B{{row}}_{{column}} {between} I={{siemens}}*sinh({{k}}*V({across}))"
    values |= {
        "g_siemens": g / k if k else g,
        "conducting": g > 0,
        "cell": law if k else f"R{{row}}_{{column}} {between} {{ohm}}",
        "k_per_volt": k,
        "resistors": strings.word_lines() + strings.bit_lines(),
        "capacitors": strings.capacitors(),
        "inner_nodes": strings.inner_nodes,
        "r_word_ohm": wires.r_word_ohm,
        "r_bit_ohm": wires.r_bit_ohm,
        "r_driver_ohm": wires.r_driver_ohm,
        "r_sense_ohm": wires.r_sense_ohm,
        "c_farad": strings.c_farad,
        "drive": wires.drive,
    }
    if strings.c_farad:
        ports = (*ports, "cm")
    return Subcircuit(name, "blocks/crossbar_full", ports, values)


def _ports(rows: int, columns: int, design: Design) -> tuple[str, ...]:
    """Ports in the order of every crossbar: signals, inverted ones, bit lines (or halves)."""
    word, bit = numbered("w", rows), numbered("b", columns)
    if design.crossbar.topology == "dual-row":
        return (*word[::2], *word[1::2], *bit)
    return (*word, *bit[::2], *bit[1::2])


def _reduced(g: FloatArray, tile: Tile, wires: Wires) -> dict[str, Value]:
    """One conductance per pair of ports; what is exactly zero is not drawn."""
    ports = reduce_tile(g, tile.spare_columns, wires)
    values: dict[str, Value] = {"transfer_siemens": ports.transfer, "transfers": ports.transfer > 0}
    for kind, matrix in (("word", ports.word), ("bit", ports.bit)):
        mutual = -np.triu(matrix, 1)
        values |= {f"{kind}_siemens": mutual, f"{kind}s": mutual > 0}
    return values


class _Strings:
    """Elements that repeat along the lines of one tile."""

    def __init__(self, rows: int, columns: int, tile: Tile, wires: Wires, static: bool) -> None:
        self._rows, self._columns, self._wires = rows, columns, wires
        self._spare_rows, self._spare_columns = tile.spare_rows, tile.spare_columns
        self._word_start = "s{row}" if wires.r_driver_ohm else "w{row}"
        self._bit_end = "e{column}" if wires.r_sense_ohm else "b{column}"
        self.word_node = "w{row}_{column}" if wires.r_word_ohm else self._word_start
        self.bit_node = "b{row}_{column}" if wires.r_bit_ohm else self._bit_end
        self.c_farad = 0.0 if static else wires.c_farad
        # driven at both ends, a word line goes on behind the last cell to the tile's far side
        self._length = columns + (tile.spare_columns if wires.two_sided else 0)

    def word_lines(self) -> tuple[Repeated, ...]:
        """From the drivers to the last cells."""
        wires, rows, length = self._wires, self._rows, self._length
        start, r_driver, r = self._word_start, wires.r_driver_ohm, wires.r_word_ohm
        if not r:
            both = r_driver / 2 if wires.two_sided else r_driver
            return (Repeated(f"Rd{{row}} w{{row}} {start}", both, rows, 1),) if r_driver else ()
        found = [Repeated(f"Rw{{row}}_0 {start} w{{row}}_0", r, rows, 1)]
        found.append(
            Repeated(
                "Rw{row}_{next_column} w{row}_{column} w{row}_{next_column}", r, rows, length - 1
            )
        )
        if wires.two_sided:
            stop = start.replace("s", "t")
            found.append(Repeated(f"Rw{{row}}_{length} w{{row}}_{length - 1} {stop}", r, rows, 1))
        if r_driver:
            found.append(Repeated("Rd{row} w{row} s{row}", r_driver, rows, 1))
            if wires.two_sided:
                found.append(Repeated("Rt{row} w{row} t{row}", r_driver, rows, 1))
        return tuple(found)

    def bit_lines(self) -> tuple[Repeated, ...]:
        """From the first cells to the read-outs."""
        wires, rows, columns = self._wires, self._rows, self._columns
        found = list[Repeated]()
        if wires.r_bit_ohm:
            chain = "Rb{row}_{column} b{row}_{column} b{next_row}_{column}"
            last = f"Rb{rows - 1}_{{column}} b{rows - 1}_{{column}} {self._bit_end}"
            found += [
                Repeated(chain, wires.r_bit_ohm, rows - 1, columns),
                Repeated(last, wires.r_bit_ohm, 1, columns),
            ]
        if wires.r_sense_ohm:
            found.append(Repeated("Rs{column} e{column} b{column}", wires.r_sense_ohm, 1, columns))
        return tuple(found)

    def capacitors(self) -> tuple[Repeated, ...]:
        """Each segment has half its capacitance at either end; unused rest at the last cell."""
        c = self.c_farad
        if not c:
            return ()
        return self._word_capacitors(c) + self._bit_capacitors(c)

    def _word_capacitors(self, c: float) -> tuple[Repeated, ...]:
        rows, length, start = self._rows, self._length, self._word_start
        far = 0 if self._wires.two_sided else self._spare_columns
        if not self._wires.r_word_ohm:
            whole = length + far + self._wires.two_sided
            return (Repeated(f"Cw{{row}} {start} cm", whole * c, rows, 1),)
        every = Repeated("Cw{row}_{column} w{row}_{column} cm", c, rows, length - 1)
        first = Repeated(f"Cd{{row}} {start} cm", c / 2, rows, 1)
        last = f"Cw{{row}}_{length - 1} w{{row}}_{length - 1} cm"
        if not self._wires.two_sided:
            return first, every, Repeated(last, c / 2 + far * c, rows, 1)
        stop = Repeated(f"Ct{{row}} {start.replace('s', 't')} cm", c / 2, rows, 1)
        return first, every, Repeated(last, c, rows, 1), stop

    def _bit_capacitors(self, c: float) -> tuple[Repeated, ...]:
        rows, columns, end, far = self._rows, self._columns, self._bit_end, self._spare_rows
        if not self._wires.r_bit_ohm:
            return (Repeated(f"Cb{{column}} {end} cm", (rows + far) * c, 1, columns),)
        return (
            Repeated("Cb0_{column} b0_{column} cm", c / 2 + far * c, 1, columns),
            Repeated("Cb{next_row}_{column} b{next_row}_{column} cm", c, rows - 1, columns),
            Repeated(f"Ce{{column}} {end} cm", c / 2, 1, columns),
        )

    @property
    def inner_nodes(self) -> int:
        """Nodes that are not ports."""
        wires, rows, columns = self._wires, self._rows, self._columns
        count = rows * self._length * bool(wires.r_word_ohm)
        count += rows * columns * bool(wires.r_bit_ohm)
        ends = 2 if wires.two_sided and wires.r_word_ohm else 1
        count += rows * ends * bool(wires.r_driver_ohm)
        return count + columns * bool(wires.r_sense_ohm)
