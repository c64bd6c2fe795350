"""Text and files become a finished, checked run: the only home of processes and libraries."""

from spicegen.engine.base import Capabilities, Engine, EngineInfo, Job, RunRecord
from spicegen.engine.doctor import Finding, diagnose
from spicegen.engine.feed import Feed, write_feed
from spicegen.engine.process import end_all
from spicegen.engine.select import NAMES, Choice, available, select

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
