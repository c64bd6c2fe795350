"""Inputs that ngspice reads from files, against the same inputs in the deck or set by step."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from small_networks import chain, dense, lstm, signal

import spicegen as sg
from spicegen.errors import DesignError
from spicegen.network import Network
from spicegen.pipeline import RunResult
from spicegen.waveforms import main_plot, read_raw

WIDE = chain(dense("a", 45, 3, "relu", seed=1), dense("b", 3, 2, seed=2))
RECURRENT = chain(lstm("a", 2, 2, seed=3))


def ran(network: Network, steps: int, out: Path, *sets: str) -> RunResult:
    design = sg.load_design(None, ["simulation.engine=ngspice", *sets])
    inputs = signal(steps, network.input_size, seed=5)
    inputs[:, 0] = 0.5
    return sg.run(network, inputs, design=design, out=out)


@pytest.mark.parametrize("v_common", ["0", "1.2"])
@pytest.mark.parametrize("network", [WIDE, RECURRENT], ids=["wide", "recurrent"])
def test_static_from_files_and_step_by_step(
    network: Network, v_common: str, tmp_path: Path
) -> None:
    sets = ("simulation.analysis=static", f"signal.v_common_volts={v_common}")
    inline = ran(network, 12, tmp_path / "i", "simulation.inputs=inline", *sets)
    files = ran(network, 12, tmp_path / "f", *sets)
    assert files.accuracy.max_error_pct <= 0.01
    np.testing.assert_allclose(files.outputs, inline.outputs, rtol=0, atol=1e-9)
    written = len(list((tmp_path / "f").glob("circuit.input_file*.txt")))
    assert written == (3 if network is WIDE else 1)


def test_a_transient_from_files_is_the_same_circuit(tmp_path: Path) -> None:
    tight = ("simulation.reltol=1e-6", "simulation.trtol=1")
    inline = ran(RECURRENT, 6, tmp_path / "i", *tight)
    files = ran(RECURRENT, 6, tmp_path / "f", "simulation.inputs=file", *tight)
    assert inline.summary["points"] > 100
    np.testing.assert_allclose(files.outputs, inline.outputs, rtol=0, atol=1e-6)


def test_file_sources_keep_the_step_control_of_the_design(tmp_path: Path) -> None:
    """ngspice tightens it in decks with A devices, which doubles the number of points."""
    inline = ran(RECURRENT, 6, tmp_path / "i")
    files = ran(RECURRENT, 6, tmp_path / "f", "simulation.inputs=file")
    assert files.summary["points"] == pytest.approx(inline.summary["points"], rel=0.05)


def test_long_runs_take_files_by_themselves(tmp_path: Path) -> None:
    design = sg.load_design(None, ["simulation.engine=ngspice"])
    for steps, kept in ((1000, "inline"), (1001, "file")):
        out = tmp_path / kept
        sg.emit(WIDE, signal(steps, 45, seed=5), design, out)
        assert sg.load_design(out / "design.toml").simulation.inputs == kept


def test_the_kept_deck_runs_by_hand(tmp_path: Path) -> None:
    result = ran(WIDE, 9, tmp_path / "f", "simulation.analysis=static")
    argv = ["ngspice", "-b", "circuit.cir", "-r", "by_hand.raw"]
    subprocess.run(argv, cwd=tmp_path / "f", check=True, capture_output=True, timeout=60)
    plot = main_plot(read_raw(tmp_path / "f" / "by_hand.raw"))
    last = np.searchsorted(plot.sweep, np.arange(1, 9)) - 1
    by_hand = plot["v(b_out0)"][np.append(last, -1)]
    np.testing.assert_allclose(by_hand, result.waveforms["b.out0"].values, rtol=0, atol=1e-9)


def test_changed_inputs_change_the_deck(tmp_path: Path) -> None:
    design = sg.load_design(None, ["simulation.analysis=static"])
    inputs = signal(5, 45, seed=5)
    first = sg.emit(WIDE, inputs, design, tmp_path / "a")["netlist_sha256"]
    assert sg.emit(WIDE, inputs, design, tmp_path / "b")["netlist_sha256"] == first
    inputs[3, 40] *= 0.5
    assert sg.emit(WIDE, inputs, design, tmp_path / "c")["netlist_sha256"] != first


def test_neospice_reads_no_files(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="only ngspice with XSPICE reads inputs from files"):
        ran(WIDE, 3, tmp_path / "a", "simulation.inputs=file", "simulation.engine=neospice")
    assert not (tmp_path / "a").exists()
