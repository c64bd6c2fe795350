"""A plan of many runs becomes a table: sweeps, corners, Monte Carlo; local or on a cluster."""

import sys
from types import ModuleType
from typing import Any

from spicegen.batch.make import BatchResult, batch
from spicegen.batch.plan import Plan, load_plan

__all__ = ["BatchResult", "Plan", "batch", "load_plan"]


class _CallableRoom(ModuleType):
    """`sg.batch(...)` is the function also where this room was imported under the same name."""

    def __call__(self, *arguments: Any, **options: Any) -> BatchResult:
        return batch(*arguments, **options)


sys.modules[__name__].__class__ = _CallableRoom
