"""Recorded stimuli through the circuit, neuron by neuron, beside the published numbers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from data import RESPONSES, FloatArray, Sequence, part_of, read_sequences

import spicegen as sg

HERE = Path(__file__).parent
PUBLISHED = {
    5: ("0.074 0.30 0.19 0.081", "0.0502 0.168 0.132 0.0507"),
    15: ("0.10 0.31 0.43 0.13", "0.0698 0.139 0.186 0.0663"),
}
"""RMSE of the thesis by sequence: analog against digital, digital against target."""


def simulate(sequence: Sequence, options: argparse.Namespace) -> sg.RunResult:
    """Run one sequence."""
    return sg.run(
        sg.load_network(HERE / "network.toml"),
        sequence.stimuli[: options.steps],
        design=sg.load_design(None, [f"timing.serial={options.serial}", *options.set]),
        out=options.out / f"sequence_{sequence.number:02d}_serial{options.serial}",
        force=options.force,
    )


def rmse(errors: FloatArray) -> FloatArray:
    """Root mean square over the steps of each neuron."""
    return np.asarray(np.sqrt(np.mean(errors**2, axis=0)))


def row(label: str, analog: str, digital: str, note: str = "") -> str:
    """One line of the table: four errors against digital, four against the target."""
    left, right = ("".join(f"{word:>9}" for word in text.split()) for text in (analog, digital))
    return f"{label:<22}{left} |{right} {note:>8}"


def shown(errors: FloatArray) -> str:
    """RMSE of each neuron as text."""
    return " ".join(f"{value:.5f}" for value in rmse(errors))


def main() -> None:
    """Simulate what the options choose and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of Sequence_NN.dat")
    parser.add_argument("--sequences", nargs="+", type=int, default=[], help="numbers; else all")
    parser.add_argument("--serial", type=int, default=1, help="units that share one set of cells")
    parser.add_argument("--steps", type=int, help="only the first so many steps of each sequence")
    parser.add_argument("--set", action="append", default=[], help="design, section.key=value")
    parser.add_argument("--force", action="store_true", help="replace earlier run directories")
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/celegans"))
    options = parser.parse_args()
    if options.steps is not None and options.steps < 1:
        parser.error(f"--steps must be at least 1, got {options.steps}")

    sequences = read_sequences(options.data, options.sequences)
    print(f"{'RMSE per neuron':<22}{'analog against digital':>36} |{'digital against target':>36}")
    print(row("sequence", " ".join(RESPONSES), " ".join(RESPONSES), "time"))
    worst = 0.0
    for sequence in sequences:
        result = simulate(sequence, options)
        analog = result.outputs - result.reference
        digital = result.reference - sequence.responses[: options.steps]
        label = f"{sequence.number} ({part_of(sequence.number)})"
        seconds = f"{result.summary['timing']['total_s']:.1f} s"
        print(row(label, shown(analog), shown(digital), seconds), flush=True)
        worst = max(worst, float(rmse(analog).max()))
    for number, published in PUBLISHED.items():
        print(row(f"thesis, sequence {number}", *published))
    print(f"worst RMSE of a neuron, analog against digital: {worst:.5f}")


if __name__ == "__main__":
    try:
        main()
    except sg.SpicegenError as error:
        print(f"run.py: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
