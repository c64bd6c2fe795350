"""Calibrations as files: what comes back, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spicegen as sg
from spicegen.calibration import Calibration, read_calibration, write_calibration
from spicegen.calibration.fit import Fit
from spicegen.design import Design
from spicegen.errors import InputError
from spicegen.mapping import Trims

VALUES = {"r.g.gain": np.array([1.01, 0.98]), "r.g.trim": np.array([1e-3, -2 / 3])}
FOUND = Calibration(
    Trims(VALUES, {"nb": 0.77}),
    Fit(VALUES, (3.0, 0.1), (7.0, 0.3)),
    {"r.g.cell_gain": np.array([1.0, 1.1])},
    {"input": 1.5, "r.g": [0.5, 0.0]},
    "gf180mcu",
)


def test_a_calibration_reads_back_exactly(tmp_path: Path) -> None:
    write_calibration(FOUND, tmp_path / "c.json")
    again = read_calibration(tmp_path / "c.json")
    assert again.trims.values.keys() == VALUES.keys()
    assert all(np.array_equal(again.trims.values[name], VALUES[name]) for name in VALUES)
    assert np.array_equal(again.cells["r.g.cell_gain"], FOUND.cells["r.g.cell_gain"])
    assert (again.ranges, again.kit) == (FOUND.ranges, FOUND.kit)
    assert (again.trims.start_volts, again.fit.mean_pct) == ({"nb": 0.77}, (3.0, 0.1))


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "another JSON": (lambda _: [1, 2], "list indices"),
    "no kit": (lambda c: {k: v for k, v in c.items() if k != "kit"}, "'kit'"),
    "NaN": (lambda c: c | {"trims": {"r.g.trim": [float("nan")]}}, "a list of finite numbers"),
    "text": (lambda c: c | {"trims": {"r.g.trim": ["x"]}}, "could not convert string"),
    "a surface": (lambda c: c | {"cells": {"r.g.trim": [[1.0]]}}, "a list of finite numbers"),
    "no factor": (lambda c: c | {"trims": {"r.g.gain": [1.0, 0.0]}}, "factors above 0"),
    "a wild range": (lambda c: c | {"ranges": {"input": float("inf")}}, "ranges must be finite"),
    "ranges of text": (lambda c: c | {"ranges": {"input": "1 V"}}, "could not convert string"),
    "half a fit": (lambda c: c | {"fit": {"mean_pct": [1.0], "max_pct": [1.0, 2.0]}}, "unpack"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_what_is_no_calibration_is_refused(kind: str, tmp_path: Path) -> None:
    change, words = CHANGES[kind]
    path = tmp_path / "c.json"
    write_calibration(FOUND, path)
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(InputError, match=f"c.json: the file must be the calibration.*{words}"):
        read_calibration(path)


def test_half_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    write_calibration(FOUND, path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="the file must be the calibration of a run"):
        read_calibration(path)


def complete(ranges: dict[str, Any], kit: str = "gf180mcu") -> Design:
    design = sg.load_design(None, ["fidelity=transistor", f"pdk.name={kit}"])
    mapping = design.mapping.model_copy(update={"ranges": ranges})
    return design.model_copy(update={"mapping": mapping})


def test_a_calibration_belongs_to_its_network_and_kit() -> None:
    FOUND.check("here", complete({"input": 2.0, "r.g": [1.0, 1.0]}))
    with pytest.raises(InputError, match=r"here: the trims must be .* sky130, got 'gf180mcu'"):
        FOUND.check("here", complete({"input": 2.0, "r.g": [1.0, 1.0]}, "sky130"))
    with pytest.raises(InputError, match=r"2 units of signal 'r\.g' where this network has 3"):
        FOUND.check("here", complete({"input": 2.0, "r.g": [1.0, 1.0, 1.0]}))
    with pytest.raises(InputError, match=r"0 units of signal 's\.g' where this network has 2"):
        FOUND.check("here", complete({"input": 2.0, "s.g": [1.0, 1.0], "r.g": [1.0, 1.0]}))
