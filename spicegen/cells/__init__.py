"""Transistor cells on the bench: what each one does, measured in ngspice, as a data sheet."""

from spicegen.cells.catalogue import CELLS
from spicegen.cells.characterise import characterise, phase_margin_deg
from spicegen.cells.sheet import Curve, DataSheet

__all__ = ["CELLS", "Curve", "DataSheet", "characterise", "phase_margin_deg"]
