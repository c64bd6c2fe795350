"""Networks whose memristors have a state of their own: the mapping, its drift, and refusals."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import va_models
from small_networks import chain, dense, lstm, signal

import spicegen
from spicegen.circuit.memristor import start_states
from spicegen.cli.summary import read_disturb_lines
from spicegen.design import Design, design_from
from spicegen.devices import load_model, model_names
from spicegen.errors import DesignError, InputError, MappingError
from spicegen.mapping import MappedCrossbar, map_crossbar
from spicegen.pipeline.memristor import voltage_warnings
from spicegen.waveforms import read_raw

FORMS = ["behavioural", "verilog-a"]
TOPOLOGIES = ["dual-row", "dual-column"]
THRESHOLD = {"model": "analog_threshold"}
NETWORK = chain(dense("m", 2, 3, "tanh", seed=1), dense("out", 3, 2, seed=2))
INPUTS = signal(4, 2, seed=5)
CLOCKED = chain(lstm("m", 2, 2, seed=1), dense("out", 2, 2, seed=2))
TIGHT = {"reltol": 1e-6, "vntol_volts": 1e-9, "abstol_ampere": 1e-12}


def design(form: str = "resistor", topology: str = "dual-row", **device: Any) -> Design:
    if form == "verilog-a":
        va_models.need_compilers()
    table = {"form": form, **THRESHOLD, **device}
    return design_from({"device": table, "crossbar": {"topology": topology}, "simulation": TIGHT})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_states_that_stand_still_are_the_resistors_of_the_mapping(
    ngspice_program: str, tmp_path: Path, form: str, topology: str
) -> None:
    network = CLOCKED if form == "verilog-a" else NETWORK
    still = spicegen.run(network, INPUTS, design=design("resistor", topology), out=tmp_path / "r")
    moving = spicegen.run(network, INPUTS, design=design(form, topology), out=tmp_path / "m")
    np.testing.assert_allclose(moving.outputs, still.outputs, atol=1e-6)
    disturb = moving.summary["read_disturb"]
    assert disturb["devices"] == moving.summary["size"]["memristors"]
    assert disturb["max_pct"] < 1e-9  # the leak of the behavioural form and rounding
    assert "read_disturb" not in still.summary
    names = [read_raw(run.directory / "waveforms.raw")[0].names for run in (still, moving)]
    assert names[0] == names[1]


@pytest.mark.parametrize(
    ("form", "engine"), [*((form, "ngspice") for form in FORMS), ("behavioural", "neospice")]
)
def test_states_drift_as_the_rate_says(
    ngspice_program: str, tmp_path: Path, form: str, engine: str
) -> None:
    """V = 0.3 V on a threshold of 0.1 V: (V/v_set - 1)^2 / tau, over a ramp from 0 to V
    v_set/(3 V) (V/v_set - 1)^3 / tau.

    In dual columns every device sees the word line's voltage against a virtual ground.
    """
    tau, t_step, t_edge = 1e-2, 1e-4, 0.5e-6
    moved = {"v_set_volts": 0.1, "v_reset_volts": 0.1, "tau_set_s": tau}
    window = {"g_min_siemens": 1e-5, "g_max_siemens": 5e-5}
    made = design(form, "dual-column", parameters=moved, **window)
    timing = made.timing.model_copy(update={"t_step_s": t_step, "t_edge_s": t_edge})
    simulation = made.simulation.model_copy(update={"engine": engine})
    made = made.model_copy(update={"timing": timing, "simulation": simulation})
    network = chain(dense("a", 1, 2, bias=False, seed=3))
    inputs = np.array([[0.0], [1.0], [1.0], [1.0], [1.0], [0.0]])
    run = spicegen.run(network, inputs, design=made, out=tmp_path / "run")
    flat, ramps = 4 * t_step - t_edge, 2 * t_edge
    change = (flat * 2.0**2 + ramps * 0.1 / (3 * 0.3) * 2.0**3) / tau
    expected = 100 * change * 99e-6 / 4e-5
    disturb = run.summary["read_disturb"]
    assert disturb["devices"] == 4
    assert disturb["mean_pct"] == pytest.approx(expected, rel=1e-3)
    assert disturb["max_pct"] == pytest.approx(expected, rel=1e-3)
    assert [part["name"] for part in disturb["crossbars"]] == ["a"]
    assert disturb["crossbars"][0]["max_pct"] == disturb["max_pct"]


def test_the_device_that_moved_most_is_named(ngspice_program: str, tmp_path: Path) -> None:
    """Only one of three word lines has a voltage."""
    made = design("behavioural", "dual-column", parameters={"v_set_volts": 0.1})
    network = chain(dense("a", 3, 2, bias=False, seed=3))
    inputs = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    worst = spicegen.run(network, inputs, design=made, out=tmp_path / "r").summary["read_disturb"]
    assert worst["worst"]["word_line"] == 1
    assert worst["worst"]["crossbar"] == "a"


@pytest.mark.parametrize("form", FORMS)
def test_the_deck_runs_by_hand_beside_its_model(
    ngspice_program: str, tmp_path: Path, form: str
) -> None:
    """Without spicegen, in another folder: the same waveforms, and the states besides."""
    run = spicegen.run(NETWORK, INPUTS, design=design(form), out=tmp_path / "run")
    file = "analog_threshold.sub" if form == "behavioural" else "analog_threshold.osdi"
    hand = tmp_path / "hand"
    hand.mkdir()
    for name in ("circuit.cir", file):
        shutil.copyfile(run.directory / name, hand / name)
    argv = [ngspice_program, "-b", "circuit.cir", "-r", "waveforms.raw"]
    subprocess.run(argv, cwd=hand, check=True, capture_output=True, timeout=120)
    by_hand, kept = (read_raw(d / "waveforms.raw")[0] for d in (hand, run.directory))
    assert len(by_hand.names) == len(kept.names) + run.summary["size"]["memristors"]
    for name in ("time", "v(out_out0)"):
        np.testing.assert_allclose(by_hand[name], kept[name], rtol=1e-12, atol=1e-15)


def test_every_node_is_kept_where_that_was_asked_for(ngspice_program: str, tmp_path: Path) -> None:
    made = design("behavioural")
    simulation = made.simulation.model_copy(update={"save": "all"})
    made = made.model_copy(update={"simulation": simulation})
    run = spicegen.run(NETWORK, INPUTS, design=made, out=tmp_path / "run")
    assert "v(xm_crossbar.xp0_0.x1.x)" in read_raw(run.directory / "waveforms.raw")[0]


def test_the_design_of_a_run_gives_the_same_deck(ngspice_program: str, tmp_path: Path) -> None:
    made = design("behavioural", preset="soft_bounds", parameters={"beta": 2})
    run = spicegen.run(NETWORK, INPUTS, design=made, out=tmp_path / "run")
    again = spicegen.load_design(run.directory / "design.toml")
    spicegen.emit(NETWORK, INPUTS, again, tmp_path / "again")
    decks = [(tmp_path / name / "circuit.cir").read_bytes() for name in ("run", "again")]
    assert decks[0] == decks[1]
    assert (tmp_path / "again" / "analog_threshold.sub").is_file()


def test_a_resistor_of_a_model_is_a_resistor(tmp_path: Path) -> None:
    """The deck of a named model in its default form differs by nothing but the window."""
    named = design("resistor")
    window = {key: getattr(named.device, key) for key in ("g_min_siemens", "g_max_siemens")}
    plain = design_from({"device": window, "simulation": TIGHT})
    for name, made in (("named", named), ("plain", plain)):
        spicegen.emit(NETWORK, INPUTS, made, tmp_path / name)
    decks = [(tmp_path / name / "circuit.cir").read_bytes() for name in ("named", "plain")]
    assert decks[0] == decks[1]
    assert not list((tmp_path / "named").glob("*.sub"))


@pytest.mark.parametrize("name", model_names())
def test_start_states_show_the_mapped_conductances(name: str) -> None:
    """In the window that the design takes from the model."""
    made = design_from({"device": {"model": name, "form": "behavioural"}})
    model, preset = load_model(name)
    ends = model.conductance(np.array([0.01, 0.99]), preset.use.v_read_volts)
    assert (made.device.g_min_siemens, made.device.g_max_siemens) == pytest.approx(tuple(ends))
    mapped = crossbar(made)
    for x0, half in zip(
        start_states(mapped, made), (mapped.g_pos_siemens, mapped.g_neg_siemens), strict=True
    ):
        shown = model.conductance(x0, preset.use.v_read_volts)
        np.testing.assert_allclose(shown[mapped.present], half[mapped.present], rtol=1e-9)


def crossbar(made: Design) -> MappedCrossbar:
    weight = 5 * np.random.default_rng(4).normal(size=(4, 6))
    present = np.random.default_rng(5).random((6, 4)) < 0.8
    return map_crossbar("x", weight, np.ones(6), np.ones(4), made, present=present)


def test_a_window_that_the_model_cannot_show() -> None:
    made = design("behavioural", g_max_siemens=2e-4)
    with pytest.raises(
        MappingError,
        match=r"crossbar x, word line \d, bit line \d: analog_threshold \(preset one_volt\) shows "
        r"1e-06 to 0.0001 S at its read voltage of 0.2 V, got a mapped conductance of "
        r"0.000\d+ S; leave out device.g_min_siemens",
    ):
        start_states(crossbar(made), made)


@pytest.mark.parametrize(
    ("device", "error", "message"),
    [
        ({"form": "verilog-a"}, DesignError, r'form = "verilog-a" needs a memristor model'),
        ({"preset": "one_volt"}, DesignError, "preset needs a memristor model"),
        ({"parameters": {"beta": 1.0}}, DesignError, "parameters needs a memristor model"),
        ({"model": "vtaem"}, InputError, "no such model, got 'vtaem'; did you mean vteam"),
        ({"model": "vteam", "preset": "lnear"}, InputError, "no such preset.*mean linear"),
        (
            {"model": "vteam", "parameters": {"r_on": 1.0}},
            InputError,
            "no such parameter, got 'r_on'; did you mean r_on_ohm",
        ),
        ({"model": "vteam", "parameters": {"r_on_ohm": -1.0}}, InputError, "r_on_ohm must lie in"),
        ({"model": "vteam", "form": "spice"}, DesignError, "device.form.*'spice'"),
        ({"model": 3}, DesignError, "device.model"),
        ({"model": "vteam", "parameters": 3}, DesignError, "device.parameters"),
    ],
)
def test_designs_that_are_refused(device: Any, error: type[InputError], message: str) -> None:
    with pytest.raises(error, match=message):
        design_from({"device": device})


def test_analyses_and_cells_without_moving_states(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match=r'mapping.cells = "transconductance" has no memristors'):
        design_from(
            {
                "device": {"form": "behavioural", **THRESHOLD},
                "mapping": {"cells": "transconductance"},
            }
        )
    static = design_from(
        {"device": {"form": "behavioural", **THRESHOLD}, "simulation": {"analysis": "static"}}
    )
    with pytest.raises(DesignError, match=r"device.form: a static analysis has no time in which"):
        spicegen.run(NETWORK, INPUTS, design=static, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_embedded_engine_loads_no_compiled_models(tmp_path: Path) -> None:
    made = design_from(
        {"device": {"form": "verilog-a", **THRESHOLD}, "simulation": {"engine": "neospice"}}
    )
    with pytest.raises(DesignError, match=r"neospice .* loads no compiled Verilog-A.*use ngspice"):
        spicegen.run(NETWORK, INPUTS, design=made, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("preset", "v_read", "words"),
    [
        ("linear", 0.3, "conductances are those at 0.01 V, the read voltage of vteam"),
        ("linear", 0.01, None),
        ("symmetric", 2.1, r"beyond the validity of vteam, preset symmetric \(2 V: Voltages"),
    ],
)
def test_voltages_that_a_preset_was_not_made_for(
    preset: str, v_read: float, words: str | None
) -> None:
    made = design_from(
        {
            "device": {"model": "vteam", "preset": preset, "form": "behavioural"},
            "signal": {"v_read_volts": v_read, "v_rail_volts": 3.0},
        }
    )
    lines = voltage_warnings(made)
    assert len(lines) == (words is not None)
    assert words is None or re.search(words, lines[0])
    assert voltage_warnings(Design()) == []


def test_the_summary_tells_the_disturb(ngspice_program: str, tmp_path: Path) -> None:
    run = spicegen.run(NETWORK, INPUTS, design=design("behavioural"), out=tmp_path / "run")
    told = json.loads((run.directory / "result.json").read_text())
    lines = [line for _, line in read_disturb_lines(told)]
    assert lines[0].startswith(f"{told['size']['memristors']} memristors moved by ")
    assert lines[1].startswith("m: ") and "; out: " in lines[1]
    assert read_disturb_lines({}) == []
    still = {"read_disturb": {"devices": 2, "max_pct": 0.0}}
    assert read_disturb_lines(still) == [("read disturb", "none of 2 memristors moved")]
