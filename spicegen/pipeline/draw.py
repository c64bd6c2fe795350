"""The circuit of mapped layers, with all that a design asks to have saved."""

from __future__ import annotations

from dataclasses import replace

from spicegen.circuit import BuiltCircuit, build_circuit
from spicegen.circuit.graph import FloatArray
from spicegen.cost import metered
from spicegen.design import Design
from spicegen.mapping import MappedNetwork


def draw(mapped: MappedNetwork, inputs: FloatArray, design: Design) -> BuiltCircuit:
    """A circuit, metered where its cost is to be told.

    Args:
        mapped: what it draws.
        inputs: (sample, step, feature), network units.
        design: complete.
    """
    built = build_circuit(mapped, inputs, design)
    return replace(built, circuit=metered(built.circuit)) if design.cost.enabled else built
