"""`plot`: saved signals listed and drawn."""

from __future__ import annotations

import pytest

from spicegen.cli.plot import _seconds
from spicegen.errors import InputError
from spicegen.pipeline import open_waveforms

MAGIC = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.fixture
def finished(lstm, cli):
    assert cli("run", lstm, "-i", lstm / "inputs.npy", "-o", lstm / "out").status == 0
    return lstm / "out"


def test_the_list_has_every_saved_signal_with_its_unit(finished, cli):
    outcome = cli("plot", finished, "--list")
    assert outcome.status == 0
    lines = outcome.stdout.splitlines()
    assert lines == [f"{name}\tV" for name in open_waveforms(finished).aliases]
    assert "lstm.h1\tV" in lines


def test_a_figure_goes_into_the_run_directory(finished, cli):
    outcome = cli("plot", finished, "lstm.h0", "lstm.c0")
    assert outcome.status == 0
    file = finished / "figures" / "lstm.h0-lstm.c0.png"
    assert outcome.stdout == f"{file}\n"
    assert file.read_bytes().startswith(MAGIC[".png"])


@pytest.mark.parametrize("suffix", MAGIC)
def test_formats_and_intervals(suffix, finished, cli, tmp_path):
    file = tmp_path / f"figure{suffix}"
    outcome = cli("plot", finished, "phi_track", "--from", "5u", "--to", "20us", "-o", file)
    assert outcome.status == 0
    assert file.read_bytes().startswith(MAGIC[suffix])


@pytest.mark.parametrize(
    ("arguments", "pieces"),
    [
        (["lstm.hh0"], ["no such signal", "lstm.hh0", "did you mean"]),
        ([], ["name at least one signal", "--list"]),
        (["lstm.h0", "-o", "x.gif"], ["x.gif", ".png, .svg, .pdf"]),
        (["lstm.h0", "-o", "no/such/folder/x.png"], ["no/such/folder/x.png", "must be writable"]),
        (["lstm.h0", "--from", "3 weeks"], ["--from", "suffix m, u or n", "'3 weeks'"]),
        (["lstm.h0", "--from", "9", "--to", "10"], ["simulated span", "9 s to 10 s"]),
        (["lstm.h0", "--from", "nan"], ["--from", "'nan'"]),
    ],
)
def test_bad_requests(arguments, pieces, finished, cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = {*finished.rglob("*")}
    outcome = cli("plot", finished, *arguments)
    assert outcome.status == 2
    assert outcome.stdout == ""
    for piece in pieces:
        assert piece in outcome.error
    assert {*finished.rglob("*")} == before
    assert not list(tmp_path.glob("x*"))


def test_a_directory_without_a_run(cli, dense):
    assert cli("emit", dense, "-o", dense / "emitted").status == 0
    for directory in (dense, dense / "emitted", dense / "nowhere"):
        outcome = cli("plot", directory, "x")
        assert outcome.status == 2
        assert f"{directory}: this must be the directory of a finished run" in outcome.error


def test_a_damaged_raw_file_is_bad_input(finished, cli):
    raw = finished / "waveforms.raw"
    raw.write_bytes(raw.read_bytes()[:-100])
    outcome = cli("plot", finished, "lstm.h0")
    assert outcome.status == 2
    assert "waveforms.raw" in outcome.error
    assert "make the run again" in outcome.error


@pytest.mark.parametrize(
    ("text", "t_s"),
    [("30u", 30e-6), ("30us", 30e-6), ("0.5 ms", 0.5e-3), ("7N", 7e-9), ("2s", 2.0), ("3e-5", 3e-5),
     ("0", 0.0)],
)  # fmt: skip
def test_times(text, t_s):
    assert _seconds(text, "--from") == pytest.approx(t_s)


@pytest.mark.parametrize("text", ["", "u", "30k", "3.0.1u", "--", "1e", "inf", "nan"])
def test_no_times(text):
    with pytest.raises(InputError, match="--to: a time is seconds, or has the suffix m, u or n"):
        _seconds(text, "--to")
