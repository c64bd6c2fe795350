"""Designs with transistor cells."""

from __future__ import annotations

from collections.abc import Callable

from spicegen.cells import DataSheet
from spicegen.design import Design, load_design

Measure = Callable[..., DataSheet]
"""Takes a cell's name and design overrides."""


def transistor_design(*overrides: str) -> Design:
    """A design with transistor cells."""
    return load_design(None, ["fidelity=transistor", *overrides])
