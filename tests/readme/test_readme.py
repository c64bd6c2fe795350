"""The README's commands and code, as written."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ngspice_program: str) -> Path:
    """A working directory from which the examples can be reached."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_own_network(folder: Path) -> None:
    (description,) = blocks("toml")
    (folder / "network.toml").write_text(description)
    draw = np.random.default_rng(1)
    shapes = {
        "lstm.weight_ih": (32, 3), "lstm.weight_hh": (32, 8), "lstm.bias_ih": (32,),
        "out.weight": (2, 8), "out.bias": (2,),
    }  # fmt: skip
    np.savez("weights.npz", **{name: draw.normal(0, 0.5, s) for name, s in shapes.items()})  # type: ignore[arg-type]
    np.save("signal.npy", draw.uniform(-1, 1, (6, 3)))
    commands = [
        line.split("#")[0]
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith("spicegen")
    ]
    assert [shlex.split(line)[1] for line in commands] == ["run", "plot", "report", "emit"]
    for line in commands:
        argv = [sys.executable, "-m", "spicegen.cli", *shlex.split(line)[1:]]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (line, done.stderr)
    assert (folder / "runs/mine/result.json").is_file()
    assert (folder / "runs/mine/report.html").is_file()
    assert (folder / "decks/mine/circuit.cir").is_file()


def test_the_same_in_python(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    exec(code, {})  # noqa: S102 - our own README
    mean, largest = (float(word) for word in capsys.readouterr().out.split())
    assert 0 < mean < 0.1
    assert 0 < largest <= 0.3  # V: no word line exceeds the read voltage


def test_designs_that_are_named_exist() -> None:
    from spicegen.design import load_design

    named = re.findall(r"--set (\S+?=[^`\s]+)", TEXT)
    assert len(named) >= 5
    load_design(None, named)


def test_targets_of_make_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make (\w+)", "\n".join(blocks("sh")), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / link).exists(), link
