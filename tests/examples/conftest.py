"""The example folders: their modules in this process, their scripts as a user starts them."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from example_files import ROOT, Load, Script, TrainTwice

MODULES = ("series", "data", "train", "retrain", "run")
"""Names that the examples may share: forgotten after each test."""


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Imports a module of an example as its scripts do; both examples have a `train`."""

    def load(example: str, name: str) -> ModuleType:
        monkeypatch.syspath_prepend(str(ROOT / "examples" / example))
        return importlib.import_module(name)

    yield load
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Runs a script of an example in an empty folder from which `examples/` can be reached."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    known = os.environ.get("PYTHONPATH", "")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), known]))}

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def train_twice(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TrainTwice]:
    """Runs an example's `train.py` twice and gives both folders. In this process: importing
    PyTorch takes longer than three epochs."""
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()

    def run(example: str, *arguments: object) -> tuple[Path, Path]:
        main = load(example, "train").main
        folders = tmp_path / "first", tmp_path / "second"
        for out in folders:
            words = ["train.py", *arguments, "--epochs", 3, "-o", out]
            monkeypatch.setattr(sys, "argv", [str(word) for word in words])
            main()
        return folders

    yield run
    torch.use_deterministic_algorithms(False)
    torch.set_num_threads(threads)
