"""`spicegen device`: memristor models. One file per command."""

from __future__ import annotations

import typer

from spicegen.cli.device.build import build
from spicegen.cli.device.iv import iv
from spicegen.cli.device.listing import listing
from spicegen.cli.device.program import program
from spicegen.cli.device.pulse import pulse
from spicegen.cli.device.show import show

USAGE_STATUS = 2

device = typer.Typer(rich_markup_mode=None)
device.command("list")(listing)
for command in (show, iv, pulse, program, build):
    device.command()(command)


@device.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """Memristor models."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(USAGE_STATUS)


__all__ = ["device"]
