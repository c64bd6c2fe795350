"""What every layer offers, and what every layer checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import NetworkError
from spicegen.weights.check import as_float64

Array = NDArray[np.float64]
Returns = Literal["sequence", "last"]


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """Every named signal inside one layer during a forward pass, in network units.

    Attributes:
        signals: arrays (sample, step, unit) by name; the layer's class lists the names.
            `out` is always among them: what the next layer sees.
    """

    signals: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        """The signal of that name, (sample, step, unit)."""
        return self.signals[name]

    @property
    def out(self) -> Array:
        """What the next layer sees, (sample, step, unit); one step if only the last is kept."""
        return self.signals["out"]


class Layer(Protocol):
    """One layer of a network: sizes, and a forward pass in float64."""

    @property
    def name(self) -> str:
        """Any text; unique in its network."""

    @property
    def input_size(self) -> int:
        """Features per step that the layer takes."""

    @property
    def output_size(self) -> int:
        """Values per step that the layer gives."""

    @property
    def recurrent(self) -> bool:
        """Whether a step depends on earlier steps."""

    @property
    def keeps_steps(self) -> bool:
        """Whether every step gives an output; False if only the last one does."""

    def forward(self, x: Array) -> LayerTrace:
        """All signals for inputs (sample, step, feature), states starting at zero."""


class RecurrentLayer(Layer, Protocol):
    """A recurrent layer of one direction: a frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def returns(self) -> Returns:
        """Which steps `out` holds."""


def checked_array(layer: str, array: str, value: Array, shape: tuple[int, ...]) -> Array:
    """A read-only float64 copy of a layer's array.

    Raises:
        NetworkError: not finite real numbers, or not of this shape.
    """
    where = f"layer '{layer}', array '{array}'"
    own = as_float64(np.array(value), where)
    if own.shape != shape:
        raise NetworkError(where, f"the shape must be {shape}", own.shape)
    own.flags.writeable = False
    return own


def check_input(layer: str, x: Array, input_size: int) -> None:
    """Refuse anything but (sample, step, feature) with `input_size` features.

    Raises:
        NetworkError: naming the layer and both shapes.
    """
    if x.ndim != 3 or x.shape[2] != input_size:
        raise NetworkError(
            f"layer '{layer}'", f"inputs must be (sample, step, {input_size})", x.shape
        )


def project(x: Array, weight: Array, bias: Array) -> Array:
    """weight @ x + bias for every sample and step: (sample, step, in) -> (sample, step, out).

    One matrix product over all samples and steps, so that its cost does not depend on how
    they are grouped.
    """
    samples, steps, features = x.shape
    flat = np.ascontiguousarray(x).reshape(samples * steps, features)
    projected: Array = (flat @ weight.T + bias).reshape(samples, steps, -1)
    return projected
