"""`spicegen cell`: the cells that circuits are built from. One file per command."""

from __future__ import annotations

import typer

from spicegen.cli.cell.characterise import characterise
from spicegen.cli.cell.listing import listing
from spicegen.cli.cell.show import show

USAGE_STATUS = 2

cell = typer.Typer(rich_markup_mode=None)
cell.command("list")(listing)
for command in (characterise, show):
    cell.command()(command)


@cell.callback(invoke_without_command=True)
def cells(context: typer.Context) -> None:
    """Cells that circuits are built from."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(USAGE_STATUS)
