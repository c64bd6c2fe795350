"""Mapped layers become a graph of subcircuits, sources and probes. No text."""

from spicegen.circuit.build import BuiltCircuit, build_circuit, make_clock
from spicegen.circuit.clock import Clock
from spicegen.circuit.graph import Circuit, Probe
from spicegen.circuit.settling import slowest_column

__all__ = [
    "BuiltCircuit",
    "Circuit",
    "Clock",
    "Probe",
    "build_circuit",
    "make_clock",
    "slowest_column",
]
