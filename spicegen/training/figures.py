"""Figures of a finished training: from its files to what the report room draws."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import numpy as np

from spicegen.report.style import label
from spicegen.report.training import PerceptronHistory, TrainingHistory, training_figures
from spicegen.training.make import TrainResult
from spicegen.training.perceptron import goals, word_units
from spicegen.training.plan import PerceptronPlan, Plan

FIGURES = "figures"


def draw(plan: Plan, result: TrainResult) -> list[Path]:
    """Draw a single training into its directory.

    Raises:
        InputError: the directory is damaged, or a file cannot be written.
    """
    kept, summary = result.history(), result.summary
    verdict = {True: ", converged", False: ", not converged", None: ""}[summary["converged"]]
    name = "perceptron" if isinstance(plan, PerceptronPlan) else plan.network.stem
    history = TrainingHistory(
        f"{label(name)}, {plan.rule.name} rule, {summary['epochs']} epochs{verdict}",
        kept.get("loss", np.zeros(0)),
        summary["loss_name"],
        summary["loss_last"],
        {unquote(key[2:]): value for key, value in kept.items() if key.startswith("g.")},
    )
    perceptron = None
    if isinstance(plan, PerceptronPlan):
        perceptron = _perceptron(plan, kept.get("outputs"), summary["patterns"])
    return training_figures(history, perceptron, result.directory / FIGURES)


def _perceptron(
    plan: PerceptronPlan, outputs: np.ndarray | None, patterns: list[dict[str, list[float]]]
) -> PerceptronHistory:
    about = plan.perceptron
    end = np.array([row["outputs"] for row in patterns])[None]
    v_unit = max(abs(about.v_zero_volts), abs(about.v_one_volts))
    return PerceptronHistory(
        about.patterns,
        goals(about),
        end if outputs is None else np.concatenate([outputs, end]),
        word_units(list(about.patterns), about) * v_unit,
    )
