"""The error budget of a run as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.table import Table

from spicegen.cli.terminal import plain

LEAST_SHARE = 5e-4
"""Shares below it are shown as 0: percent."""


def budget_table(budget: Mapping[str, Any]) -> Table:
    """Sources: the error each makes alone, its share of the total, and what is left without it.

    Args:
        budget: as in result.json.
    """
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("source of error", no_wrap=True)
    for header in ("rms %", "max %", "share %", "rms % without"):
        table.add_column(header, justify="right", no_wrap=True)
    for part in budget["parts"]:
        style = "bold" if part["name"] == budget["culprit"] else None
        table.add_row(*_row(part), style=style)
    table.add_section()
    for name in ("interaction", "floor"):
        table.add_row(*_row(budget[name]))
    table.add_section()
    table.add_row(*_row(budget["total"]), style="bold")
    return table


def culprit_line(budget: Mapping[str, Any]) -> str:
    """Which source to work on first, and what that would win."""
    part = next((each for each in budget["parts"] if each["name"] == budget["culprit"]), None)
    if part is None:
        return "no sources of error"
    return (
        f"most is due to {part['name']}: without it {part['rms_without_pct']:.3g} % rms are left "
        f"of {budget['total']['rms_pct']:.3g} % ({budget['simulations']} simulations)"
    )


def _row(part: Mapping[str, Any]) -> tuple[Any, ...]:
    share, rest = part["share_pct"], part["rms_without_pct"]
    return (
        plain(part["name"]),
        f"{part['rms_pct']:.3g}",
        f"{part['max_pct']:.3g}",
        "0" if abs(share) < LEAST_SHARE else f"{share:.3g}",
        "" if rest is None else f"{rest:.3g}",
    )
