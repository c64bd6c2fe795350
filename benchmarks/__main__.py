"""What spicegen costs and how accurate it is, measured."""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout

from benchmarks import markdown, records
from benchmarks.measure import stopwatch, told
from benchmarks.report import Report
from spicegen.errors import SpicegenError

NAMES = (
    "startup",
    "reference",
    "readers",
    "emission",
    "sensitivity",
    "overhead",
    "naive",
    "static",
    "partition",
    "growth",
    "batch",
    "page",
    "eeg",
    "topologies",
    "mapping",
    "engines",
    "veriloga",
    "memristors",
    "cells",
    "ablation",
    "speed",
    "layers",
    "wires",
    "transistor",
    "transistor_variation",
    "perceptron",
    "epoch",
    "insitu",
    "fitted",
)
"""In the order in which they run."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen benchmarks; the exit status tells failures, not missed bars."""
    options = _options(arguments)
    reports = []
    try:
        for name in options.names or NAMES:
            with redirect_stdout(sys.stderr if options.json else sys.stdout):
                reports.append(_measured(name, options))
    except (SpicegenError, markdown.MarkError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps([records.plain(report) for report in reports], indent=1))
    missed = [f"{report.name}: {bar}" for report in reports for bar in report.bars if not bar.met]
    if missed:
        print("\nBars missed:\n" + "\n".join(missed), file=sys.stderr)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all, or of {', '.join(NAMES)}")
    parser.add_argument("--steps", type=int, help="network steps of each run, fewer to shorten")
    parser.add_argument("--long", action="store_true", help="also rows that take long (growth)")
    parser.add_argument("--json", action="store_true", help="JSON on stdout, tables on stderr")
    parser.add_argument(
        "--record",
        action="store_true",
        help="keep each result in benchmarks/results, put it into README and docs",
    )
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in NAMES]:
        parser.error(f"there is no benchmark {unknown[0]}; there are {', '.join(NAMES)}")
    if options.steps is not None and options.steps < 1:
        parser.error("--steps must be at least 1")
    return options


def _measured(name: str, options: argparse.Namespace) -> Report:
    """Run one benchmark, show it, keep it."""
    module = importlib.import_module(f"benchmarks.{name}")
    takes_long = "long" in inspect.signature(module.measure).parameters
    with stopwatch() as usage:
        longer = {"long": options.long} if takes_long else {}
        report: Report = module.measure(options.steps, **longer)
    print(f"\n{report.as_text()}", flush=True)
    told(f"{name}: {usage.wall_s:.0f} s")
    if options.record:
        records.keep(report)
        if hasattr(module, "draw"):
            module.draw(report, records.IMAGES / f"{name}.png")
        records.show()
    return report


if __name__ == "__main__":
    sys.exit(main())
