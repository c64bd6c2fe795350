"""A network as circuits, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from spicegen.circuit import BuiltCircuit, build_circuit, make_clock
from spicegen.circuit.graph import FloatArray
from spicegen.design import Design
from spicegen.errors import DesignError
from spicegen.mapping import MappedNetwork, map_network, resolved_ranges, with_conductances
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

LONG_RUN_STEPS = 1000
"""With more steps, inputs of a transient are read from files: ngspice searches an inline list
from its start at every time point, which then takes a tenth of the time, and grows."""


@dataclass(frozen=True)
class Stage:
    """Layers that stand in one circuit.

    A network is one stage, unless it has layers that read backwards. Such a layer
    needs each sequence from its end, so its circuit starts from inputs that a driver plays;
    and what it returns step by step belongs to different times in its two halves, so that
    the driver stores it and plays it to the next circuit.

    Attributes:
        mapped: its layers on conductances.
        reference_inputs: (sample, step, feature) what it would see without any error.
    """

    mapped: MappedNetwork
    reference_inputs: FloatArray


@dataclass(frozen=True)
class Prepared:
    """A network mapped and timed for one set of inputs.

    Attributes:
        network, trace: the network and its reference run.
        design: complete: ranges and times that were chosen are filled in.
        stages: circuits, one after the other.
        deviation: of given conductances from those of the weights, percent of the window.
    """

    network: Network
    trace: NetworkTrace
    design: Design
    stages: tuple[Stage, ...]
    deviation: dict[str, float] | None = None

    def build(self, stage: int, inputs: FloatArray | None = None) -> BuiltCircuit:
        """The circuit of a stage.

        Args:
            stage: counted from 0.
            inputs: (sample, step, feature), network units; the reference's if None.
        """
        chosen = self.stages[stage]
        seen = chosen.reference_inputs if inputs is None else inputs
        return build_circuit(chosen.mapped, seen, self.design)


def prepare(
    network: Network, inputs: NDArray[Any], design: Design, *, xspice: bool = True
) -> Prepared:
    """Map a network and choose its times for these inputs.

    Args:
        network: the trained network.
        inputs: as `Network.check_inputs` takes them, network units.
        design: the design; what it leaves open is chosen here.
        xspice: the engine can read inputs from files.
    Raises:
        InputError: inputs, design or mapping are impossible.
    """
    trace = network.forward(inputs)
    of_every_step = _returning_sequences(network).forward(inputs).layers
    stages, seen, source = list[Stage](), trace.inputs, "input"
    for layers in split(network.layers):
        part = Network(network.name, layers[0].input_size, layers)
        given = trace.layers[layers[-1].name].out
        part_trace = NetworkTrace(seen, of_every_step, given)
        stages.append(Stage(map_network(part, part_trace, design, source), seen))
        seen, source = given, f"{layers[-1].name}.out"
    stages, apart = _programmed(stages, design)
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


def _programmed(stages: list[Stage], design: Design) -> tuple[list[Stage], dict[str, float] | None]:
    """Stages with the conductances that the design gives, and how far these are off."""
    if design.mapping.conductances is None:
        return stages, None
    given = read_conductances(Path(design.mapping.conductances))
    drawn = [replace(stage, mapped=with_conductances(stage.mapped, given)) for stage in stages]
    window = design.device.g_max_siemens - design.device.g_min_siemens
    asked, reached = ([stage.mapped for stage in part] for part in (stages, drawn))
    return drawn, deviation(asked, reached, window)


def _where_inputs_are_kept(design: Design, steps: int, xspice: bool) -> str:
    """In the deck, or in files beside it.

    Raises:
        DesignError: the engine cannot do what was asked for.
    """
    kept, can = design.simulation.inputs, xspice and design.simulation.engine != "neospice"
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
