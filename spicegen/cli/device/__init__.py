"""`spicegen device`: memristor models. One file per command."""

from __future__ import annotations

import typer

from spicegen.cli.device.iv import iv
from spicegen.cli.device.listing import listing
from spicegen.cli.device.program import program
from spicegen.cli.device.pulse import pulse
from spicegen.cli.device.show import show

device = typer.Typer(help="Memristor models.", no_args_is_help=True, rich_markup_mode=None)
device.command("list")(listing)
for command in (show, iv, pulse, program):
    device.command()(command)
