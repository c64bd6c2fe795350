"""All windows of the airline series through the circuits, beside the published numbers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from series import read_passengers, rmse, scale_of, windows

import spicegen as sg

HERE = Path(__file__).parent
PUBLISHED_ANALOG = {
    ("lstm", 1): 28.4,
    ("lstm", 2): 92.6,
    ("lstm", 4): 68.5,
    ("gru", 1): 179.0,
}
"""RMSE analog against digital, thousands of passengers, by network and serial factor."""
PUBLISHED_DIGITAL = {"lstm": 52.3, "gru": 36.6}
"""RMSE digital against target, thousands of passengers."""
COLUMNS = (
    "network",
    "serial",
    "analog-digital",
    "published",
    "digital-target",
    "published",
    "op-amps",
    "activations",
    "multipliers",
    "step us",
    "time s",
)


def simulate(kind: str, serial: int, options: argparse.Namespace) -> list[str]:
    """Run one network at one serial factor; one row of the table."""
    passengers = read_passengers()
    scale = scale_of(passengers)
    inputs, targets = (array[: options.windows] for array in windows(scale.to_units(passengers)))
    result = sg.run(
        sg.load_network(HERE / f"{kind}.toml"),
        inputs,
        design=sg.load_design(None, [f"timing.serial={serial}", *options.set]),
        out=options.out / f"{kind}_serial{serial}",
        force=options.force,
    )
    size, step_s = result.summary["size"], result.summary["clock"]["t_step_s"]
    return [
        kind.upper(),
        str(serial),
        f"{rmse(result.outputs - result.reference) * scale.span:.3f}",
        str(PUBLISHED_ANALOG.get((kind, serial), "-")),
        f"{rmse(result.reference - targets) * scale.span:.1f}",
        str(PUBLISHED_DIGITAL[kind]),
        *(str(size[name]) for name in ("opamps", "activations", "multipliers")),
        f"{1e6 * step_s:.2f}",
        f"{result.summary['timing']['total_s']:.1f}",
    ]


def print_row(cells: list[str]) -> None:
    """One line of a Markdown table with even columns."""
    padded = [cell.rjust(len(name)) for cell, name in zip(cells, COLUMNS, strict=True)]
    print("| " + " | ".join(padded) + " |", flush=True)


def main() -> None:
    """Simulate what the options choose and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", choices=["lstm", "gru"], default=["lstm", "gru"])
    parser.add_argument("--serial", nargs="+", type=int, default=[1, 2, 4], help="serial factors")
    parser.add_argument("--windows", type=int, help="only the first so many of the 142 windows")
    parser.add_argument("--set", action="append", default=[], help="design, section.key=value")
    parser.add_argument("--force", action="store_true", help="replace earlier run directories")
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/airline"))
    options = parser.parse_args()
    if options.windows is not None and options.windows < 1:
        parser.error(f"--windows must be at least 1, got {options.windows}")

    print("RMSE in thousands of passengers")
    print_row(list(COLUMNS))
    print_row(["-" * (len(name) - 1) + ":" for name in COLUMNS])
    for kind in options.networks:
        for serial in options.serial:
            print_row(simulate(kind, serial, options))


if __name__ == "__main__":
    try:
        main()
    except sg.SpicegenError as error:
        print(f"run.py: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
