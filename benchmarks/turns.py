"""Sides of a comparison, taking turns on one machine."""

from __future__ import annotations

import importlib
import statistics
from collections.abc import Callable, Mapping
from importlib import metadata
from types import ModuleType
from typing import TypeVar

from benchmarks.measure import told

PAIRS = 5
"""How often each side of a comparison runs; medians count."""
Answer = TypeVar("Answer")


def in_turns(
    what: str, sides: Mapping[str, Callable[[], Answer]], turns: int = PAIRS
) -> dict[str, list[Answer]]:
    """Run each side once per turn, so that other work on the machine meets all alike.

    Args:
        what: for the line of progress.
        sides: by name.
        turns: how often.
    Returns:
        the answers of each side.
    """
    found: dict[str, list[Answer]] = {name: [] for name in sides}
    for turn in range(1, turns + 1):
        for name, side in sides.items():
            told(f"{what}: {name}, {turn} of {turns}")
            found[name].append(side())
    return found


def median_ratio(slow: list[float], fast: list[float]) -> float:
    """Median over the turns of how many times longer the slow side took."""
    return statistics.median(a / b for a, b in zip(slow, fast, strict=True))


def peer(module: str) -> ModuleType | None:
    """Another package, if it is installed (`pip install .[bench]`)."""
    try:
        return importlib.import_module(module)
    except ImportError:
        return None


def version(distribution: str) -> str:
    """Name and version of an installed distribution."""
    return f"{distribution} {metadata.version(distribution)}"
