"""The header of a deck."""

from __future__ import annotations

import numpy as np

from spicegen.circuit.clock import Clock
from spicegen.circuit.names import safe_text
from spicegen.circuit.static import static_notes
from spicegen.design import Design
from spicegen.design.nonideality import CLASSES, Listed
from spicegen.mapping import MappedNetwork, Volts


def notes_of(mapped: MappedNetwork, clock: Clock, design: Design) -> tuple[str, ...]:
    """What the circuit is, line by line."""
    signal = design.signal
    timing: tuple[str, ...] = (
        f"step {clock.t_step_s:g} s, transfer {clock.t_transfer_s:g} s, edges {clock.t_edge_s:g} s",
    )
    if design.static:
        timing = static_notes(clock)
    return (
        f"fidelity {design.fidelity}, {design.crossbar.topology}, memristors "
        f"{design.device.g_min_siemens:g} to {design.device.g_max_siemens:g} S",
        f"signals around {signal.v_common_volts:g} V, rails +-{signal.v_rail_volts:g} V, "
        f"word lines within +-{signal.v_read_volts:g} V",
        f"1.0 is {mapped.input_volts:.6g} V at inputs, {_volts(mapped.output_volts)} at outputs",
        *(_entry(each) for kind in CLASSES for _, each in design.active(kind)),
        *_array_notes(design),
        *timing,
        f"{clock.samples} x {clock.steps} steps of {clock.turns} turns",
    )


def _volts(volts: Volts) -> str:
    """One number, or the range of a last layer whose outputs have units of their own."""
    ends = sorted({f"{each:.6g}" for each in (np.min(volts), np.max(volts))}, key=float)
    return f"{' to '.join(ends)} V"


def _entry(entry: Listed) -> str:
    """One non-ideality: its kind, and what was given."""
    given = entry.model_dump(exclude_defaults=True)
    kind = given.pop("kind")
    if "array" in given:
        given["array"] = safe_text(given["array"])
    return f"{kind}: {', '.join(f'{key} {value}' for key, value in given.items())}"


def _array_notes(design: Design) -> tuple[str, ...]:
    """Read-out, selectors, wires and tiles, where they are not the plain ones."""
    crossbar, wires = design.crossbar, design.crossbar.wires
    notes = list[str]()
    if crossbar.voltage:
        notes.append("voltage read-out: bit lines float, gains undo the sums of conductances")
    if crossbar.selector == "1t1r":
        notes.append(
            f"1T1R cells: switches of {crossbar.r_select_ohm:g} ohm, all on, are part of each "
            "memristor's resistor"
        )
    if wires.model != "ideal":
        notes.append(
            f"wires {wires.model}, {wires.drive} drive: {wires.r_word_ohm:g} and "
            f"{wires.r_bit_ohm:g} ohm per segment of word and bit lines, {wires.c_farad:g} F, "
            f"drivers {wires.r_driver_ohm:g} ohm, senses {wires.r_sense_ohm:g} ohm, "
            f"compensation {wires.compensation}"
        )
    if crossbar.tile_rows or crossbar.tile_columns:
        rows, columns = crossbar.tile_rows or "all", crossbar.tile_columns or "all"
        notes.append(f"tiles of {rows} word lines and {columns} bit lines")
    return tuple(notes)
