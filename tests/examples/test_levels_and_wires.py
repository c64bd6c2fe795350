"""The sweep over levels and wires, on a corner of its grid."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from pyarrow import parquet

from spicegen.design import Design

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "levels_and_wires" / "run.py"


@pytest.mark.skipif(
    "wires" not in type(Design().crossbar).model_fields, reason="needs crossbar.wires"
)
def test_more_levels_and_better_wires_are_better(ngspice_program: str, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("levels_and_wires", EXAMPLE)
    assert spec and spec.loader
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    rows = parquet.read_table(
        example.sweep(tmp_path / "b", steps=4, levels=(8, 256), segment_ohm=(0, 5))
    ).to_pylist()
    error = {
        (row["device.levels"], row["crossbar.wires.r_segment_ohm"]): row["mean_error_pct"]
        for row in rows
    }
    assert error[256, 0] < error[256, 5] < error[8, 0]
    assert len(list((tmp_path / "b" / "figures").iterdir())) == 1
