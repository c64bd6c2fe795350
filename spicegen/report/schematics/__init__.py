"""Schematics of the blocks of a circuit, with the values of its design."""

from spicegen.report.schematics.catalogue import drawing_of
from spicegen.report.schematics.sheet import save_schematic, svg_of

__all__ = ["drawing_of", "save_schematic", "svg_of"]
