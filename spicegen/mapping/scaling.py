"""Volts per network unit for every signal, and what clips where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spicegen.design import Design
from spicegen.errors import MappingError, nearest
from spicegen.network import NetworkTrace

Limit = Literal["read", "rail"]

TOLERANCE = 1e-9
"""A range equal to its limit up to rounding is within it."""


@dataclass(frozen=True, slots=True)
class SignalScale:
    """How one signal travels: volts per unit, and the voltage it must not exceed.

    Attributes:
        name: "layer.signal", or "input".
        largest: largest expected magnitude, network units.
        volts_per_unit: volts of 1.0.
        limit: what bounds it: the read voltage of memristors or the amplifier's rail.
        limit_volts: that bound, V.
        clip_error: what clipping at the limit costs, network units: behind the activation
            that follows, where one does; 0 where nothing clips, or nothing is lost by it.
    """

    name: str
    largest: float
    volts_per_unit: float
    limit: Limit
    limit_volts: float
    clip_error: float = 0.0

    @property
    def largest_volts(self) -> float:
        return self.largest * self.volts_per_unit

    @property
    def clips(self) -> bool:
        return self.largest_volts > self.limit_volts * (1 + TOLERANCE)


class Scaler:
    """Chooses volts per unit, signal by signal, and remembers each choice.

    Args:
        design: limits and the scaling rule.
        trace: reference run that ranges are taken from; ranges given in
            `design.mapping.ranges` come before it.
    """

    def __init__(self, design: Design, trace: NetworkTrace) -> None:
        self.design = design
        self.signals: list[SignalScale] = []
        self.ranges = self._measured(trace)
        for name, largest in design.mapping.ranges.items():
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
            MappingError: with scale = "unit", the signal would exceed v_read.
        """
        limit = self.design.signal.v_read_volts
        volts = self._choose(name, limit, bound)
        if self.ranges[name] * volts > limit * (1 + TOLERANCE):
            raise MappingError(
                f"signal {name}",
                f"word lines must stay within v_read = {limit:g} V",
                f"{self.ranges[name] * volts:.3g} V",
                'lower signal.v_unit_volts or use mapping.scale = "signal-range"',
            )
        return self._remember(name, volts, "read", limit)

    def internal(self, name: str, bound: float | None = None) -> float:
        """Volts per unit of a signal between amplifiers: its range fills the headroom."""
        signal = self.design.signal
        volts = self._choose(name, signal.headroom * signal.v_rail_volts, bound)
        lost = self.ranges[name] - signal.v_rail_volts / volts
        return self._remember(name, volts, "rail", signal.v_rail_volts, max(lost, 0.0))

    def activation_input(self, name: str, activation: str) -> float:
        """Volts per unit in front of a sigmoid or tanh cell: the cell's own scale.

        Large values clip at the rail, where the cell is saturated; `clip_error` says by
        how much its output then differs from the unclipped one.
        """
        cell, rail = self.design.activation, self.design.signal.v_rail_volts
        volts = cell.sigmoid_unit_volts if activation == "sigmoid" else cell.tanh_unit_volts
        if self.design.mapping.scale == "unit":
            volts = self.design.signal.v_unit_volts
        ceiling, largest = rail / volts, self.ranges[name]
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

    def _choose(self, name: str, full_volts: float, bound: float | None) -> float:
        if self.design.mapping.scale == "unit":
            return self.design.signal.v_unit_volts
        return full_volts / (self.ranges[name] if bound is None else bound)

    def _remember(
        self, name: str, volts: float, limit: Limit, limit_volts: float, clip_error: float = 0.0
    ) -> float:
        self.signals.append(
            SignalScale(name, self.ranges[name], volts, limit, limit_volts, clip_error)
        )
        return volts

    @staticmethod
    def _measured(trace: NetworkTrace) -> dict[str, float]:
        """Largest magnitude of every signal in the reference run; 1 where it is all zero."""
        found: dict[str, float] = {"input": float(np.abs(trace.inputs).max())}
        for layer, layer_trace in trace.layers.items():
            for signal, values in layer_trace.signals.items():
                found[f"{layer}.{signal}"] = float(np.abs(values).max())
        return {name: largest or 1.0 for name, largest in found.items()}


def resolved_ranges(signals: tuple[SignalScale, ...]) -> Mapping[str, float]:
    """Ranges to keep in design.toml, so that the same volts are chosen again."""
    return {signal.name: signal.largest for signal in signals}
