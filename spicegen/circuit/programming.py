"""A crossbar being programmed by pulses, word line by word line, in the half-voltage scheme.

The amplifiers are switched off: every line has a driver. While a word line is selected it
carries half of the pulse voltage, and the bit lines (in dual-row, the rows of the other half
alike) of devices that are to be pulsed carry minus half of it, so that these see the whole
voltage and all others on their lines half of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spicegen.circuit.check import check_circuit
from spicegen.circuit.graph import (
    Circuit,
    FloatArray,
    Group,
    Instance,
    Pwl,
    Source,
    Subcircuit,
    Transient,
)
from spicegen.circuit.memristor import moving_states
from spicegen.circuit.names import numbered, safe_text
from spicegen.devices import Card
from spicegen.devices.presets import Use

EDGE, GAP = 1e-3, 0.05
"""Edges and pauses, shares of the pulse width."""
POINTS = 25
"""Least number of time points in a pulse."""
OPTIONS: dict[str, float | str] = {"klu": "", "reltol": 1e-5, "vntol": 1e-7, "abstol": 1e-13}
BLOCK, INSTANCE = "crossbar_array", "array"


@dataclass(frozen=True, slots=True)
class Slot:
    """One pulse of a word line.

    Attributes:
        row: number among all word lines.
        volts: of the pulse.
        columns: (bit lines,) which ones take part.
    """

    row: int
    volts: float
    columns: NDArray[np.bool_]


def programming_circuit(
    states: FloatArray,
    counts: NDArray[np.int64],
    card: Card,
    use: Use,
    topology: str,
    title: str,
) -> Circuit:
    """The crossbar, its drivers and one transient over all pulses.

    Args:
        states: (2, word lines, bit lines) normalised states before.
        counts: the same shape, signed pulses; not all 0.
        card: of the memristor model, in the form of the deck.
        use: pulse voltages and width.
        topology: dual-row or dual-column.
        title: of the deck.
    """
    block = _block(states, card.form, topology)
    lines = line_counts(counts, topology)
    slots = _slots(lines, use)
    t_s, row_volts, column_volts = _waves(slots, lines.shape, use)
    rows, columns = lines.shape
    nodes = block.ports
    volts = np.concatenate([row_volts, column_volts], axis=1)
    sources = tuple(Source(node, node, "0", Pwl(t_s, volts[:, k])) for k, node in enumerate(nodes))
    array = Instance(INSTANCE, BLOCK, nodes)
    circuit = Circuit(
        title=f"spicegen: {safe_text(title)}, programming",
        notes=(
            f"{rows} word lines, {columns} bit lines, {len(slots)} pulses of {use.t_pulse_s:g} s",
            "one word line after the other; selected devices see the whole pulse voltage, others "
            "on their lines half of it",
        ),
        common="0",
        subcircuits=(block,),
        sources=sources,
        files=(),
        groups=(Group("the crossbar", (array,)),),
        probes=(),
        outputs=(),
        analysis=Transient(float(t_s[-1]), use.t_pulse_s / POINTS),
        options=OPTIONS,
        memristor=card,
        states=moving_states((block,), (array,)),
    )
    check_circuit(circuit)
    return circuit


def _block(states: FloatArray, form: str, topology: str) -> Subcircuit:
    rows, columns = states.shape[1:]
    if topology == "dual-column":
        ports = numbered("wl", rows) + numbered("bl_pos", columns) + numbered("bl_neg", columns)
    else:
        ports = numbered("wl_pos", rows) + numbered("wl_neg", rows) + numbered("bl", columns)
    return Subcircuit(
        BLOCK,
        f"blocks/crossbar_{topology.replace('-', '_')}_memristor",
        ports,
        {
            "word_lines": rows,
            "bit_lines": columns,
            "memristors": int(states.size),
            "crossbar": BLOCK,
            "present": np.ones((rows, columns), dtype=np.bool_),
            "form": form,
            "x0_pos": states[0],
            "x0_neg": states[1],
        },
    )


def line_counts(counts: NDArray[np.int64], topology: str) -> NDArray[np.int64]:
    """Pulses by the lines between which devices stand.

    Args:
        counts: (2, word lines, bit lines) by halves of pairs.
        topology: dual-column has two bit lines per pair; dual-row two word lines, of which the
            negative half is on the one that is not inverted.
    Returns:
        (physical word lines, physical bit lines).
    """
    if topology == "dual-column":
        return np.concatenate(list(counts), axis=1)
    return np.concatenate([counts[1], counts[0]], axis=0)


def pulse_slots(counts: NDArray[np.int64], topology: str) -> int:
    """Pulses of all word lines, one after the other, as `programming_circuit` gives them: the
    devices of a word line share those of one polarity."""
    lines = line_counts(counts, topology)
    up, down = (np.maximum(sign * lines, 0).max(axis=1) for sign in (1, -1))
    return int((up + down).sum())


def _slots(counts: NDArray[np.int64], use: Use) -> list[Slot]:
    """Rising pulses of a word line, then falling ones, then the next word line."""
    return [
        Slot(row, volts, sign * of_row > number)
        for row, of_row in enumerate(counts)
        for sign, volts in ((1, use.v_set_volts), (-1, use.v_reset_volts))
        for number in range(int((sign * of_row).max(initial=0)))
    ]


def _waves(
    slots: list[Slot], shape: tuple[int, ...], use: Use
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Instants, and voltages of word lines and bit lines there, (instants, lines)."""
    corners = np.cumsum([0.0, EDGE, 1.0, EDGE, GAP])[:-1] * use.t_pulse_s
    period = (1.0 + 2 * EDGE + GAP) * use.t_pulse_s
    t_s = (np.arange(len(slots))[:, None] * period + corners).ravel()
    high = np.array([0.0, 1.0, 1.0, 0.0])[:, None]
    row_volts = np.zeros((len(slots), 4, shape[0]))
    column_volts = np.zeros((len(slots), 4, shape[1]))
    for number, slot in enumerate(slots):
        row_volts[number, :, slot.row : slot.row + 1] = 0.5 * slot.volts * high
        column_volts[number] = -0.5 * slot.volts * high * slot.columns
    return (
        np.append(t_s, len(slots) * period),
        np.vstack([row_volts.reshape(-1, shape[0]), np.zeros((1, shape[0]))]),
        np.vstack([column_volts.reshape(-1, shape[1]), np.zeros((1, shape[1]))]),
    )
