"""Mapped layers become a graph of subcircuits, sources and probes. No text."""

from spicegen.circuit.build import BuiltCircuit, build_circuit, make_clock
from spicegen.circuit.clock import Clock
from spicegen.circuit.cut import back_action
from spicegen.circuit.graph import Circuit, Probe
from spicegen.circuit.settling import slowest_column

__all__ = [
    "BuiltCircuit",
    "Circuit",
    "Clock",
    "Probe",
    "back_action",
    "build_circuit",
    "make_clock",
    "slowest_column",
]
