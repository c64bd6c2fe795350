"""The cost of a run, where the design asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spicegen.cost import CellTable, total_cost
from spicegen.design import Design
from spicegen.pipeline.stage import Simulated


def cost_part(
    done: list[Simulated], size: Mapping[str, int], design: Design, table: CellTable | None
) -> dict[str, Any] | None:
    """What result.json tells about the cost; None where it was not asked for.

    Args:
        done: every stage after its run.
        size: numbers of cells.
        design: the complete design.
        table: quiescent power and area of cells, or None.
    """
    stages = [part.cost for part in done if part.cost is not None]
    if table is None or not stages:
        return None
    last = done[-1].built
    every_step = last.t_read_s.shape[1] == last.clock.steps and last.clock.depth > 0
    return total_cost(stages, size, design, table, every_step)
