"""Which engine a run takes, and what the user is told."""

import ctypes.util
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from spicegen.engine import NAMES, Capabilities, EngineInfo, available, neospice, select, shared
from spicegen.engine.choose import announce
from spicegen.errors import EngineMissingError, InputError

HAS_NGSPICE = shutil.which("ngspice") is not None


@pytest.mark.skipif(not HAS_NGSPICE, reason="ngspice is not on PATH")
def test_auto_takes_ngspice() -> None:
    choice = select("auto")
    assert choice.info.name == "ngspice"
    assert choice.announcement.startswith(f"engine: ngspice {choice.info.version}")


def test_auto_announces_the_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    choice = select("auto")
    assert choice.info.name == "neospice"
    assert "embedded engine, because no ngspice is on PATH" in choice.announcement


def test_every_engine_by_name() -> None:
    for info in available():
        choice = select(info.name)
        assert choice.info == info
        assert choice.announcement.startswith(f"engine: {info.name} {info.version}")


def test_unknown_engine() -> None:
    with pytest.raises(
        InputError, match=r"must be one of auto, .*got ngspce; did you mean ngspice"
    ):
        select("ngspce")
    assert NAMES == ("auto", "ngspice", "shared", "neospice")


def test_missing_ngspice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(EngineMissingError, match=r"not on PATH; .*apt install ngspice"):
        select("ngspice")
    assert "ngspice" not in [info.name for info in available()]


def test_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NGSPICE_LIBRARY_PATH", raising=False)
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    with pytest.raises(EngineMissingError, match=r"libngspice is not installed; .*libngspice0"):
        select("shared")


def test_missing_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NGSPICE_LIBRARY_PATH", "libngspice.so.0")
    monkeypatch.setattr(shared, "find_spec", lambda name: None)
    with pytest.raises(EngineMissingError, match="pip install PySpice"):
        select("shared")
    monkeypatch.setattr(neospice, "find_spec", lambda name: None)
    with pytest.raises(EngineMissingError, match="pip install neospice"):
        select("neospice")


def test_no_engine_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setattr(neospice, "find_spec", lambda name: None)
    with pytest.raises(EngineMissingError, match=r"there is no engine: .*pip install neospice"):
        select("auto")


def test_library_is_never_loaded_here() -> None:
    if "shared" in [info.name for info in available()]:
        assert b"libngspice" not in Path("/proc/self/maps").read_bytes()


def test_older_ngspice_is_announced() -> None:
    info = EngineInfo("ngspice", "39", "ngspice", Capabilities(full_dialect=True))
    assert "ngspice 39, without the KLU solver: the results are the same" in announce(info)


@pytest.mark.parametrize(("version", "release"), [("46", 46), ("44.2", 44), ("", 0), ("x", 0)])
def test_release(version: str, release: int) -> None:
    assert EngineInfo("ngspice", version, "", Capabilities()).release == release


def test_capabilities_of_neospice() -> None:
    if find_spec("neospice") is None:
        pytest.skip("neospice is not installed")
    can = select("neospice").info.capabilities
    assert not (can.full_dialect or can.klu or can.osdi or can.xspice)
