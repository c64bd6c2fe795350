"""The command line: which benchmarks, how long, and where the results go."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine, markdown
from benchmarks.measure import stopwatch, told
from benchmarks.report import Report
from spicegen.errors import SpicegenError

NAMES = (
    "startup",
    "emission",
    "sensitivity",
    "overhead",
    "batch",
    "eeg",
    "mapping",
    "engines",
    "veriloga",
    "ablation",
    "speed",
    "layers",
)
"""In the order in which they run: the quick ones first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen benchmarks; the exit status tells failures, not missed bars."""
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all, or of {', '.join(NAMES)}")
    parser.add_argument("--steps", type=int, help="network steps of each run, fewer to shorten")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="fill the tables of a page")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in NAMES]:
        parser.error(f"there is no benchmark {unknown[0]}; there are {', '.join(NAMES)}")
    if options.steps is not None and options.steps < 1:
        parser.error("--steps must be at least 1")
    names = options.names or NAMES
    try:
        page = markdown.read(options.markdown, names) if options.markdown else ""
        reports = [_measured(name, options.steps) for name in names]
        if options.markdown:
            options.markdown.write_text(_filled(page, reports), encoding="utf-8")
    except (SpicegenError, markdown.MarkError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    if options.json:
        content = {
            "machine": machine.facts(),
            "benchmarks": [report.as_dict() for report in reports],
        }
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    missed = [f"{report.name}: {bar}" for report in reports for bar in report.bars if not bar.met]
    if missed:
        print("\nBars missed:\n" + "\n".join(missed))
    return 0


def _filled(page: str, reports: Sequence[Report]) -> str:
    """The page with every report that it has a place for."""
    line, places = machine.facts_line(), markdown.places(page)
    for report in reports:
        if report.name not in places:
            told(f"{report.name}: the page has no place for it")
    blocks = {
        report.name: f"{report.as_markdown()}\n\n{line}"
        for report in reports
        if report.name in places
    }
    return markdown.fill(page, blocks)


def _measured(name: str, steps: int | None) -> Report:
    with stopwatch() as usage:
        report: Report = importlib.import_module(f"benchmarks.{name}").measure(steps)
    print(f"\n{report.as_text()}", flush=True)
    told(f"{name}: {usage.wall_s:.0f} s")
    return report


if __name__ == "__main__":
    sys.exit(main())
