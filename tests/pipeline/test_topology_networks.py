"""Whole networks with a reference column, voltage read-out and selectors.

Bars of the project: `ideal` 0.02 % at most, `behavioural` 0.1 % mean and 1 % at most, of each
output's full scale.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recurrent_networks import INPUTS, every_kind
from small_networks import Array, chain, dense, lstm, signal

import spicegen as sg
from spicegen.design import design_from
from spicegen.network import Network
from spicegen.pipeline import RunResult
from spicegen.report.conductances import conductance_figure
from spicegen.report.source import Source

pytestmark = pytest.mark.usefixtures("ngspice_program")

CROSSBARS: dict[str, dict[str, Any]] = {
    "reference": {"topology": "reference-column"},
    "voltage, rows": {"readout": "voltage"},
    "voltage, columns": {"readout": "voltage", "topology": "dual-column"},
    "1T1R": {"selector": "1t1r", "r_select_ohm": 5e3},
    "reference, 1T1R": {"topology": "reference-column", "selector": "1t1r"},
    "voltage, 1T1R": {"readout": "voltage", "selector": "1t1r"},
}
DENSE = chain(
    dense("a", 4, 5, "relu", seed=1), dense("b", 5, 3, "tanh", seed=2), dense("c", 3, 2, seed=3)
)
KINDS = every_kind()
NETWORKS: dict[str, tuple[Network, Array]] = {
    "dense": (DENSE, signal(12, 4, seed=5)),
    "lstm and dense": (
        chain(lstm("m", 2, 3, seed=1), dense("o", 3, 2, seed=2)),
        signal(8, 2, seed=5),
    ),
    # more than the reference's amplifier can drive
    "many outputs": (chain(dense("a", 6, 100, seed=1)), signal(16, 6, seed=5)),
    "many inputs": (chain(dense("a", 100, 9, seed=1)), signal(16, 100, seed=5)),
    # peepholes and r * h: arrays in which many weights are not there
    **{
        name: (KINDS[name], signal(1, 8, INPUTS, seed=7)) for name in ("lstm-vanilla", "gru-before")
    },
}


def run(folder: Path, name: str, crossbar: str, **table: Any) -> RunResult:
    network, inputs = NETWORKS[name]
    table["crossbar"] = CROSSBARS[crossbar] | table.get("crossbar", {})
    design = design_from(table)
    return sg.run(network, inputs, design=design, out=folder / "run")


@pytest.mark.parametrize("crossbar", CROSSBARS)
@pytest.mark.parametrize("name", ["dense", "lstm and dense", "lstm-vanilla", "gru-before"])
def test_ideal(tmp_path: Path, name: str, crossbar: str) -> None:
    result = run(tmp_path, name, crossbar, fidelity="ideal")
    assert result.accuracy.max_error_pct <= 0.02


@pytest.mark.parametrize("crossbar", CROSSBARS)
@pytest.mark.parametrize("name", ["dense", "gru-before"])
def test_behavioural(tmp_path: Path, name: str, crossbar: str) -> None:
    result = run(tmp_path, name, crossbar)
    assert result.accuracy.mean_error_pct <= 0.1
    assert result.accuracy.max_error_pct <= 1.0


@pytest.mark.parametrize("crossbar", ["reference", "voltage, rows", "voltage, columns"])
def test_a_static_analysis_gives_the_same(tmp_path: Path, crossbar: str) -> None:
    result = run(tmp_path, "lstm and dense", crossbar, simulation={"analysis": "static"})
    assert result.summary["analysis"]["cells"] == "resistor"
    assert result.accuracy.max_error_pct <= 0.02
    split = {"analysis": "static", "jobs": 2}
    again = run(tmp_path / "cut", "dense", crossbar, simulation=split)
    assert again.accuracy.max_error_pct <= 0.02


@pytest.mark.parametrize("crossbar", ["reference", "voltage, columns"])
@pytest.mark.parametrize("name", ["dense", "many outputs", "many inputs"])
@pytest.mark.parametrize("settle_error", [1e-2, 1e-4])
def test_the_chosen_step_is_long_enough(
    tmp_path: Path, name: str, crossbar: str, settle_error: float
) -> None:
    """What is left when outputs are read: at most settle_error of a step from rail to rail."""
    result = run(
        tmp_path,
        name,
        crossbar,
        timing={"settle_error": settle_error, "t_edge_s": 1e-9},
        opamp={"gain": 1e9},
        simulation={"reltol": 1e-5, "vntol_volts": 1e-7, "abstol_ampere": 1e-12},
    )
    assert result.accuracy.max_error_pct <= 100 * 2 * settle_error
    if settle_error == 1e-2:  # and not far too long; below that, edges and rounding count
        assert result.accuracy.max_error_pct > 100 * settle_error / 500


@pytest.mark.parametrize("crossbar", ["reference", "voltage, rows", "voltage, columns"])
def test_every_op_amp_has_its_own_mismatch(tmp_path: Path, crossbar: str) -> None:
    mismatch = {"kind": "opamp-mismatch", "sigma_offset_volts": 1e-4, "sigma_gain": 0.1}
    result = run(tmp_path, "dense", crossbar, nonideality=(mismatch,))
    deck = (result.directory / "circuit.cir").read_text()
    drawn = [word for word in deck.split() if word.startswith("vos") and "{" not in word]
    drawn = [word for word in drawn if not word.endswith(("=0", "=0.0"))]
    assert len(drawn) == result.summary["size"]["opamps"] == len(set(drawn_values(drawn)))
    assert 0.002 < result.accuracy.mean_error_pct < 5


def drawn_values(words: list[str]) -> list[str]:
    return [word.partition("=")[2] for word in words]


def test_what_a_run_tells_of_a_reference(tmp_path: Path) -> None:
    result = run(tmp_path, "dense", "reference, 1T1R", fidelity="ideal")
    assert result.summary["size"]["memristors"] == 5 * 6 + 6 * 4 + 4 * 3
    assert [each["open_devices"] for each in result.summary["crossbars"]] == [0, 0, 0]
    deck = (result.directory / "circuit.cir").read_text()
    assert "reference-column, memristors" in deck
    assert "1T1R cells: switches of 1000 ohm, all on" in deck
    with np.load(result.directory / "crossbars.npz") as kept:
        assert (np.ptp(kept["g_pos_siemens_0"], axis=1) == 0).all()
    again = sg.load_design(result.directory / "design.toml", [])
    network, inputs = NETWORKS["dense"]
    repeated = sg.run(network, inputs, design=again, out=tmp_path / "again")
    assert repeated.summary["netlist_sha256"] == result.summary["netlist_sha256"]


@pytest.mark.parametrize("model", ["full", "reduced"])
def test_selectors_behind_wires(tmp_path: Path, model: str) -> None:
    """Cells that conduct less lose less in the wires in front of them."""
    network, inputs = NETWORKS["dense"]
    errors = []
    for selector in ("none", "1t1r"):
        wires = {"model": model, "r_segment_ohm": 20.0}
        crossbar = {"wires": wires, "selector": selector, "r_select_ohm": 5e3}
        design = design_from({"fidelity": "ideal", "crossbar": crossbar})
        result = sg.run(network, inputs, design=design, out=tmp_path / selector)
        errors.append(result.accuracy.mean_error_pct)
    assert 0.1 < errors[1] < 0.95 * errors[0]


def test_the_figure_names_a_reference(tmp_path: Path) -> None:
    crossbars = Source(run(tmp_path, "dense", "reference", fidelity="ideal")).crossbars
    titles = [axes.get_title("left") for axes in conductance_figure(crossbars[:1]).axes]
    assert "a, reference: 5 word lines, 5 bit lines" in titles
    assert "a, weights" in titles
