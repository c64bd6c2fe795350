"""The design a user chooses: sections, their rules, and design.toml."""

from spicegen.design.load import design_from, design_text, load_design
from spicegen.design.sections import Block, Design, Fidelity

__all__ = ["Block", "Design", "Fidelity", "design_from", "design_text", "load_design"]
