"""Recurrent networks as one operating point per step, against float64 and the transient."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from recurrent_networks import INPUTS, UNITS, every_kind, network, some_gru, some_lstm
from small_networks import signal

import spicegen as sg
from spicegen.engine import select
from spicegen.errors import EngineMissingError
from spicegen.network import Bidirectional, Network
from spicegen.pipeline import RunResult
from spicegen.waveforms import read_raw

KINDS = every_kind()
SETTLED = (
    "sample_hold.q_injection_coulomb=0",
    "sample_hold.i_leak_ampere=0",
    "timing.settle_error=1e-7",
    "simulation.reltol=1e-6",
    "simulation.trtol=1",
)


def static(net: Network, out: Path, *sets: str, engine: str, steps: int = 6) -> RunResult:
    try:
        select(engine)
    except EngineMissingError as error:
        pytest.skip(str(error))
    sets = (f"simulation.engine={engine}", "simulation.analysis=static", *sets)
    return sg.run(net, signal(2, steps, INPUTS, seed=7), design=sg.load_design(None, sets), out=out)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_the_embedded_engine(kind: str, tmp_path: Path) -> None:
    assert static(KINDS[kind], tmp_path / "a", engine="neospice").accuracy.max_error_pct <= 0.01


@pytest.mark.parametrize("kind", ["lstm-fgr", "gru-before", "stack-bidirectional"])
def test_libngspice_gives_the_same(kind: str, tmp_path: Path) -> None:
    shared = static(KINDS[kind], tmp_path / "a", engine="shared")
    other = static(KINDS[kind], tmp_path / "b", engine="neospice")
    np.testing.assert_allclose(shared.outputs, other.outputs, atol=2e-5)
    assert shared.accuracy.max_error_pct <= 0.01
    assert shared.t_s.reshape(-1)[:2].tolist() == sorted(shared.t_s.reshape(-1)[:2].tolist())


@pytest.mark.parametrize("kind", ["lstm-vanilla", "gru-after", "rnn-relu", "stack"])
def test_a_settled_transient_gives_the_same(
    kind: str, tmp_path: Path, ngspice_program: str
) -> None:
    points = static(KINDS[kind], tmp_path / "a", engine="neospice", steps=3)
    design = sg.load_design(None, ["simulation.engine=ngspice", *SETTLED])
    inputs = signal(2, 3, INPUTS, seed=7)
    clocked = sg.run(KINDS[kind], inputs, design=design, out=tmp_path / "b")
    full_scale = np.ptp(clocked.reference.reshape(-1, clocked.reference.shape[-1]), axis=0)
    assert (np.abs(points.outputs - clocked.outputs) / full_scale).max() <= 1e-4


@pytest.mark.parametrize("sets", [(), ("crossbar.topology=dual-column",), ("fidelity=ideal",)])
def test_around_another_voltage(sets: tuple[str, ...], tmp_path: Path) -> None:
    net = network(some_lstm("vanilla", 1), some_gru(True, 2, inputs=UNITS, name="two"))
    sets = ("signal.v_common_volts=1.2", *sets)
    for engine in ("shared", "neospice"):
        result = static(net, tmp_path / engine, *sets, engine=engine)
        assert result.accuracy.max_error_pct <= 0.01


def test_the_last_state_of_both_directions(tmp_path: Path) -> None:
    halves = (some_gru(True, 4, returns="last"), some_gru(True, 5, returns="last"))
    net = network(Bidirectional("both", *halves), outputs=3)
    result = static(net, tmp_path / "a", engine="neospice")
    assert result.outputs.shape == (2, 3)
    assert result.accuracy.max_error_pct <= 0.01


def test_the_run_says_what_it_left_out_and_which_engine_it_took(
    tmp_path: Path, ngspice_program: str
) -> None:
    said: list[str] = []
    design = sg.load_design(None, ["simulation.analysis=static"])
    try:
        select("shared")
    except EngineMissingError as error:
        pytest.skip(str(error))
    result = sg.run(
        KINDS["lstm-np"], signal(3, INPUTS, seed=1), design=design, out=tmp_path / "a",
        announce=said.append,
    )  # fmt: skip
    assert "the program ngspice cannot set sources from step to step" in said[0]
    assert result.summary["engine"]["name"] == "shared"
    analysis = result.summary["analysis"]
    assert analysis["kind"] == "static"
    assert analysis["cells"] == "transconductance"
    assert any("settling" in each for each in analysis["left_out"])
    deck = (tmp_path / "a" / "circuit.cir").read_text()
    assert "left out: settling of amplifiers" in deck
    assert "\nC" not in deck
    assert result.waveforms["rec.h0"].values.shape == (4,)


def test_the_deck_runs_by_hand(tmp_path: Path, ngspice_program: str) -> None:
    folder = static(KINDS["lstm-np"], tmp_path / "a", engine="neospice").directory
    argv = [ngspice_program, "-n", "-b", "circuit.cir", "-r", "hand.raw"]
    done = subprocess.run(argv, cwd=folder, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0
    plot = read_raw(folder / "hand.raw")[-1]
    assert np.isfinite(plot.data).all()
    assert (plot["v(rec_h0)"] == 0.0).all()
