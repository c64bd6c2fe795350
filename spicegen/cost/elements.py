"""What takes or stores energy in a circuit, with the nodes whose voltages tell how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spicegen.circuit.graph import FloatArray

Part = Literal["crossbars", "opamps", "activations", "multipliers", "switches"]
PARTS: tuple[Part, ...] = ("crossbars", "opamps", "activations", "multipliers", "switches")


@dataclass(frozen=True, slots=True)
class Resistor:
    """A resistor between a and b."""

    part: Part
    a: str
    b: str
    g_siemens: float


@dataclass(frozen=True, slots=True)
class Switch:
    """g_off between a and b, and g_on besides while phi is above the threshold."""

    a: str
    b: str
    phi: str
    g_on_siemens: float
    g_off_siemens: float
    v_threshold_volts: float


@dataclass(frozen=True, slots=True)
class OutputStage:
    """What an op-amp delivers at `out`: (V(drive) - V(out)) / r_out, from its supplies."""

    drive: str
    out: str
    g_siemens: float


@dataclass(frozen=True, slots=True)
class CurrentStage:
    """A current from the supplies into a load: g V(out) + C dV(out)/dt, from out to common."""

    part: Part
    out: str
    g_siemens: float
    c_farad: float


@dataclass(frozen=True, slots=True)
class Capacitor:
    """A capacitor from a node to common that is part of no other element."""

    node: str
    c_farad: float


@dataclass(frozen=True, slots=True)
class Array:
    """A crossbar of resistors.

    Attributes:
        word: nodes of word lines.
        bit: nodes of bit lines.
        g_siemens: (word lines, bit lines), S; 0 where there is no device.
    """

    word: tuple[str, ...]
    bit: tuple[str, ...]
    g_siemens: FloatArray


@dataclass(frozen=True, slots=True)
class Driver:
    """An ideal source that drives word lines; its current is saved."""

    node: str
    current: str


Element = Resistor | Switch | OutputStage | CurrentStage | Capacitor | Array | Driver
