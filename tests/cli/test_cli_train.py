"""`spicegen train`: what it prints, what it leaves, how it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

PLAN = """kind = "perceptron"
seed = 4
epochs = 48
forward = "numpy"

[perceptron]
beta_per_ampere = 1.2e7

[device]
kind = "table"
order = "{order}"

[rule]
name = "manhattan"
"""
FIGURES = ("activations", "conductances", "logic_weights", "loss", "weights_against_patterns")
Tree = Callable[[Path], dict[str, bytes]]


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN.format(order="measured"))
    return path


def test_a_perceptron(cli: Cli, plan: Path, tmp_path: Path) -> None:
    done = cli("train", plan, "-o", tmp_path / "a")
    assert done.status == 0, done.stderr
    assert "7, converged" in done.stdout
    rows = [line for line in done.stdout.splitlines() if "met" in line]
    assert len(rows) == 6
    assert "not met" not in done.stdout
    assert done.stdout.count("not trained") == 10
    for name in FIGURES:
        assert (tmp_path / "a" / "figures" / f"{name}.png").stat().st_size > 5000


def test_json_and_going_on(cli: Cli, plan: Path, tmp_path: Path) -> None:
    short = cli("train", plan, "-o", tmp_path / "a", "--epochs", 3, "--no-figures", "--json")
    first = json.loads(short.stdout)
    assert (first["epochs"], first["converged"]) == (3, False)
    assert not (tmp_path / "a" / "figures").exists()
    whole = json.loads(cli("train", plan, "-o", tmp_path / "a", "--json").stdout)
    assert (whole["epochs"], whole["converged"], whole["seed"]) == (7, True, 4)
    assert json.loads((tmp_path / "a" / "training.json").read_text()) == whole


def test_many_seeds(cli: Cli, plan: Path, tmp_path: Path) -> None:
    done = cli("train", plan, "-o", tmp_path / "many", "--runs", 3, "--seed", 2)
    assert done.status == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.strip()[:1].isdigit()]
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("2", "yes", "18"), ("3", "no", "48"), ("4", "yes", "7"),
    ]  # fmt: skip
    assert "2 of 3, median 12.5 epochs" in done.stdout


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('order = "measured"|order = "rising"', "must rise with the pulse number"),
        ("beta_per_ampere = 1.2e7|target = 1.5", "within the range of tanh"),
        ('kind = "table"|kind = "tables"', "must be one of"),
        ("seed = 4|sed = 4", "did you mean seed"),
        ("epochs = 48|epochs = 0", "epochs"),
    ],
)
def test_bad_plans_write_nothing(
    cli: Cli, plan: Path, tmp_path: Path, tree: Tree, change: str, words: str
) -> None:
    before, after = change.split("|")
    text = plan.read_text()
    assert before in text
    plan.write_text(text.replace(before, after))
    kept = tree(tmp_path)
    done = cli("train", plan, "-o", tmp_path / "a")
    assert done.status == 2
    assert words in done.error
    assert tree(tmp_path) == kept


def test_a_checkpoint_of_another_plan(cli: Cli, plan: Path, tmp_path: Path, tree: Tree) -> None:
    assert cli("train", plan, "-o", tmp_path / "a", "--epochs", 2).status == 0
    kept = tree(tmp_path / "a")
    done = cli("train", plan, "-o", tmp_path / "a", "--seed", 5)
    assert done.status == 2
    assert "another plan" in done.error
    assert "seed was 4, is 5" in done.error
    assert tree(tmp_path / "a") == kept
    assert cli("train", plan, "-o", tmp_path / "a", "--seed", 5, "--force").status == 0
