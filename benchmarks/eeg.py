"""The main job in both topologies and fidelities, and where a dual column fails."""

from __future__ import annotations

import numpy as np

from benchmarks.measure import DEFAULT_STEPS, SEEDS, FloatArray, Measured, example, run, told
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from spicegen.network import Lstm, Network

FIDELITIES = ("ideal", "behavioural")
TOPOLOGIES = ("dual-row", "dual-column")
BARS_PCT = {"ideal": (0.005, 0.05), "behavioural": (0.02, 0.2)}
"""Mean and largest error, percent of full scale."""
DEVIATIONS = (0.6, 3.0, 10.0, 20.0)
"""Of the normal weights of the saturating network."""
SHORT = (10, 4)
"""Samples and steps of the saturating network: few steps, because large weights make the
recurrence chaotic, whatever computes it."""


def measure(steps: int | None = None) -> Report:
    """EEG example with three seeds, then random LSTMs with growing weights."""
    count = steps or DEFAULT_STEPS
    runs = _eeg_runs(count)
    bars = []
    for fidelity in FIDELITIES:
        default = [runs[fidelity, "dual-row", seed] for seed in SEEDS]
        mean_bar, max_bar = BARS_PCT[fidelity]
        worst_mean = max(one.mean_pct for one in default)
        worst_max = max(one.max_pct for one in default)
        bars += [
            Bar(f"{fidelity}, dual-row, mean error, worst seed", worst_mean, mean_bar, "%"),
            Bar(f"{fidelity}, dual-row, max error, worst seed", worst_max, max_bar, "%"),
        ]
    return Report(
        "eeg",
        command_of("eeg", steps),
        (_eeg_table(runs, count), _saturating_table()),
        tuple(bars),
        (_verdict(runs),),
    )


def _eeg_runs(steps: int) -> dict[tuple[str, str, int], Measured]:
    runs = {}
    for fidelity in FIDELITIES:
        for seed in SEEDS:
            network, inputs = example(steps, seed)
            for topology in TOPOLOGIES:
                told(f"eeg: {fidelity}, {topology}, seed {seed}")
                overrides = [f"fidelity={fidelity}", f"crossbar.topology={topology}"]
                runs[fidelity, topology, seed] = run(network, inputs, overrides)
    return runs


def _eeg_table(runs: dict[tuple[str, str, int], Measured], steps: int) -> Table:
    columns = [
        "fidelity",
        "topology",
        "seed",
        "mean %:.2g",
        "max %:.2g",
        "step, us:.2f",
        "points/step:.1f",
        "op-amps",
        "devices",
        "engine CPU, s:.1f",
        "engine wall, s:.1f",
    ]
    rows: list[Row] = [
        [
            *key,
            one.mean_pct,
            one.max_pct,
            1e6 * one.t_step_s,
            one.points_per_step,
            one.opamps,
            one.devices,
            one.cpu_s,
            one.wall_s,
        ]
        for key, one in runs.items()
    ]
    return table(f"EEG LSTM, {steps} steps", columns, rows)


def _verdict(runs: dict[tuple[str, str, int], Measured]) -> str:
    row, column = (
        [runs["behavioural", topology, seed] for seed in SEEDS] for topology in TOPOLOGIES
    )
    cpu = sum(one.cpu_s for one in column) / sum(one.cpu_s for one in row)
    wins = sum(a.max_pct < b.max_pct for a, b in zip(row, column, strict=True))
    return (
        f"behavioural, dual-column against dual-row: {cpu:.2f} times the engine time, "
        f"{column[0].opamps / row[0].opamps:.2f} times the op-amps; dual-row has the smaller "
        f"maximum for {wins} of {len(SEEDS)} seeds"
    )


def _saturating_table() -> Table:
    rows: list[Row] = []
    for deviation in DEVIATIONS:
        network, inputs = saturating(deviation)
        told(f"eeg: random LSTM, deviation {deviation:g}")
        row, column = (
            run(network, inputs, [f"crossbar.topology={topology}"]) for topology in TOPOLOGIES
        )
        rows.append(
            [
                deviation,
                _largest_sum(network),
                row.mean_pct,
                row.max_pct,
                column.mean_pct,
                column.max_pct,
            ]
        )
    columns = [
        "weight deviation:g",
        "largest sum of |w|:.0f",
        "dual-row mean %:.2g",
        "dual-row max %:.2g",
        "dual-column mean %:.2g",
        "dual-column max %:.2g",
    ]
    samples, steps = SHORT
    title = f"Random LSTM(4->8), normal weights, {samples} samples of {steps} steps, behavioural"
    return table(title, columns, rows)


def saturating(deviation: float) -> tuple[Network, FloatArray]:
    """An LSTM(4->8) with normal weights, and inputs within +-1."""
    generator = np.random.default_rng(0)
    weight_ih = generator.normal(0.0, deviation, (32, 4))
    weight_hh = generator.normal(0.0, deviation, (32, 8))
    network = Network("random", 4, (Lstm("lstm", weight_ih, weight_hh, np.zeros(32)),))
    return network, generator.uniform(-1.0, 1.0, (*SHORT, 4))


def _largest_sum(network: Network) -> float:
    (layer,) = network.layers
    assert isinstance(layer, Lstm)
    return float(np.abs(np.hstack([layer.weight_ih, layer.weight_hh])).sum(axis=1).max())
