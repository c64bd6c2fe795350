"""The EEG network in every topology and read-out: current against voltage mode, same weights."""

from __future__ import annotations

from statistics import fmean, median

from benchmarks.eeg import SHORT, saturating
from benchmarks.measure import DEFAULT_STEPS, SEEDS, Measured, example, run, told
from benchmarks.report import Report, Row, Table, command_of, table

VOLTAGE = "crossbar.readout=voltage"
KINDS: dict[str, tuple[str, ...]] = {
    "dual-row, current": ("crossbar.topology=dual-row",),
    "dual-row, voltage": ("crossbar.topology=dual-row", VOLTAGE),
    "dual-column, current": ("crossbar.topology=dual-column",),
    "dual-column, voltage": ("crossbar.topology=dual-column", VOLTAGE),
    "reference-column, current": ("crossbar.topology=reference-column",),
    "dual-row, current, 1T1R": ("crossbar.topology=dual-row", "crossbar.selector=1t1r"),
}
CONDITIONS: dict[str, tuple[str, ...]] = {
    "as they are": (),
    "32 levels": ("device.levels=32",),
    "5 % variation of memristors": (
        "nonideality.0.kind=variation",
        "nonideality.0.sigma=0.05",
    ),
    "op-amp offsets of 100 uV": (
        "nonideality.0.kind=opamp-mismatch",
        "nonideality.0.sigma_offset_volts=1e-4",
    ),
    "op-amp gain of 10^4": ("opamp.gain=1e4",),
}
DRAWS = (0, 1, 2)
"""Seeds of what is random in the circuit."""
SHORTER = 200
"""Most steps of runs under each condition."""
DEVIATIONS = (3.0, 10.0, 20.0)
"""Of the normal weights of the saturating network."""

Runs = dict[str, list[Measured]]


def measure(steps: int | None = None) -> Report:
    """Cost and accuracy, then what imperfect parts do to each kind, then large weights."""
    count = steps or DEFAULT_STEPS
    runs = _runs(count)
    return Report(
        "topologies",
        command_of("topologies", steps),
        (_costs(runs, count), _conditions(min(count, SHORTER)), _saturating()),
        (),
        tuple(_verdict(runs, pairs) for pairs in ("dual-row", "dual-column")),
    )


def _runs(steps: int) -> Runs:
    """Every kind with every seed's signal; the kinds take turns."""
    runs: Runs = {kind: [] for kind in KINDS}
    for seed in SEEDS:
        network, inputs = example(steps, seed)
        for kind, overrides in KINDS.items():
            told(f"topologies: {kind}, seed {seed}")
            runs[kind].append(run(network, inputs, overrides))
    return runs


def _costs(runs: Runs, steps: int) -> Table:
    columns = [
        "topology, read-out",
        "mean %:.2g",
        "max %:.2g",
        "step, us:.2f",
        "points/step:.1f",
        "memristors",
        "op-amps",
        "engine CPU, s:.1f",
    ]
    rows: list[Row] = [
        [
            kind,
            max(one.mean_pct for one in ones),
            max(one.max_pct for one in ones),
            1e6 * max(one.t_step_s for one in ones),
            fmean(one.points_per_step for one in ones),
            ones[0].memristors,
            ones[0].opamps,
            median(one.cpu_s for one in ones),
        ]
        for kind, ones in runs.items()
    ]
    title = f"EEG LSTM, {steps} steps, behavioural; worst of {len(SEEDS)} signals, median CPU"
    return table(title, columns, rows)


def _conditions(steps: int) -> Table:
    network, inputs = example(steps)
    rows: list[Row] = []
    for condition, overrides in CONDITIONS.items():
        draws = DRAWS if "nonideality.0" in "".join(overrides) else DRAWS[:1]
        row: list[float | str] = [condition]
        for kind, own in KINDS.items():
            told(f"topologies: {kind}, {condition}")
            sets = [*own, *overrides]
            row.append(
                fmean(
                    run(network, inputs, [*sets, f"simulation.seed={seed}"]).mean_pct
                    for seed in draws
                )
            )
        rows.append(row)
    title = f"Mean error, %, {steps} steps, behavioural; mean of {len(DRAWS)} draws where random"
    return table(title, ["parts", *(f"{kind}:.2g" for kind in KINDS)], rows)


def _saturating() -> Table:
    rows: list[Row] = []
    for deviation in DEVIATIONS:
        network, inputs = saturating(deviation)
        told(f"topologies: random LSTM, deviation {deviation:g}")
        rows.append([deviation, *(run(network, inputs, own).max_pct for own in KINDS.values())])
    samples, steps = SHORT
    title = (
        f"Maximum error, %, random LSTM(4->8), {samples} samples of {steps} steps, behavioural; "
        "deviation of its normal weights"
    )
    return table(title, ["deviation:g", *(f"{kind}:.2g" for kind in KINDS)], rows)


def _verdict(runs: Runs, pairs: str) -> str:
    current, voltage = (runs[f"{pairs}, {readout}"] for readout in ("current", "voltage"))
    cpu = sum(one.cpu_s for one in voltage) / sum(one.cpu_s for one in current)
    step = max(one.t_step_s for one in voltage) / max(one.t_step_s for one in current)
    wins = sum(v.mean_pct < c.mean_pct for v, c in zip(voltage, current, strict=True))
    return (
        f"{pairs}, voltage against current: {cpu:.2f} times the engine time, {step:.2f} times the "
        f"step, smaller mean error for {wins} of {len(SEEDS)} signals"
    )
