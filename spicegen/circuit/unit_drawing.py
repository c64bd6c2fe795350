"""Which drawing of a unit a design asks for."""

from __future__ import annotations

from spicegen.circuit.behavioural_unit import BehaviouralDrawing
from spicegen.circuit.transistor_unit import TransistorDrawing
from spicegen.circuit.unit import UnitDrawing
from spicegen.design import Design
from spicegen.mapping import MappedRecurrent


def drawing(layer: MappedRecurrent, spice: str, design: Design) -> UnitDrawing:
    """An empty unit circuit in the fidelity of the design's activation cells.

    Args:
        layer: the mapped layer.
        spice: its SPICE name.
        design: fidelity and properties of the cells.
    """
    if design.fidelity_of("activation") == "transistor":
        return TransistorDrawing(spice, design, layer)
    volts = {name: float(each) for name, each in layer.volts.items()}
    return BehaviouralDrawing(spice, design, volts)
