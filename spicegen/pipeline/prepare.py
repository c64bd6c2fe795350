"""A network as circuits, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from spicegen.circuit import BuiltCircuit, make_clock
from spicegen.circuit.graph import FloatArray
from spicegen.cost import refuse_cost
from spicegen.design import Design
from spicegen.design.nonideality import OpampMismatch
from spicegen.errors import DesignError
from spicegen.mapping import (
    OF_DEVICES,
    MappedNetwork,
    Trims,
    check_arrays,
    map_network,
    resolved_ranges,
    with_conductances,
)
from spicegen.network import (
    Bidirectional,
    Gru,
    Layer,
    Lstm,
    Network,
    NetworkTrace,
    Reversed,
    Rnn,
)
from spicegen.pipeline.conductances import deviation, read_conductances
from spicegen.pipeline.draw import draw

LONG_RUN_STEPS = 1000
"""With more steps, inputs of a transient are read from files: ngspice searches an inline list
from its start at every time point, which then takes a tenth of the time, and grows."""


@dataclass(frozen=True)
class Part:
    """Circuits that see the same inputs and together give the next part's.

    Attributes:
        blocks: what each circuit draws: all layers of a stage, or bit lines of one layer.
        reference_inputs: (sample, step, feature) what they would see without any error.
    """

    blocks: tuple[MappedNetwork, ...]
    reference_inputs: FloatArray


@dataclass(frozen=True)
class Stage:
    """Layers that could stand in one circuit.

    A network is one stage, unless it has layers that read backwards. Such a layer
    needs each sequence from its end, so its circuit starts from inputs that a driver plays;
    and what it returns step by step belongs to different times in its two halves, so that
    the driver stores it and plays it to the next circuit.

    Attributes:
        mapped: its layers on conductances.
        parts: one circuit, or where a static analysis is cut, its layers one after the other.
    """

    mapped: MappedNetwork
    parts: tuple[Part, ...]

    @property
    def is_cut(self) -> bool:
        """Whether several circuits stand for it."""
        return len(self.parts) > 1 or len(self.parts[0].blocks) > 1


@dataclass(frozen=True)
class Prepared:
    """A network mapped and timed for one set of inputs.

    Attributes:
        network, trace: the network and its reference run.
        design: complete: ranges and times that were chosen are filled in.
        stages: one after the other.
        deviation: of given conductances from those of the weights, percent of the window.
    """

    network: Network
    trace: NetworkTrace
    design: Design
    stages: tuple[Stage, ...]
    deviation: dict[str, float] | None = None

    def circuit(self) -> BuiltCircuit:
        """The first circuit, which is the only one of most networks."""
        return next(self.circuits())

    def circuits(self) -> Iterator[BuiltCircuit]:
        """Every circuit, with the reference's signals as inputs."""
        for stage in self.stages:
            for part in stage.parts:
                for block in part.blocks:
                    yield draw(block, part.reference_inputs, self.design)


def prepare(
    network: Network,
    inputs: NDArray[Any],
    design: Design,
    *,
    xspice: bool = True,
    trims: Trims | None = None,
) -> Prepared:
    """Map a network and choose its times for these inputs.

    Args:
        network: the trained network.
        inputs: (sample, feature) without recurrence, else (step, feature) or
            (sample, step, feature), as `Network.check_inputs` takes them; network units.
        design: the design; what it leaves open is chosen here.
        xspice: the engine can read inputs from files.
        trims: how single amplifiers and cells differ from nominal ones.
    Raises:
        InputError: inputs, design or mapping are impossible.
    """
    if design.cost.enabled:
        refuse_cost(design)
    trace = network.forward(inputs)
    of_every_step = _returning_sequences(network).forward(inputs).layers
    drawn, seen, source = [], trace.inputs, "input"
    for layers in split(network.layers):
        part = Network(network.name, layers[0].input_size, layers)
        given = trace.layers[layers[-1].name].out
        part_trace = NetworkTrace(seen, of_every_step, given)
        mapped = map_network(part, part_trace, design, source, trims)
        before = [seen, *(trace.layers[layer.name].out for layer in layers)]
        drawn.append((mapped, before))
        seen, source = given, f"{layers[-1].name}.out"
    parts = [part.name for mapped, _ in drawn for layer in mapped.layers for part in layer.parts]
    check_arrays(parts, design)
    reached, apart = _programmed([mapped for mapped, _ in drawn], design)
    stages = [
        Stage(mapped, tuple(map(Part, _cut(mapped, design), before)))
        for mapped, (_, before) in zip(reached, drawn, strict=True)
    ]
    samples, steps = trace.inputs.shape[:2]
    clocks = [make_clock(stage.mapped, samples, steps, design) for stage in stages]
    timing = {"t_step_s": max(clock.t_step_s for clock in clocks)}
    if network.recurrent:
        timing["t_transfer_s"] = max(clock.t_transfer_s for clock in clocks)
    ranges = {
        name: largest
        for stage in stages
        for name, largest in resolved_ranges(stage.mapped.signals).items()
    }
    kept = {"inputs": _where_inputs_are_kept(design, samples * steps, xspice)}
    complete = design.model_copy(
        update={
            "mapping": design.mapping.model_copy(update={"ranges": ranges}),
            "timing": design.timing.model_copy(update=timing),
            "simulation": design.simulation.model_copy(update=kept),
        }
    )
    return Prepared(network, trace, complete, tuple(stages), apart)


def _programmed(
    asked: list[MappedNetwork], design: Design
) -> tuple[list[MappedNetwork], dict[str, float] | None]:
    """The stages with the conductances that the design gives, and how far these are off.

    Raises:
        DesignError: the list of non-idealities would make other conductances of them.
    """
    if design.mapping.conductances is None:
        return asked, None
    listed = [each for each in design.nonideality if isinstance(each, OF_DEVICES)]
    if others := [each.kind for each in listed if each.enabled]:
        raise DesignError(
            "mapping.conductances",
            "given conductances are those that devices have, which leaves no place for "
            f"non-idealities of devices ({', '.join(others)})",
            design.mapping.conductances,
            "leave out one of them",
        )
    given = read_conductances(Path(design.mapping.conductances))
    reached = [with_conductances(mapped, given) for mapped in asked]
    return reached, deviation(asked, reached, design)


def _cut(mapped: MappedNetwork, design: Design) -> tuple[tuple[MappedNetwork, ...], ...]:
    """The circuits of a stage, layer by layer and block by block; one where it stays whole.

    Op-amps, which are drawn at random by layer and instance, would come out otherwise in another
    circuit. With wires, all bit lines load the same word lines.
    """
    jobs = design.simulation.jobs
    if jobs == 1 or design.active(OpampMismatch) or not design.static:
        return ((mapped,),)
    return mapped.cut(jobs if design.crossbar.separable else 1)


def _where_inputs_are_kept(design: Design, steps: int, xspice: bool) -> str:
    """In the deck, or in files beside it.

    Raises:
        DesignError: the engine cannot do what was asked for.
    """
    kept, can = design.simulation.inputs, xspice and design.simulation.engine != "neospice"
    if design.cost.enabled and kept != "file":
        return "inline"  # a source that reads a file does not tell its current
    if kept == "file" and not can:
        raise DesignError(
            "simulation.inputs",
            "only ngspice with XSPICE reads inputs from files",
            kept,
            "set simulation.inputs = auto or use --engine ngspice",
        )
    if kept != "auto":
        return kept
    return "file" if can and (design.static or steps > LONG_RUN_STEPS) else "inline"


def _returning_sequences(network: Network) -> Network:
    """The network with the outputs of every step.

    A circuit computes every step of layers behind one that returns the last only; ranges
    must hold for all of them, or word lines would exceed the read voltage on the way.
    """
    if all(layer.keeps_steps for layer in network.layers):
        return network
    return replace(network, layers=tuple(_returning_sequence(layer) for layer in network.layers))


def _returning_sequence(layer: Layer) -> Layer:
    match layer:
        case Bidirectional():
            ahead = replace(layer.forward_layer, returns="sequence")
            return Bidirectional(
                layer.name, ahead, replace(layer.backward_layer, returns="sequence")
            )
        case Reversed():
            return Reversed(layer.name, replace(layer.layer, returns="sequence"))
        case Lstm() | Gru() | Rnn():
            return replace(layer, returns="sequence")
    return layer


def split(layers: tuple[Layer, ...]) -> list[tuple[Layer, ...]]:
    """Layers grouped into stages: those that read backwards start one, and end it unless they
    return the last step only."""
    groups: list[list[Layer]] = [[]]
    for layer in layers:
        back = isinstance(layer, Bidirectional | Reversed)
        if back and groups[-1]:
            groups.append([])
        groups[-1].append(layer)
        if back and layer.keeps_steps:
            groups.append([])
    return [tuple(group) for group in groups if group]
