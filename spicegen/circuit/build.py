"""A mapped network and a stimulus become one circuit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spicegen.circuit.amplifier import amplifiers
from spicegen.circuit.cells import multipliers, sample_hold
from spicegen.circuit.check import check_circuit
from spicegen.circuit.clock import Clock
from spicegen.circuit.crossbar import WordLines, needs_inverted_rows
from spicegen.circuit.graph import (
    Circuit,
    Dc,
    FloatArray,
    Group,
    Probe,
    Scaled,
    Source,
    Subcircuit,
    Transient,
)
from spicegen.circuit.layers import LayerCircuit, Place, dense_circuit, lstm_circuit
from spicegen.circuit.names import numbered, spice_names
from spicegen.circuit.settling import step_times
from spicegen.design import Design
from spicegen.mapping import MappedDense, MappedLstm, MappedNetwork


@dataclass(frozen=True, slots=True)
class BuiltCircuit:
    """A circuit and its clock.

    Attributes:
        circuit: the graph.
        clock: all timing.
        t_read_s: (samples, steps) instants at which the outputs are read, s; one step
            where only the last is an output.
    """

    circuit: Circuit
    clock: Clock
    t_read_s: FloatArray


def make_clock(mapped: MappedNetwork, samples: int, steps: int, design: Design) -> Clock:
    """The clock of a run: times of the design, or of the slowest path."""
    t_step, t_transfer = step_times(mapped, design)
    depth = sum(isinstance(layer, MappedLstm) for layer in mapped.layers)
    edge, high = design.timing.t_edge_s, design.timing.v_clock_volts
    return Clock(t_step, t_transfer, edge, high, samples, steps, depth)


def build_circuit(mapped: MappedNetwork, inputs: FloatArray, design: Design) -> BuiltCircuit:
    """Draw the whole network.

    Args:
        mapped: layers on conductances.
        inputs: (sample, step, feature), network units.
        design: the design.
    Raises:
        DesignError: the clock is impossible.
        CircuitError: the graph has a loose end (a fault of this package).
    """
    clock = make_clock(mapped, inputs.shape[0], inputs.shape[1], design)
    common = "cm" if design.signal.v_common_volts else "0"
    names = spice_names([layer.name for layer in mapped.layers])
    sources, word = _input_sources(mapped, inputs, clock, common, design)
    bias, bias_sources = _bias(mapped, common, design)
    drawn: list[LayerCircuit] = []
    depth = 0
    for layer in mapped.layers:
        place = Place(names[layer.name], design, common, bias)
        if isinstance(layer, MappedDense):
            drawn.append(dense_circuit(layer, word, place))
        else:
            phases = ("phi_track", "phi_transfer", f"phi_reset{depth}")
            drawn.append(lstm_circuit(layer, word, phases, place))
            depth += 1
        word = drawn[-1].word
    outputs = tuple(
        Probe(f"output{k}", node, mapped.output_volts) for k, node in enumerate(drawn[-1].outputs)
    )
    clock_sources, clock_probes = _clock_sources(clock)
    circuit = Circuit(
        title=f"spicegen: {next(iter(spice_names([mapped.name]).values()))}",
        notes=_notes(mapped, clock, design),
        common=common,
        subcircuits=_subcircuits(mapped, drawn, design),
        sources=(*_common_source(common, design), *clock_sources, *bias_sources, *sources),
        groups=tuple(layer.group for layer in drawn),
        probes=_saved(drawn, outputs, clock_probes, design),
        outputs=outputs,
        analysis=Transient(clock.t_stop_s, clock.t_step_s),
        options=_options(design),
        save_all=design.simulation.save == "all",
    )
    check_circuit(circuit)
    t_read = clock.sampling(clock.depth)
    last_only = any(isinstance(layer, MappedLstm) and layer.last_only for layer in mapped.layers)
    return BuiltCircuit(circuit, clock, t_read[:, -1:] if last_only else t_read)


def _subcircuits(
    mapped: MappedNetwork, drawn: list[LayerCircuit], design: Design
) -> tuple[Subcircuit, ...]:
    shared = [*amplifiers(design)]
    if any(isinstance(layer, MappedLstm) for layer in mapped.layers):
        shared += [*multipliers(design), *sample_hold(design)]
    return (*shared, *(block for layer in drawn for block in layer.subcircuits))


def _input_sources(
    mapped: MappedNetwork, inputs: FloatArray, clock: Clock, common: str, design: Design
) -> tuple[list[Source], WordLines]:
    """Ideal input drivers; the inverted word line is a copy of the first."""
    features = inputs.shape[2]
    positive = numbered("input", features)
    volts = np.moveaxis(inputs, 2, 0) * mapped.input_volts
    sources = [
        Source(node, node, common, clock.hold_inputs(channel))
        for node, channel in zip(positive, volts, strict=True)
    ]
    if not needs_inverted_rows(design):
        return sources, WordLines(positive, ())
    negative = numbered("input_inv", features)
    sources += [
        Source(inverted, inverted, common, Scaled(node, -1.0))
        for node, inverted in zip(positive, negative, strict=True)
    ]
    return sources, WordLines(positive, negative)


def _bias(mapped: MappedNetwork, common: str, design: Design) -> tuple[WordLines, list[Source]]:
    if not any(layer.has_bias for layer in mapped.layers):
        return WordLines((), ()), []
    volts = design.signal.v_read_volts
    sources = [Source("bias", "bias", common, Dc(volts))]
    if not needs_inverted_rows(design):
        return WordLines(("bias",), ()), sources
    sources.append(Source("bias_inv", "bias_inv", common, Dc(-volts)))
    return WordLines(("bias",), ("bias_inv",)), sources


def _common_source(common: str, design: Design) -> tuple[Source, ...]:
    return () if common == "0" else (Source("cm", "cm", "0", Dc(design.signal.v_common_volts)),)


def _clock_sources(clock: Clock) -> tuple[list[Source], list[Probe]]:
    if not clock.depth:
        return [], []
    waveforms = {"phi_transfer": clock.transfer(), "phi_track": clock.track()}
    waveforms |= {f"phi_reset{depth}": clock.reset(depth) for depth in range(clock.depth)}
    return (
        [Source(node, node, "0", waveform) for node, waveform in waveforms.items()],
        [Probe(node, node) for node in waveforms],
    )


def _saved(
    drawn: list[LayerCircuit], outputs: tuple[Probe, ...], clocks: list[Probe], design: Design
) -> tuple[Probe, ...]:
    if design.simulation.save == "outputs":
        return outputs
    return (*clocks, *(probe for layer in drawn for probe in layer.probes), *outputs)


def _options(design: Design) -> dict[str, float | str]:
    simulation, solver = design.simulation, design.simulation.solver
    if solver == "auto":
        solver = "sparse" if design.fidelity_of("opamp") == "ideal" else "klu"
    return {
        solver: "",
        "reltol": simulation.reltol,
        "vntol": simulation.vntol_volts,
        "abstol": simulation.abstol_ampere,
        "trtol": simulation.trtol,
    }


def _notes(mapped: MappedNetwork, clock: Clock, design: Design) -> tuple[str, ...]:
    signal = design.signal
    return (
        f"fidelity {design.fidelity}, {design.crossbar.topology}, memristors "
        f"{design.device.g_min_siemens:g} to {design.device.g_max_siemens:g} S",
        f"signals around {signal.v_common_volts:g} V, rails +-{signal.v_rail_volts:g} V, "
        f"word lines within +-{signal.v_read_volts:g} V",
        f"1.0 is {mapped.input_volts:.6g} V at inputs, {mapped.output_volts:.6g} V at outputs",
        f"step {clock.t_step_s:g} s, transfer {clock.t_transfer_s:g} s, edges {clock.t_edge_s:g} s",
        f"{clock.samples} x {clock.steps} steps",
    )


__all__ = ["BuiltCircuit", "Group", "build_circuit", "make_clock"]
