"""`spicegen cell list`: all cells and kits."""

from __future__ import annotations

import json

from spicegen.cli import options
from spicegen.cli.terminal import plain, printed, shown


def listing(as_json: options.Json = False, debug: options.Debug = False) -> None:
    """List the cells that can be characterised, and the kits that they can be drawn in.

    \b
    Example:
      spicegen cell list
    """
    from spicegen.cells import CELLS
    from spicegen.pdk import kits, load_kit

    known = [load_kit(name) for name in kits()]
    cells = [{"name": name, "title": how.title} for name, how in CELLS.items()]
    if as_json:
        made = [
            {
                "name": kit.name,
                "title": kit.title,
                "corners": list(kit.corners),
                "installed": kit.installed,
            }
            for kit in known
        ]
        printed(json.dumps({"cells": cells, "kits": made}, indent=2))
        return
    from rich import box
    from rich.table import Table

    table = Table("cell", "what", box=box.SIMPLE_HEAD, show_edge=False)
    for row in cells:
        table.add_row(plain(row["name"]), plain(row["title"]))
    processes = Table("kit", "what", "corners", "models", box=box.SIMPLE_HEAD, show_edge=False)
    for kit in known:
        state = "installed" if kit.installed else "pip install 'spicegen[pdk]'"
        corners = ", ".join(kit.corners)
        processes.add_row(plain(kit.name), plain(kit.title), plain(corners), plain(state))
    shown(table, "", processes)
