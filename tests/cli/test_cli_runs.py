"""`run`, `emit` and `demo` on real, small networks."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from spicegen.demo.job import eeg_job

FILES = {"circuit.cir", "design.toml", "result.json", "waveforms.raw", "ngspice.log", "outputs.npz"}


def run(cli, folder, *more):
    return cli("run", folder, "--inputs", folder / "inputs.npy", "-o", folder / "out", *more)


def test_a_run_ends_with_its_score_and_leaves_a_run_directory(dense, cli):
    outcome = run(cli, dense)
    assert outcome.status == 0
    assert {path.name for path in (dense / "out").iterdir()} >= FILES
    result = json.loads((dense / "out" / "result.json").read_text())
    rows = re.findall(r"^ (output\d|all outputs) +(.*)$", outcome.stdout, re.M)
    assert [name for name, _ in rows] == ["output0", "output1", "all outputs"]
    scale, mean, largest, rmse = (float(number) for number in rows[0][1].split())
    expected = result["accuracy"]["per_output"][0]
    assert scale == pytest.approx(expected["full_scale"], rel=5e-3)
    assert mean == pytest.approx(expected["mean_error_pct"], rel=5e-3)
    assert largest == pytest.approx(expected["max_error_pct"], rel=5e-3)
    assert rmse == pytest.approx(expected["rmse"], rel=5e-3)
    for line in ("classes   100 %", "network   tiny, 3 samples", "memristors", "us per step"):
        assert line in outcome.stdout
    assert f"run       {dense / 'out'}\n" in outcome.stdout
    assert "spicegen: engine: " in outcome.stderr


def test_json_is_the_content_of_result_json_and_nothing_else(lstm, cli):
    outcome = run(cli, lstm, "--json")
    assert outcome.status == 0
    assert outcome.stdout == (lstm / "out" / "result.json").read_text()
    assert json.loads(outcome.stdout)["accuracy"]["max_error_pct"] < 1.0


def test_the_design_of_a_run_gives_the_same_deck_byte_for_byte(lstm, cli):
    assert run(cli, lstm, "--set", "opamp.gain=3e5", "--set", "device.levels=32").status == 0
    again = cli(
        "emit", lstm, "-i", lstm / "inputs.npy", "-o", lstm / "again",
        "--design", lstm / "out" / "design.toml",
    )  # fmt: skip
    assert again.status == 0
    deck = (lstm / "again" / "circuit.cir").read_bytes()
    assert deck == (lstm / "out" / "circuit.cir").read_bytes()


def test_options_come_before_set_and_set_before_the_file(lstm, cli):
    (lstm / "design.toml").write_text("[simulation]\nseed = 1\ntimeout_s = 10\nreltol = 1e-4\n")
    outcome = cli(
        "emit", lstm, "-o", lstm / "out", "--design", lstm / "design.toml",
        "--set", "simulation.seed=2", "--set", "simulation.timeout_s=20", "--seed", 3, "--json",
    )  # fmt: skip
    assert json.loads(outcome.stdout)["seed"] == 3
    used = (lstm / "out" / "design.toml").read_text()
    for line in ("seed = 3", "timeout_s = 20.0", "reltol = 0.0001"):
        assert f"{line}\n" in used


def test_the_accuracy_bar_has_a_status_of_its_own_and_keeps_the_run(dense, cli):
    outcome = run(cli, dense, "--max-error", "1e-9", "--json")
    assert outcome.status == 4
    assert "the largest error must not exceed 1e-09 %" in outcome.error
    assert f"the run is in {dense / 'out'}" in outcome.error
    assert json.loads(outcome.stdout)["accuracy"]["max_error_pct"] > 1e-9
    assert (dense / "out" / "result.json").is_file()
    assert run(cli, dense, "--max-error", "5", "--force").status == 0


@pytest.mark.parametrize(
    "name", ["x .control shell", "x\\n.control\\nshell touch pwned\\n.endc [bold]"]
)
def test_a_layer_name_stays_data(name, dense, cli):
    network = (dense / "network.toml").read_text().replace('"first"', f'"{name}"')
    (dense / "network.toml").write_text(network)
    with np.load(dense / "weights.npz") as file:
        arrays = {key.replace("first", name.encode().decode("unicode_escape")): file[key]
                  for key in file.files}  # fmt: skip
    np.savez(dense / "weights.npz", **arrays)
    outcome = run(cli, dense, "--set", "mapping.scale=unit", "--set", "signal.v_unit_volts=0.15")
    assert outcome.status == 0, outcome.stderr
    deck = (dense / "out" / "circuit.cir").read_text()
    assert not re.search(r"^\s*(\.control|shell)", deck, re.M | re.I)
    assert not list(dense.rglob("pwned"))


def test_clipping_that_matters_is_told(dense, cli):
    with np.load(dense / "weights.npz") as file:
        arrays = {key: file[key] * (20 if "last" in key else 1) for key in file.files}
    np.savez(dense / "weights.npz", **arrays)
    outcome = run(cli, dense, "--set", "mapping.scale=unit")
    assert re.search(r"clipping  last\.out reaches .* and is cut at 9 \(0\.9 V rail\): costs ",
                     outcome.stdout)  # fmt: skip


def test_figures_on_demand(lstm, cli):
    outcome = run(cli, lstm, "--figures")
    assert outcome.status == 0
    assert "spicegen: drawing figures\n" in outcome.stderr
    figures = list((lstm / "out" / "figures").iterdir())
    assert figures
    assert f"figures   {len(figures)} in {lstm / 'out' / 'figures'}" in outcome.stdout


def test_emit_without_inputs_says_which_it_takes(lstm, dense, cli):
    for folder in (lstm, dense):
        outcome = cli("emit", folder, "-o", folder / "a", "--seed", 5)
        assert outcome.status == 0
        assert "8 steps of random values in [-1, 1], seed 5\n" in outcome.stderr
        assert f"deck      {folder / 'a' / 'circuit.cir'}\n" in outcome.stdout
        cli("emit", folder, "-o", folder / "b", "--seed", 5)
        cli("emit", folder, "-o", folder / "c", "--seed", 6)
        decks = [(folder / name / "circuit.cir").read_bytes() for name in "abc"]
        assert decks[0] == decks[1] != decks[2]


def test_demo_scores_the_packaged_example_and_draws_it(cli, tmp_path):
    out = tmp_path / "demo"
    outcome = cli("demo", "--steps", 3, "-o", out, "--seed", 4)
    assert outcome.status == 0
    assert re.search(r"^ published \(Simulink\) +0\.46 +7 *$", outcome.stdout, re.M)
    assert " worst 5 of 23 outputs " in outcome.stdout
    assert len(re.findall(r"^ output\d+ ", outcome.stdout, re.M)) == 5
    assert (out / "figures" / "outputs.png").stat().st_size > 10_000
    result = json.loads((out / "result.json").read_text())
    assert result["clock"]["steps"] == 3
    assert result["seed"] == 4
    with np.load(out / "outputs.npz") as arrays:
        network, signal = eeg_job(3, seed=4)
        np.testing.assert_array_equal(arrays["reference"], network.forward(signal).outputs)
