"""`spicegen device list`: all models and presets."""

from __future__ import annotations

import json

from spicegen.cli import options
from spicegen.cli.terminal import plain, printed, shown


def listing(as_json: options.Json = False, debug: options.Debug = False) -> None:
    """List the models and their presets.

    \b
    Example:
      spicegen device list
    """
    from spicegen.devices import MODELS, load_presets

    rows = [
        {
            "name": name,
            "title": model.title,
            "presets": list(load_presets(name, model.parameters())),
        }
        for name, model in MODELS.items()
    ]
    if as_json:
        printed(json.dumps(rows, indent=2))
        return
    from rich import box
    from rich.table import Table

    table = Table("model", "what", "presets", box=box.SIMPLE_HEAD, show_edge=False)
    for row in rows:
        presets = ", ".join(row["presets"])
        table.add_row(plain(str(row["name"])), plain(str(row["title"])), plain(presets))
    shown(table)
