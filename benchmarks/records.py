"""Results that are kept: one JSON file per benchmark, and the pages that show them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks import machine, markdown
from benchmarks.report import Bar, Report, read_report

TOP = Path(__file__).resolve().parent.parent
RESULTS = TOP / "benchmarks" / "results"
PAGES = (
    TOP / "README.md",
    *(
        TOP / "docs" / f"{name}.md"
        for name in (
            *("benchmarks", "performance", "crossbars", "batch", "report", "cells", "transistor"),
            *("training", "fitted"),
        )
    ),
)
IMAGES = TOP / "docs" / "images"
BARS = "bars"
"""The mark of the table that is made from the headline bars of all results."""


def plain(report: Report) -> dict[str, Any]:
    """A report and the machine it was measured on, for JSON."""
    return {"machine": machine.facts(), **report.as_dict()}


def keep(report: Report) -> None:
    """Write one result."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(plain(report), indent=1, allow_nan=False)
    (RESULTS / f"{report.name}.json").write_text(text + "\n", encoding="utf-8")


def kept() -> dict[str, tuple[Report, dict[str, Any]]]:
    """The results that are there, with the facts of their machine."""
    found = {}
    for path in sorted(RESULTS.glob("*.json")):
        stored = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = read_report(stored), stored["machine"]
    return found


def show() -> None:
    """Put every result into the pages that have a place for it."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        page.write_text(shown(text), encoding="utf-8")


def shown(page: str) -> str:
    """A page with the results that it has a place for."""
    found = kept()
    blocks = {
        name: f"{report.as_markdown()}\n\n{machine.line(facts)}"
        for name, (report, facts) in found.items()
    }
    blocks[BARS] = headlines(report for report, _ in found.values())
    places = markdown.places(page)
    return markdown.fill(page, {name: text for name, text in blocks.items() if name in places})


def headlines(reports: Iterable[Report]) -> str:
    """Markdown: what was promised, what was measured, and what measures it."""
    head = ["| what | bar | measured | | command |", "| --- | ---: | ---: | --- | --- |"]
    lines = (
        _headline(bar, report.command) for report in reports for bar in report.bars if bar.headline
    )
    return "\n".join([*head, *lines])


def _headline(bar: Bar, command: str) -> str:
    sign = ">=" if bar.at_least else "<="
    verdict = "met" if bar.met else "**missed**"
    measured = f"{bar.measured:.3g} {bar.unit}"
    return (
        f"| {bar.what} | {sign} {bar.limit:g} {bar.unit} | {measured} | {verdict} | `{command}` |"
    )
