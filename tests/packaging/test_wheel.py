"""The built wheel runs the demo from its own templates, models and example."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    out = tmp_path_factory.mktemp("dist")
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(argv, cwd=ROOT, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


def test_it_carries_what_it_needs_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for needed in (
        "spicegen/_files/templates/deck.cir.j2",
        "spicegen/_files/models/README.md",
        "spicegen/_files/examples/eeg_lstm/network.toml",
        "spicegen/py.typed",
        "spicegen/report/page/assets/base.js",
        "spicegen/report/page/assets/page.css",
        "spicegen/report/page/templates/run.html.j2",
        "spicegen/report/page/vendor/uPlot.LICENSE",
    ):
        assert needed in names
    foreign = [n for n in names if not n.startswith(("spicegen/", "spicegen-"))]
    assert foreign == []
    assert not [n for n in names if "__pycache__" in n or n.endswith(".pyc")]


def test_the_demo_runs_from_the_wheel(wheel: Path, tmp_path: Path, ngspice_program: str) -> None:
    site, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    environment = os.environ | {"PYTHONPATH": str(site)}
    where = "import spicegen, spicegen.paths as p; print(p.packaged('templates'))"
    found = subprocess.run(
        [sys.executable, "-c", where],
        cwd=work, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert Path(found.stdout.strip()).is_relative_to(site)
    done = subprocess.run(
        [sys.executable, "-m", "spicegen.cli", "demo", "--steps", "2", "-o", "run", "--json"],
        cwd=work, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accuracy"]["values"] == 2 * 23
    assert (work / "run" / "figures" / "outputs.png").is_file()
    reported = subprocess.run(
        [sys.executable, "-m", "spicegen.cli", "report", "run"],
        cwd=work, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert reported.returncode == 0, reported.stderr
    assert "uPlot" in (work / "run" / "report.html").read_text(encoding="utf-8")
