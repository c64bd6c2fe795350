"""A calibration as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from spicegen.calibration.calibrate import Calibration
from spicegen.calibration.fit import Fit
from spicegen.errors import InputError
from spicegen.mapping import Trims
from spicegen.mapping.trims import FACTORS


def write_calibration(calibration: Calibration, path: Path) -> None:
    """As JSON into the file `path`; `read_calibration` gives the same numbers."""
    content = {
        "kit": calibration.kit,
        "trims": _listed(calibration.trims.values),
        "start_volts": dict(calibration.trims.start_volts),
        "cells": _listed(calibration.cells),
        "ranges": dict(calibration.ranges),
        "fit": {key: value for key, value in asdict(calibration.fit).items() if key != "values"},
    }
    path.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def read_calibration(path: Path) -> Calibration:
    """From the file of an earlier run.

    Raises:
        InputError: it cannot be read, or holds something else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        trims, fit = _arrays(content["trims"]), content["fit"]
        return Calibration(
            Trims(trims, {name: float(volts) for name, volts in content["start_volts"].items()}),
            Fit(trims, _pair(fit["mean_pct"]), _pair(fit["max_pct"])),
            _arrays(content["cells"]),
            {name: _range(each) for name, each in content["ranges"].items()},
            str(content["kit"]),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"calibration.file {path}",
            "the file must be the calibration of a run",
            error,
            "name the calibration.json of a run directory",
        ) from error


def _listed(values: Mapping[str, Any]) -> dict[str, list[float]]:
    return {name: each.tolist() for name, each in values.items()}


def _arrays(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: np.array(each, dtype=np.float64) for name, each in values.items()}
    for name, each in found.items():
        if each.ndim != 1 or not np.isfinite(each).all():
            raise ValueError(f"{name} must be a list of finite numbers")
        if name.rsplit(".", 1)[-1] in FACTORS and (each <= 0).any():
            raise ValueError(f"{name} must be a list of factors above 0")
    return found


def _pair(values: Any) -> tuple[float, float]:
    first, second = map(float, values)
    return first, second


def _range(value: Any) -> float | list[float]:
    """One number above 0 or a list of them, as in `mapping.ranges`."""
    found = np.array(value, dtype=np.float64)
    if found.ndim > 1 or not (np.isfinite(found) & (found >= 0)).all():
        raise ValueError("ranges must be finite and 0 or more")
    listed: float | list[float] = found.tolist()
    return listed
