"""`doctor`: every finding of the engine room, as a table and as JSON."""

from __future__ import annotations

import json

import pytest

from spicegen import engine as engines
from spicegen.engine import Finding, diagnose


def test_the_table_has_every_finding_with_its_remedy(cli, monkeypatch):
    findings = [
        Finding("ngspice", "older", "42 (/opt/[red]/ngspice)", "install ngspice >= 43"),
        Finding("OpenVAF", "missing", "not installed", "pip install it"),
    ]
    monkeypatch.setattr(engines, "diagnose", lambda: findings)
    outcome = cli("doctor")
    words = " ".join(outcome.stdout.split())
    assert "ngspice older 42 (/opt/[red]/ngspice) install ngspice >= 43" in words
    assert "OpenVAF missing not installed pip install it" in words


def test_on_this_machine(cli):
    if not engines.available():
        pytest.skip("no engine is installed")
    outcome = cli("doctor")
    assert outcome.status == 0
    assert outcome.stderr == ""
    for finding in diagnose():
        assert f" {finding.what} " in outcome.stdout
    assert outcome.stdout.splitlines()[-1].startswith("engine: ")


def test_json(cli):
    outcome = cli("doctor", "--json")
    content = json.loads(outcome.stdout)
    assert content["engines"] == [engine.name for engine in engines.available()]
    assert [finding["what"] for finding in content["findings"]] == [f.what for f in diagnose()]
    assert set(content["findings"][0]) == {"what", "state", "detail", "remedy"}
