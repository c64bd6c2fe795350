"""`spicegen device build`: a Verilog-A model for ngspice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spicegen.cli import options
from spicegen.cli.terminal import plain, printed, shown, told

if TYPE_CHECKING:
    from rich.table import Table

    from spicegen.devices.veriloga import CompiledModel, VerilogParameter


def build(
    va_file: Annotated[
        Path,
        typer.Argument(metavar="FILE.va", help="Verilog-A file, one module.", show_default=False),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Directory for the library and its C file; by default they stay in the cache.",
            show_default=False,
        ),
    ] = None,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Compile a Verilog-A model for ngspice.

    The OpenVAF compiler is used where it is on PATH (openvaf-r or openvaf), else the Python
    package openvaf-py and the system's C compiler.

    \b
    Example:
      spicegen device build wire.va -o built
    """
    from spicegen.devices.veriloga import build_osdi, install

    model = build_osdi(va_file)
    if out is not None:
        model = install(model, out)
    for note in model.notes:
        told(f"note: {note}")
    if as_json:
        printed(json.dumps(model.as_dict(), indent=2))
    else:
        _show(model)


def _show(model: CompiledModel) -> None:
    from spicegen.cli.summary import labelled
    from spicegen.netlist.osdi import osdi_block

    lines = [
        ("module", f"{model.module}({', '.join(model.terminals)})"),
        ("compiler", model.compiler),
        ("library", str(model.osdi)),
    ]
    if model.c_file is not None:
        lines.append(("C file", str(model.c_file)))
    block = osdi_block([model.osdi.name]).splitlines()
    nodes = " ".join(model.terminals)
    deck = [*block, f".model card {model.module}", f"N1 {nodes} card"]
    lines += [("in a deck" if index == 0 else "", text) for index, text in enumerate(deck)]
    shown(labelled(lines), "", _parameters(model))


def _parameters(model: CompiledModel) -> Table:
    from rich import box
    from rich.table import Table

    table = Table("parameter", box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("default", justify="right")
    for header in ("unit", "where", "what"):
        table.add_column(header)
    for one in model.parameters:
        default = "" if one.default is None else f"{one.default:g}"
        cells = (one.name, default, one.unit, _where(one), one.description)
        table.add_row(*(plain(cell) for cell in cells))
    return table


def _where(parameter: VerilogParameter) -> str:
    places = {"instance": parameter.on_instance, ".model": parameter.on_model}
    return ", ".join(name for name, there in places.items() if there)
