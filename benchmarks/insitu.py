"""LSTM and dense layers trained in the array: against software, and with poor devices."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import told
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from spicegen.training.loop import Trained, run_epochs
from spicegen.training.make import engine_for, forward_of, task_of
from spicegen.training.plan import NetworkPlan, load_plan
from spicegen.training.task import Task, agreement

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "in_situ_lstm"
SEEDS = (0, 1, 2)
CURVE_SEEDS = (1, 0, 2, 3, 4)
"""By equations; the first one in the circuit as well."""
CURVE_EPOCHS, CURVE_RATE = 40, 0.1
CURVES: tuple[tuple[str, str, tuple[float, ...]], ...] = (
    ("variation", "variation of steps, devices and pulses", (0, 0.05, 0.1, 0.2, 0.3)),
    ("levels", "levels", (16, 64, 256, 1024)),
    ("asymmetry", "asymmetry", (0, 0.2, 0.4, 0.6)),
)  # fmt: skip
TUNE_EPOCHS, TUNE_VARIATION, TUNE_BATCH = 5, 0.1, 8
SOFTWARE_BAR, RECOVERED_BAR_PCT = 1.1, 50.0
PASSENGERS = 518.0
"""Thousands of passengers per network unit of the airline series."""


def measure(steps: int | None = None) -> Report:
    """Two tasks against software, curves of the airline task, and fine-tuning.

    Args:
        steps: epochs of each training, fewer to shorten.
    """
    compared, ratios = _against_software(steps)
    curves = tuple(_curve(kind, title, values, steps) for kind, title, values in CURVES)
    tuned, recovered = _fine_tuning(steps)
    bars = (
        *(
            Bar(f"in-situ LSTM, {name}: final loss / software, mean of {len(SEEDS)} seeds",
                ratio, SOFTWARE_BAR, "times", headline=True)
            for name, ratio in ratios.items()
        ),
        Bar(f"10 % variation: lost accuracy that {TUNE_EPOCHS} epochs in situ bring back, least",
            recovered, RECOVERED_BAR_PCT, "%", True, headline=True),
    )  # fmt: skip
    return Report("insitu", command_of("insitu", steps), (compared, *curves, tuned), bars)


def _against_software(steps: int | None) -> tuple[Table, dict[str, float]]:
    rows: list[Row] = []
    ratios = {}
    for name in ("airline", "pulses"):
        losses = []
        for seed in SEEDS:
            told(f"insitu: {name}, seed {seed}")
            plan = _plan(name, seed, epochs=steps)
            task, done = _trained(plan)
            soft_task, software = _trained(_software(plan))
            losses.append((done.loss, software.loss))
            rows.append(
                [name, seed, done.epochs, software.loss, done.loss, done.loss / software.loss,
                 _tested(soft_task, software), _tested(task, done),
                 1e3 * float(np.median([record["seconds"] for record in done.records]))]
            )  # fmt: skip
        in_situ, ideal = np.mean(losses, axis=0)
        ratios[name] = float(in_situ / ideal)
    columns = [
        "task", "seed", "epochs", "loss, software:.4g", "loss, in situ:.4g", "ratio:.3f",
        "test, software:.4g", "test, in situ:.4g", "epoch in ngspice, ms:.0f",
    ]  # fmt: skip
    title = (
        "Linear devices of 1000 levels in the circuit against exact updates in float64; test: "
        "mean square error (airline, later months), share of right classes (pulses)"
    )
    return table(title, columns, rows), ratios


def _curve(kind: str, title: str, values: tuple[float, ...], steps: int | None) -> Table:
    rows: list[Row] = []
    for value in values:
        told(f"insitu: {kind} {value:g}")
        changes: dict[str, Any] = {
            "device": {"levels": 1000} | _device(kind, value),
            "rule": {"learning_rate": CURVE_RATE},
        }
        epochs, first = steps or CURVE_EPOCHS, CURVE_SEEDS[0]
        circuit = _rmse(_plan("airline", first, epochs=epochs, **changes))
        others = [
            _rmse(_plan("airline", seed, epochs=epochs, forward="numpy", **changes))
            for seed in CURVE_SEEDS
        ]
        rows.append([value, circuit, others[0], float(np.median(others)), min(others), max(others)])
    columns = [
        f"{title}:g", f"in the circuit, seed {CURVE_SEEDS[0]}:.1f",
        f"by equations, seed {CURVE_SEEDS[0]}:.1f", f"{len(CURVE_SEEDS)} seeds, median:.1f",
        "least:.1f", "most:.1f",
    ]  # fmt: skip
    return table(
        f"Airline, {kind} (else linear, 1000 levels), {steps or CURVE_EPOCHS} epochs: RMSE, "
        "thousand passengers",
        columns,
        rows,
    )


def _device(kind: str, value: float) -> dict[str, Any]:
    if kind == "variation":
        return {"cycle_variation": value, "device_variation": value}
    return {kind: int(value) if kind == "levels" else value}


def _fine_tuning(steps: int | None) -> tuple[Table, float]:
    """The trained network on varied devices, epoch by epoch."""
    epochs = min(steps or TUNE_EPOCHS, TUNE_EPOCHS)
    rows: list[Row] = []
    recovered = []
    for seed in SEEDS:
        told(f"insitu: fine-tuning, seed {seed}")
        changes = {"start": {"weights": "network"}, "rule": {"batch": TUNE_BATCH}}
        exact = _rmse(_plan("airline", seed, epochs=0, **changes))
        changes["start"] = {"weights": "network", "variation": TUNE_VARIATION}
        curve = [
            _rmse(_plan("airline", seed, epochs=done, **changes)) for done in range(epochs + 1)
        ]
        recovered.append(100.0 * (curve[0] - curve[-1]) / (curve[0] - exact))
        rows.append([seed, exact, *curve, recovered[-1]])
    columns = [
        "seed", "as trained:.1f", "10 % variation:.1f",
        *(f"epoch {done}:.1f" for done in range(1, epochs + 1)), "brought back, %:.0f",
    ]  # fmt: skip
    title = (
        "Airline network trained in software, on devices of 10 % variation, tuned in the circuit "
        f"(batches of {TUNE_BATCH}): RMSE, thousand passengers"
    )
    return table(title, columns, rows), min(recovered)


def _rmse(plan: NetworkPlan) -> float:
    return float(PASSENGERS * _trained(plan)[1].loss ** 0.5)


def _plan(name: str, seed: int, *, epochs: int | None = None, **changes: Any) -> NetworkPlan:
    """The example's plan with some values changed."""
    plan = load_plan(EXAMPLES / f"{name}.toml")
    assert isinstance(plan, NetworkPlan)
    update: dict[str, Any] = {"seed": seed}
    if epochs is not None:
        update["epochs"] = epochs
    for key, value in changes.items():
        part = getattr(plan, key)
        update[key] = part.model_copy(update=value) if isinstance(value, dict) else value
    return plan.model_copy(update=update)


def _software(plan: NetworkPlan) -> NetworkPlan:
    device = plan.device.model_copy(update={"levels": None})
    return plan.model_copy(update={"device": device, "forward": "numpy"})


def _trained(plan: NetworkPlan) -> tuple[Task, Trained]:
    with tempfile.TemporaryDirectory() as folder, engine_for(plan) as engine:
        task = task_of(plan, plan.seed)
        forward = forward_of(plan, task, engine, Path(folder) / "circuit")
        return task, run_epochs(task, plan.rule, forward, plan.epochs, plan.seed)


def _tested(task: Task, done: Trained) -> float:
    """Share of right classes, or the loss where there are none."""
    assert done.test_outputs is not None and task.test_targets is not None
    right = agreement(done.test_outputs, task.test_targets)
    return task.loss(done.test_outputs, task.test_targets)[0] if right is None else right


def draw(report: Report, path: Path) -> None:
    """The figure of a report: three curves, and the fine-tuning.

    Args:
        report: of `measure`.
        path: PNG file to write.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(2, 2, figsize=(9.0, 6.4), layout="constrained")
    _, *curves, tuned = report.tables
    for axes, made, (kind, title, _) in zip(panels.flat, curves, CURVES, strict=False):
        x, circuit, _, median, least, most = np.array(made.rows, float).T
        axes.fill_between(x, least, most, alpha=0.2, linewidth=0, label="5 seeds, equations")
        axes.plot(x, median, "-", label="their median")
        axes.plot(x, circuit, "o", color="C1", label=f"in the circuit, seed {CURVE_SEEDS[0]}")
        axes.set(xlabel=title, ylabel="RMSE, thousand passengers")
        axes.set_ylim(bottom=0)
        if kind == "levels":
            axes.set_xscale("log", base=2)
        axes.legend()
    last = panels.flat[-1]
    for row in tuned.rows:
        seed, exact, *curve = (float(cell) for cell in row[:-1])  # type: ignore[arg-type]
        last.plot(range(len(curve)), curve, "o-", label=f"seed {seed:.0f}")
    last.axhline(exact, color="black", linestyle="--", label="as trained in software")
    last.set(xlabel="epochs in situ", ylabel="RMSE, thousand passengers")
    last.set_ylim(bottom=0)
    last.set_title("10 % variation, then fine-tuning", loc="left")
    last.legend()
    for axes in panels.flat:
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)
