"""`spicegen batch`: many runs. One file per command."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from spicegen.cli.batch.run import run
from spicegen.cli.batch.summary import summary

USAGE_STATUS = 2
RUN = "run"


class PlanFirst(TyperGroup):
    """`spicegen batch PLAN.toml` is `spicegen batch run PLAN.toml`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `run` in front of what names no command and asks for no help."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = [RUN, *args]
        return super().parse_args(ctx, args)


batch = typer.Typer(cls=PlanFirst, rich_markup_mode=None)
for command in (run, summary):
    batch.command()(command)


@batch.callback(invoke_without_command=True)
def runs(context: typer.Context) -> None:
    """Make many runs: sweeps, corners, Monte Carlo.

    spicegen batch PLAN.toml -o DIR
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(USAGE_STATUS)


__all__ = ["batch"]
