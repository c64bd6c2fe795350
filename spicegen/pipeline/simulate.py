"""Emit a network's circuits, simulate them, read them back, compare."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen import rundir
from spicegen.accuracy import compare
from spicegen.calibration import write_calibration
from spicegen.circuit.static import refuse_static
from spicegen.cost import load_table
from spicegen.design import Design
from spicegen.engine import Choice, select
from spicegen.network import Network
from spicegen.pipeline.budget import Task, budget_of, write_vectors
from spicegen.pipeline.calibration import Calibrated, calibrated
from spicegen.pipeline.cost import cost_part
from spicegen.pipeline.description import (
    calibration_part,
    description,
    engine_part,
    partition_part,
    write_design,
)
from spicegen.pipeline.memristor import require_osdi, voltage_warnings
from spicegen.pipeline.partition import namer, run_stages
from spicegen.pipeline.prepare import Prepared, prepare
from spicegen.pipeline.read_disturb import read_disturb
from spicegen.pipeline.result import FloatArray, RunResult
from spicegen.pipeline.schematics import write_schematics
from spicegen.pipeline.stage import Bench, Progress, silent, write_circuit
from spicegen.pipeline.supply import supply_part
from spicegen.pipeline.transistors import refuse_transistors
from spicegen.waveforms import Waveforms


def emit(
    network: Network,
    inputs: NDArray[Any],
    design: Design,
    out: Path,
    *,
    force: bool = False,
    schematic: bool = False,
) -> dict[str, Any]:
    """Write the decks and the complete design, without simulating the network.

    The inputs of later stages are the reference's. Transistor circuits are calibrated first, as
    `calibration.method` says.

    Args:
        network: the trained network.
        inputs: (sample, feature) without recurrence, else (step, feature) or
            (sample, step, feature); network units.
        design: the design.
        out: directory to make.
        force: replace `out` if it is a run directory.
        schematic: draw each kind of block into schematics/.
    Returns:
        what was written: size, clock, signals, hash.
    Raises:
        InputError: bad input, or `out` must not be written.
    """
    rundir.check_target(out, force)
    started = time.perf_counter()
    refuse_transistors(network, design)
    prepared = prepare(network, inputs, design)
    with rundir.new_run(out, force) as folder:
        if design.transistors:
            bench = Bench(prepared.design, choose_engine(network, design), folder)
            hardware = calibrated(prepared, inputs, design, bench)
            prepared = hardware.prepared
            write_calibration(hardware.calibration, folder / rundir.CALIBRATION)
        write_design(prepared, folder)
        built = list(prepared.circuits())
        decks = [
            write_circuit(circuit, prepared.design, folder, namer(number))
            for number, circuit in enumerate(built, 1)
        ]
        if schematic:
            write_schematics([circuit.circuit for circuit in built], folder / rundir.SCHEMATICS)
        summary = description(prepared, built, decks)
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
    budget: bool = False,
    engine: Choice | None = None,
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
        budget: divide the error among its sources, see `accuracy.budget`; some twenty
            simulations more.
        engine: where it was chosen already, for many runs.
    Raises:
        InputError: bad input; nothing is written.
        SimulationError: the engine failed; its files are in `<out>.failed`.
    """
    out, design, report = Path(out), design or Design(), progress or silent
    rundir.check_target(out, force)
    started = time.perf_counter()
    refuse_static(design)
    refuse_transistors(network, design, budget)
    table = load_table(design.cost.table) if design.cost.enabled else None
    engine = engine or choose_engine(network, design)
    require_osdi(engine, design)
    if announce:
        announce(engine.announcement)
        if design.simulation.jobs > 1 and not (design.static or budget):
            announce("a transient is one circuit in one process: simulation.jobs has no effect")
    report("emit", 0.0)
    prepared = prepare(network, inputs, design, xspice=engine.info.capabilities.xspice)
    prepared_s = time.perf_counter() - started
    with rundir.new_run(out, force) as folder:
        bench = Bench(prepared.design, engine, folder, report, announce)
        hardware: Calibrated | None = None
        if design.transistors:
            hardware = calibrated(prepared, inputs, design, bench)
            prepared = hardware.prepared
            bench = replace(bench, design=prepared.design)
            write_calibration(hardware.calibration, folder / rundir.CALIBRATION)
        write_design(prepared, folder)
        calibrated_s = time.perf_counter() - started - prepared_s
        joined = run_stages(prepared, bench)
        reference = np.asarray(prepared.trace.outputs)
        analog = joined[-1].outputs.reshape(reference.shape)
        t_s = _instants(joined[-1].t_read, reference.shape)
        accuracy = compare(analog, reference, classes=_are_classes(prepared))
        arrays: dict[str, Any] = {"analog": analog, "reference": reference, "t_s": t_s}
        if hardware:
            arrays["reference_cell"] = hardware.reference
        np.savez(folder / rundir.OUTPUTS, inputs=np.asarray(inputs), **arrays)
        done = [circuit for stage in joined for circuit in stage.circuits]
        built, decks = [part.built for part in done], [part.deck for part in done]
        summary = description(prepared, built, decks) | engine_part(engine, done)
        summary |= partition_part(joined)
        summary["timing"] = {
            "emit_s": prepared_s + sum(part.emit_s for part in done),
            "simulate_s": sum(part.record.simulate_s for part in done),
            "read_s": sum(part.read_s for part in done),
            "total_s": time.perf_counter() - started,
        }
        if hardware:
            summary["timing"] |= {
                "calibrate_s": calibrated_s,
                "simulate_per_step_s": summary["timing"]["simulate_s"]
                / (built[0].clock.samples * built[0].clock.steps),
            }
            summary["accuracy_cell"] = compare(
                analog, hardware.reference, classes=_are_classes(prepared)
            ).as_dict()
            summary["calibration"] = calibration_part(hardware.calibration, design)
        if design.powered:
            summary["supply"] = supply_part(
                Waveforms.from_raw(folder / rundir.RAW), built[0].clock.t_step_s, design
            )
        summary["warnings"] += voltage_warnings(prepared.design)
        summary["accuracy"] = accuracy.as_dict()
        if moved := [part for circuit in done for part in circuit.moved]:
            summary["read_disturb"] = read_disturb(moved, prepared.design)
        if cost := cost_part(done, summary["size"], prepared.design, table):
            summary["cost"] = cost
        if budget:
            task = Task(prepared, np.asarray(inputs), analog, engine, folder)
            divided, simulations = budget_of(task, report)
            summary["budget"] = divided.as_dict() | {"simulations": simulations}
            write_vectors(divided, folder)
            summary["timing"]["total_s"] = time.perf_counter() - started
        rundir.write_json(folder / rundir.RESULT, summary)
    return RunResult(out, accuracy, analog, reference, t_s, summary)


def choose_engine(network: Network, design: Design) -> Choice:
    """The engine of a run, which must set sources from step to step where no file does.

    Args:
        network: recurrent ones need that in a static analysis.
        design: engine, analysis and where inputs stand; foundry models need ngspice.
    Raises:
        EngineMissingError: what the design asks for is not installed.
    """
    name, static = design.simulation.engine, design.static
    if design.transistors and name == "auto":
        name = "ngspice"
    inline = design.simulation.inputs == "inline" or design.cost.enabled
    if static and (network.recurrent or inline):
        return select(name, steps=True)
    choice = select(name)
    can = choice.info.capabilities
    return select(name, steps=True) if static and not (can.xspice or can.steps) else choice


def _instants(t_read_s: FloatArray, outputs_shape: tuple[int, ...]) -> FloatArray:
    """Read-out instants, with one axis less where all outputs share them."""
    if (t_read_s == t_read_s[:, :, :1]).all():
        return t_read_s[:, :, 0].reshape(outputs_shape[:-1])
    return t_read_s.reshape(outputs_shape)


def _are_classes(prepared: Prepared) -> bool:
    """Outputs are classes where each sample has one answer of several values."""
    network = prepared.network
    per_sample = not network.recurrent or not all(layer.keeps_steps for layer in network.layers)
    return per_sample and network.output_size > 1
