"""The machine that numbers were measured on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime

import spicegen
from spicegen.engine import available


def facts() -> dict[str, str | int]:
    """CPU count, versions, date (UTC)."""
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "spicegen": spicegen.__version__,
        **{info.name: info.version or "unknown version" for info in available()},
        "date": datetime.now(UTC).date().isoformat(),
    }


def facts_line() -> str:
    """The same in one line."""
    known = facts()
    versions = ", ".join(
        f"{name} {known[name]}" for name in known if name not in ("cpus", "date", "shared")
    )
    return f"Measured {known['date']} on {known['cpus']} CPUs with {versions}."
