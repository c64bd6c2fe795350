"""The whole way: network and inputs -> circuit -> deck -> run -> waveforms -> score."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import spicegen
from spicegen import rundir
from spicegen.accuracy import Accuracy, compare
from spicegen.circuit import BuiltCircuit, build_circuit
from spicegen.design import Design, design_text
from spicegen.engine import Job, select
from spicegen.mapping import MappedNetwork, map_network, resolved_ranges
from spicegen.netlist import Deck, write_deck
from spicegen.network import Network, NetworkTrace
from spicegen.waveforms import Waveforms

FloatArray = NDArray[np.float64]
Progress = Callable[[str, float], None]
"""Called with what is being done (emit, simulate, read) and the share of it that is done."""


@dataclass(frozen=True)
class Prepared:
    """A network as a circuit, before anything is written.

    Attributes:
        network, trace: the network and its reference run.
        design: complete: ranges and times that were chosen are filled in.
        mapped, built: conductances, circuit and clock.
    """

    network: Network
    trace: NetworkTrace
    design: Design
    mapped: MappedNetwork
    built: BuiltCircuit


@dataclass(frozen=True)
class RunResult:
    """A finished run.

    Attributes:
        directory: the run directory.
        accuracy: the score.
        outputs, reference: analog and reference outputs, network units, leading axes as
            the inputs had them.
        t_s: instants at which the outputs were read, s, shape of outputs without the last axis.
        summary: the content of result.json.
    """

    directory: Path
    accuracy: Accuracy
    outputs: FloatArray
    reference: FloatArray
    t_s: FloatArray
    summary: dict[str, Any]

    @cached_property
    def waveforms(self) -> Waveforms:
        """Every saved signal by name, V over s; the file is mapped, not read."""
        return open_waveforms(self.directory)


def prepare(network: Network, inputs: NDArray[Any], design: Design) -> Prepared:
    """Map a network and draw its circuit for these inputs.

    Args:
        network: the trained network.
        inputs: as `Network.check_inputs` takes them, network units.
        design: the design; what it leaves open is chosen here.
    Raises:
        InputError: inputs, design or mapping are impossible.
    """
    trace = network.forward(inputs)
    mapped = map_network(network, trace, design)
    built = build_circuit(mapped, trace.inputs, design)
    timing = {"t_step_s": built.clock.t_step_s}
    if built.clock.depth:
        timing["t_transfer_s"] = built.clock.t_transfer_s
    complete = design.model_copy(
        update={
            "mapping": design.mapping.model_copy(
                update={"ranges": resolved_ranges(mapped.signals)}
            ),
            "timing": design.timing.model_copy(update=timing),
        }
    )
    return Prepared(network, trace, complete, mapped, built)


def emit(
    network: Network, inputs: NDArray[Any], design: Design, out: Path, *, force: bool = False
) -> dict[str, Any]:
    """Write the deck and the complete design, without simulating.

    Returns:
        what was written: size, clock, signals, hash.
    Raises:
        InputError: bad input, or `out` must not be written.
    """
    rundir.check_target(out, force)
    started = time.perf_counter()
    prepared = prepare(network, inputs, design)
    with rundir.new_run(out, force) as folder:
        deck = _write(prepared, folder)
        summary = _description(prepared, deck)
        summary["timing"] = {"emit_s": time.perf_counter() - started}
    return summary


def run(
    network: Network,
    inputs: NDArray[Any],
    *,
    design: Design | None = None,
    out: str | Path,
    force: bool = False,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
) -> RunResult:
    """Emit, simulate, read back, compare.

    Args:
        network: the trained network.
        inputs: (sample, feature) without recurrence, else (step, feature) or
            (sample, step, feature); network units.
        design: the design; the default one if None.
        out: run directory to make.
        force: replace `out` if it is a run directory.
        progress: called with a stage and the share of it that is done.
        announce: called with a line about what was chosen, such as the engine.
    Raises:
        InputError: bad input; nothing is written.
        SimulationError: the engine failed; its files are in `<out>.failed`.
    """
    out, design = Path(out), design or Design()
    rundir.check_target(out, force)
    started = time.perf_counter()
    engine = select(design.simulation.engine)
    if announce:
        announce(engine.announcement)
    report = progress or _silent
    report("emit", 0.0)
    prepared = prepare(network, inputs, design)
    with rundir.new_run(out, force) as folder:
        deck = _write(prepared, folder)
        emitted = time.perf_counter()
        report("simulate", 0.0)
        circuit = prepared.built.circuit
        job = Job(
            deck=deck.path,
            raw=folder / rundir.RAW,
            log=folder / rundir.LOG,
            probes=tuple(dict.fromkeys(probe.vector for probe in circuit.probes)),
            t_stop_s=circuit.analysis.t_stop_s,
            timeout_s=design.simulation.timeout_s,
            progress=partial(report, "simulate"),
        )
        record = engine.engine.simulate(job)
        simulated = time.perf_counter()
        report("read", 0.0)
        analog = _read_outputs(prepared, folder)
        reference = np.asarray(prepared.trace.outputs)
        t_s = prepared.built.t_read_s.reshape(reference.shape[:-1])
        accuracy = compare(analog, reference, classes=_are_classes(prepared))
        np.savez(
            folder / rundir.OUTPUTS,
            analog=analog,
            reference=reference,
            t_s=t_s,
            inputs=np.asarray(inputs),
        )
        info = engine.info
        finished = time.perf_counter()
        summary = _description(prepared, deck) | {
            "engine": {"name": info.name, "version": info.version, "options": dict(record.options)},
            "points": record.points,
            "warnings": list(record.warnings),
            "timing": {
                "emit_s": emitted - started,
                "simulate_s": record.simulate_s,
                "read_s": finished - simulated,
                "total_s": finished - started,
            },
            "accuracy": accuracy.as_dict(),
        }
        rundir.write_json(folder / rundir.RESULT, summary)
    return RunResult(out, accuracy, analog, reference, t_s, summary)


def _silent(stage: str, share: float) -> None:
    """Progress that nobody asked for."""


def open_run(directory: str | Path) -> RunResult:
    """A finished run, from its directory.

    Raises:
        InputError: the directory holds no finished run.
    """
    directory = Path(directory)
    summary = rundir.read_json(directory, rundir.RESULT)
    with np.load(directory / rundir.OUTPUTS, allow_pickle=False) as arrays:
        analog, reference, t_s = arrays["analog"], arrays["reference"], arrays["t_s"]
    classes = summary["accuracy"]["agreement_pct"] is not None
    return RunResult(
        directory, compare(analog, reference, classes=classes), analog, reference, t_s, summary
    )


def open_waveforms(directory: Path) -> Waveforms:
    """Every saved signal of a run under its friendly name.

    Raises:
        InputError: the directory holds no finished run.
        RawFileError: its raw file is damaged.
    """
    probes = rundir.read_json(directory, rundir.PROBES)
    aliases = {name: probe["vector"] for name, probe in probes.items()}
    return Waveforms.from_raw(directory / rundir.RAW, aliases)


def _write(prepared: Prepared, folder: Path) -> Deck:
    circuit = prepared.built.circuit
    deck = write_deck(circuit, folder / rundir.DECK)
    (folder / rundir.DESIGN).write_text(design_text(prepared.design), encoding="utf-8")
    rundir.write_json(
        folder / rundir.PROBES,
        {
            probe.name: {"vector": probe.vector, "volts_per_unit": probe.volts_per_unit}
            for probe in circuit.probes
        },
    )
    np.savez(folder / rundir.CROSSBARS, **_crossbars(prepared.mapped))
    return deck


def _crossbars(mapped: MappedNetwork) -> dict[str, Any]:
    """Conductances of each layer: arrays numbered in the order of `names`.

    A layer's name may be any text, which the members of a zip archive may not.
    """
    arrays: dict[str, Any] = {"names": np.array([layer.name for layer in mapped.layers])}
    for index, layer in enumerate(mapped.layers):
        for quantity in ("g_pos_siemens", "g_neg_siemens", "r_feedback_ohm"):
            arrays[f"{quantity}_{index}"] = getattr(layer.crossbar, quantity)
    return arrays


def _read_outputs(prepared: Prepared, folder: Path) -> FloatArray:
    """Analog outputs in network units, shaped as the reference outputs."""
    built = prepared.built
    waveforms = Waveforms.from_raw(folder / rundir.RAW)
    volts = waveforms.at(
        [probe.vector for probe in built.circuit.outputs], built.t_read_s.reshape(-1)
    )
    common = prepared.design.signal.v_common_volts
    analog = (volts - common) / prepared.mapped.output_volts
    return np.asarray(analog.reshape(prepared.trace.outputs.shape))


def _are_classes(prepared: Prepared) -> bool:
    """Outputs are classes where each sample has one answer of several values."""
    per_sample = not prepared.network.recurrent or prepared.built.t_read_s.shape[1] == 1
    return per_sample and prepared.network.output_size > 1


def _description(prepared: Prepared, deck: Deck) -> dict[str, Any]:
    """What was built, as result.json tells it."""
    clock = prepared.built.clock
    return {
        "spicegen": spicegen.__version__,
        "network": prepared.network.name,
        "seed": prepared.design.simulation.seed,
        "netlist_sha256": deck.sha256,
        "size": deck.size,
        "clock": {
            "t_step_s": clock.t_step_s,
            "t_transfer_s": clock.t_transfer_s,
            "t_edge_s": clock.t_edge_s,
            "samples": clock.samples,
            "steps": clock.steps,
            "depth": clock.depth,
        },
        "clipping": [
            {
                "signal": signal.name,
                "largest": signal.largest,
                "volts_per_unit": signal.volts_per_unit,
                "largest_volts": signal.largest_volts,
                "limit": signal.limit,
                "limit_volts": signal.limit_volts,
                "clips": signal.clips,
                "clip_error": signal.clip_error,
            }
            for signal in prepared.mapped.signals
        ],
    }
