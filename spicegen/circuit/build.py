"""A mapped network and a stimulus become one circuit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spicegen.circuit.amplifier import amplifiers, multiplexers
from spicegen.circuit.cells import multipliers, sample_hold
from spicegen.circuit.check import check_circuit
from spicegen.circuit.clock import Clock
from spicegen.circuit.crossbar import WordLines
from spicegen.circuit.dense import dense_circuit
from spicegen.circuit.fitted import FITTED_OPTIONS, fitted_blocks
from spicegen.circuit.graph import (
    Circuit,
    FileSource,
    FloatArray,
    Group,
    Instance,
    Probe,
    Source,
    Steps,
    Subcircuit,
    Transient,
)
from spicegen.circuit.memristor import card_of, moving_states
from spicegen.circuit.mismatch import spread
from spicegen.circuit.names import numbered, safe_text, spice_names
from spicegen.circuit.notes import notes_of
from spicegen.circuit.place import LayerCircuit, Place, chain, drive
from spicegen.circuit.read_noise import with_read_noise
from spicegen.circuit.recurrent import recurrent_circuit, turns_of
from spicegen.circuit.settling import step_times
from spicegen.circuit.static import refuse_static
from spicegen.circuit.stimuli import (
    bias_sources,
    clock_sources,
    common_source,
    input_sources,
    phases_of,
)
from spicegen.circuit.transistor import (
    PORTS,
    SUPPLY_CURRENT,
    clock_drivers,
    foundry,
    foundry_options,
    supplies,
    transistor_cell,
)
from spicegen.design import Design
from spicegen.errors import MappingError
from spicegen.mapping import (
    MappedDense,
    MappedDirections,
    MappedLayer,
    MappedNetwork,
    MappedRecurrent,
)

FEED_FORWARD_POINTS = 40
"""Least number of time points per sample where nothing is clocked."""


@dataclass(frozen=True, slots=True)
class BuiltCircuit:
    """A circuit and its clock.

    Attributes:
        circuit: the graph.
        clock: all timing.
        t_read_s: (samples, steps, outputs) instants at which each output is read, s, in a
            static analysis numbers of steps; one step where only the last is an output.
    """

    circuit: Circuit
    clock: Clock
    t_read_s: FloatArray


def make_clock(mapped: MappedNetwork, samples: int, steps: int, design: Design) -> Clock:
    """The clock of a run: times of the design, or of the slowest path.

    Args:
        mapped: the layers, whose slowest bit line sets the step.
        samples: sequences, one after the other.
        steps: of each sequence.
        design: times that are given (s), and lags of the blocks.
    Raises:
        DesignError: a phase is shorter than its edges.
    """
    t_step, t_transfer = step_times(mapped, design)
    recurrent = [layer for layer in mapped.layers if not isinstance(layer, MappedDense)]
    turns = max((turns_of(half) for layer in recurrent for half in layer.parts), default=1)
    edge, high = design.timing.t_edge_s, design.timing.v_clock_volts
    return Clock(t_step, t_transfer, edge, high, samples, steps, len(recurrent), turns)


def build_circuit(mapped: MappedNetwork, inputs: FloatArray, design: Design) -> BuiltCircuit:
    """Draw the whole network.

    Args:
        mapped: layers on conductances.
        inputs: (sample, step, feature), network units.
        design: the design.
    Raises:
        DesignError: the clock is impossible.
        MappingError: a bidirectional layer is not the first.
        CircuitError: the graph has a loose end (a fault of this package).
    """
    refuse_static(design)
    clock = make_clock(mapped, inputs.shape[0], inputs.shape[1], design)
    common = "cm" if design.signal.v_common_volts else "0"
    clocks, clock_probes = clock_sources(clock, design)
    made = Group("supplies and clock drivers", ())
    if design.transistors:
        clocks, made = _on_chip(clocks, design)
    biased = any("bias" in _row_names(layer) for layer in mapped.layers)
    biases, bias = bias_sources(common, design) if biased else ([], WordLines((), ()))
    drawing = _Drawing(mapped, inputs, clock, common, bias, design)
    last = mapped.layers[-1]
    first = last.first if isinstance(last, MappedDense) else 0
    outputs = tuple(
        Probe(f"output{k}", node, volts)
        for k, (node, volts) in enumerate(
            zip(
                drawing.outputs,
                np.broadcast_to(mapped.output_volts, len(drawing.outputs)).tolist(),
                strict=True,
            ),
            first,
        )
    )
    probes: tuple[Probe, ...] = outputs
    if design.simulation.save != "outputs":
        probes = (*clock_probes, *(p for layer in drawing.layers for p in layer.probes), *outputs)
    groups = (made, *drawing.groups) if made.instances else drawing.groups
    blocks, groups = spread(_subcircuits(clock, drawing.layers, design), groups, design)
    if design.pdk.fitted:
        blocks = fitted_blocks(blocks, mapped.fitted, design)
    circuit = Circuit(
        title=f"spicegen: {safe_text(mapped.name)}",
        notes=notes_of(mapped, clock, design),
        common=common,
        subcircuits=blocks,
        sources=(*common_source(common, design), *clocks, *biases, *drawing.sources),
        files=tuple(drawing.files),
        groups=groups,
        probes=probes,
        outputs=outputs,
        analysis=_analysis(clock, design),
        options=_options(design),
        save_all=design.simulation.save == "all",
        memristor=card_of(design),
        states=moving_states(blocks, (part for group in groups for part in group.instances)),
        metered=(SUPPLY_CURRENT,) if design.powered else (),
        foundry=foundry(design, mapped.start_volts) if design.transistors else None,
    )
    check_circuit(circuit)
    return BuiltCircuit(circuit, clock, _read_instants(mapped, clock, len(outputs), design))


class _Drawing:
    """Layers drawn one behind the other, and the input sources they need."""

    def __init__(
        self,
        mapped: MappedNetwork,
        inputs: FloatArray,
        clock: Clock,
        common: str,
        bias: WordLines,
        design: Design,
    ) -> None:
        self._clock, self._common, self._design = clock, common, design
        self._inputs, self._depth, self._bias = inputs * mapped.input_volts, 0, bias
        self._names = spice_names([part.name for layer in mapped.layers for part in layer.parts])
        self.sources, self.files = list[Source](), list[FileSource]()
        self._last = mapped.layers[-1]
        self._behind_layer, self.inverters = mapped.behind_layer, list[Instance]()
        # on a chip, op-amps drive the word lines of inputs
        self._buffered = mapped.behind_layer or design.fidelity_of("opamp") == "transistor"
        word = self._drivers("input", self._inputs)
        self.layers: list[LayerCircuit] = []
        self.outputs: tuple[str, ...] = ()
        for layer in mapped.layers:
            word = self._draw(layer, word)

    @property
    def groups(self) -> tuple[Group, ...]:
        """Instances by layer, behind the inverters of inputs where there are any."""
        title = "inverters of the layer before" if self._behind_layer else "input drivers"
        inverters = Group(title, tuple(self.inverters))
        layers = tuple(layer.group for layer in self.layers)
        return (inverters, *layers) if self.inverters else layers

    def _draw(self, layer: MappedLayer, word: WordLines) -> WordLines:
        """Draw a layer; its output's word lines."""
        if isinstance(layer, MappedDense):
            place = replace(self._place(layer.name), last=layer is self._last)
            drawn = [dense_circuit(layer, word, place)]
        else:
            drawn = [self._direction(layer, part, word) for part in layer.parts]
            self._depth += 1
        parts: tuple[MappedDense | MappedRecurrent, ...] = layer.parts
        drawn = [
            with_read_noise(
                each,
                part.crossbar,
                part.first if isinstance(part, MappedDense) else 0,
                self._clock,
                self._common,
                self._design,
            )
            for each, part in zip(drawn, parts, strict=True)
        ]
        self.layers += drawn
        self.sources += [source for part in drawn for source in part.sources]
        self.files += [source for part in drawn for source in part.files]
        self.outputs = tuple(node for part in drawn for node in part.outputs)
        joined = WordLines((), ())
        for part in drawn:
            joined += part.word
        return joined

    def _direction(
        self, layer: MappedRecurrent | MappedDirections, part: MappedRecurrent, word: WordLines
    ) -> LayerCircuit:
        if isinstance(layer, MappedDirections) and part is layer.back:
            word = self._reversed(layer.name)
        phases = phases_of(self._clock, self._depth, turns_of(part))
        return recurrent_circuit(part, word, phases, self._place(part.name))

    def _reversed(self, name: str) -> WordLines:
        """Word lines on which the driver plays each sequence backwards."""
        if self.layers:
            raise MappingError(
                f"layer {name}", "a layer that reads backwards must be the first of its circuit"
            )
        return self._drivers("input_back", self._inputs[:, ::-1])

    def _drivers(self, stem: str, volts: FloatArray) -> WordLines:
        """Word lines on which ideal sources play (sample, step, feature) V."""
        inputs = input_sources(stem, volts, self._clock, self._common, self._design, self._buffered)
        self.sources += inputs.sources
        self.files += inputs.files
        if not self._buffered:
            return inputs.word
        place = Place(stem, self._design, self._common, self._bias)
        nodes = inputs.word.positive
        if not self._behind_layer:
            nodes = numbered(f"{stem}_line", len(nodes))
            self.inverters += chain(
                f"{stem}_follower", "follower", inputs.word.positive, nodes, self._common
            )
        word, inverters = drive(place, stem, nodes)
        self.inverters += inverters
        return word

    def _place(self, name: str) -> Place:
        return Place(self._names[name], self._design, self._common, self._bias)


def _analysis(clock: Clock, design: Design) -> Transient | Steps:
    if not design.static:
        return Transient(clock.t_stop_s, _longest_step_s(clock, design))
    return Steps(clock.samples * clock.steps_per_sample)


def _row_names(layer: MappedLayer) -> list[str]:
    if isinstance(layer, MappedDense):
        return ["bias"] if layer.has_bias else []
    return [lines.name for half in layer.parts for lines in half.rows]


def _longest_step_s(clock: Clock, design: Design) -> float:
    """Longest time step the solver may take, s.

    Phases keep it short in recurrent circuits. Without them it would grow far beyond the
    amplifiers' time constants, where the trapezoidal rule leaves what remains of a step to
    ring with alternating sign until the outputs are read: 1e-3 of full scale. Steps of transistor
    circuits are so long that phases do not help: 3 mV at a slow bit line, at no less time.
    """
    free = clock.depth and not design.transistors
    return clock.t_step_s if free else clock.t_step_s / FEED_FORWARD_POINTS


def _read_instants(mapped: MappedNetwork, clock: Clock, outputs: int, design: Design) -> FloatArray:
    """(samples, steps, outputs), s, or numbers of steps in a static analysis; the backward half
    of a sequence is read in reverse."""
    by_step = clock.numbers(clock.depth) * 1.0 if design.static else clock.sampling(clock.depth)
    instants = np.repeat(by_step[:, :, None], outputs, axis=2)
    if any(not isinstance(layer, MappedDense) and layer.last_only for layer in mapped.layers):
        return instants[:, -1:]
    last = mapped.layers[-1]
    if isinstance(last, MappedDirections):
        backwards = slice(outputs - last.back.units, outputs)
        instants[:, :, backwards] = instants[:, ::-1, backwards].copy()
    return instants


def _subcircuits(clock: Clock, drawn: list[LayerCircuit], design: Design) -> tuple[Subcircuit, ...]:
    shared = list(amplifiers(design))
    if design.powered:
        shared.append(transistor_cell("bias", design))
    if clock.depth:
        shared += multipliers(design)
        shared += () if design.static else sample_hold(design)
    if clock.turns > 1:
        shared += multiplexers(design)
    blocks = (*shared, *(block for layer in drawn for block in layer.subcircuits))
    of_kit = {block.name: block for block in blocks if block.template.startswith("transistor/")}
    return (*of_kit.values(), *(block for block in blocks if block.name not in of_kit))


def _on_chip(clocks: list[Source], design: Design) -> tuple[list[Source], Group]:
    """What comes from outside, and what makes bias gates and clock phases of it."""
    sources, drivers = tuple(clocks), tuple[Instance, ...]()
    if design.fidelity_of("sample_hold") == "transistor":
        sources, drivers = clock_drivers(sources)
    if design.powered:
        sources = (*supplies(design), *sources)
        drivers = (Instance("bias", "bias", PORTS["bias"]), *drivers)
    return [*sources], Group("bias generator and clock drivers", drivers)


def _options(design: Design) -> dict[str, float | str]:
    simulation, solver = design.simulation, design.simulation.solver
    if solver == "auto":
        solver = "sparse" if design.fidelity_of("opamp") == "ideal" else "klu"
    options: dict[str, float | str] = {
        solver: "",
        "reltol": design.reltol,
        "vntol": simulation.vntol_volts,
        "abstol": simulation.abstol_ampere,
    }
    if design.powered:
        options |= foundry_options(design)
    elif design.pdk.fitted:
        options |= FITTED_OPTIONS
    return options if design.static else options | {"trtol": design.trtol}


__all__ = ["BuiltCircuit", "Group", "build_circuit", "make_clock"]
