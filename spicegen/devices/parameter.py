"""Parameters of memristor models: unit, description, range; one float or one value per device."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import InputError, nearest

FloatArray: TypeAlias = NDArray[np.float64]
Value: TypeAlias = float | FloatArray
"""A scalar for all devices, or (devices,) values."""

INF = math.inf


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a model says about one of its parameters.

    Args:
        name: the same in the numpy, the subcircuit and the Verilog-A form.
        unit: SI; empty for a pure number.
        description: for people.
        low, high: the closed range of possible values (an infinite end is open).
        positive: the value must be above zero.
        choices: names of the values 0, 1, 2, ...; empty for a number.
        length: numbers of a curve, common to all devices; 0 for a plain parameter.
    """

    name: str
    unit: str
    description: str
    low: float = -INF
    high: float = INF
    positive: bool = False
    choices: tuple[str, ...] = ()
    length: int = 0

    def read(self, value: object, where: str) -> Value:
        """A checked value from a preset file or a user.

        Args:
            value: a number, (devices,) numbers, or one of the choices.
            where: for messages.
        Raises:
            InputError: no number or choice, not finite, or out of range.
        """
        if self.choices and isinstance(value, str):
            if value not in self.choices:
                hint = nearest(value, list(self.choices))
                rule = f"{self.name} must be one of {', '.join(self.choices)}"
                raise InputError(where, rule, repr(value), hint)
            return float(self.choices.index(value))
        if isinstance(value, bool | str) or not isinstance(value, int | float | list | np.ndarray):
            raise InputError(where, f"{self.name} must be a number", repr(value))
        numbers = np.asarray(value, dtype=np.float64)
        if self.length and numbers.shape != (self.length,):
            rule = f"{self.name} must be {self.length} numbers"
            raise InputError(where, rule, f"shape {numbers.shape}")
        self._check_range(numbers, where)
        return float(numbers) if numbers.ndim == 0 else numbers

    @property
    def range_text(self) -> str:
        """The range as people write it."""
        if self.choices:
            return " | ".join(self.choices)
        low = "(0" if self.positive else ("(-inf" if self.low == -INF else f"[{self.low:g}")
        high = "inf)" if self.high == INF else f"{self.high:g}]"
        return f"{low}, {high}"

    def _check_range(self, numbers: FloatArray, where: str) -> None:
        fits = np.isfinite(numbers) & (numbers >= self.low) & (numbers <= self.high)
        if self.positive:
            fits &= numbers > 0
        if self.choices:
            fits &= np.isin(numbers, np.arange(len(self.choices)))
        if not fits.all():
            unit = f" {self.unit}" if self.unit else ""
            raise InputError(
                where,
                f"{self.name} must lie in {self.range_text}{unit}",
                f"{numbers[~fits].flat[0]:g}",
                self.description,
            )


def parameter(
    unit: str,
    description: str,
    *,
    low: float = -INF,
    high: float = INF,
    positive: bool = False,
    choices: tuple[str, ...] = (),
    length: int = 0,
) -> Any:
    """A dataclass field of a model that carries what `Parameter` tells."""
    about = Parameter("", unit, description, low, high, positive, choices, length)
    return dataclasses.field(metadata={"parameter": about})


def parameters_of(model: type[Any]) -> tuple[Parameter, ...]:
    """The parameters of a model class, in the order of its fields."""
    return tuple(
        dataclasses.replace(field.metadata["parameter"], name=field.name)
        for field in dataclasses.fields(model)
    )
