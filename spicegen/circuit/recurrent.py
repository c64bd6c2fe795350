"""Recurrent layers as circuits: one crossbar, units, and state cells; parallel or serial.

Parallel: every unit has its amplifiers, activation cells and multipliers. Serial: a slot of
them serves `serial` units in turn; multiplexers connect the bit lines and the kept state of
one unit after the other, and each unit's own state cell follows the slot during its turn.
All states pass on together in the transfer phase, so that no unit sees a new value early.
"""

from __future__ import annotations

from dataclasses import dataclass

from spicegen.circuit.crossbar import WordLines
from spicegen.circuit.graph import Group, Instance, Latched, Probe, Source, Subcircuit
from spicegen.circuit.gru import gru_unit
from spicegen.circuit.lstm import lstm_unit
from spicegen.circuit.names import numbered
from spicegen.circuit.place import LayerCircuit, Place, chain, drive, probes
from spicegen.circuit.readout import Turn, direct_readout, shared_readout
from spicegen.circuit.rnn import rnn_unit
from spicegen.circuit.tiles import array_blocks
from spicegen.circuit.transistor import with_complements
from spicegen.circuit.unit import Unit
from spicegen.design import Design
from spicegen.mapping import Lines, MappedRecurrent


@dataclass(frozen=True, slots=True)
class Phases:
    """Clock nodes of a layer.

    Attributes:
        transfer, reset: states pass on; states are cleared.
        track: per turn, the units of the turn follow their slots.
        select: per turn, the multiplexers of the turn conduct; empty in parallel hardware.
        first_step, period_steps: steps in which `reset` is high: the first, and how many lie
            between one and the next.
    """

    transfer: str
    reset: str
    track: tuple[str, ...]
    select: tuple[str, ...]
    first_step: int
    period_steps: int


def turns_of(layer: MappedRecurrent) -> int:
    """Turns of a step: 1, or one per group of units; two per group where r * h must be
    complete before the candidates are read."""
    if layer.serial == 1:
        return 1
    return layer.serial * (2 if layer.variant == "reset_before" else 1)


def recurrent_circuit(
    layer: MappedRecurrent, word: WordLines, phases: Phases, place: Place
) -> LayerCircuit:
    """Crossbar, read-outs, units, state cells and drivers of one recurrent layer.

    Args:
        layer: the mapped layer.
        word: word lines of its inputs.
        phases: clock nodes.
        place: where it stands.
    """
    return _Layer(layer, word, phases, place).draw()


def unit_of(layer: MappedRecurrent, spice: str, design: Design) -> Unit:
    """The cell of a recurrent layer.

    Args:
        layer: the mapped layer.
        spice: its SPICE name.
        design: fidelity and properties of the cells.
    """
    replica = design.sample_hold.replica and design.fidelity_of("sample_hold") != "ideal"
    replica = replica and not design.static
    match layer.kind:
        case "lstm":
            return lstm_unit(layer, spice, replica, design)
        case "gru":
            return gru_unit(layer, spice, replica, design)
    return rnn_unit(layer, spice, design)


class _Layer:
    """One recurrent layer under construction; names of nodes are made here only."""

    def __init__(
        self, layer: MappedRecurrent, word: WordLines, phases: Phases, place: Place
    ) -> None:
        self.layer, self.word, self.phases, self.place = layer, word, phases, place
        self.spice, self.common = place.spice, place.common
        self.serial = layer.serial > 1
        self.parts: list[Instance] = []
        self.sources: list[Source] = []
        self.unit = unit_of(layer, self.spice, place.design)

    def draw(self) -> LayerCircuit:
        layer, spice = self.layer, self.spice
        states = {state.name: self._nodes(state.name, layer.units) for state in self.unit.states}
        for state in self.unit.states:
            keep = self._latches if self.place.design.static else self._state_cells
            keep(state.source, state.name, states[state.name])
        h_word, drivers = drive(self.place, f"{spice}_h", states["h"])
        self.parts += drivers
        word = WordLines((), ())
        for lines in layer.rows:
            word += self._rows(lines, states, h_word)
        block, *tiles = array_blocks(f"crossbar_{spice}", layer.crossbar, self.place.design)
        self._read(block, word)
        self._units(states)
        title = (
            f"layer {spice}: {layer.kind} {layer.variant}, {layer.crossbar.word_lines} word lines, "
            f"{layer.units} units, {layer.slots} slots"
        )
        return LayerCircuit(
            Group(title, tuple(self.parts), spice),
            (*tiles, block, *self.unit.cells, self.unit.subcircuit),
            states["h"],
            h_word,
            self._probes(states),
            tuple(self.sources),
        )

    def _nodes(self, signal: str, count: int) -> tuple[str, ...]:
        return numbered(f"{self.spice}_{signal}", count)

    def _turn(self, unit: int) -> int:
        """The turn in which a unit's new state is tracked."""
        first = turns_of(self.layer) - self.layer.serial
        return first + unit // self.layer.slots if self.serial else 0

    def _state_cells(self, source: str, state: str, outputs: tuple[str, ...]) -> None:
        for k, out in enumerate(outputs):
            clocks = (
                self.phases.track[self._turn(k)],
                self.phases.transfer,
                self.phases.reset,
            )
            nodes = (
                f"{self.spice}_{source}{k % self.layer.slots}",
                *with_complements(clocks, self.place.design),
                out,
                self.common,
            )
            self.parts.append(Instance(f"{self.spice}_state_{state}{k}", "state_cell", nodes))

    def _latches(self, source: str, state: str, outputs: tuple[str, ...]) -> None:
        """Static analysis: a source in the place of each state cell."""
        first, period = self.phases.first_step, self.phases.period_steps
        self.sources += [
            Source(out, out, self.common, Latched(f"{self.spice}_{source}{k}", first, period))
            for k, out in enumerate(outputs)
        ]

    def _rows(
        self, lines: Lines, states: dict[str, tuple[str, ...]], h_word: WordLines
    ) -> WordLines:
        """The nodes of one group of word lines, with their drivers."""
        volts, stem = self.layer.volts, f"{self.spice}_{lines.name}"
        match lines.name:
            case "x":
                return self.word
            case "h":
                return h_word
            case "bias":
                return self.place.bias
            case "c":
                nodes = self._buffered("c_mux") if self.serial else states["c"]
                gain = lines.volts / volts["c"]
            case "c_next":
                nodes, gain = self._buffered("c_next"), lines.volts / volts["c"]
            case "reset_h":
                nodes, gain = self._reset_h(), 1.0
            case gate:
                nodes, gain = states[gate], lines.volts / volts[gate.removeprefix("gate_")]
        driven, parts = drive(self.place, f"{stem}_row", nodes, gain)
        self.parts += parts
        if len(nodes) == self.layer.units:
            return driven
        units = range(self.layer.units)
        return WordLines(
            tuple(driven.positive[k % len(nodes)] for k in units),
            tuple(driven.negative[k % len(nodes)] for k in units if driven.negative),
        )

    def _buffered(self, signal: str) -> tuple[str, ...]:
        """Followers behind a high-impedance node of each slot."""
        slots = self.layer.slots
        nodes = self._nodes(f"{signal}_buf", slots)
        self.parts += chain(
            f"{self.spice}_{signal}_follower",
            "follower",
            self._nodes(signal, slots),
            nodes,
            self.common,
        )
        return nodes

    def _reset_h(self) -> tuple[str, ...]:
        """r * h of all units: at once, or held from the first turns of serial hardware."""
        if not self.serial:
            return self._buffered("reset_h")
        held = self._nodes("reset_h_held", self.layer.units)
        for k, out in enumerate(held):
            nodes = (
                f"{self.spice}_reset_h{k % self.layer.slots}",
                self.phases.track[k // self.layer.slots],
                out,
                self.common,
            )
            self.parts.append(Instance(f"{self.spice}_hold_reset_h{k}", "hold_cell", nodes))
        return held

    def _read(self, block: Subcircuit, word: WordLines) -> None:
        layer, design = self.layer, self.place.design
        outputs = [self._nodes(lines.name, layer.slots) for lines in layer.columns]
        if not self.serial:
            pre = tuple(node for nodes in outputs for node in nodes)
            activated = [
                self.unit.feeds_cell(lines.name)
                for lines in layer.columns
                for _ in range(layer.units)
            ]
            self.parts += direct_readout(
                self.spice, block, layer.crossbar, word, pre, design, self.common, activated
            )
            return
        late = turns_of(layer) - layer.serial
        turns = tuple(
            Turn(
                nodes[k % layer.slots],
                self.phases.select[k // layer.slots + (0 if lines.name == "pre_r" else late)],
            )
            for lines, nodes in zip(layer.columns, outputs, strict=True)
            for k in range(layer.units)
        )
        self.parts += shared_readout(
            self.spice, block, layer.crossbar, word, turns, design, self.common
        )

    def _read_nodes(self, state: str) -> tuple[str, ...]:
        """Nodes from which the slots read a state of the step before."""
        if not self.serial:
            return self._nodes(state, self.layer.units)
        return self._nodes(f"{state}_mux", self.layer.slots)

    def _units(self, states: dict[str, tuple[str, ...]]) -> None:
        layer, unit = self.layer, self.unit
        nodes: tuple[str, ...]
        references = tuple(f"{self.spice}_{reference}" for reference in unit.references)
        for reference in references:
            nodes = (
                self.common,
                self.phases.track[0],
                self.phases.transfer,
                self.phases.reset,
                reference,
                self.common,
            )
            self.parts.append(Instance(f"{self.spice}_replica", "state_cell", nodes))
        reads = {state: self._read_nodes(state) for state in unit.reads}
        if self.serial:
            for state, nodes in reads.items():
                self._multiplexers(state, states[state], nodes)
        for slot in range(layer.slots):
            nodes = (
                *(f"{self.spice}_{lines.name}{slot}" for lines in layer.columns),
                *(reads[state][slot] for state in unit.reads),
                *references,
                *(f"{self.spice}_{result}{slot}" for result in unit.gives),
                self.common,
            )
            values = {name: float(each[slot]) for name, each in unit.values.items()}
            self.parts.append(
                Instance(f"{self.spice}_unit{slot}", unit.subcircuit.name, nodes, values)
            )

    def _multiplexers(self, state: str, sources: tuple[str, ...], nodes: tuple[str, ...]) -> None:
        """Switches from each unit's state to its slot, in every turn that needs it."""
        stem = f"{self.spice}_{state}_mux"
        self.parts += [
            Instance(f"{stem}{slot}", "mux_node", (node, self.common))
            for slot, node in enumerate(nodes)
        ]
        slots, serial = self.layer.slots, self.layer.serial
        for first in range(0, turns_of(self.layer), serial):
            self.parts += [
                Instance(
                    f"{stem}{first}_{k}",
                    "state_switch",
                    (source, nodes[k % slots], self.phases.select[first + k // slots]),
                )
                for k, source in enumerate(sources)
            ]

    def _probes(self, states: dict[str, tuple[str, ...]]) -> tuple[Probe, ...]:
        layer, unit = self.layer, self.unit
        of_slot = "_slot" if self.serial else ""
        found: tuple[Probe, ...] = ()
        for lines in layer.columns:
            nodes = self._nodes(lines.name, layer.slots)
            found += probes(layer.name, f"{lines.name}{of_slot}", nodes, lines.volts)
        for signal, volts in unit.signals.items():
            nodes = tuple(f"x{self.spice}_unit{slot}.{signal}" for slot in range(layer.slots))
            found += probes(layer.name, f"{signal}{of_slot}", nodes, volts)
        for signal in unit.gives:
            nodes = self._nodes(signal, layer.slots)
            found += probes(layer.name, f"{signal}{of_slot}", nodes, layer.volts[signal])
        for state in unit.states:
            found += probes(layer.name, state.name, states[state.name], state.volts)
        return found
