"""Whole networks with wires: both forms, both analyses, tiles, the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_networks import chain, dense, lstm, signal

import spicegen as sg
from spicegen.cli.app import main
from spicegen.design import design_from, design_text, load_design
from spicegen.errors import DesignError
from spicegen.network import Network
from spicegen.pipeline import RunResult

pytestmark = pytest.mark.usefixtures("ngspice_program")

WIRES = {"r_segment_ohm": 20.0, "r_driver_ohm": 50.0, "r_sense_ohm": 10.0}
DENSE = chain(dense("a", 6, 5, "tanh", seed=1), dense("b", 5, 3, seed=2))
RECURRENT = chain(
    dense("a", 3, 4, "relu", seed=1), lstm("m", 4, 3, seed=2), dense("o", 3, 2, seed=3)
)


def run(
    folder: Path, network: Network, wires: dict[str, Any], rest: dict[str, Any] | None = None
) -> RunResult:
    table = dict(rest or {})
    table["crossbar"] = {**table.get("crossbar", {}), "wires": wires}
    shape = (6, 3) if network.recurrent else (3, network.input_size)
    return sg.run(network, signal(*shape, seed=0), design=design_from(table), out=folder)


@pytest.mark.parametrize("network", [DENSE, RECURRENT], ids=["dense", "lstm"])
@pytest.mark.parametrize("tiles", [{}, {"tile_rows": 4, "tile_columns": 4}], ids=["whole", "tiles"])
@pytest.mark.parametrize("topology", ["dual-row", "dual-column"])
def test_full_and_reduced_run_alike(
    tmp_path: Path, network: Network, tiles: dict[str, int], topology: str
) -> None:
    rest = {"crossbar": {"topology": topology, **tiles}}
    full, reduced = (
        run(tmp_path / model, network, WIRES | {"model": model}, rest)
        for model in ("full", "reduced")
    )
    scale = np.ptp(full.reference, axis=0)
    assert (np.abs(full.outputs - reduced.outputs) / scale).max() < 1e-6
    ideal = run(tmp_path / "ideal", network, {}, rest)
    assert full.accuracy.mean_error_pct > 20 * ideal.accuracy.mean_error_pct
    size, other = full.summary["size"], reduced.summary["size"]
    assert size["memristors"] == other["memristors"] == ideal.summary["size"]["memristors"]
    assert size["nodes"] > other["nodes"]
    assert (size["tiles"], size["padding_cells"]) == (other["tiles"], other["padding_cells"])
    assert bool(tiles) == (size["opamps"] > ideal.summary["size"]["opamps"])


def test_tiles_lose_less(tmp_path: Path) -> None:
    wires = WIRES | {"model": "reduced", "r_driver_ohm": 0.0}
    whole = run(tmp_path / "whole", DENSE, wires)
    tiles = run(tmp_path / "t", DENSE, wires, {"crossbar": {"tile_rows": 4, "tile_columns": 4}})
    assert tiles.accuracy.mean_error_pct < 0.7 * whole.accuracy.mean_error_pct


@pytest.mark.parametrize("network", [DENSE, RECURRENT], ids=["dense", "lstm"])
def test_static_analysis_has_wires_too(tmp_path: Path, network: Network) -> None:
    settled = {
        "sample_hold": {"q_injection_coulomb": 0.0, "i_leak_ampere": 0.0},
        "timing": {"settle_error": 1e-7},
        "simulation": {"reltol": 1e-5},
    }
    wires = WIRES | {"model": "reduced"}
    moving = run(tmp_path / "moving", network, wires, settled)
    still = run(tmp_path / "still", network, wires, {"simulation": {"analysis": "static"}})
    scale = np.ptp(moving.reference, axis=tuple(range(moving.reference.ndim - 1)))
    assert (np.abs(still.outputs - moving.outputs) / scale).max() < 3e-4
    assert still.summary["analysis"]["cells"] == "resistor"


def test_a_static_analysis_with_wires_is_cut_behind_layers_only(tmp_path: Path) -> None:
    """Bit lines of one array load each other's word lines: they stay in one circuit."""
    wires, static = WIRES | {"model": "reduced"}, {"analysis": "static"}
    whole = run(tmp_path / "whole", DENSE, wires, {"simulation": static})
    cut = run(tmp_path / "cut", DENSE, wires, {"simulation": static | {"jobs": 3}})
    assert cut.summary["partition"]["circuits"] == 2
    assert cut.summary["partition"]["cut_error_pct"] < 1e-4
    np.testing.assert_allclose(cut.outputs, whole.outputs, atol=1e-5)


def test_curved_cells_keep_their_curve_behind_wires(tmp_path: Path) -> None:
    """Wires of next to nothing: the same as without; the reduced form is for linear cells."""
    rest = {"nonideality": [{"kind": "nonlinear-iv", "k_per_volt": 2.0}]}
    bare = run(tmp_path / "bare", DENSE, {}, rest)
    wired = run(tmp_path / "wired", DENSE, {"model": "full", "r_segment_ohm": 1e-3}, rest)
    straight = run(tmp_path / "straight", DENSE, {})
    np.testing.assert_allclose(wired.outputs, bare.outputs, atol=2e-5)
    assert np.abs(straight.outputs - bare.outputs).max() > 1e-3
    with pytest.raises(DesignError, match=r'"reduced" holds linear cells only'):
        design_from({"crossbar": {"wires": WIRES | {"model": "reduced"}}, **rest})


def test_non_idealities_reach_tiles_with_wires(tmp_path: Path) -> None:
    """Every kind of draw finds the arrays, the buffers and the read-outs."""
    rest: dict[str, Any] = {
        "crossbar": {"tile_rows": 4, "tile_columns": 4},
        "nonideality": [
            {"kind": "variation", "sigma": 0.02},
            {"kind": "opamp-mismatch", "sigma_offset_volts": 1e-4, "sigma_gain": 0.1},
            {"kind": "read-noise", "sigma": 0.01},
        ],
    }
    full, reduced = (
        run(tmp_path / model, DENSE, WIRES | {"model": model}, rest)
        for model in ("full", "reduced")
    )
    np.testing.assert_allclose(full.outputs, reduced.outputs, atol=1e-5)
    plain = run(
        tmp_path / "plain", DENSE, WIRES | {"model": "reduced"}, {"crossbar": rest["crossbar"]}
    )
    assert np.abs(full.outputs - plain.outputs).max() > 1e-3


def test_compensation_wants_word_lines_in_their_places() -> None:
    wires = WIRES | {"model": "reduced", "compensation": "conductance"}
    with pytest.raises(DesignError, match=r"needs word lines in their places, got mapping\.remap"):
        design_from({"crossbar": {"wires": wires}, "mapping": {"remap": "rows"}})


def test_serial_hardware_takes_turns_behind_wires(tmp_path: Path) -> None:
    wires, rest = WIRES | {"r_segment_ohm": 1.0}, {"timing": {"serial": 3}}
    full, reduced = (
        run(tmp_path / model, RECURRENT, wires | {"model": model}, rest)
        for model in ("full", "reduced")
    )
    np.testing.assert_allclose(full.outputs, reduced.outputs, atol=3e-4)


def test_the_written_design_gives_the_same_deck(tmp_path: Path) -> None:
    crossbar = {"tile_rows": 4, "wires": WIRES | {"model": "full", "c_segment_farad": 1e-15}}
    made = design_from({"crossbar": crossbar})
    inputs = signal(3, 6, seed=0)
    first = sg.emit(DENSE, inputs, made, tmp_path / "first")
    again = load_design(tmp_path / "first" / "design.toml")
    assert (
        sg.emit(DENSE, inputs, again, tmp_path / "again")["netlist_sha256"]
        == (first["netlist_sha256"])
    )
    assert design_text(again) == (tmp_path / "first" / "design.toml").read_text()


def test_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example = Path(__file__).resolve().parents[2] / "examples" / "eeg_lstm"
    np.save("inputs.npy", signal(2, 23, seed=0))
    command = ["emit", str(example), "--inputs", "inputs.npy", "--json", "-o", "deck"]
    command += ["--set", "crossbar.wires.model=reduced"]
    assert main(command) == 2
    said = capsys.readouterr()
    assert re.search(r'model = "reduced" needs wires: .*give r_segment_ohm', said.err)
    assert not Path("deck").exists()
    command += ["--set", "crossbar.wires.r_segment_ohm=1.0", "--set", "crossbar.tile_rows=32"]
    assert main(command) == 0
    size = json.loads(capsys.readouterr().out)["size"]
    assert size["tiles"] > 3
    assert size["padding_cells"] > 0
