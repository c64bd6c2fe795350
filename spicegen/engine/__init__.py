"""Text and files become a finished, checked run: the only home of processes and libraries."""

from typing import TYPE_CHECKING

from spicegen.lazy import attributes

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
    "end_all",
    "select",
    "write_feed",
]

_HOMES = {
    "base": ("Capabilities", "Engine", "EngineInfo", "Job", "RunRecord"),
    "doctor": ("Finding", "diagnose"),
    "feed": ("Feed", "write_feed"),
    "process": ("end_all",),
    "choose": ("NAMES", "Choice", "available", "select"),
}

if TYPE_CHECKING:
    from spicegen.engine.base import Capabilities, Engine, EngineInfo, Job, RunRecord
    from spicegen.engine.choose import NAMES, Choice, available, select
    from spicegen.engine.doctor import Finding, diagnose
    from spicegen.engine.feed import Feed, write_feed
    from spicegen.engine.process import end_all

# imported when they are first used: workers need few of them, and start often
__getattr__ = attributes(__name__, _HOMES)
