"""The Chromium set-up: one line at most, whatever is missing."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))  # the scripts are no part of the package
script = importlib.import_module("install_chromium")
sys.path.remove(str(SCRIPTS))


class FakeApt:
    """An apt that installs, or cannot."""

    works = True
    calls: list[str] = []  # noqa: RUF012  shared on purpose

    def __init__(self, root, log, privilege):
        pass

    def get(self, *arguments):
        self.calls.append(" ".join(arguments))
        return True

    def install(self, packages):
        self.calls.append(f"install {' '.join(packages)}")
        return self.works


@pytest.fixture
def machine(monkeypatch):
    """Names of programs that are there; Chromium once apt has installed it."""
    there = {"apt-get"}
    FakeApt.works, FakeApt.calls = True, []

    def which(name):
        installed = FakeApt.works and "install chromium" in FakeApt.calls
        return name if name in there or (name == "chromium" and installed) else None

    monkeypatch.setattr(script.shutil, "which", which)
    monkeypatch.setattr(script, "Apt", FakeApt)
    monkeypatch.setattr(script, "find_privilege", lambda: ())
    return there


def run(tmp_path, capsys):
    assert script.main(["--logs", str(tmp_path)]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_browser_that_is_there_is_not_spoken_of(machine, tmp_path, capsys):
    machine.add("google-chrome")
    assert run(tmp_path, capsys) == []
    assert FakeApt.calls == []


def test_it_is_installed(machine, tmp_path, capsys):
    assert len(run(tmp_path, capsys)) == 1
    assert FakeApt.calls == ["update", "install chromium"]


def test_a_failure_is_told_and_remembered(machine, tmp_path, capsys):
    FakeApt.works = False
    assert "apt could not install Chromium" in run(tmp_path, capsys)[-1]
    FakeApt.calls.clear()
    assert "could not be installed earlier" in run(tmp_path, capsys)[-1]
    assert FakeApt.calls == []


@pytest.mark.parametrize("missing", ["root", "apt"])
def test_without_apt_or_root(machine, tmp_path, capsys, monkeypatch, missing):
    if missing == "apt":
        machine.clear()
    monkeypatch.setattr(script, "find_privilege", lambda: None)
    (line,) = run(tmp_path, capsys)
    assert line == (
        f"No {missing} to install Chromium; tests that open reports in a browser are skipped."
    )
