"""From a mapped network and calibration inputs to trims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spicegen.calibration.cells import CellCurves
from spicegen.calibration.excitation import Excitation, excite
from spicegen.calibration.fit import Fit, Target, fit_trims
from spicegen.calibration.model import CircuitModel
from spicegen.design import Design
from spicegen.errors import InputError
from spicegen.mapping import MappedNetwork, Trims
from spicegen.network import Network, NetworkTrace

FloatArray = NDArray[np.float64]

Ranges = Mapping[str, float | list[float]]
"""Largest magnitudes by signal, network units; a list where units differ."""

STATES = ("h", "c")

STATE_WEIGHT = 0.3
"""Of errors of states against those of outputs."""

EXCITATION_WEIGHT = 0.1
"""Of errors on noise against those on the calibration inputs."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Trims, and the model they were found with.

    Attributes:
        trims: of the circuit.
        fit: how near the model came.
        cells: how cells were found to differ from their data sheets, (units,) by name.
        ranges: of every signal, that volts per unit were chosen for.
        kit: name of the process that they were found in.
    """

    trims: Trims
    fit: Fit
    cells: dict[str, FloatArray]
    ranges: Ranges
    kit: str

    @classmethod
    def nominal(cls, curves: CellCurves, ranges: Ranges, design: Design) -> Calibration:
        """All cells as they are drawn."""
        fit = Fit({}, (0.0, 0.0), (0.0, 0.0))
        return cls(Trims({}, curves.start_volts), fit, {}, ranges, design.pdk.name)

    def check(self, where: str, design: Design) -> None:
        """Refuse a calibration of another kit or network.

        Args:
            where: the file it comes from.
            design: complete, with a range for every signal of its network.
        Raises:
            InputError: what does not fit.
        """
        if self.kit != design.pdk.name:
            raise InputError(
                where,
                f"the trims must be those of pdk.name = {design.pdk.name}",
                repr(self.kit),
                "leave calibration.file out",
            )
        here = {name: np.size(each) for name, each in design.mapping.ranges.items()}
        there = {name: np.size(each) for name, each in self.ranges.items()}
        other = [name for name in {**here, **there} if here.get(name) != there.get(name)]
        if other:
            raise InputError(
                where,
                "it must be the calibration of a network of the same layers",
                f"{there.get(other[0], 0)} units of signal {other[0]!r} where this network has "
                f"{here.get(other[0], 0)}",
                "calibrate this network, or leave calibration.file out",
            )


def calibrate(
    network: Network,
    mapped: MappedNetwork,
    trace: NetworkTrace,
    curves: CellCurves,
    design: Design,
    ranges: Ranges,
    cells: dict[str, FloatArray] | None = None,
) -> Calibration:
    """Trims that bring the circuit nearest to the network.

    Args:
        network: what the circuit shall compute.
        mapped: the network on conductances, without trims.
        trace: the network's own run on the calibration inputs.
        curves: of the cells.
        design: the design.
        ranges: that volts per unit were chosen for.
        cells: how cells differ from their data sheets, (units,) by name.
    """
    model, cells = CircuitModel(mapped, curves, design), cells or {}
    fixed = {name: each[None] for name, each in cells.items()}
    excitation = excite(network, trace.inputs, ranges)
    inputs = np.concatenate([trace.inputs, excitation.trace.inputs])
    fit = fit_trims(model, inputs, _target(trace, excitation), fixed)
    trims = Trims(fit.values, curves.start_volts)
    return Calibration(trims, fit, cells, ranges, design.pdk.name)


def _target(trace: NetworkTrace, excitation: Excitation) -> Target:
    """The network's outputs and states, on the calibration inputs and then on noise."""
    beside, scored = excitation.trace, trace.inputs.shape[0]
    ratio = np.sqrt(excitation.kept.size / (scored * trace.inputs.shape[1]))
    weights = np.ones((scored + len(beside.inputs), trace.inputs.shape[1], 1))
    weights[scored:, :, 0] = EXCITATION_WEIGHT * excitation.kept / ratio
    signals: dict[str, FloatArray] = {}
    weighted: dict[str, FloatArray] = {}

    def add(name: str, seen: FloatArray, noise: FloatArray, weight: float) -> None:
        signals[name] = np.concatenate([seen, noise])
        weighted[name] = weight * weights[:, -seen.shape[1] :]  # the last step only, of some layers

    for layer, found in trace.layers.items():
        for state in STATES:
            if state in found.signals:
                add(f"{layer}.{state}", found[state], beside.layers[layer][state], STATE_WEIGHT)
    last = list(trace.layers)[-1]
    add("output", trace.layers[last].out, beside.layers[last].out, 1.0)
    return Target(signals, weighted, scored)
