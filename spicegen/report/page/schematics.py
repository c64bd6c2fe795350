"""Schematics of a run's blocks for its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from spicegen.circuit.fitted import MODELS
from spicegen.circuit.graph import Instance, Subcircuit
from spicegen.circuit.library import cells_of
from spicegen.design import design_from
from spicegen.report.page.deck import DeckPart
from spicegen.report.schematics import drawing_of, svg_of


@dataclass(frozen=True, slots=True)
class Schematic:
    """A block's name, what it is, and its drawing."""

    name: str
    about: str
    svg: Markup


def schematics_of(table: Mapping[str, Any], parts: Sequence[DeckPart]) -> list[Schematic]:
    """Drawings of the blocks of a deck.

    Args:
        table: design.toml.
        parts: of the deck; a cell that it does not use is left out.
    """
    design = design_from(table)
    cells, names = cells_of(design), {part.name for part in parts}
    of_layers = names - set(cells)  # tanh_in stands for tanh, sigmoid_gate not for sigmoid
    blocks = [
        block
        for name, block in cells.items()
        if name in names or any(each.startswith(f"{name}_") for each in of_layers)
    ]
    blocks += [_unit(part) for part in parts if part.name.startswith("unit_")]
    found = []
    for block in blocks:
        draw, about = drawing_of(block.template)
        if design.pdk.fitted and block.name in MODELS:
            about += "; in the deck its fitted model stands for it"
        found.append(Schematic(block.name, about, Markup(svg_of(draw, block))))  # noqa: S704  ours
    return found


def _unit(part: DeckPart) -> Subcircuit:
    """The cell of a recurrent layer, read back from the deck: its instances have one line each."""
    ports, instances = tuple[str, ...](), []
    for line in "\n".join(part.lines).replace("\n+", "").splitlines():
        words = [word for word in line.split() if "=" not in word]
        if line.lower().startswith(".subckt "):
            ports = tuple(words[2:])
        elif line.startswith("X"):
            instances.append(Instance(words[0][1:], words[-1], tuple(words[1:-1])))
    return Subcircuit(part.name, "blocks/unit", ports, {"instances": tuple(instances)})
