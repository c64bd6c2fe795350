"""The example of a crossbar as it is built: its design, and what remapping wins."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from spicegen.design import load_design
from spicegen.pipeline.sources import sources_of

FOLDER = Path(__file__).parents[2] / "examples" / "nonidealities"


def script() -> Any:
    spec = importlib.util.spec_from_file_location("remap_example", FOLDER / "remap.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_design_holds_what_it_says() -> None:
    names = [source.name for source in sources_of(load_design(FOLDER / "design.toml"), True)]
    assert names[:5] == ["levels", "variation", "opamp-mismatch", "wires", "op-amps"]


def test_remapping_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    remap = script()
    monkeypatch.setattr(remap, "STEPS", 12)
    monkeypatch.setattr(remap, "SEEDS", 2)
    none, _, _, spares = remap.REMEDIES
    before = remap.errors_pct(remap.FAULTS[2], none, tmp_path)
    after = remap.errors_pct(remap.FAULTS[2], spares, tmp_path)
    assert max(after) < 0.1 < min(before)
