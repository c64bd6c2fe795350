"""Every notebook runs from top to bottom, and is stored with small outputs of such a run."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from example_files import ROOT

FOLDER = ROOT / "examples" / "notebooks"
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))
LARGEST_BYTES = 150_000


def test_there_are_notebooks() -> None:
    assert len(NAMES) >= 4
    for name in NAMES:
        assert f"`{name}`" in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, so that runs are not written into the checkout."""
    return Path(shutil.copytree(FOLDER, tmp_path_factory.mktemp("notebooks") / "copy"))


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_runs(name: str, folder: Path, ngspice_program: str) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
    done = subprocess.run([*command, name], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for stored, again in zip(outputs(FOLDER / name), outputs(folder / name), strict=True):
        # figures aside, every kind of output is there again, with numbers in the same places
        assert [without_numbers(*each) for each in stored] == [
            without_numbers(*each) for each in again
        ]


def outputs(path: Path) -> list[list[tuple[str, str]]]:
    """Of each code cell: kinds of its outputs, and what was printed as one text."""
    notebook = nbformat.read(path, as_version=4)
    return [
        [
            (kind, "".join(each.get("text", "") for each in pieces))
            for kind, pieces in itertools.groupby(cell.outputs, lambda each: each.output_type)
        ]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def without_numbers(kind: str, text: str) -> tuple[str, str]:
    return kind, re.sub(r"[\d.e+-]+", "#", text)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_is_small_and_tells_nothing_of_the_machine(name: str) -> None:
    path = FOLDER / name
    assert path.stat().st_size <= LARGEST_BYTES
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(?:home|root|tmp|work|Users)/", text)
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    counts = [cell["execution_count"] for cell in cells]
    assert counts == list(range(1, len(counts) + 1)), "run it from top to bottom, then store it"
    kinds = [output["output_type"] for cell in cells for output in cell["outputs"]]
    assert "error" not in kinds and "display_data" in kinds
