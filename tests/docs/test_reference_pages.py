"""Reference pages tell every key, command and name as the code has it."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest
from pages import ROOT

from spicegen.design.nonideality import KINDS
from spicegen.mapping.nonideality.programming import FITS


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "scripts" / "make_reference_docs.py"
    spec = importlib.util.spec_from_file_location("make_reference_docs", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["design.md", "cli.md", "python.md"])
def test_the_page_is_up_to_date(script: ModuleType, name: str) -> None:
    page = script.PAGES[name]()
    on_disk = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert on_disk == page, "run scripts/make_reference_docs.py"


def test_every_key_and_option_has_a_meaning(script: ModuleType) -> None:
    for name in ("design.md", "cli.md"):
        rows = [line for line in script.PAGES[name]().splitlines() if line.startswith("| `")]
        assert rows
        assert not [row for row in rows if row.endswith("|  |")], name
        assert not [row for row in rows if row.startswith("| `` |")], name


def test_units_and_ranges_follow_from_the_code(script: ModuleType) -> None:
    """Hand-written rows for keys of each kind of range."""
    page = script.design_page()
    for row in (
        "| `gbw_hertz` | number | Hz | `5e+07` | (0, inf) |",
        "| `headroom` | number |  | `0.8` | (0, 1] |",
        "| `settle_error` | number |  | `1e-05` | (0, 0.1) |",
        "| `levels` | integer |  | absent | [2, inf) |",
        '| `scale` | choice |  | `"signal-range"` | `signal-range`, `unit` |',
        "| `p_on` | number |  | `0` | [0, 1] |",
        "| `i_leak_ampere` | number | A | `1e-14` | [0, inf) |",
        "| `resistivity_ohm_metre` | number | ohm m | `1.68e-08` | (0, inf) |",
    ):
        assert row in page, row
    dimensional = ("_volts`", "_ohm`", "_farad`", "_s`", "_siemens`", "_hertz`", "_metre`")
    for line in page.splitlines():
        if line.startswith("| `") and line.split(" | ")[0].endswith(dimensional):
            assert line.split(" | ")[2].strip(), line


def test_every_kind_and_fit_is_explained() -> None:
    text = (ROOT / "docs" / "nonidealities.md").read_text(encoding="utf-8")
    for kind in KINDS:
        assert f"`{kind}`" in text, kind
    for name, fit in FITS.items():
        assert f"`{name}`" in text, name
        doi = fit.source.partition("doi:")[2].split(",")[0].split(";")[0]
        assert doi in text, name
