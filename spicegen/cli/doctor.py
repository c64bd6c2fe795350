"""`spicegen doctor`: what is installed, and what to install."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from spicegen.cli import options
from spicegen.cli.terminal import plain, printed, shown
from spicegen.errors import EngineMissingError

if TYPE_CHECKING:
    from rich.table import Table

    from spicegen.engine import Finding

STYLES = {"ok": "green", "older": "yellow", "missing": "red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    debug: options.Debug = False,
) -> None:
    """Show what is installed, and what to install.

    Engines, compilers and PDKs are looked up; nothing is simulated. Exit status 3 if there
    is no engine.

    \b
    Example:
      spicegen doctor
    """
    from spicegen.engine import available, diagnose, select

    findings = diagnose()
    engines = [engine for engine in available() if engine.version]
    if as_json:
        names = [engine.name for engine in engines]
        content = {"engines": names, "findings": [asdict(finding) for finding in findings]}
        printed(json.dumps(content, indent=2))
    else:
        shown(_table(findings))
    if not engines:
        raise EngineMissingError("there is no engine that works; see the remedies above")
    if not as_json:
        shown("", plain(select().announcement))


def _table(findings: list[Finding]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table("what", "state", "found", box=box.SIMPLE_HEAD, show_edge=False)
    for finding in findings:
        style = STYLES[finding.state]
        table.add_row(plain(finding.what), plain(finding.state, style), plain(finding.detail))
        if finding.remedy:
            table.add_row("", "", plain(finding.remedy))
    return table
