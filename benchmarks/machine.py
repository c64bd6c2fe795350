"""The machine that numbers were measured on."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

import spicegen
from spicegen.engine import available


def facts() -> dict[str, str | int | float]:
    """Processors, memory, load, versions, date (UTC); no names of machines or folders."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "cpu": _model(),
        "memory_gb": round(memory, 1),
        "load": round(os.getloadavg()[2], 1),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "spicegen": spicegen.__version__,
        **{info.name: info.version or "unknown version" for info in available()},
        "date": datetime.now(UTC).date().isoformat(),
    }


def line(known: Mapping[str, str | int | float]) -> str:
    """Facts in one line."""
    apart = ("cpus", "cpu", "memory_gb", "load", "date", "shared")
    versions = ", ".join(f"{name} {known[name]}" for name in known if name not in apart)
    return (
        f"Measured {known['date']} on {known['cpus']} CPUs ({known['cpu']}, "
        f"{known['memory_gb']} GB, load {known['load']}) with {versions}."
    )


def _model() -> str:
    """What the processor calls itself; its architecture where it does not say."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    return found[1].strip() if found else platform.machine()
