"""Text and files become a finished, checked run: the only home of processes and libraries."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = [
    "NAMES",
    "Capabilities",
    "Choice",
    "Engine",
    "EngineInfo",
    "Feed",
    "Finding",
    "Job",
    "RunRecord",
    "available",
    "diagnose",
    "select",
    "write_feed",
]

_HOMES = {
    "base": ("Capabilities", "Engine", "EngineInfo", "Job", "RunRecord"),
    "doctor": ("Finding", "diagnose"),
    "feed": ("Feed", "write_feed"),
    "choose": ("NAMES", "Choice", "available", "select"),
}

if TYPE_CHECKING:
    from spicegen.engine.base import Capabilities, Engine, EngineInfo, Job, RunRecord
    from spicegen.engine.choose import NAMES, Choice, available, select
    from spicegen.engine.doctor import Finding, diagnose
    from spicegen.engine.feed import Feed, write_feed


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: workers need few of them, and start often."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"spicegen.engine.{module}"), name)
    raise AttributeError(f"module 'spicegen.engine' has no attribute {name!r}")
