"""What remapping around stuck devices wins on the EEG network: errors over seeds, as a table.

python examples/nonidealities/remap.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import spicegen
from spicegen.demo.job import eeg_job
from spicegen.design import design_from

STEPS, SEEDS = 100, 8
FAULTS = ({"p_on": 0.01, "p_off": 0.05}, {"p_off": 0.1}, {"p_on": 0.02})
REMEDIES: tuple[dict[str, Any], ...] = (
    {"remap": "none"},
    {"remap": "pair"},
    {"remap": "rows"},
    {"remap": "rows", "spare_word_lines": 4},
)


def errors_pct(faults: dict[str, float], remedy: dict[str, Any], folder: Path) -> list[float]:
    """Mean error of each of the circuits that differ in which devices are stuck."""
    network, inputs = eeg_job(STEPS, 0)
    found = []
    for seed in range(SEEDS):
        design = design_from(
            {
                "mapping": remedy,
                "nonideality": [{"kind": "stuck", **faults}],
                "simulation": {"analysis": "static", "seed": seed},
            }
        )
        result = spicegen.run(network, inputs, design=design, out=folder / "run", force=True)
        found.append(result.accuracy.mean_error_pct)
    return found


def main() -> None:
    print("| stuck | remedy | mean error %, median over seeds | worst seed |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for faults in FAULTS:
            for remedy in REMEDIES:
                errors = errors_pct(faults, remedy, Path(folder))
                stuck = ", ".join(f"{key} {100 * p:g} %" for key, p in faults.items())
                spare = remedy.get("spare_word_lines", 0)
                name = remedy["remap"] + (f", {spare} spare word lines" if spare else "")
                print(f"| {stuck} | {name} | {np.median(errors):.3g} | {max(errors):.3g} |")


if __name__ == "__main__":
    main()
