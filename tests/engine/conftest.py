"""Decks, jobs and stand-in simulators for the engine tests."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from spicegen.engine.base import Engine, Job
from spicegen.engine.choose import ENGINES
from spicegen.engine.ngspice import NgspiceEngine
from spicegen.errors import EngineMissingError

JobMaker = Callable[..., Job]
RC = ("V1 in 0 PULSE(0 1 1u 100n 100n 1 2)", "R1 in out 1k", "C1 out 0 1n")


def engine_or_skip(name: str) -> Engine:
    try:
        return ENGINES[name]()
    except EngineMissingError as error:
        pytest.skip(str(error))


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine in turn; skipped where it is not installed."""
    return engine_or_skip(request.param)


@pytest.fixture
def ngspice() -> Engine:
    return engine_or_skip("ngspice")


@pytest.fixture
def shared() -> Engine:
    return engine_or_skip("shared")


@pytest.fixture
def neospice() -> Engine:
    return engine_or_skip("neospice")


@pytest.fixture
def make_job(tmp_path: Path) -> JobMaker:
    """A job around an RC low-pass with further lines; `files` are written beside the deck."""

    def make(
        *lines: str,
        probes: Sequence[str] = ("v(out)",),
        save: str | None = None,
        tran: str = ".tran 10n 10u",
        options: str = ".options klu reltol=1e-4",
        t_stop_s: float = 1e-5,
        timeout_s: float | None = 20.0,
        progress: Callable[[float], None] | None = None,
        files: dict[str, str] | None = None,
        body: Sequence[str] = RC,
    ) -> Job:
        for name, text in (files or {}).items():
            (tmp_path / name).write_text(text)
        save = f".save {' '.join(probes)}" if save is None else save
        deck = ["engine test", *body, *lines, options, save, tran, ".end"]
        (tmp_path / "circuit.cir").write_text("\n".join(filter(None, deck)) + "\n")
        return Job(
            deck=tmp_path / "circuit.cir",
            raw=tmp_path / "waveforms.raw",
            log=tmp_path / "ngspice.log",
            probes=tuple(probes),
            t_stop_s=t_stop_s,
            timeout_s=timeout_s,
            progress=progress,
        )

    return make


@pytest.fixture
def fake_ngspice(tmp_path: Path) -> Callable[[str], NgspiceEngine]:
    """An engine whose ngspice is a Python script; `raw` is the file it was told to write."""

    def make(script: str) -> NgspiceEngine:
        program = tmp_path / "fake-ngspice"
        start = "import os, signal, sys, time\nraw = sys.argv[sys.argv.index('-r') + 1]\n"
        program.write_text(f"#!{sys.executable}\n{start}{script}\n")
        program.chmod(0o755)
        return NgspiceEngine(program)

    return make
