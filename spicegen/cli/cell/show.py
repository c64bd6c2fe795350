"""`spicegen cell show`: one cell in full."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spicegen.cli import options
from spicegen.cli.settings import chosen_design
from spicegen.cli.terminal import plain, printed, shown
from spicegen.errors import InputError, nearest

if TYPE_CHECKING:
    from spicegen.circuit.graph import Subcircuit

CellName = Annotated[
    str, typer.Argument(metavar="NAME", help="Cell, such as opamp or readout.", show_default=False)
]


def show(
    name: CellName,
    design: options.DesignPath = None,
    overrides: options.Overrides = None,
    figure: Annotated[
        Path | None,
        typer.Option(
            "--figure",
            metavar="FILE",
            help="Draw the schematic: .svg, .png or .pdf.",
            show_default=False,
        ),
    ] = None,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Show ports, values and netlist of a cell, as a design makes it.

    \b
    Example:
      spicegen cell show sample_hold --set sample_hold.c_hold_farad=1e-12 --figure hold.png
    """
    chosen = chosen_design(design, overrides)
    from spicegen.circuit.library import cells_of
    from spicegen.circuit.transistor import PORTS as TRANSISTOR_CELLS
    from spicegen.netlist import block_text
    from spicegen.report.schematics import drawing_of, save_schematic

    cells = cells_of(chosen)
    if name not in cells:
        remedy = nearest(name, list(cells))
        if name in TRANSISTOR_CELLS and not chosen.transistors:
            remedy = "it is one of transistors: --set fidelity=transistor"
        raise InputError("cell", "no such cell in this design", name, remedy)
    block, (draw, about) = cells[name], drawing_of(cells[name].template)
    if figure is not None:
        save_schematic(draw, block, figure)
    text = block_text(block)
    if as_json:
        printed(json.dumps(_described(block, about, text), indent=2))
    else:
        _show(block, about, text)


def _described(block: Subcircuit, about: str, text: str) -> dict[str, Any]:
    return {
        "cell": block.name,
        "about": about,
        "template": block.template,
        "ports": list(block.ports),
        "values": _plain_values(block),
        "netlist": text,
    }


def _plain_values(block: Subcircuit) -> dict[str, float | int | str | bool]:
    """Values that are single numbers or words; arrays are in the netlist."""
    return {
        name: value
        for name, value in block.values.items()
        if isinstance(value, float | int | str | bool)
    }


def _show(block: Subcircuit, about: str, text: str) -> None:
    from rich import box
    from rich.table import Table

    printed(f"{block.name}: {about}")
    printed(f"ports: {' '.join(block.ports)}")
    values = _plain_values(block)
    if values:
        table = Table("value", box=box.SIMPLE_HEAD, show_edge=False)
        table.add_column("", justify="right")
        for name, value in values.items():
            number = f"{value:g}" if isinstance(value, float) else str(value)
            table.add_row(plain(name), plain(number))
        shown(table)
    printed("")
    printed(text.rstrip())
