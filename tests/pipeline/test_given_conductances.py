"""Networks drawn with conductances that were reached instead of those of their weights."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from recurrent_networks import every_kind
from small_networks import chain, dense, lstm, signal

import spicegen
from spicegen.cli.summary import conductance_lines
from spicegen.design import Design, design_from
from spicegen.errors import InputError, MappingError
from spicegen.pipeline.conductances import read_conductances, write_conductances
from spicegen.pipeline.device_targets import network_targets

NETWORK = chain(dense("a", 3, 2, bias=False, seed=1))
INPUTS = signal(5, 3, seed=2)
IDEAL = {"fidelity": "ideal"}


def given(folder: Path, **tables: np.ndarray) -> str:
    file = folder / "reached.npz"
    write_conductances(file, {name: (halves[0], halves[1]) for name, halves in tables.items()})
    return str(file)


def drawn(file: str, **more: object) -> Design:
    return design_from({**IDEAL, "mapping": {"conductances": file}, **more})


def test_outputs_are_those_of_the_given_conductances(ngspice_program: str, tmp_path: Path) -> None:
    """By Ohm's and Kirchhoff's law: r_f (g_pos - g_neg) v."""
    first = spicegen.run(NETWORK, INPUTS, design=design_from(IDEAL), out=tmp_path / "first")
    arrays = np.load(first.directory / "crossbars.npz")
    halves = np.random.default_rng(3).uniform(1e-6, 1e-4, (2, 3, 2))
    file = given(tmp_path, a=halves)
    run = spicegen.run(NETWORK, INPUTS, design=drawn(file), out=tmp_path / "run")
    scales = {each["signal"]: each["volts_per_unit"] for each in run.summary["clipping"]}
    gain = arrays["r_feedback_ohm_0"] * scales["input"] / scales["a.out"]
    np.testing.assert_allclose(run.outputs, INPUTS @ (halves[0] - halves[1]) * gain, atol=1e-5)
    asked = np.stack([arrays["g_pos_siemens_0"], arrays["g_neg_siemens_0"]])
    apart = 100 * np.abs(asked - halves) / 99e-6
    assert run.summary["conductances"]["mean_pct"] == pytest.approx(apart.mean())
    assert run.summary["conductances"]["max_pct"] == pytest.approx(apart.max())
    assert "given, " in conductance_lines(run.summary)[0][1]


def test_the_conductances_of_a_run_draw_the_same_deck(tmp_path: Path) -> None:
    """Every kind of layer; crossbars.npz of one goes into the other."""
    for number, network in enumerate(every_kind().values()):
        inputs = signal(4, network.input_size, seed=number)
        spicegen.emit(network, inputs, Design(), tmp_path / "first", force=True)
        file = tmp_path / "first" / "crossbars.npz"
        summary = spicegen.emit(
            network, inputs, design_from({"mapping": {"conductances": str(file)}}), tmp_path / "b",
            force=True,
        )  # fmt: skip
        assert summary["conductances"]["max_pct"] == 0.0
        for deck in (tmp_path / "first").glob("*.cir"):
            assert deck.read_bytes() == (tmp_path / "b" / deck.name).read_bytes()


def test_the_run_directory_has_them_and_can_be_moved(tmp_path: Path) -> None:
    file = given(tmp_path, a=np.random.default_rng(3).uniform(1e-6, 1e-4, (2, 3, 2)))
    spicegen.emit(NETWORK, INPUTS, drawn(file), tmp_path / "first")
    (tmp_path / "first").rename(tmp_path / "moved")
    Path(file).unlink()
    design = tmp_path / "moved" / "design.toml"
    written = tomllib.loads(design.read_text())
    assert written["mapping"]["conductances"] == "conductances.npz"
    spicegen.emit(NETWORK, INPUTS, spicegen.load_design(design), tmp_path / "again")
    decks = [(tmp_path / name / "circuit.cir").read_bytes() for name in ("moved", "again")]
    assert decks[0] == decks[1]


def test_targets_come_back_to_their_places(tmp_path: Path) -> None:
    """Positive before negative halves, row by row, where pairs stand."""
    network = every_kind()["lstm-vanilla"]
    targets = network_targets(network, Design())
    marks = np.arange(1.0, targets.g_siemens.size + 1)
    spread = targets.by_crossbar(marks)
    for mark in (0, 7, marks.size - 1):
        place = {key: column[mark] for key, column in targets.places.items()}
        half = spread[place["crossbar"]][0 if place["half"] == "pos" else 1]
        assert half[place["word_line"], place["bit_line"]] == marks[mark]
    assert sum((half > 0).sum() for halves in spread.values() for half in halves) == marks.size
    targets.write(tmp_path, targets.g_siemens)
    design = spicegen.load_design(tmp_path / "design.toml")
    inputs = np.random.default_rng(0).uniform(-1.0, 1.0, (8, network.input_size))
    assert spicegen.emit(network, inputs, design, tmp_path / "e")["conductances"]["max_pct"] == 0.0


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"b": np.ones((2, 3, 2))}, "crossbar a: the file must hold it"),
        ({"a": np.ones((2, 2, 3))}, r"it must be \(word lines, bit lines\) = \(3, 2\), got \(2, 3"),
        ({"a": np.zeros((2, 3, 2))}, "word line 0, bit line 0: a conductance must be finite and"),
        ({"a": np.full((2, 3, 2), np.nan)}, "must be finite and positive, S, got nan"),
    ],
)
def test_files_of_another_network(
    tmp_path: Path, tables: dict[str, np.ndarray], message: str
) -> None:
    with pytest.raises(MappingError, match=message):
        spicegen.emit(NETWORK, INPUTS, drawn(given(tmp_path, **tables)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_files_that_hold_no_conductances(tmp_path: Path) -> None:
    for name, content in (("text.npz", b"no archive"), ("empty.npz", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=r"it must be conductances\.npz"):
            read_conductances(tmp_path / name)
    np.savez(tmp_path / "other.npz", weights=np.ones(3))
    with pytest.raises(InputError, match=r"must be conductances.npz of `device program`"):
        read_conductances(tmp_path / "other.npz")
    np.save(tmp_path / "array.npy", np.ones(3))
    with pytest.raises(InputError, match=r"it must be conductances\.npz"):
        read_conductances(tmp_path / "array.npy")
    with pytest.raises(InputError, match="No such file"):
        read_conductances(tmp_path / "nowhere.npz")


def test_program_and_run(ngspice_program: str, tmp_path: Path) -> None:
    """The two commands of the documentation; 0.1 % of the window in, some percent out."""
    from spicegen.cli.app import main

    layer = lstm("m", 2, 2, seed=1)
    arrays = {"m.weight_ih": layer.weight_ih, "m.weight_hh": layer.weight_hh}
    np.savez(tmp_path / "w.npz", **arrays)
    lines = ['name = "n"', "inputs = 2", 'arrays = "w.npz"', "[[layer]]", 'name = "m"']
    lines += ['kind = "lstm"', "units = 2"]
    (tmp_path / "network.toml").write_text("\n".join(lines))
    np.save(tmp_path / "x.npy", signal(6, 2, seed=3))
    words = ["--inputs", str(tmp_path / "x.npy")]
    program = ["device", "program", "analog_threshold", "--weights", str(tmp_path), *words]
    assert (
        main([*program, "-o", str(tmp_path / "p"), "--set", "beta=1", "--tolerance", "0.001"]) == 0
    )
    told = json.loads((tmp_path / "p" / "program.json").read_text())
    assert (told["devices"], told["failed"]) == (64, 0)
    head = (tmp_path / "p" / "program.csv").read_text().splitlines()[:2]
    assert head[0].startswith("crossbar,half,word_line,bit_line,target_siemens")
    assert head[1].startswith("m,pos,0,0,")
    run = ["run", str(tmp_path), *words, "--design", str(tmp_path / "p" / "design.toml")]
    more = ["--set", "device.form=behavioural", "-o", str(tmp_path / "run")]
    assert main([*run, *more]) == 0
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert 0.0 < result["conductances"]["max_pct"] < 0.11
    assert 0.1 < result["accuracy"]["max_error_pct"] < 8.0
    assert "beta = 1.0" in (tmp_path / "run" / "design.toml").read_text()
