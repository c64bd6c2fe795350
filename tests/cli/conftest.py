"""Small networks in files, command lines run in this process, and engines that misbehave."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from spicegen.cli.app import main

ROOT = Path(__file__).resolve().parents[2]

DENSE = """name = "tiny"
inputs = 2
arrays = "weights.npz"

[[layer]]
name = "first"
kind = "dense"
units = 3
activation = "relu"

[[layer]]
name = "last"
kind = "dense"
units = 2
"""
LSTM = """name = "tiny_lstm"
inputs = 2
arrays = "weights.npz"

[[layer]]
name = "lstm"
kind = "lstm"
units = 2
"""


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def error(self) -> str:
        """The error message, which must be exactly one line."""
        lines = self.stderr.splitlines()
        errors = [line for line in lines if line.startswith("spicegen: error: ")]
        assert len(errors) == 1, self.stderr
        assert lines[-1] == errors[0]
        assert all(line.startswith("spicegen: ") for line in lines), self.stderr
        return errors[0].removeprefix("spicegen: error: ")


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Iterator[Cli]:
    """Runs a command line in this process."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def environment() -> dict[str, str]:
    """For child processes: this checkout importable from any folder, output as it comes."""
    known = os.environ.get("PYTHONPATH", "")
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), known]))}


@pytest.fixture
def program() -> list[str]:
    """The program as a child process starts it."""
    return [sys.executable, "-m", "spicegen.cli"]


def dense_arrays() -> dict[str, np.ndarray]:
    return {
        "first.weight": np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 1.0]]),
        "first.bias": np.array([0.1, -0.2, 0.3]),
        "last.weight": np.array([[1.0, -0.5, 0.25], [0.5, 1.0, -1.0]]),
    }


@pytest.fixture
def dense(tmp_path: Path) -> Path:
    """A folder with a network of two dense layers, and inputs for it."""
    folder = tmp_path / "dense"
    folder.mkdir()
    (folder / "network.toml").write_text(DENSE)
    np.savez(folder / "weights.npz", **dense_arrays())
    inputs = np.random.default_rng(1).uniform(-1, 1, (3, 2))
    np.save(folder / "inputs.npy", inputs)
    return folder


@pytest.fixture
def lstm(tmp_path: Path) -> Path:
    """A folder with an LSTM of two units, and four steps of inputs for it."""
    folder = tmp_path / "lstm"
    folder.mkdir()
    (folder / "network.toml").write_text(LSTM)
    generator = np.random.default_rng(2)
    arrays = {
        "lstm.weight_ih": generator.normal(size=(8, 2)),
        "lstm.weight_hh": generator.normal(size=(8, 2)),
    }
    np.savez(folder / "weights.npz", **arrays)
    np.save(folder / "inputs.npy", generator.uniform(-1, 1, (4, 2)))
    return folder


@pytest.fixture
def fake_ngspice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a shell script first on PATH as ngspice; `$raw` is the file it should write."""
    real = shutil.which("ngspice") or ""

    def install(body: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        script = folder / "ngspice"
        script.write_text(
            "#!/bin/sh\n"
            'case "$*" in *--version*) echo "** ngspice-46 : fake"; exit 0;; esac\n'
            'case "$*" in *" -r "*) ;; *) exit 0;; esac\n'
            'raw=$(echo "$*" | sed "s/.* -r //; s/ [^ ]*$//")\n'
            f"real='{real}'\n{body}\n"
        )
        script.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)

    return install


@pytest.fixture
def tree() -> Callable[[Path], dict[str, bytes]]:
    """Every file below a folder with its content, to see whether anything was written."""

    def read(folder: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
            for path in sorted(folder.rglob("*"))
        }

    return read
