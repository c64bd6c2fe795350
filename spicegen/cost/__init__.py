"""Waveforms and a design become power, energy, latency and area."""

from spicegen.cost.cost import (
    StageCost,
    metered,
    refuse_cost,
    stage_cost,
    total_cost,
)
from spicegen.cost.table import CellTable, load_table, table_hash

__all__ = [
    "CellTable",
    "StageCost",
    "load_table",
    "metered",
    "refuse_cost",
    "stage_cost",
    "table_hash",
    "total_cost",
]
