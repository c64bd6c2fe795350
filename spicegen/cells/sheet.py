"""The data sheet of a cell: values, curves, and under which conditions they were measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import InputError

FloatArray = NDArray[np.float64]
Curve = Mapping[str, FloatArray]
"""Columns by name, the unit as suffix: `x_volts` (points,), ... ; a surface over two of them is
(first, second)."""


@dataclass(frozen=True, slots=True, eq=False)
class DataSheet:
    """What was measured of one cell.

    Attributes:
        cell: its name.
        kit, corner, temperature_celsius, v_supply_volts: under which conditions.
        mismatch_seed: chip that the cell is of; None: its devices are as drawn.
        values: by name, with the unit as suffix.
        curves: by name.
    """

    cell: str
    kit: str
    corner: str
    temperature_celsius: float
    v_supply_volts: float
    mismatch_seed: int | None
    values: Mapping[str, float]
    curves: Mapping[str, Curve]

    def as_dict(self) -> dict[str, Any]:
        """As JSON holds it: arrays become lists."""
        return asdict(self) | {
            "values": dict(self.values),
            "curves": {
                name: {column: array.tolist() for column, array in curve.items()}
                for name, curve in self.curves.items()
            },
        }

    def write(self, path: Path) -> None:
        """As a JSON file; `read` gives the same numbers."""
        text = json.dumps(self.as_dict(), indent=1, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> DataSheet:
        """A data sheet from its JSON file.

        Raises:
            InputError: the file is no data sheet.
        """
        try:
            return cls.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError(
                str(path), "the file must be the data sheet of a cell", error
            ) from error

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> DataSheet:
        """The opposite of `as_dict`."""
        curves = {
            name: {column: np.array(values, dtype=np.float64) for column, values in curve.items()}
            for name, curve in content["curves"].items()
        }
        return cls(**{**content, "curves": curves})
