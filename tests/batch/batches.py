"""Batches in processes of their own, and what is left of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from spicegen.batch.store import open_results
from spicegen.batch.table import TIMES

ROOT = Path(__file__).resolve().parents[2]


def started(arguments: Sequence[str | Path]) -> subprocess.Popen[bytes]:
    """`spicegen batch` with these arguments, in a process of its own."""
    command = [sys.executable, "-m", "spicegen.cli", "batch", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def content(directory: Path) -> list[dict[str, object]]:
    """Every row of a batch but for its times."""
    with open_results(directory) as store:
        rows = list(store.rows())
    return [{name: row[name] for name in row if name not in TIMES} for row in rows]
