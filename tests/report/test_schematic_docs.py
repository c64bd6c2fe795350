"""docs/schematics.md and its drawings are those of the code."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_and_its_drawings_are_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.spec_from_file_location(
        "make_schematic_docs", ROOT / "scripts" / "make_schematic_docs.py"
    )
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "PAGE", tmp_path / "schematics.md")
    monkeypatch.setattr(script, "FOLDER", tmp_path / "schematics")
    script.main()
    assert (tmp_path / "schematics.md").read_text() == (ROOT / "docs/schematics.md").read_text()
    made = {path.name: text_of(path) for path in (tmp_path / "schematics").iterdir()}
    assert made == {path.name: text_of(path) for path in (ROOT / "docs/schematics").iterdir()}


def text_of(path: Path) -> list[str]:
    """What is written on a drawing; places of lines may differ between versions of schemdraw."""
    from xml.etree import ElementTree

    return [text for text in ElementTree.parse(path).getroot().itertext() if text.strip()]  # noqa: S314
