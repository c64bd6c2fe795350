"""Shared by every room: the simulator, and a test bench for single blocks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bench import Bench


@pytest.fixture(scope="session")
def ngspice_program() -> str:
    """The ngspice on PATH; tests that need one are skipped where there is none."""
    found = shutil.which("ngspice")
    if found is None:
        pytest.skip("ngspice is not on PATH")
    return found


@pytest.fixture
def bench(ngspice_program: str, tmp_path: Path) -> Bench:
    """A test bench in a folder of its own."""
    from bench import Bench

    return Bench(ngspice_program, tmp_path)
