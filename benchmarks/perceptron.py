"""The 4x4 perceptron: how many seeds converge, and whether circuit and equations decide alike."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import told
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from spicegen.training import Plan, train
from spicegen.training.forward import Equations
from spicegen.training.loop import run_epochs
from spicegen.training.make import SEEDS, task_of
from spicegen.training.plan import plan_from
from spicegen.training.store import load_arrays

SEEDS_MADE = 100
EPOCHS = 48
MODEL = {"kind": "model", "model": "analog_threshold", "form": "verilog-a"}
CASES: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("table as measured, lognormal, beta 6e6 (published)", {}, {}),
    ("... exponential shifts", {"shift": {"distribution": "exponential"}}, {}),
    ("... sorted table", {"order": "sort"}, {}),
    ("... targets in both directions", {}, {"satisfied": "counted"}),
    ("table as measured, lognormal, beta 1.2e7", {}, {"beta_per_ampere": 1.2e7}),
    ("... sorted table", {"order": "sort"}, {"beta_per_ampere": 1.2e7}),
    ("analog_threshold, pulses in ngspice, beta 1e5", MODEL, {"beta_per_ampere": 1e5}),
)
"""Name, what differs in the device, what differs in the perceptron."""
RULE_SEEDS = 20
RULES: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("manhattan", {"name": "manhattan"}, {}),
    (
        "delta, write-verify",
        {"name": "delta", "learning_rate": 0.1, "tolerance": 0.1, "max_pulses": 60},
        {"aim": 0.95},
    ),
    ("gradient, open loop", {"name": "gradient", "learning_rate": 0.1}, {"aim": 0.95}),
)
"""Name, the rule, what differs in the perceptron; on analog_threshold by equations."""
AGREE_BAR_PCT, CIRCUIT_BAR_PCT = 99.0, 1.0


@dataclass(frozen=True, slots=True)
class Case:
    """One case, by equations and in the circuit.

    Attributes:
        converged, median: of either, by `numpy` and `circuit`.
        alike: decisions that are the same, of all that both made.
        decisions: how many those are.
        error_pct: of the circuit's final outputs, most of all seeds, full scale.
        wrong: converged seeds whose circuit does not class every training pattern.
    """

    converged: Mapping[str, int]
    median: Mapping[str, float | None]
    alike: int
    decisions: int
    error_pct: float
    wrong: int


def measure(steps: int | None = None) -> Report:
    """Many seeds of each case.

    Args:
        steps: seeds of each case.
    """
    seeds = steps or SEEDS_MADE
    rows: list[Row] = []
    cases = []
    for name, device, perceptron in CASES:
        told(f"perceptron: {name}")
        case = _case(device, perceptron, seeds)
        cases.append(case)
        rows.append(
            [name, *(case.converged[way] for way in ("numpy", "circuit")),
             *(case.median[way] for way in ("numpy", "circuit")), case.decisions,
             100.0 * case.alike / case.decisions, case.error_pct, case.wrong]
        )  # fmt: skip
    columns = [
        "devices", "converged, numpy", "converged, circuit", "median epochs, numpy:g",
        "median epochs, circuit:g", "decisions", "alike, %:.3f", "outputs apart, max %:.2g",
        "converged seeds with a wrong pattern",
    ]  # fmt: skip
    bars = (
        Bar("perceptron: decisions alike in numpy and ngspice, least of all cases",
            min(100.0 * case.alike / case.decisions for case in cases), AGREE_BAR_PCT, "%", True,
            headline=True),
        Bar("perceptron: trained outputs, circuit - numpy, max of all seeds",
            max(case.error_pct for case in cases), CIRCUIT_BAR_PCT, "%", headline=True),
        Bar("perceptron: converged seeds with a wrong training pattern in ngspice",
            float(sum(case.wrong for case in cases)), 0.0, "seeds"),
    )  # fmt: skip
    title = f"Manhattan rule, at most {EPOCHS} epochs, {seeds} seeds"
    rules = _rules(min(seeds, RULE_SEEDS))
    return Report(
        "perceptron", command_of("perceptron", steps), (table(title, columns, rows), rules), bars
    )


def _case(device: dict[str, Any], perceptron: dict[str, Any], seeds: int) -> Case:
    kept: dict[str, dict[int, Any]] = {}
    median, converged = {}, {}
    for way in ("numpy", "circuit"):
        with tempfile.TemporaryDirectory() as folder:
            plan = _plan(device, perceptron, way, seeds)
            summary = train(plan, Path(folder) / "a").summary
            kept[way] = {
                seed: load_arrays(Path(folder) / "a" / SEEDS / f"{seed:05d}.npz")
                for seed in range(seeds)
            }
        median[way], converged[way] = summary["epochs_median"], summary["converged"]
    alike = decisions = wrong = 0
    error = 0.0
    for seed in range(seeds):
        numbers, circuit = kept["numpy"][seed], kept["circuit"][seed]
        ours, theirs = (_decisions(one) for one in (numbers, circuit))
        both = min(len(ours), len(theirs))
        alike += int((ours[:both] == theirs[:both]).sum())
        decisions += ours[:both].size + abs(len(ours) - len(theirs)) * ours[0].size * (both > 0)
        error = max(error, float(circuit["circuit_error_pct"]))
        right = (np.sign(circuit["final_outputs"]) == np.sign(circuit["targets"])).all()
        wrong += int(bool(circuit["converged"]) and not right)
    return Case(converged, median, alike, decisions, error, wrong)


def _decisions(kept: Mapping[str, Any]) -> Any:
    """(epochs, word lines, bit lines) -1, 0 or 1: which half of each pair got a pulse."""
    counts = kept.get("counts.perceptron", np.zeros((0, 2, 4, 2)))
    return counts[:, 0] - counts[:, 1]


def _plan(device: dict[str, Any], perceptron: dict[str, Any], way: str, seeds: int) -> Plan:
    device = {"kind": "table", "order": "measured", **device}
    if device["kind"] == "model":
        device = {**MODEL, "pulses": "ngspice" if way == "circuit" else "numpy"}
    content = {
        "kind": "perceptron",
        "epochs": EPOCHS,
        "runs": seeds,
        "forward": way,
        "perceptron": perceptron,
        "device": device,
        "rule": {"name": "manhattan"},
    }
    return plan_from(content, Path())


def _rules(seeds: int) -> Table:
    """The three rules on the same memristors."""
    rows: list[Row] = []
    for name, rule, perceptron in RULES:
        told(f"perceptron: {name}")
        epochs, pulses, slots = [], [], []
        for seed in range(seeds):
            plan = plan_from(
                {
                    "kind": "perceptron",
                    "perceptron": {"beta_per_ampere": 1e5, **perceptron},
                    "device": {"kind": "model", "model": "analog_threshold", "pulses": "numpy"},
                    "rule": rule,
                },
                Path(),
            )
            task = task_of(plan, seed)
            done = run_epochs(task, plan.rule, Equations(task.network), EPOCHS, seed)
            if done.converged:
                kept = done.history()
                epochs.append(done.epochs)
                pulses.append(float(np.abs(kept["counts.perceptron"]).sum()))
                slots.append(float(kept["cycles"].sum()))
        medians = (float(np.median(part)) if part else None for part in (epochs, pulses, slots))
        rows.append([name, len(epochs), *medians])
    columns = [
        "rule", f"converged of {seeds}", "median epochs:g", "median pulses, all devices:g",
        "median pulse slots, a word line at a time:g",
    ]  # fmt: skip
    return table("Rules on memristors (analog_threshold, by equations)", columns, rows)
