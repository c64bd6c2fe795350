"""`spicegen cell show`: one cell in full."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spicegen.cli import options
from spicegen.cli.settings import chosen_design
from spicegen.cli.terminal import plain, printed, shown
from spicegen.errors import InputError, nearest

if TYPE_CHECKING:
    from spicegen.circuit.graph import Subcircuit
    from spicegen.pdk import Mos

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
        "values": {
            name: asdict(value) if is_dataclass(value) else value
            for name, value in _plain_values(block).items()
        },
        "netlist": text,
    }


def _plain_values(block: Subcircuit) -> dict[str, float | int | str | bool | Mos]:
    """Values that are single numbers, words or transistors; arrays are in the netlist."""
    from spicegen.pdk import Mos

    return {
        name: value
        for name, value in block.values.items()
        if isinstance(value, float | int | str | bool | Mos)
    }


def _written(value: float | int | str | bool | Mos) -> str:
    """A value as the table shows it: a transistor by type, width, length and fingers."""
    if isinstance(value, float | int | str | bool):
        return f"{value:g}" if isinstance(value, float) else str(value)
    w, length = value.w_metre * 1e6, value.l_metre * 1e6
    return f"{value.polarity} {w:g}/{length:g} um nf={value.fingers}"


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
            table.add_row(plain(name), plain(_written(value)))
        shown(table)
    printed("")
    printed(text.rstrip())
