"""`spicegen device`: memristor models."""

import typer

from spicegen.cli.device.build import build

USAGE_STATUS = 2

device = typer.Typer(rich_markup_mode=None)
for command in (build,):
    device.command()(command)


@device.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """Memristor models."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(USAGE_STATUS)


__all__ = ["device"]
