"""Volts per network unit for every signal, and what clips where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spicegen.design import Design
from spicegen.errors import MappingError, nearest
from spicegen.mapping.trims import FloatArray, Trims
from spicegen.network import LayerTrace, NetworkTrace

Limit = Literal["read", "rail"]

BOUNDED = ("sigmoid", "tanh")
"""Activations whose output stays within 1 by construction."""

UNIT_FLOOR = 0.05
"""A unit whose signal stays below this is scaled as if it reached it."""

TOLERANCE = 1e-9
"""A range equal to its limit up to rounding is within it."""


@dataclass(frozen=True, slots=True)
class SignalScale:
    """How one signal travels: volts per unit, and the voltage it must not exceed.

    Attributes:
        name: "layer.signal", or "input".
        scaled_to: magnitude that volts_per_unit was chosen for, network units.
        largest: largest expected magnitude, network units: of the reference run, or
            scaled_to where that is larger.
        volts_per_unit: volts of 1.0.
        limit: what bounds it: the read voltage of memristors or the amplifier's rail.
        limit_volts: that bound, V.
        clip_error: what clipping at the limit costs, network units: behind the activation
            that follows, where one does; 0 where nothing clips, or nothing is lost by it.
        by_unit: magnitudes that each unit's own volts per unit were chosen for; then the other
            numbers are those of the unit that comes nearest to the limit.
    """

    name: str
    scaled_to: float
    largest: float
    volts_per_unit: float
    limit: Limit
    limit_volts: float
    clip_error: float = 0.0
    by_unit: tuple[float, ...] = ()

    @property
    def largest_volts(self) -> float:
        """The largest expected magnitude, V."""
        return self.largest * self.volts_per_unit

    @property
    def clips(self) -> bool:
        """Whether the largest expected magnitude exceeds the limit."""
        return self.largest_volts > self.limit_volts * (1 + TOLERANCE)


class Scaler:
    """Chooses volts per unit, signal by signal, and remembers each choice.

    Args:
        design: limits and the scaling rule.
        trace: reference run that ranges are taken from; ranges given in
            `design.mapping.ranges` come before it.
        trims: how single amplifiers and cells differ from nominal ones.
    """

    def __init__(self, design: Design, trace: NetworkTrace, trims: Trims | None = None) -> None:
        self.design, self.trims = design, trims or Trims()
        self.signals: list[SignalScale] = []
        self.by_unit = _by_unit(trace)
        self.measured = {name: float(each.max()) or 1.0 for name, each in self.by_unit.items()}
        self.ranges = dict(self.measured)
        for name, given in design.mapping.ranges.items():
            largest = max(given) if isinstance(given, list) else given
            if name not in self.ranges:
                raise MappingError(
                    f"mapping.ranges.{name}",
                    "there is no such signal",
                    None,
                    nearest(name, list(self.ranges)),
                )
            self.ranges[name] = largest

    def word_line(self, name: str, bound: float | None = None) -> float:
        """Volts per unit of a signal that drives memristors: its range fills v_read.

        Args:
            name: signal.
            bound: largest magnitude by construction (1 behind a sigmoid), or None.
        Raises:
            MappingError: with scale = "unit", or with a range given below that of the
                reference run, the signal would exceed v_read.
        """
        limit = self.design.signal.v_read_volts
        volts = self._choose(name, limit, bound)
        if self._largest(name) * volts > limit * (1 + TOLERANCE):
            remedy = f"raise mapping.ranges.{name} to {self._largest(name):.10g}, or leave it out"
            if self.design.mapping.scale == "unit":
                remedy = 'lower signal.v_unit_volts or use mapping.scale = "signal-range"'
            raise MappingError(
                f"signal {name}",
                f"word lines must stay within v_read = {limit:g} V",
                f"{self._largest(name) * volts:.3g} V",
                remedy,
            )
        return self._remember(name, volts, "read", limit)

    def internal(self, name: str, bound: float | None = None) -> float:
        """Volts per unit of a signal between amplifiers: its range fills the headroom."""
        signal = self.design.signal
        volts = self._choose(name, signal.headroom * signal.v_rail_volts, bound)
        lost = self._largest(name) - signal.v_rail_volts / volts
        return self._remember(name, volts, "rail", signal.v_rail_volts, max(lost, 0.0))

    def activation_input(
        self, name: str, activation: str, cell_volts: float | None = None
    ) -> float:
        """Volts per unit in front of a sigmoid or tanh cell: the cell's own scale.

        Large values clip at the rail, where the cell is saturated; `clip_error` says by
        how much its output then differs from the unclipped one.
        """
        cell, rail = self.design.activation, self.design.signal.v_rail_volts
        volts = cell.sigmoid_unit_volts if activation == "sigmoid" else cell.tanh_unit_volts
        if cell_volts is not None:
            volts = cell_volts
        elif self.unit:
            volts = self.design.signal.v_unit_volts
        ceiling, largest = rail / volts, self._largest(name)
        lost = 0.0
        if largest > ceiling:
            half = 0.5 if activation == "sigmoid" else 1.0
            reach = np.tanh(np.array([largest, ceiling]) * half)
            lost = float(half * (reach[0] - reach[1]))
        return self._remember(name, volts, "rail", rail, lost)

    def column(self, name: str, volts: float) -> float:
        """Volts per unit of a bit line that a linear or ReLU stage passes on unchanged.

        What clips here is lost in the stage's output, whose `clip_error` counts it, or is
        negative and cut by the ReLU anyway.
        """
        return self._remember(name, volts, "rail", self.design.signal.v_rail_volts)

    def unit_ranges(self, name: str) -> FloatArray:
        """(units,) largest magnitude of each unit's signal, network units.

        Raises:
            MappingError: `mapping.ranges` lists another number of units.
        """
        measured = self.by_unit[name]
        given = self.design.mapping.ranges.get(name)
        if isinstance(given, list):
            if len(given) != measured.size:
                raise MappingError(
                    f"mapping.ranges.{name}",
                    f"there must be one range per unit ({measured.size})",
                    f"{len(given)}",
                    "leave it out",
                )
            return np.array(given)
        return measured if given is None else np.full(measured.shape, given)

    def unit_lines(self, name: str, most_volts: FloatArray | None = None) -> FloatArray:
        """(units,) volts per unit of signals that drive memristors, each within v_read.

        Args:
            name: signal.
            most_volts: (units,) volts per unit that something else allows at most.
        """
        limit = self.design.signal.v_read_volts
        volts = limit / np.maximum(self.unit_ranges(name), UNIT_FLOOR)
        if most_volts is not None:
            volts = np.minimum(volts, most_volts)
        return self.unit_volts(name, volts, "read", limit)

    def unit_volts(
        self,
        name: str,
        volts: FloatArray,
        limit: Limit = "rail",
        limit_volts: float | None = None,
    ) -> FloatArray:
        """(units,) volts per unit as they were chosen, remembered for the range report."""
        bound = self.design.signal.v_rail_volts if limit_volts is None else limit_volts
        ranges = self.unit_ranges(name)
        largest = np.maximum(ranges, self.by_unit[name])
        nearest_unit = int((largest * volts).argmax())
        lost = float((largest - bound / volts).max())
        self.signals.append(
            SignalScale(
                name,
                float(ranges[nearest_unit]),
                float(largest[nearest_unit]),
                float(volts[nearest_unit]),
                limit,
                bound,
                max(lost, 0.0),
                tuple(ranges.tolist()),
            )
        )
        return volts

    def gate_input(self, name: str) -> float:
        """Volts per unit in front of a sigmoid cell that drives gates of multipliers."""
        return self.activation_input(
            name, "sigmoid", self.design.kit.value("sigmoid_gate", "v_unit_volts")
        )

    @property
    def unit(self) -> bool:
        """Every signal has the design's volts per unit."""
        return self.design.mapping.scale == "unit"

    def line_volts(self, name: str) -> float:
        """Volts per unit of a word line that carries an internal signal once more."""
        return self._choose(name, self.design.signal.v_read_volts, None)

    def bounded_volts(self) -> float:
        """Volts per unit between amplifiers of a signal that stays within 1."""
        signal = self.design.signal
        return signal.v_unit_volts if self.unit else signal.headroom * signal.v_rail_volts

    def _choose(self, name: str, full_volts: float, bound: float | None) -> float:
        if self.unit:
            return self.design.signal.v_unit_volts
        return full_volts / (self.ranges[name] if bound is None else bound)

    def _remember(
        self, name: str, volts: float, limit: Limit, limit_volts: float, clip_error: float = 0.0
    ) -> float:
        self.signals.append(
            SignalScale(
                name,
                self.ranges[name],
                self._largest(name),
                volts,
                limit,
                limit_volts,
                clip_error,
            )
        )
        return volts

    def _largest(self, name: str) -> float:
        return max(self.ranges[name], self.measured[name])


def _by_unit(trace: NetworkTrace) -> dict[str, FloatArray]:
    """(units,) largest magnitude of every signal in the reference run."""
    found = {"input": _largest(trace.inputs)}
    for layer, layer_trace in trace.layers.items():
        for signal, values in layer_trace.signals.items():
            found[f"{layer}.{signal}"] = _largest(values)
        for part in _parts_of_candidate(layer_trace):
            inner = layer_trace[f"{part}r"] * layer_trace[f"{part}rec_n"]
            found[f"{layer}.{part}in_n"] = _largest(layer_trace[f"{part}pre_n"] - inner)
    return found


def _largest(values: FloatArray) -> FloatArray:
    """(units,) largest magnitude of (sample, step, unit)."""
    return np.asarray(np.abs(values).max(axis=(0, 1)))


def resolved_ranges(signals: tuple[SignalScale, ...]) -> Mapping[str, float | list[float]]:
    """Ranges to keep in design.toml, so that the same volts are chosen again."""
    return {signal.name: list(signal.by_unit) or signal.scaled_to for signal in signals}


def _parts_of_candidate(trace: LayerTrace) -> list[str]:
    """Prefixes of GRU signals whose candidate has two bit lines (reset applied after)."""
    return [name.removesuffix("rec_n") for name in trace.signals if name.endswith("rec_n")]
