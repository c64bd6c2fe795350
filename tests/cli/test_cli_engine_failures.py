"""A failed simulation: exit status 3, the engine's own words, and the files kept for a look."""

from __future__ import annotations

import shutil

import pytest

from spicegen import engine as engines
from spicegen.engine import select
from spicegen.errors import EngineMissingError

SAYS = (
    'doAnalyses: TRAN:  Timestep too small; time = 1e-06, timestep = 1e-18: trouble with node "x"'
)
CUT = '"$real" "$@" && truncate -s -100 "$raw"'


@pytest.mark.parametrize(
    ("body", "more", "pieces"),
    [
        ("kill -SEGV $$", [], ["SIGSEGV"]),
        (f"echo '{SAYS}' >&2; exit 1", [], ["Timestep too small", 'trouble with node "x"']),
        ("sleep 30", ["--timeout", "0.3"], ["longer than the limit of 0.3 s"]),
        ("exit 0", [], ["no file waveforms.raw"]),
        pytest.param(
            CUT,
            [],
            ["waveforms.raw", "truncated"],
            marks=pytest.mark.skipif(not shutil.which("ngspice"), reason="needs ngspice"),
        ),
    ],
    ids=["crash", "no convergence", "time-out", "no waveforms", "truncated"],
)
def test_the_files_of_a_failed_run_are_kept(body, more, pieces, lstm, cli, fake_ngspice):
    fake_ngspice(body)
    out = lstm / "out"
    outcome = cli(
        "run", lstm, "-i", lstm / "inputs.npy", "-o", out, "--engine", "ngspice", "--json", *more
    )
    assert outcome.status == 3
    assert outcome.stdout == ""
    for piece in pieces:
        assert piece in outcome.error
    failed = lstm / "out.failed"
    assert f"files kept in {failed}" in outcome.error
    assert {"circuit.cir", "ngspice.log"} <= {path.name for path in failed.iterdir()}
    assert not out.exists()
    assert not list(lstm.glob(".*"))


def test_a_failed_run_does_not_replace_a_finished_one(lstm, cli, fake_ngspice, tree):
    arguments = ["run", lstm, "-i", lstm / "inputs.npy", "-o", lstm / "out"]
    assert cli(*arguments).status == 0
    before = tree(lstm / "out")
    fake_ngspice("exit 1")
    assert cli(*arguments, "--force", "--engine", "ngspice").status == 3
    assert tree(lstm / "out") == before


def test_an_engine_that_is_not_there(lstm, cli, monkeypatch, tree):
    monkeypatch.setenv("PATH", str(lstm))
    before = tree(lstm)
    outcome = cli("run", lstm, "-i", lstm / "inputs.npy", "-o", lstm / "out", "--engine", "ngspice")
    assert outcome.status == 3
    assert "ngspice was asked for and is not on PATH; install it" in outcome.error
    assert tree(lstm) == before


def test_auto_without_ngspice_announces_the_embedded_engine(lstm, cli, monkeypatch):
    try:
        select("neospice")
    except EngineMissingError as error:
        pytest.skip(str(error))
    monkeypatch.setenv("PATH", str(lstm))
    outcome = cli("run", lstm, "-i", lstm / "inputs.npy", "-o", lstm / "out")
    assert outcome.status == 0
    assert "the embedded engine, because no ngspice is on PATH" in outcome.stderr
    assert "engine    neospice" in outcome.stdout


def test_doctor_fails_only_without_any_engine(cli, monkeypatch):
    monkeypatch.setattr(engines, "available", lambda: [])
    outcome = cli("doctor")
    assert outcome.status == 3
    assert " Python " in outcome.stdout
    assert "there is no engine that works" in outcome.error
