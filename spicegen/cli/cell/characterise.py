"""`spicegen cell characterise`: the data sheet of a cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spicegen.cli import options
from spicegen.cli.terminal import one_line, plain, printed, shown, told
from spicegen.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from spicegen.cells import DataSheet

CellName = Annotated[
    str, typer.Argument(metavar="NAME", help="Cell; `cell list` shows all.", show_default=False)
]
Kit = Annotated[str | None, typer.Option("--kit", help="Process; overrides pdk.name.")]
Corner = Annotated[
    str | None, typer.Option("--corner", help="typical, ff, ss, fs or sf; overrides pdk.corner.")
]
Temperature = Annotated[
    float | None,
    typer.Option(
        "--temperature", metavar="CELSIUS", help="Overrides pdk.temperature_celsius (27)."
    ),
]
Supply = Annotated[
    float | None,
    typer.Option("--supply", metavar="VOLTS", help="Overrides pdk.v_supply_volts."),
]
MismatchSeed = Annotated[
    int | None,
    typer.Option(
        "--mismatch-seed",
        min=1,
        metavar="N",
        help="One chip with random differences between its devices; overrides pdk.mismatch_seed.",
    ),
]
Load = Annotated[
    float | None,
    typer.Option(
        "--load",
        min=0.0,
        metavar="FARAD",
        help="Capacitive load of the op-amp: refused, with the phase margin, where it makes "
        "followers ring.",
    ),
]
OutDirectory = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="DIR",
        help="Directory for data sheet, figure, decks, logs and waveforms; made if missing; "
        "cell_NAME by default.",
    ),
]


def characterise(
    name: CellName,
    kit: Kit = None,
    corner: Corner = None,
    temperature: Temperature = None,
    supply: Supply = None,
    mismatch_seed: MismatchSeed = None,
    load: Load = None,
    design: options.DesignPath = None,
    overrides: options.Overrides = None,
    out: OutDirectory = None,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Measure a cell in ngspice; write sheet.json and sheet.png beside the decks that ran.

    What was measured before with the same decks comes from the cache.

    \b
    Example:
      spicegen cell characterise tanh --corner ss -o sheets/tanh_ss
    """
    from spicegen.cells import characterise as measure
    from spicegen.cells import phase_margin_deg
    from spicegen.cli.settings import chosen_design
    from spicegen.report.cell import draw_sheet
    from spicegen.report.style import save_figure

    own = {
        "fidelity": "transistor",
        "pdk.name": kit,
        "pdk.corner": corner,
        "pdk.temperature_celsius": temperature,
        "pdk.v_supply_volts": supply,
        "pdk.mismatch_seed": mismatch_seed,
    }
    given = [f"{key}={value}" for key, value in own.items() if value is not None]
    chosen = chosen_design(design, [*(overrides or ()), *given])
    folder = Path(f"cell_{name}") if out is None else out
    if folder.exists() and not folder.is_dir():
        raise InputError(f"output {folder}", "the name must be free or a directory", "a file")
    if load is not None:
        if name != "opamp":
            raise InputError(
                "--load", "only the op-amp has a load of its own", name, "leave it out"
            )
        margin = phase_margin_deg(chosen, load)
        told(f"phase margin with {load:g} F: {margin:.1f} degrees")
    sheet = measure(name, chosen, out=folder)
    save_figure(draw_sheet(sheet), folder / "sheet.png")
    if as_json:
        printed(json.dumps(sheet.as_dict(), indent=2))
    else:
        shown(_table(sheet))
        printed(one_line(str(folder / "sheet.json")))


def _table(sheet: DataSheet) -> Table:
    from rich import box
    from rich.table import Table

    table = Table("value", box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("", justify="right")
    for key, value in sheet.values.items():
        table.add_row(plain(key), plain(f"{value:.6g}"))
    return table
