"""What the models of layers share: bit lines, parameters by name, and stages between voltages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spicegen.calibration.cells import CellCurves
from spicegen.design import Design
from spicegen.mapping import MappedDense, MappedRecurrent
from spicegen.mapping.trims import FACTORS

FloatArray = NDArray[np.float64]
Parameters = Mapping[str, FloatArray]
"""(trials, units) by name: trims, and how cells differ from their data sheets."""

STEP = 1e-5
"""Of a deviation, for its slope: a share, or V."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One bit line, cell, sum or state of all units, between measured voltages.

    Attributes:
        name: "layer.signal".
        predicted: (points, units) V that follow from what was measured in front of it.
        measured: (points, units) V.
        slopes: (points, units) V per unit of each deviation, by name.
    """

    name: str
    predicted: FloatArray
    measured: FloatArray
    slopes: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Knob:
    """A parameter of a layer: `layer.signal.kind` of `units` values."""

    name: str
    units: int

    @property
    def nominal(self) -> float:
        """Its value where nothing is trimmed: 1 or 0."""
        return 1.0 if self.kind in (*FACTORS, "cell_gain") else 0.0

    @property
    def kind(self) -> str:
        """What it does: the last part of its name."""
        return self.name.rsplit(".", 1)[1]


class LayerModel:
    """What layers share: bit lines, and parameters by name."""

    def __init__(
        self, layer: MappedDense | MappedRecurrent, curves: CellCurves, design: Design
    ) -> None:
        self.name, self.curves, self.kit = layer.name, curves, design.kit
        self.low, self.high = curves.swing
        warmer = design.pdk.temperature_celsius - self.kit.nominal_celsius
        # by which resistors in front of activation cells rise where they follow temperature
        self.rise = warmer * self.kit.tc_unit_per_kelvin if design.pdk.ptat else 0.0
        self.nominal_gain = 1.0 - layer.crossbar.noise_gains("dual-row")[0] / curves.gain
        self.weight = layer.crossbar.weight()
        self.trims: list[Knob] = []
        self.deviations: list[Knob] = []

    def stage(
        self,
        signal: str,
        measured: FloatArray,
        predict: Callable[[Parameters], FloatArray],
        parameters: Parameters,
    ) -> Stage:
        """A stage with the slopes of its deviations."""
        predicted, slopes = predict(parameters), dict[str, FloatArray]()
        stem = f"{self.name}.{signal}"
        for knob in self.deviations:
            if knob.name.rsplit(".", 1)[0] == stem or knob.name.startswith(f"{stem}_product"):
                moved = np.full((1, knob.units), knob.nominal + STEP)
                slopes[knob.name] = (predict({**parameters, knob.name: moved}) - predicted) / STEP
        return Stage(stem, predicted, measured, slopes)

    def knobs(self, signal: str, units: int, *kinds: str) -> None:
        """Add trims of these kinds to a signal of `units`, and its cell's gain and offset."""
        self.trims += [Knob(f"{self.name}.{signal}.{kind}", units) for kind in kinds]
        self.deviations += [
            Knob(f"{self.name}.{signal}.{kind}", units) for kind in ("cell_gain", "cell_offset")
        ]

    def of(self, parameters: Parameters, signal: str, kind: str) -> FloatArray | float:
        """(trials, 1, units), or the nominal value."""
        found = parameters.get(f"{self.name}.{signal}.{kind}")
        if found is None:
            return 1.0 if kind in (*FACTORS, "cell_gain") else 0.0
        return found[:, None, :]

    def deviated(self, volts: FloatArray, parameters: Parameters, signal: str) -> FloatArray:
        """V of a signal whose cell is off by a gain and an offset; shaped as `volts`, per trial."""
        gain = self.of(parameters, signal, "cell_gain")
        return np.asarray(gain * volts + self.of(parameters, signal, "cell_offset"))

    def column(
        self,
        wanted: FloatArray,
        volts: FloatArray,
        gain: FloatArray,
        parameters: Parameters,
        signal: str,
    ) -> FloatArray:
        """V of bit lines that should carry `wanted`, (trials, samples, units) network units."""
        scale, shift = (self.of(parameters, signal, kind) for kind in ("scale", "shift"))
        line = (wanted * volts * scale + shift) * gain
        return np.clip(self.deviated(line, parameters, signal), self.low, self.high)
