"""Schematics of a run's blocks for its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from spicegen.circuit.library import cells_of
from spicegen.design import design_from
from spicegen.report.schematics import drawing_of, svg_of


@dataclass(frozen=True, slots=True)
class Schematic:
    """A block's name, what it is, and its drawing."""

    name: str
    about: str
    svg: Markup


def schematics_of(table: Mapping[str, Any], names: frozenset[str]) -> list[Schematic]:
    """Drawings of the cells of a design.

    Args:
        table: design.toml.
        names: subcircuits of the deck; a cell that it does not use is left out.
    """
    found = []
    for name, block in cells_of(design_from(table)).items():
        used = any(each == name or each.startswith(f"{name}_") for each in names)
        if used:
            draw, about = drawing_of(block.template)
            found.append(Schematic(name, about, Markup(svg_of(draw, block))))  # noqa: S704  ours
    return found
