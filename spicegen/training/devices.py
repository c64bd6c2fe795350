"""What every array of trained devices can do: be read, be pulsed, be programmed.

Devices of a crossbar stand in arrays (half, word line, bit line), half 0 the positive one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Devices(ABC):
    """The memristors of one crossbar.

    Attributes:
        depresses: pulses of the other polarity lower the conductance.
    """

    depresses: ClassVar[bool] = True

    @property
    @abstractmethod
    def g_siemens(self) -> FloatArray:
        """(2, word lines, bit lines) conductances as they are read, S."""

    @property
    @abstractmethod
    def g_pulse_siemens(self) -> float:
        """What one pulse is expected to change, S: its mean over the window."""

    @abstractmethod
    def pulse(self, counts: IntArray, draws: np.random.Generator) -> None:
        """Give pulses, a word line at a time.

        Args:
            counts: (2, word lines, bit lines) pulses; negative ones have the polarity that
                lowers the conductance.
            draws: for what differs from pulse to pulse.
        """

    @abstractmethod
    def state(self) -> dict[str, FloatArray]:
        """Arrays from which `restore` makes these devices again."""

    @abstractmethod
    def restore(self, state: Mapping[str, FloatArray]) -> None:
        """Take over what `state` gave."""

    def update(
        self, change_siemens: FloatArray, max_pulses: int, draws: np.random.Generator
    ) -> IntArray:
        """Change conductances by open-loop pulses; fractions of a pulse are drawn at random.

        Stochastic rounding keeps updates that are smaller than a pulse right on average
        (Gokmen and Vlasov 2016, doi:10.3389/fnins.2016.00333).

        Args:
            change_siemens: (2, word lines, bit lines) wanted, S.
            max_pulses: most of one device.
            draws: for the fractions and for the pulses.
        Returns:
            the pulses that were given.
        """
        wanted = np.clip(change_siemens / self.g_pulse_siemens, -max_pulses, max_pulses)
        whole = np.floor(wanted)
        counts = (whole + (draws.random(wanted.shape) < wanted - whole)).astype(np.int64)
        self.pulse(counts, draws)
        return counts

    def program(
        self,
        target_siemens: FloatArray,
        tolerance_siemens: float,
        max_pulses: int,
        draws: np.random.Generator,
    ) -> IntArray:
        """Write-verify: single pulses, each followed by a read, until a device is near enough,
        or a pulse took it past its target, which equal pulses cannot undo.

        Args:
            target_siemens: (2, word lines, bit lines) wanted, S.
            tolerance_siemens: largest distance that counts as reached, S.
            max_pulses: most of one device.
            draws: for the pulses.
        Returns:
            (2, word lines, bit lines) pulses that were given, signed.
        """
        counts = np.zeros(target_siemens.shape, dtype=np.int64)
        first = np.sign(target_siemens - self.g_siemens)
        if not self.depresses:
            first = np.maximum(first, 0.0)
        for _ in range(max_pulses):
            error = target_siemens - self.g_siemens
            busy = (np.abs(error) > tolerance_siemens) & (np.sign(error) == first) & (first != 0)
            if not busy.any():
                break
            step = np.where(busy, first, 0.0).astype(np.int64)
            self.pulse(step, draws)
            counts += step
        return counts
