"""examples/perceptron and examples/in_situ_lstm."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from example_files import ROOT, Load

from spicegen.training import load_plan, train
from spicegen.training.make import task_of
from spicegen.training.plan import NetworkPlan

EXAMPLES = ROOT / "examples"
PLANS = sorted([*EXAMPLES.glob("perceptron/*.toml"), *EXAMPLES.glob("in_situ_lstm/*.toml")])
PLANS = [path for path in PLANS if not path.stem.endswith("_network")]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_plan_is_one(path: Path) -> None:
    plan = load_plan(path)
    task = task_of(plan, plan.seed)
    assert len(task.inputs) == len(task.targets)


@pytest.mark.parametrize("example", ["perceptron", "in_situ_lstm"])
def test_readme_names_every_plan(example: str) -> None:
    text = (EXAMPLES / example / "README.md").read_text()
    named = set(re.findall(rf"spicegen train examples/{example}/(\w+)\.toml", text))
    plans = {path.stem for path in PLANS if path.parent.name == example}
    assert named == plans


def test_the_published_example_in_the_circuit(tmp_path: Path) -> None:
    result = train(EXAMPLES / "perceptron" / "published.toml", tmp_path / "run")
    summary = result.summary
    assert (summary["converged"], summary["epochs"]) == (True, 18)
    assert summary["circuit_against_equations_pct"] < 1.0
    assert all(row["met"] for row in summary["patterns"])
    assert summary["seconds_per_epoch"] < 1.0


def test_arrays_are_those_of_the_script(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = load("in_situ_lstm", "data")
    monkeypatch.setattr(sys, "argv", ["data.py", "-o", str(tmp_path)])
    data.main()
    kept = sorted(path.name for path in (EXAMPLES / "in_situ_lstm").glob("*.npy"))
    assert kept == sorted(path.name for path in tmp_path.glob("*.npy"))
    for name in kept:
        ours = np.load(EXAMPLES / "in_situ_lstm" / name)
        np.testing.assert_allclose(np.load(tmp_path / name), ours, rtol=1e-12)


def test_order_of_pulses_is_what_the_classes_tell(load: Load) -> None:
    data = load("in_situ_lstm", "data")
    inputs, classes = data.two_pulses(np.random.default_rng(3), 200)
    high, low = inputs[:, :, 0].argmax(axis=1), inputs[:, :, 0].argmin(axis=1)
    assert np.mean((high < low) == classes) > 0.9  # noise hides a few pulses
    assert 0.4 < classes.mean() < 0.6


def test_the_airline_network_learns_in_the_circuit(tmp_path: Path) -> None:
    """Three epochs in the circuit take the loss down as they do by equations."""
    plan = load_plan(EXAMPLES / "in_situ_lstm" / "airline.toml")
    assert isinstance(plan, NetworkPlan)
    losses = {}
    for forward in ("circuit", "numpy"):
        short = plan.model_copy(update={"epochs": 3, "forward": forward})
        losses[forward] = train(short, tmp_path / forward).summary
    assert losses["circuit"]["loss_last"] < 0.7 * losses["circuit"]["loss_first"]
    ratio = losses["circuit"]["loss_last"] / losses["numpy"]["loss_last"]
    assert ratio == pytest.approx(1.0, abs=0.01)
    assert losses["circuit"]["circuit_against_equations_pct"] < 0.1
