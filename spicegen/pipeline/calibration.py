"""Calibration of a run: inputs, ranges, trims, and the circuit's simulation for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.calibration import (
    Calibration,
    CellCurves,
    CircuitModel,
    Ranges,
    calibrate,
    cell_curves,
    fitted_cells,
    identify,
    read_calibration,
)
from spicegen.circuit.graph import FloatArray
from spicegen.design import Design
from spicegen.mapping import Trims, map_network
from spicegen.network import Network, load_inputs
from spicegen.pdk.fitted import FittedCells
from spicegen.pipeline.prepare import Prepared, prepare
from spicegen.pipeline.stage import Bench
from spicegen.waveforms import Waveforms

STATES = ("h", "c")
FOLDER = "calibration"
"""Where the decks of a calibration stay, inside the run directory."""


@dataclass(frozen=True)
class Calibrated:
    """A network ready to be simulated, and its hardware-aware reference.

    Attributes:
        prepared: with trims.
        calibration: how they were found.
        reference: what the circuit's model gives for the run's inputs, shaped as outputs are.
    """

    prepared: Prepared
    calibration: Calibration
    reference: FloatArray


def calibrated(prepared: Prepared, inputs: NDArray[Any], asked: Design, bench: Bench) -> Calibrated:
    """The network with trims.

    Args:
        prepared: without trims.
        inputs: of the run.
        asked: the design as it was given.
        bench: simulates; its folder takes the decks of the calibration.
    Raises:
        InputError: calibration inputs or file do not fit.
        SimulationError: a bench or the circuit did not simulate.
    """
    network, own = prepared.network, asked.calibration
    given = None if own.file is None else read_calibration(Path(own.file))
    seen = inputs if own.inputs is None else load_inputs(own.inputs, network)
    if given:
        given.check(f"calibration.file {own.file}", prepared.design)
    curves = cell_curves(asked, bench.engine.engine)
    fitted = fitted_cells(asked, bench.engine.engine) if asked.pdk.fitted else None
    if given:
        here = Trims(given.trims.values, curves.start_volts)  # at this corner and temperature
        found = replace(given, trims=here)
    else:
        found = _found(prepared, np.asarray(seen), asked, curves, fitted, bench)
    design = _with_ranges(asked, found.ranges)
    xspice = bench.engine.info.capabilities.xspice
    trims = replace(found.trims, fitted=fitted)
    ready = prepare(network, inputs, design, xspice=xspice, trims=trims)
    model = _model(network, inputs, design, curves)
    signals = model.forward(ready.trace.inputs, _first({**found.trims.values, **found.cells}))
    reference = signals["output"][0].reshape(ready.trace.outputs.shape)
    return Calibrated(ready, found, reference)


def _found(
    prepared: Prepared,
    inputs: NDArray[Any],
    asked: Design,
    curves: CellCurves,
    fitted: FittedCells | None,
    bench: Bench,
) -> Calibration:
    """Trims for these calibration inputs, which need not be the run's."""
    network, method = prepared.network, asked.calibration.method
    own = prepare(network, inputs, asked)
    ranges = _larger(prepared.design.mapping.ranges, own.design.mapping.ranges)
    if method == "none":
        return Calibration.nominal(curves, ranges, asked)
    design = _with_ranges(asked, ranges)
    mapped = map_network(network, own.trace, design)
    bench.report("calibrate", 0.0)
    found = calibrate(network, mapped, own.trace, curves, design, ranges)
    if method == "datasheet":
        return found
    some = _some(own.trace.inputs, asked.calibration.steps)
    drawn = replace(found.trims, fitted=fitted)
    measured = _measured(network, some, design, drawn, bench)
    model = CircuitModel(mapped, curves, design)
    cells = identify(model, some, measured, found.trims, asked.calibration.cells)
    bench.report("calibrate", 0.9)
    return calibrate(network, mapped, own.trace, curves, design, ranges, cells)


def _measured(
    network: Network, inputs: FloatArray, design: Design, trims: Trims, bench: Bench
) -> dict[str, FloatArray]:
    """(sample, step, unit) V around common of every signal of the simulated circuit."""
    folder = bench.folder / FOLDER
    folder.mkdir(exist_ok=True)
    plain = design.model_copy(
        update={"simulation": design.simulation.model_copy(update={"save": "probes"})}
    )
    given = inputs if network.recurrent else inputs[:, 0]
    ready = prepare(network, given, plain, trims=trims)
    own = replace(bench, design=ready.design, folder=folder)
    done = own.simulate(ready.stages[0].mapped, ready.trace.inputs, lambda name: name)
    waveforms = Waveforms.from_raw(folder / "waveforms.raw")
    clock = done.built.clock
    found: dict[str, list[FloatArray]] = {}
    for probe in done.built.circuit.probes:
        signal = probe.name.rstrip("0123456789")
        if "." not in signal and signal != "output":
            continue
        depth = _depth_of(ready, signal)
        held = signal.rsplit(".", 1)[-1] in STATES
        instants = clock.sampling(depth + held)  # a state is seen in the step after its own
        volts = waveforms.at([probe.vector], instants.ravel())[:, 0].reshape(instants.shape)
        found.setdefault(signal, []).append(volts - design.signal.v_common_volts)
    return {name: np.stack(each, axis=2) for name, each in found.items()}


def _depth_of(prepared: Prepared, signal: str) -> int:
    """Recurrent layers in front of a signal's layer: by so many steps it comes later."""
    depth = 0
    for layer in prepared.network.layers:
        if signal.rpartition(".")[0] == layer.name:
            return depth
        depth += layer.recurrent
    return depth


def _some(inputs: FloatArray, steps: int) -> FloatArray:
    """The first steps of sequences, `steps` in all: long enough for states to move."""
    each = min(inputs.shape[1], max(steps // 2, 1))
    return inputs[: max(1, min(inputs.shape[0], steps // each)), :each]


def _model(
    network: Network, inputs: NDArray[Any], design: Design, curves: CellCurves
) -> CircuitModel:
    plain = map_network(network, network.forward(inputs), design)
    return CircuitModel(plain, curves, design)


def _with_ranges(design: Design, ranges: Ranges) -> Design:
    mapping = design.mapping.model_copy(update={"ranges": dict(ranges)})
    return design.model_copy(update={"mapping": mapping})


def _larger(first: Ranges, second: Ranges) -> dict[str, float | list[float]]:
    """The larger of two ranges of every signal, unit by unit."""
    return {name: np.maximum(value, second[name]).tolist() for name, value in first.items()}


def _first(values: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """One trial."""
    return {name: each[None] for name, each in values.items()}
