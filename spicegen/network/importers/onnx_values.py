"""What a tensor of an ONNX graph is, as far as reading the graph has to know.

A tensor is a constant (a numpy array; sizes that the file leaves open stand in it as the
words "sample" or "step"), a `Uniform` array of unknown size, or a `Signal`: values that a
layer gives. Exporters wrap layers in transpositions, squeezes, slices and reshapes; a signal
carries the meaning of each of its axes through them, so that at the end it is known, and not
guessed, which values reach the next layer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from numpy.typing import NDArray

from spicegen.errors import NetworkError

Label = Literal["sample", "step", "direction", "unit", "part", "one", "rows"]
When = Literal["all", "final"]


class WrongAxesError(NetworkError):
    """The axes do not have the meaning that an operator needs; another reading might fit."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a signal.

    Attributes:
        label: sample, step, unit; direction (of a recurrent node, or of several stacked);
            part (one of several axes of an input that are all features); one (an added axis
            of size 1); rows (samples and steps in one).
        size: None where the file leaves it open.
        merged: the axes inside rows.
    """

    label: Label
    size: int | None
    merged: tuple[Axis, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one direction of one layer gives.

    Attributes:
        token: of the chain's end when the layer was appended; tells signals of different
            layers, and of one layer before and after its activation, apart.
        backward: it reads the steps from the last to the first.
        when: all steps, or only the final state.
    """

    token: int
    backward: bool = False
    when: When = "all"


@dataclass(frozen=True, slots=True)
class Signal:
    """Values of layers.

    Attributes:
        axes: from the outermost in.
        parts: along the direction axis, or one after the other along the unit axis.
    """

    axes: tuple[Axis, ...]
    parts: tuple[Part, ...]

    @property
    def labels(self) -> tuple[Label, ...]:
        """Of the axes."""
        return tuple(axis.label for axis in self.axes)

    def at(self, when: When) -> tuple[Part, ...]:
        """The parts, at other steps."""
        return tuple(replace(part, when=when) for part in self.parts)

    def without(self, position: int) -> tuple[Axis, ...]:
        """The axes but one."""
        return self.axes[:position] + self.axes[position + 1 :]


@dataclass(frozen=True, slots=True)
class Uniform:
    """An array of one number, of a size that need not be known."""

    number: float


Value = NDArray[Any] | Uniform | Signal


def normal_axis(axis: int, rank: int, where: str) -> int:
    """The axis counted from 0.

    Raises:
        NetworkError: there is no such axis.
    """
    if not -rank <= axis < rank:
        raise NetworkError(where, f"the axis must lie in -{rank} .. {rank - 1}", axis)
    return axis % rank
