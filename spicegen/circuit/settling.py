"""How long a chain of amplifiers needs: the step time follows from the slowest path."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spicegen.circuit.clock import GRID_S, on_grid
from spicegen.circuit.graph import FloatArray
from spicegen.circuit.recurrent import turns_of
from spicegen.circuit.transistor import C_FEEDBACK_FARAD, feedback_farad
from spicegen.circuit.wire_lags import array_lags
from spicegen.design import Block, Design
from spicegen.mapping import (
    MappedCrossbar,
    MappedDense,
    MappedNetwork,
    MappedRecurrent,
)
from spicegen.mapping.reference import ReferenceReadout


def settling_time(taus_s: Sequence[float], error: float) -> float:
    """Time after which a cascade of first-order lags is within `error` of its final value.

    The residual of a unit step through lags tau_i at time t is the probability that a sum
    of independent exponential delays of mean tau_i exceeds t. Chernoff's bound on it,
    exp(-s t) / prod(1 - s tau_i), holds for every 0 < s < 1 / max(tau); the best s gives the
    time. Exact upper bound, no assumption on how the lags compare.

    Args:
        taus_s: time constants, s; zeros are instant.
        error: residual, share of the step.
    Returns:
        Settling time, s.
    """
    taus = np.array([tau for tau in taus_s if tau > 0])
    if not taus.size:
        return 0.0
    share = np.linspace(0.0, 1.0, 2001)[1:-1]
    rate = share / taus.max()
    log_product = -np.log1p(-rate[:, None] * taus).sum(axis=1)
    return float(((log_product - math.log(error)) / rate).min())


def step_times(mapped: MappedNetwork, design: Design) -> tuple[float, float]:
    """(t_step_s, t_transfer_s): given in the design, or from the slowest path.

    A path starts where a signal is held (an input or a state) and ends where the next
    state is held or an output is read. Serial hardware takes each path once per turn.
    """
    timing, edge = design.timing, on_grid(design.timing.t_edge_s)
    lag = _Lags(design)
    # on a chip, op-amps drive the word lines of inputs; recurrent layers count theirs themselves
    buffered = lag.on_chip and isinstance(mapped.layers[0], MappedDense)
    paths: list[list[float]] = [list(lag.drivers) if buffered else []]
    turns = 0
    for layer in mapped.layers:
        if isinstance(layer, MappedDense):
            paths[-1] += lag.column(layer.crossbar)
            paths[-1] += [lag.activation] * (layer.activation != "linear")
            paths[-1] += lag.drivers if layer.feeds_crossbar else []
            continue
        turns = max(turns, *(turns_of(part) for part in layer.parts))
        before = paths.pop()
        paths += [[*before, *lag.recurrent(part)] for part in layer.parts]
        paths.append(list(lag.drivers))
    settle = max(settling_time(path, timing.settle_error) for path in paths)
    if not turns:
        return timing.t_step_s or _up(settle + 3 * edge), 0.0
    transfer = timing.t_transfer_s or max(
        _up(settling_time([lag.hold, lag.follower, lag.hold], timing.settle_error)), 2 * edge
    )
    guard = 2 if turns == 1 else 3
    turn = _up(max(settle, 2 * edge) + guard * edge)
    return timing.t_step_s or _up(transfer + edge + turns * turn), transfer


@dataclass(frozen=True, slots=True)
class SlowestColumn:
    """The bit line whose read-out settles last.

    Attributes:
        layer: its layer.
        signal: what it carries, such as `pre_f2`.
        noise_gain: 1 + R_f * sum(G), of the slower amplifier.
        tau_s: time constant of that amplifier, s; 0 where op-amps are ideal.
    """

    layer: str
    signal: str
    noise_gain: float
    tau_s: float


def slowest_column(mapped: MappedNetwork, design: Design) -> SlowestColumn:
    """Which bit line the step time follows from.

    Args:
        mapped: layers with their conductances (S) and feedback resistors (ohm).
        design: topology, and bandwidth of the op-amps.
    """
    lag = _Lags(design)
    found = []
    for part in (part for layer in mapped.layers for part in layer.parts):
        gains = np.max(part.crossbar.noise_gains(design.crossbar.topology), axis=0)
        worst = int(gains.argmax())
        signal = f"pre{worst}"
        if isinstance(part, MappedRecurrent):
            signal = f"{part.columns[worst // part.units].name}{worst % part.units}"
        gain = float(gains[worst])
        tau_s = gain * lag.follower + float(lag.feedback(part.crossbar)[worst])
        found.append(SlowestColumn(part.name, signal, gain, tau_s))
    return max(found, key=lambda column: column.noise_gain)


class _Lags:
    """Time constants of the blocks, s."""

    def __init__(self, design: Design) -> None:
        def lag(block: Block, bandwidth_hertz: float) -> float:
            ideal = design.fidelity_of(block) == "ideal"
            return 0.0 if ideal else 1.0 / (2.0 * math.pi * bandwidth_hertz)

        self.follower = self._amplifier = lag("opamp", design.opamp.gbw_hertz)
        self.activation = lag("activation", design.activation.bandwidth_hertz)
        self.multiplier = lag("multiplier", design.multiplier.bandwidth_hertz)
        self.on_chip = design.fidelity_of("opamp") == "transistor"
        inverter = C_FEEDBACK_FARAD * design.crossbar.r_inverter_ohm if self.on_chip else 0.0
        self.drivers = [self._amplifier, 2 * self._amplifier + inverter]
        source = design.multiplier.r_out_ohm if self.multiplier else 0.0
        self.hold = (design.sample_hold.r_on_ohm + source) * design.sample_hold.c_hold_farad
        self._topology, self._design = design.crossbar.topology, design

    def recurrent(self, layer: MappedRecurrent) -> list[float]:
        """From the word lines of a recurrent layer to its first hold cells."""
        column, act, mul = self.column(layer.crossbar), self.activation, self.multiplier
        path = [*self.drivers, *column]
        again = [self.follower, *self.drivers, *column]
        rows = {lines.name for lines in layer.rows}
        if layer.kind == "rnn":
            path += [act]
        elif "c_next" in rows or "reset_h" in rows:
            path += [act, mul, *again, act, mul]
        else:
            path += [act, mul, act, mul]
        return [*path, self.hold]

    def column(self, crossbar: MappedCrossbar) -> list[float]:
        """The slowest bit line of a crossbar, amplifier by amplifier.

        A capacitor across the feedback resistor adds R_f C_f to the slower pole of the loop, and
        leaves the other one beyond the op-amp's own unity frequency.
        """
        gains, feedback = crossbar.noise_gains(self._topology), self.feedback(crossbar)
        amplifiers = [float((gain * self._amplifier + feedback).max()) for gain in gains]
        if crossbar.reference and self._amplifier:
            amplifiers[0] = self._reference(crossbar, crossbar.reference, *gains)
        return [*array_lags(crossbar, self._amplifier, self._design), *amplifiers]

    def feedback(self, crossbar: MappedCrossbar) -> FloatArray:
        """(bit lines,) R_f C_f of each read-out, s; 0 without a capacitor there."""
        r_ohm = crossbar.r_feedback_ohm
        return r_ohm * feedback_farad(r_ohm) if self.on_chip else np.zeros_like(r_ohm)

    def _reference(
        self,
        crossbar: MappedCrossbar,
        reference: ReferenceReadout,
        first: FloatArray,
        second: FloatArray,
    ) -> float:
        """The lag of a reference's amplifiers as it counts at the slowest output.

        Resistors load them, which divides their bandwidths once more. Their step reaches an
        output a = R_f / R_ref times larger than a step there, so of a lag t1 in front of t2 a
        share 1 + a t1 / t2 remains; a cascade leaves 1 / (1 - t / t2), which is the same for
        t = a t1 t2 / (a t1 + t2).
        """
        load = 1.0 + self._design.opamp.r_out_ohm * reference.resistors / reference.r_ohm
        before = (first + bool(reference.drivers)) * load
        larger = crossbar.r_feedback_ohm / reference.r_ohm * before
        return float((larger * second / (larger + second)).max()) * self._amplifier


def _up(t_s: float) -> float:
    """Rounded up to 10 grid points."""
    return math.ceil(t_s / (10 * GRID_S) - 1e-6) * 10 * GRID_S
