"""Bad input: exit status 2, one message with where, rule, value, remedy, and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

Change = Callable[[Path], None]


def edit(old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        file = folder / "network.toml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    return change


def weights(**changed: object) -> Change:
    """Replace arrays of weights.npz (`__` stands for the dot); None leaves one out."""

    def change(folder: Path) -> None:
        with np.load(folder / "weights.npz") as file:
            arrays = {name: file[name] for name in file.files}
        for name, value in changed.items():
            key = name.replace("__", ".")
            arrays.pop(key, None)
            if value is not None:
                arrays[key] = np.asarray(value, dtype=float)
        np.savez(folder / "weights.npz", **arrays)

    return change


def inputs(values: object) -> Change:
    return lambda folder: np.save(folder / "inputs.npy", np.asarray(values, dtype=float))


def file(name: str, content: bytes | None) -> Change:
    def change(folder: Path) -> None:
        if content is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(content)

    return change


def truncated(name: str) -> Change:
    def change(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return change


FILES = {
    "no network": (file("network.toml", None), ["network.toml", "no such network file"]),
    "no TOML": (file("network.toml", b"name = ["), ["network.toml", "not a TOML file"]),
    "not text": (file("network.toml", b"\xff\xfe"), ["network.toml", "not a TOML file"]),
    "no weights": (file("weights.npz", None), ["weights.npz", "no such file", "check the path"]),
    "broken weights": (truncated("weights.npz"), ["weights.npz"]),
    "no inputs": (file("inputs.npy", None), ["inputs.npy", "no such input file"]),
    "broken inputs": (truncated("inputs.npy"), ["inputs.npy"]),
    "inputs of another kind": (file("inputs.npy", b"1,2\n"), ["inputs.npy"]),
}
NETWORKS = {
    "shapes between layers": (
        weights(last__weight=np.ones((2, 4))),
        ["layer 'last'", "layer 'first' gives 3 values", "(2, 3)", "got (2, 4)"],
    ),
    "NaN weight": (weights(first__bias=[0, np.nan, 0]), ["weights.npz", "first.bias", "nan"]),
    "infinite weight": (weights(first__bias=[0, np.inf, 0]), ["weights.npz", "first.bias", "inf"]),
    "unknown array": (weights(first__baias=[0, 0, 0]), ["'first.baias'", "mean first.bias?"]),
    "missing array": (weights(first__weight=None), ["layer 'first'", "'weight'", "missing", "add"]),
    "unknown key": (edit("activation", "activaton"), ["'first'", "'activaton'", "activation?"]),
    "unknown kind": (edit('"dense"', '"dens"'), ["'first'", "'kind'", "'dens'", "mean dense?"]),
    "name twice": (edit('"last"', '"first"'), ["names must be unique", "'first' twice"]),
}
INPUTS = {
    "feature count": (inputs(np.ones((3, 5))), ["inputs.npy", "'tiny' takes 2 features", "(3, 5)"]),
    "axes": (inputs(np.ones(2)), ["inputs.npy", "(sample, feature)", "(2,)"]),
    "NaN": (inputs([[0, np.nan]]), ["inputs.npy", "nan"]),
    "infinity": (inputs([[0, -np.inf]]), ["inputs.npy", "inf"]),
    "nothing": (inputs(np.ones((0, 2))), ["inputs.npy", "at least one sample"]),
}


@pytest.mark.parametrize("case", [*FILES, *NETWORKS, *INPUTS])
def test_files(case, dense, cli, tree):
    change, pieces = (FILES | NETWORKS | INPUTS)[case]
    change(dense)
    before = tree(dense.parent)
    outcome = cli(
        "run", dense / "network.toml", "--inputs", dense / "inputs.npy", "-o", dense / "out"
    )
    assert outcome.status == 2
    assert outcome.stdout == ""
    for piece in pieces:
        assert piece in outcome.error
    assert tree(dense.parent) == before


DESIGNS = {
    "crossbar.topolgy='dual-row'": ["crossbar.topolgy", "no such key", "mean topology?"],
    "crosbar.topology='dual-row'": ["crosbar", "no such key", "mean crossbar?"],
    "crossbar.topology=ring": [
        "crossbar.topology",
        "'dual-row', 'dual-column' or 'reference-column'",
        "'ring'",
    ],
    "device.g_min_siemens=1e-4": ["device", "g_min_siemens must be below", "0.0001 >= 0.0001"],
    "device.g_min_siemens=2e-4": ["device", "g_min_siemens must be below", "widen the window"],
    "sample_hold.c_hold_farad=0": ["sample_hold.c_hold_farad", "greater than 0", "got 0"],
    "sample_hold.c_hold_farad=-1e-12": ["sample_hold.c_hold_farad", "greater than 0", "-1e-12"],
    "timing.t_transfer_s=0.5e-6": ["timing.t_transfer_s", "two edges (1e-06 s)", "got 5e-07 s"],
    "timing.t_step_s=2e-6": ["timing.t_step_s", "must hold its phases", "2e-06 s", "lengthen"],
    "opamp.gain=nan": ["opamp.gain", "nan"],
    "opamp=3": ["opamp", "3"],
    "opamp": ["--set", "section.key=value", "'opamp'", "opamp.gain=1e5"],
    "simulation.engine=spectre": ["simulation.engine", "'ngspice'", "'spectre'"],
}


@pytest.mark.parametrize("override", DESIGNS)
def test_design_values(override, lstm, cli, tree):
    before = tree(lstm)
    outcome = cli("run", lstm, "-i", lstm / "inputs.npy", "-o", lstm / "out", "--set", override)
    assert outcome.status == 2
    for piece in DESIGNS[override]:
        assert piece in outcome.error
    assert tree(lstm) == before


@pytest.mark.parametrize(
    ("content", "pieces"),
    [
        (b"[opamp]\ngian = 1e5\n", ["design.toml", "opamp.gian", "no such key", "mean gain?"]),
        (b"[opamp\n", ["design.toml", "must be TOML"]),
        (None, ["design.toml", "must be readable", "No such file"]),
    ],
)
def test_design_files(content, pieces, lstm, cli, tree):
    if content is not None:
        (lstm / "design.toml").write_bytes(content)
    before = tree(lstm)
    outcome = cli("emit", lstm, "-o", lstm / "out", "--design", lstm / "design.toml")
    assert outcome.status == 2
    for piece in pieces:
        assert piece in outcome.error
    assert tree(lstm) == before


@pytest.mark.parametrize("command", ["run", "emit", "demo"])
def test_a_directory_that_exists_is_left_alone(command, dense, cli, tree):
    out = dense / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    before = tree(dense)
    of = [] if command == "demo" else [dense, "--inputs", dense / "inputs.npy"]
    outcome = cli(command, *of, "-o", out)
    assert outcome.status == 2
    assert f"output {out}: the directory exists" in outcome.error
    assert "--force" in outcome.error
    forced = cli(command, *of, "-o", out, "--force")
    assert forced.status == 2
    assert "only a directory that spicegen wrote can be replaced" in forced.error
    assert tree(dense) == before


def test_an_output_that_cannot_be_made(dense, cli, tree):
    before = tree(dense)
    outcome = cli("emit", dense, "-o", dense / "weights.npz" / "out")
    assert outcome.status == 2
    assert "weights.npz" in outcome.error
    assert tree(dense) == before


def test_names_reach_the_message_as_they_are_in_one_line(dense, cli):
    edit('"first"', '"[red]\\n\\u001b[31m first"')(dense)
    weights(first__weight=None, first__bias=None)(dense)
    outcome = cli("emit", dense, "-o", dense / "out")
    assert outcome.status == 2
    assert "[red]" in outcome.error
    assert "\x1b" not in outcome.stderr


USAGE = {
    ("rnu",): ["no such command 'rnu'", "see spicegen --help"],
    ("--wrong",): ["no such option: --wrong"],
    ("run",): ["run: missing argument", "see spicegen run --help"],
    ("run", "net"): ["run: missing option '--inputs'"],
    ("run", "net", "--inputs", "x.npy"): ["run: missing option '--out'"],
    ("demo", "--engine", "spectre"): ["demo: invalid value for '--engine'", "'spectre'"],
    ("demo", "--seed", "-1"): ["demo: invalid value for '--seed'"],
    ("demo", "--steps", "0"): ["demo: invalid value for '--steps'"],
    ("demo", "--max-error", "-1"): ["demo: invalid value for '--max-error'"],
    ("demo", "--max-error", "nan"): ["demo: invalid value for '--max-error'"],
    ("demo", "--timeout", "0"): ["simulation.timeout_s", "greater than 0", "got 0"],
    ("demo", "--timeout", "nan"): ["simulation.timeout_s", "nan"],
}


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_usage(arguments, cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = cli(*arguments)
    assert outcome.status == 2
    assert outcome.stdout == ""
    for piece in USAGE[arguments]:
        assert piece in outcome.error
    assert not list(tmp_path.iterdir())


def test_debug_shows_the_traceback(cli):
    assert "Traceback" not in cli("plot", "nowhere", "x").stderr
    outcome = cli("plot", "nowhere", "x", "--debug")
    assert outcome.status == 2
    assert "Traceback" in outcome.stderr
    assert outcome.stderr.splitlines()[-1].startswith("spicegen: error: nowhere: ")
