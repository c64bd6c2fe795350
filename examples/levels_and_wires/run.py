"""How many levels a memristor needs, and how much the wires may resist: EEG network, heat map.

python examples/levels_and_wires/run.py [DIR] makes 72 runs; the same command again continues
with what is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import spicegen as sg
from spicegen.cli.app import main
from spicegen.demo.eeg_signal import eeg_like
from spicegen.paths import packaged

STEPS = 20
LEVELS = (2, 4, 8, 16, 32, 64, 128, 256)
SEGMENT_OHM = (0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5)


def sweep(
    directory: Path,
    steps: int = STEPS,
    levels: Sequence[int] = LEVELS,
    segment_ohm: Sequence[float] = SEGMENT_OHM,
) -> Path:
    """Make the runs that are missing, and draw them.

    Args:
        directory: of the batch.
        steps: network steps of each run.
        levels: conductance levels of a memristor.
        segment_ohm: resistances of a wire from one memristor to the next.
    Returns:
        The table of results.
    """
    inputs = directory.with_name(f"{directory.name}.inputs.npy")
    inputs.parent.mkdir(parents=True, exist_ok=True)
    np.save(inputs, eeg_like(steps, seed=1))
    result = sg.batch(
        {
            "network": str(packaged("examples") / "eeg_lstm"),
            "inputs": str(inputs),
            "design": {
                "simulation": {"analysis": "static"},
                # a milliohm at each sense line, so that 0 ohm per segment is a wire, too
                "crossbar": {"wires": {"model": "full", "r_sense_ohm": 1e-3}},
            },
            "outputs": {"cost": False},
            "sweep": {
                "device.levels": list(levels),
                "crossbar.wires.r_segment_ohm": list(segment_ohm),
            },
        },
        directory,
    )
    keys = ("--x", "crossbar.wires.r_segment_ohm", "--by", "device.levels")
    main(["plot", str(directory), *keys, "--y", "mean_error_pct", "--heatmap"])
    return result.table


if __name__ == "__main__":
    print(sweep(Path(sys.argv[1] if len(sys.argv) > 1 else "runs/levels_and_wires")))
