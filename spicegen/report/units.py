"""SI prefixes for axes."""

from __future__ import annotations

import math
from dataclasses import dataclass

MICRO = "\N{MICRO SIGN}"
_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: MICRO, -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}


@dataclass(frozen=True, slots=True)
class Scale:
    """Values divided by `factor` are in `unit`."""

    factor: float
    unit: str


def axis_scale(largest: float, unit: str, lowest: float = 0.1) -> Scale:
    """The SI prefix that brings the largest magnitude on an axis to `lowest` or above.

    Args:
        largest: magnitude, in `unit`; zero keeps the unit.
        unit: without prefix; values without a unit are not scaled.
        lowest: number that the largest magnitude must reach; it stays below 1000 times that.
    """
    if not unit or not math.isfinite(largest) or largest <= 0:
        return Scale(1.0, unit)
    exponent = 3 * math.floor(math.log10(largest / lowest) / 3 + 1e-9)
    exponent = min(max(exponent, min(_PREFIXES)), max(_PREFIXES))
    return Scale(10.0**exponent, _PREFIXES[exponent] + unit)
