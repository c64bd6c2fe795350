"""What the cells of a unit compute, in the order of its equations.

A drawing of transistor cells keeps it, so that the same unit can be computed from its cells'
measured curves (`spicegen.calibration`).
"""

from __future__ import annotations

from dataclasses import dataclass

from spicegen.circuit.graph import FloatArray


@dataclass(frozen=True, slots=True)
class Activate:
    """out = curve(in): shape `gate`, `tanh`, `sigmoid`, `relu`, or `linear` for in itself.

    Attributes:
        divided: a divider stands in front of the cell.
        boost: gain of the amplifier in front of the divider; 1 without one.
    """

    shape: str
    source: str
    out: str
    divided: bool = False
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Factor:
    """One summand: sign * gate * x, or sign * x.

    Attributes:
        x: bipolar node.
        gate: node of a sigmoid, or "" for none.
        sign: +1 or -1.
        wide: (units,) how many times as wide as the sum's narrowest multiplier.
        k: (units,) without a gate, volts at the sum per volt at x.
    """

    x: str
    gate: str
    sign: float
    wide: FloatArray
    k: FloatArray


@dataclass(frozen=True, slots=True)
class Add:
    """out = the sum of factors; `k`: (units,) gain of the narrowest multiplier at gate = 1."""

    out: str
    factors: tuple[Factor, ...]
    k: FloatArray


Step = Activate | Add
Program = tuple[Step, ...]
