"""From options to a design."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spicegen.cli.options import AnalysisName, EngineName

if TYPE_CHECKING:
    from spicegen.design import Design


def chosen_design(
    path: Path | None,
    overrides: list[str] | None,
    *,
    engine: EngineName | None = None,
    analysis: AnalysisName | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    timeout_s: float | None = None,
    cost: bool = False,
) -> Design:
    """The design of a command line: file, then `--set`, then options of their own.

    Raises:
        DesignError: unreadable file, unknown key, impossible value.
    """
    from spicegen.design import load_design

    own = {
        "simulation.engine": engine.value if engine else None,
        "simulation.analysis": analysis.value if analysis else None,
        "simulation.seed": seed,
        "simulation.jobs": jobs,
        "simulation.timeout_s": timeout_s,
        "cost.enabled": "true" if cost else None,
    }
    given = [f"{key}={value}" for key, value in own.items() if value is not None]
    return load_design(path, [*(overrides or ()), *given])
