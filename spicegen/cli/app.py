"""The program: its commands, and the one place where errors become exit codes."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import Annotated, Any, NoReturn, cast

import typer

import spicegen
from spicegen.cli.batch import batch
from spicegen.cli.cell import cell
from spicegen.cli.demo import demo
from spicegen.cli.device import device
from spicegen.cli.doctor import doctor
from spicegen.cli.emit import emit
from spicegen.cli.plot import plot
from spicegen.cli.report import report
from spicegen.cli.run import run
from spicegen.cli.terminal import failed, printed, told
from spicegen.cli.train import train
from spicegen.errors import SpicegenError

USAGE_STATUS = 2
INTERRUPTED_STATUS = 130
# The base of typer's own errors has no public name: it is click's ClickException, or the one
# of the copy of click that newer releases of typer carry.
_ClickError = cast("type[Exception]", typer.BadParameter.__mro__[2])

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,  # plain help: drawing it with rich takes as long as all the rest
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 done, 2 bad input or usage, 3 the simulation failed, "
    "4 accuracy bar missed, 130 interrupted.",
)
for command in (demo, run, emit, train, plot, report, doctor):
    app.command()(command)
app.add_typer(batch, name="batch")
app.add_typer(cell, name="cell")
app.add_typer(device, name="device")


def _print_version(wanted: bool) -> None:
    if wanted:
        printed(f"spicegen {spicegen.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def program(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Compile a trained neural network into an analog memristor circuit, simulate it in
    ngspice, and measure how far the circuit is from the network.

    `spicegen demo` shows it on a packaged example.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(USAGE_STATUS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line.

    Args:
        arguments: without the program's name; those of the process if None.
    Returns:
        The exit status.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ended)
    debug = "--debug" in arguments
    try:
        command: Any = typer.main.get_command(app)
        status = command.main(args=arguments, prog_name="spicegen", standalone_mode=False) or 0
    except SpicegenError as error:
        return _report(str(error), error.exit_code, debug)
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED_STATUS
    except OSError as error:  # a full disk, a folder without permission
        where = error.filename or "file system"
        return _report(f"{where}: {error.strerror or error}", USAGE_STATUS, debug)
    except _ClickError as error:
        return _report(_usage(error), USAGE_STATUS, debug)
    if status == INTERRUPTED_STATUS:
        told("interrupted")
    return int(status)


def _report(message: str, status: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    failed(message)
    return status


def _usage(error: Any) -> str:
    """A complaint of typer in the form of our own."""
    command = error.ctx.command_path if getattr(error, "ctx", None) else "spicegen"
    message = str(error.format_message()).strip().rstrip(".").replace("Value error, ", "")
    message = message[:1].lower() + message[1:]
    where = command.removeprefix("spicegen").strip()
    separator = "" if message.endswith("?") else ";"
    return f"{where}{': ' if where else ''}{message}{separator} see {command} --help"


def _ended(number: int, frame: FrameType | None) -> NoReturn:
    """End like Ctrl-C: the engine is stopped and unfinished files are removed."""
    raise SystemExit(128 + number)
