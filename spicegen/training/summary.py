"""What a training tells at its end, as training.json holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

import spicegen
from spicegen.engine import Choice
from spicegen.training.devices import FloatArray
from spicegen.training.loop import Trained
from spicegen.training.perceptron import beyond
from spicegen.training.plan import PerceptronPlan, Plan
from spicegen.training.plan_parts import ModelDevice
from spicegen.training.task import Task, agreement


def _head(plan: Plan, engine: Choice | None) -> dict[str, Any]:
    told = None
    if engine is not None:
        told = {"name": engine.info.name, "version": engine.info.version}
    return {
        "spicegen": spicegen.__version__,
        "kind": plan.kind,
        "rule": plan.rule.name,
        "device": _device(plan),
        "forward": plan.forward,
        "engine": told,
        "seed": plan.seed,
    }


def _device(plan: Plan) -> str:
    device = plan.device
    return f"{device.kind} {device.model}" if isinstance(device, ModelDevice) else device.kind


def one_summary(
    plan: Plan, task: Task, done: Trained, equations: FloatArray, engine: Choice | None
) -> dict[str, Any]:
    """One training.

    Args:
        plan: as it was carried out.
        task: with its devices behind the last epoch.
        done: the training.
        equations: outputs of the trained conductances by the equations.
        engine: that simulated, if any did.
    """
    difference = None
    if plan.forward == "circuit":
        difference = circuit_error_pct(done.outputs, equations)
    found = _head(plan, engine) | {
        "epochs": done.epochs,
        "converged": done.converged,
        "loss_name": _loss_name(plan, task),
        "loss_first": float(done.records[0]["loss"]) if done.records else done.loss,
        "loss_last": done.loss,
        "accuracy": agreement(done.outputs, task.targets),
        "circuit_against_equations_pct": difference,
        "pulse_slots": int(sum(int(record["cycles"]) for record in done.records)),
        "seconds": done.seconds,
        "seconds_per_epoch": _median([record["seconds"] for record in done.records]),
    }
    if done.test_outputs is not None and task.test_targets is not None:
        found["test_loss"] = task.loss(done.test_outputs, task.test_targets)[0]
        found["test_accuracy"] = agreement(done.test_outputs, task.test_targets)
    if isinstance(plan, PerceptronPlan):
        found |= _patterns(plan, task, done)
    return found


def _loss_name(plan: Plan, task: Task) -> str:
    if isinstance(plan, PerceptronPlan):
        return "half the sum of squared errors"
    return "cross-entropy" if task.network.classifies else "mean square error"


def _median(values: list[Any]) -> float | None:
    return float(np.median(values)) if values else None


def circuit_error_pct(circuit: FloatArray, equations: FloatArray) -> float:
    """Largest difference, percent of the full scale of each output."""
    axes = tuple(range(circuit.ndim - 1))
    scale = np.ptp(equations, axis=axes)
    return float(100.0 * np.max(np.abs(circuit - equations) / np.where(scale > 0, scale, 1.0)))


def _patterns(plan: PerceptronPlan, task: Task, done: Trained) -> dict[str, Any]:
    """Every pattern with its outputs: trained ones with their targets, others with the answer."""
    target = plan.perceptron.target
    rows = []
    met = beyond(done.outputs, task.targets)
    for name, wanted, out, good in zip(
        plan.perceptron.patterns, plan.perceptron.targets, done.outputs, met, strict=True
    ):
        rows.append(
            {"pattern": name, "target": wanted, "outputs": out.tolist(), "met": bool(good.all())}
        )
    tests = []
    if done.test_outputs is not None:
        for name, out in zip(task.names[len(rows) :], done.test_outputs, strict=True):
            tests.append({"pattern": name, "outputs": out.tolist(), "answer": _answer(out, target)})
    return {"patterns": rows, "test_patterns": tests}


def _answer(outputs: FloatArray, target: float) -> str:
    """1 or 0 where an output lies beyond a target, ? between them."""
    signs = np.where(outputs >= target, "1", np.where(outputs <= -target, "0", "?"))
    return "".join(signs.tolist())


def many_summary(
    plan: Plan, runs: Mapping[int, Mapping[str, NDArray[Any]]], engine: Choice | None
) -> dict[str, Any]:
    """Many trainings: a row each, and how many converged in how many epochs."""
    ends = isinstance(plan, PerceptronPlan)
    rows = [
        {
            "seed": seed,
            "converged": bool(kept["converged"]) if ends else None,
            "epochs": int(kept["epochs"]),
            "loss": float(kept["final_loss"]),
        }
        for seed, kept in runs.items()
    ]
    epochs = [row["epochs"] for row in rows if row["converged"]]
    return _head(plan, engine) | {
        "runs": rows,
        "converged": len(epochs) if ends else None,
        "epochs_median": _median(epochs),
        "loss_median": _median([row["loss"] for row in rows]),
    }
