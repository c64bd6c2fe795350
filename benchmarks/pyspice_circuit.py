"""One crossbar as a netlist of PySpice, resistor by resistor: the other side of `emission`.

`python -m benchmarks.pyspice_circuit SIZE` is one process; it prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from benchmarks.measure import FloatArray


def crossbar_text(r_ohm: FloatArray) -> str:
    """The text of a PySpice circuit.

    Args:
        r_ohm: (half, word line, bit line) resistances, ohm.
    """
    from PySpice.Spice.Netlist import Circuit

    circuit = Circuit("crossbar")
    for half, name in enumerate(("pos", "neg")):
        for row in range(r_ohm.shape[1]):
            for column in range(r_ohm.shape[2]):
                value = float(r_ohm[half, row, column])
                label = f"{name}{row}_{column}"
                circuit.R(label, f"wl_{name}{row}", f"bl{column}", value)
    return str(circuit)


def build_here(size: int) -> dict[str, float]:
    """Build one square crossbar in this process; processor seconds and resistors."""
    draw = np.random.default_rng(0)
    r_ohm = 1.0 / draw.uniform(1e-6, 1e-4, (2, size, size))
    crossbar_text(r_ohm[:, :1, :1])  # the first use imports
    started = time.process_time()
    text = crossbar_text(r_ohm)
    cpu_s = time.process_time() - started
    count = sum(line.startswith("R") for line in text.splitlines())
    return {"memristors": count, "cpu_s": cpu_s}


if __name__ == "__main__":
    print(json.dumps(build_here(int(sys.argv[1]))))
