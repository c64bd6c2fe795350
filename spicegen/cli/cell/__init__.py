"""`spicegen cell`: transistor cells. One file per command."""

from __future__ import annotations

import typer

from spicegen.cli.cell.characterise import characterise
from spicegen.cli.cell.listing import listing

USAGE_STATUS = 2

cell = typer.Typer(rich_markup_mode=None)
cell.command("list")(listing)
for command in (characterise,):
    cell.command()(command)


@cell.callback(invoke_without_command=True)
def cells(context: typer.Context) -> None:
    """Transistor cells: op-amp, activations, multiplier, sample-and-hold, switches."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(USAGE_STATUS)


__all__ = ["cell"]
