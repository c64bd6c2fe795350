"""Help and version: quick, complete, and without the libraries that take long to import."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

import spicegen

COMMANDS = ("demo", "run", "emit", "train", "plot", "doctor")
HEAVY = ("numpy", "matplotlib", "pydantic", "jinja2", "PySpice", "neospice")


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
