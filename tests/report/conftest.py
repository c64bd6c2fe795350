"""Hand-made runs for figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hand_made import HandMadeRun, hand_made_run

from spicegen.report.source import Source


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., HandMadeRun]:
    """A hand-made run in a folder of its own; arguments as `hand_made_run`."""
    return lambda **options: hand_made_run(tmp_path / "run", **options)


@pytest.fixture
def make_source(make_run: Callable[..., HandMadeRun]) -> Callable[..., Source]:
    """The same as figures see it."""
    return lambda **options: Source(make_run(**options))
