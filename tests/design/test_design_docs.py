"""docs/design.md tells every key as the code has it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from spicegen.design.nonideality import KINDS
from spicegen.mapping.nonideality.programming import FITS

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date_and_complete() -> None:
    spec = importlib.util.spec_from_file_location(
        "make_design_docs", ROOT / "scripts" / "make_design_docs.py"
    )
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.page()
    assert (ROOT / "docs" / "design.md").read_text(encoding="utf-8") == page
    without = [line for line in page.splitlines() if line.endswith("|  |")]
    assert not without, "keys without a meaning"


def test_every_kind_and_fit_is_explained() -> None:
    text = (ROOT / "docs" / "nonidealities.md").read_text(encoding="utf-8")
    for kind in KINDS:
        assert f"`{kind}`" in text, kind
    for name, fit in FITS.items():
        assert f"`{name}`" in text, name
        doi = fit.source.partition("doi:")[2].split(",")[0].split(";")[0]
        assert doi in text, name
