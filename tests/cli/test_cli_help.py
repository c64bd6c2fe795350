"""Help and version: quick, complete, and without the libraries that take long to import."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import spicegen
from spicegen.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("demo", "run", "emit", "train", "plot", "report", "doctor")
HEAVY = ("schemdraw", "numpy", "matplotlib", "pydantic", "jinja2", "PySpice", "neospice")


def test_top_level_help_names_every_command(cli):
    outcome = cli("--help")
    assert outcome.status == 0
    assert outcome.stderr == ""
    for command in COMMANDS:
        assert f"\n  {command} " in outcome.stdout
    assert "..." not in outcome.stdout.partition("Commands:")[2]
    assert "130 interrupted" in outcome.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(command, cli):
    outcome = cli(command, "--help")
    assert outcome.status == 0
    options = outcome.stdout.partition("Options:")[2]
    assert "--debug" in options
    for line in options.splitlines():
        assert "[default: None]" not in line
        assert len(line) <= 80


def _all_commands(group: typer.Typer, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for each in group.registered_commands:
        yield (*words, each.name or each.callback.__name__)
    for inner in group.registered_groups:
        yield from _all_commands(inner.typer_instance, (*words, inner.name))


@pytest.mark.parametrize("words", [*_all_commands(app)], ids=" ".join)
def test_every_help_shows_an_example(words, cli):
    """Which docs/cli.md repeats, where it runs (tests/docs)."""
    text = cli(*words, "--help").stdout
    _, _, behind = text.partition("\n  Example:\n")
    assert behind, "no example"
    examples = [line for line in behind.split("\n\n")[0].splitlines() if line.strip()]
    shown = words if words != ("batch", "run") else ("batch",)
    for line in examples:
        assert shlex.split(line)[: len(shown) + 1] == ["spicegen", *shown]
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert "```sh\n" + "\n".join(line.strip() for line in examples) + "\n```" in page


@pytest.mark.parametrize("command", ["run", "summary"])
def test_batch_is_explained(command, cli):
    options = cli("batch", command, "--help").stdout.partition("Options:")[2]
    assert "--debug" in options and "[default: None]" not in options
    assert "spicegen batch PLAN.toml -o DIR" in cli("batch", "--help").stdout


def test_version(cli):
    assert cli("--version").stdout == f"spicegen {spicegen.__version__}\n"


def test_without_a_command_there_is_help_and_an_error_status(cli):
    outcome = cli()
    assert outcome.status == 2
    assert outcome.stdout == ""
    assert "Usage: spicegen" in outcome.stderr


def test_help_is_quick_and_imports_nothing_heavy(program, environment):
    answers = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([*program, "--help"], env=environment, check=True, capture_output=True)
        answers.append(time.perf_counter() - started)
    assert min(answers) < 1.0
    code = (
        "import sys; from spicegen.cli.app import main; main(['--help']); "
        f"print({{*sys.modules}} & {{*{HEAVY}}})"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    assert answer.stdout.splitlines()[-1] == "set()"
