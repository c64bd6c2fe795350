"""What recurrent layers share: the checks of their arrays, and their keys in network.toml."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import get_args

import numpy as np
from pydantic import model_validator

from spicegen.errors import NetworkError
from spicegen.network.bidirectional import Bidirectional, Reversed
from spicegen.network.kind import LayerDescription
from spicegen.network.layer import Array, Layer, RecurrentLayer, Returns

REVERSE = "_reverse"
"""Ends the array names of the second direction, as in PyTorch."""


def recurrent_rows(name: str, weight_ih: Array, blocks: str) -> int:
    """Rows of weight_ih, after checking that each block has one row per unit.

    Args:
        name: of the layer.
        weight_ih: (blocks x units, in).
        blocks: one letter per block of rows, in order; empty for a single block.
    Raises:
        NetworkError: not a table, empty, or rows that do not divide into the blocks.
    """
    shape, count = np.shape(weight_ih), max(len(blocks), 1)
    if len(shape) == 2 and 0 not in shape and shape[0] % count == 0:
        return int(shape[0])
    expected = "(units, input)"
    if blocks:
        expected = f"({count} x units, input), one block of rows per gate {' '.join(blocks)}"
    raise NetworkError(f"layer '{name}', array 'weight_ih'", f"the shape must be {expected}", shape)


def check_returns(name: str, returns: str) -> None:
    """Refuse anything but "sequence" and "last".

    Raises:
        NetworkError: naming the layer and the value.
    """
    if returns not in get_args(Returns):
        raise NetworkError(f"layer '{name}'", "returns must be 'sequence' or 'last'", returns)


class RecurrentDescription(LayerDescription):
    """The keys that rnn, lstm and gru layers share in network.toml.

    Attributes:
        returns: "sequence" or "last".
        bidirectional: a second set of arrays, ending in `_reverse`, reads the steps from the
            last to the first; both results stand side by side, 2 x units values per step.
        reverse: the only direction reads the steps from the last to the first.
    """

    returns: Returns = "sequence"
    bidirectional: bool = False
    reverse: bool = False

    @model_validator(mode="after")
    def _one_direction_choice(self) -> RecurrentDescription:
        if self.bidirectional and self.reverse:
            raise ValueError("bidirectional and reverse exclude each other")
        return self

    @abstractmethod
    def cell_required(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """Shapes of the arrays that one direction must have."""

    @abstractmethod
    def cell_optional(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """Shapes of the arrays that one direction may lack."""

    @abstractmethod
    def build_cell(self, arrays: Mapping[str, Array]) -> RecurrentLayer:
        """One direction from its arrays, whose shapes have been checked."""

    def required(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """The required arrays of all directions."""
        return self._of_directions(self.cell_required(input_size))

    def optional(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """The optional arrays of all directions."""
        return self._of_directions(self.cell_optional(input_size))

    def build(self, arrays: Mapping[str, Array]) -> Layer:
        """The layer, with its second direction where there is one."""
        ahead = {name: array for name, array in arrays.items() if not name.endswith(REVERSE)}
        cell = self.build_cell(ahead)
        if self.reverse:
            return Reversed(self.name, cell)
        if not self.bidirectional:
            return cell
        back = {
            name.removesuffix(REVERSE): array
            for name, array in arrays.items()
            if name.endswith(REVERSE)
        }
        return Bidirectional(self.name, cell, self.build_cell(back))

    def _of_directions(self, shapes: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        if not self.bidirectional:
            return shapes
        return shapes | {f"{name}{REVERSE}": shape for name, shape in shapes.items()}
