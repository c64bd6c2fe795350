"""`run --budget`: a table that names the culprit, and the numbers in result.json."""

from __future__ import annotations

import json
import re

import pytest

from spicegen.cli.budget_table import culprit_line


def run(cli, folder, *more):
    return cli("run", folder, "--inputs", folder / "inputs.npy", "-o", folder / "out", *more)


def test_the_table_names_the_culprit(lstm, cli):
    outcome = run(
        cli, lstm, "--analysis", "static", "--budget", "--jobs", 2, "--figures",
        "--set", "device.levels=64",
        "--set", "nonideality.0.kind=variation", "--set", "nonideality.0.sigma=0.2",
    )  # fmt: skip
    assert outcome.status == 0, outcome.stderr
    budget = json.loads((lstm / "out" / "result.json").read_text())["budget"]
    assert budget["culprit"] == "variation"
    rows = dict(re.findall(r"^ ([a-z][a-z-]+) +([\d.e-]+ .*)$", outcome.stdout, re.M))
    for part in [*budget["parts"], budget["interaction"], budget["floor"], budget["total"]]:
        shown = [float(number) for number in rows[part["name"]].split()]
        assert shown[0] == pytest.approx(part["rms_pct"], rel=6e-3)
        assert shown[1] == pytest.approx(part["max_pct"], rel=6e-3)
        assert shown[2] == pytest.approx(part["share_pct"], rel=6e-3, abs=6e-4)
    assert re.search(r"^ budget +most is due to variation: without it ", outcome.stdout, re.M)
    assert "switching sources of error on and off" in outcome.stderr
    assert (lstm / "out" / "figures" / "budget.png").is_file()


def test_without_the_option_there_is_none(lstm, cli):
    outcome = run(cli, lstm, "--json")
    assert "budget" not in json.loads(outcome.stdout)
    assert not (lstm / "out" / "budget.npz").exists()


def test_jobs_are_at_least_one(lstm, cli):
    outcome = run(cli, lstm, "--budget", "--jobs", 0)
    assert outcome.status == 2
    assert "--jobs" in outcome.error


def test_no_sources():
    assert culprit_line({"parts": [], "culprit": ""}) == "no sources of error"
