"""`spicegen report` and `spicegen cell show`."""

from __future__ import annotations

import json

import numpy as np
import pytest

from spicegen import rundir


def test_report_of_a_run(cli, dense):
    out = dense / "out"
    assert cli("run", dense, "-i", dense / "inputs.npy", "-o", out).status == 0
    done = cli("report", out)
    assert done.status == 0
    assert done.stdout == f"{out / 'report.html'}\n"
    assert done.stderr == ""
    assert (out / "report.html").read_text().startswith("<!DOCTYPE html>")
    assert cli("report", out, "-o", dense / "r.html").status == 0
    assert (dense / "r.html").is_file()


def test_report_refuses_what_is_no_run(cli, dense):
    done = cli("report", dense)
    assert done.status == 2
    assert done.error == (
        f"{dense}: this must be the directory of a finished run, got no result.json in it"
    )
    assert cli("report", dense / "gone").status == 2


def test_report_of_an_emitted_deck_names_the_missing_step(cli, dense):
    assert cli("emit", dense, "-o", dense / "deck").status == 0
    done = cli("report", dense / "deck")
    assert done.status == 2
    assert "simulation is missing (no waveforms.raw in it)" in done.error
    assert not (dense / "deck" / "report.html").exists()


def test_report_of_a_newer_result(cli, dense):
    out = dense / "out"
    cli("run", dense, "-i", dense / "inputs.npy", "-o", out)
    result = json.loads((out / rundir.RESULT).read_text())
    rundir.write_json(out / rundir.RESULT, result | {"spicegen": "1000.0"})
    done = cli("report", out)
    assert done.status == 2
    assert "got spicegen 1000.0; update spicegen" in done.error


def test_report_of_damaged_runs(cli, dense, tree):
    out = dense / "out"
    assert cli("run", dense, "-i", dense / "inputs.npy", "-o", out).status == 0
    whole = tree(out)
    for name, content in whole.items():
        if name in (rundir.DECK, rundir.LOG):  # shown as they are
            continue
        for damage in (b"", content[: len(content) // 2], b"[]", bytes(range(128, 256))):
            (out / name).write_bytes(damage)
            done = cli("report", out)
            assert (done.status, name in done.error) == (2, True), (name, damage[:20])
            assert not (out / "report.html").exists()
        (out / name).write_bytes(content)
    result = json.loads(whole[rundir.RESULT])
    for key in ("seed", "network", "size", "clipping", "timing", "accuracy", "compensation"):
        rundir.write_json(out / rundir.RESULT, {k: v for k, v in result.items() if k != key})
        assert key in cli("report", out).error
    (out / rundir.RESULT).write_bytes(whole[rundir.RESULT])
    assert cli("report", out).status == 0


@pytest.mark.parametrize(
    ("file", "name", "array", "words"),
    [
        ("outputs", "analog", np.ones((1, 1)), "'reference': the shape must be"),
        ("outputs", "reference", np.full((3, 2), np.nan), "'reference': entries must be finite"),
        ("outputs", "t_s", np.zeros(1), "'t_s': the shape must be"),
        ("crossbars", "g_neg_siemens_0", np.ones((1, 1)), "'g_neg_siemens_0': the shape must be"),
        ("crossbars", "g_pos_siemens_1", np.ones(1), "'g_pos_siemens_1': it must have word lines"),
        ("crossbars", "g_target_siemens_0", np.ones((1, 1)), "'g_target_siemens_0': the shape"),
    ],
)
def test_report_of_arrays_that_do_not_fit(cli, dense, file, name, array, words):
    out = dense / "out"
    cli("run", dense, "-i", dense / "inputs.npy", "-o", out)
    path = out / f"{file}.npz"
    np.savez(path, **dict(np.load(path)) | {name: array})
    done = cli("report", out)
    assert (done.status, words in done.error) == (2, True), done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "this must be the directory of a batch, got no plan in its database"),
        (b"no database at all" * 100, "the database of the batch must be whole, got file is not"),
    ],
)
def test_report_of_a_damaged_batch(cli, tmp_path, content, words):
    (tmp_path / "batch.sqlite").write_bytes(content)
    done = cli("report", tmp_path)
    assert (done.status, words in done.error) == (2, True), done.stderr
    assert not (tmp_path / "report.html").exists()


def test_report_of_a_training_names_its_figures(cli, tmp_path):
    (tmp_path / "training.json").write_text("{}")
    done = cli("report", tmp_path)
    assert done.status == 2
    assert "reports are of runs and batches, got a training; look at" in done.error


def test_cell_show(cli, tmp_path):
    figure = tmp_path / "hold.svg"
    design = ("--set", "sample_hold.c_hold_farad=2e-12")
    done = cli("cell", "show", "sample_hold", *design, "--figure", figure)
    assert done.status == 0
    assert "ports: in phi hold out cm" in done.stdout
    assert "Chold hold cm 2e-12" in done.stdout
    assert "2 pF" in figure.read_text()
    told = json.loads(cli("cell", "show", "sample_hold", *design, "--json").stdout)
    assert told["values"]["c_hold_farad"] == 2e-12
    assert told["netlist"].splitlines()[-1] == ".ends sample_hold"


def test_cell_show_refuses_other_names(cli):
    done = cli("cell", "show", "opmap")
    assert done.status == 2
    assert done.error == "cell: no such cell in this design, got opmap; did you mean opamp?"


def test_cell_without_a_command_shows_help(cli):
    done = cli("cell")
    assert done.status == 2
    assert "show" in done.stderr


@pytest.mark.parametrize("seconds", [0.0, 4.0])
def test_pace(seconds):
    from spicegen.cli.progress import pace

    assert pace(0.2, seconds) == ("5 %/s, 16 s left" if seconds else "")
