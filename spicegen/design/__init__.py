"""The design a user chooses: sections, their rules, and design.toml."""

from spicegen.design.arrays import Topology
from spicegen.design.blocks import Block, Fidelity
from spicegen.design.load import design_from, design_text, load_design
from spicegen.design.sections import Design
from spicegen.design.wires import Geometry, Wires

__all__ = [
    "Block",
    "Design",
    "Fidelity",
    "Geometry",
    "Topology",
    "Wires",
    "design_from",
    "design_text",
    "load_design",
]
