"""Foundry kits: transistor models of an installed PDK, and the sizes of spicegen's cells in it."""

from spicegen.pdk.kit import Cell, Kit, Mos, kits, load_kit
from spicegen.pdk.models import model_text

__all__ = ["Cell", "Kit", "Mos", "kits", "load_kit", "model_text"]
