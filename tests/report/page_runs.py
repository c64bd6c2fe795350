"""Runs and batches that have everything a page can show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from small_networks import chain, dense, lstm, signal

import spicegen as sg
from spicegen.design import load_design

HOSTILE = "<script>alert(1)</script>&\"'`\u202e脑" + "x" * 200
HOPELESS = "<b>hopeless</b>"
DESIGN = (
    "device.levels=16",
    "crossbar.wires.model=full",
    "crossbar.wires.r_segment_ohm=1",
    "nonideality.0.kind=stuck",
    "nonideality.0.p_on=0.05",
    "nonideality.0.p_off=0.05",
    "cost.enabled=true",
)
STEPS = 10


def full_run(out: Path) -> sg.RunResult:
    """A run with wires, stuck devices, cost and budget, of layers with hostile names."""
    network = chain(
        dense(HOSTILE, 3, 4, "relu", seed=1),
        lstm("lstm", 4, 3, seed=2),
        dense("out</td>", 3, 2, seed=3),
    )
    design = load_design(None, DESIGN)
    return sg.run(network, signal(STEPS, 3, seed=4), design=design, out=out, budget=True)


def small_batch(folder: Path) -> Path:
    """The directory of a batch of two keys, two corners, one of which fails, and two seeds."""
    (folder / "net").mkdir()
    (folder / "net" / "network.toml").write_text(
        'name = "tiny"\ninputs = 2\narrays = "weights.npz"\n'
        '[[layer]]\nname = "out"\nkind = "dense"\nunits = 2\n'
    )
    generator = np.random.default_rng(0)
    weights = {"out.weight": generator.normal(0, 1, (2, 2)), "out.bias": np.zeros(2)}
    np.savez(folder / "net" / "weights.npz", **weights)  # type: ignore[arg-type]
    np.save(folder / "inputs.npy", generator.uniform(-1, 1, (3, 2)))
    plan = {
        "network": str(folder / "net"),
        "inputs": str(folder / "inputs.npy"),
        "design": {
            "simulation": {"analysis": "static"},
            "nonideality": [{"kind": "variation", "sigma": 0.01}],
        },
        "sweep": {"nonideality.0.sigma": [0.01, 0.05]},
        "corners": {"typical": {}, HOPELESS: {"simulation.timeout_s": 1e-3}},
        "monte_carlo": {"runs": 2, "seed": 1},
    }
    return sg.batch(plan, folder / "batch", jobs=1).directory
