"""A network description that grows layer by layer while a model is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from spicegen.errors import NetworkError
from spicegen.network.dense import DenseDescription
from spicegen.network.description import NetworkDescription
from spicegen.network.kind import LayerDescription
from spicegen.network.layer import Array
from spicegen.network.network import check_unique_names
from spicegen.network.recurrent import RecurrentDescription

Function = Literal["relu", "sigmoid", "tanh", "softmax"]


@dataclass
class Chain:
    """Layers in a row.

    Attributes:
        path: the model file.
        size: values per step at the end of the row; None until the first layer tells.
        layers: descriptions so far.
        arrays: `<layer>.<array>` so far.
    """

    path: Path
    size: int | None
    layers: list[LayerDescription] = field(default_factory=list)
    arrays: dict[str, Array] = field(default_factory=dict)
    _inputs: int | None = None

    def add(self, layer: LayerDescription, arrays: dict[str, Array], inputs: int) -> None:
        """Append a layer that takes `inputs` values per step.

        Raises:
            NetworkError: it does not take what the layer before gives.
        """
        if self.size is not None and self.size != inputs:
            raise NetworkError(
                f"{self.path}, layer '{layer.name}'", f"must take {self.size} values", inputs
            )
        if not self.layers:
            self._inputs = inputs
        self.layers.append(layer)
        self.arrays |= {f"{layer.name}.{array}": value for array, value in arrays.items()}
        twice = isinstance(layer, RecurrentDescription) and layer.bidirectional
        self.size = layer.units * 2 if twice else layer.units

    def activate(self, function: Function, name: str) -> None:
        """Apply a function to the outputs so far.

        A linear dense layer takes it over; behind anything else stands a dense layer of that
        name with the identity as its weight.

        Raises:
            NetworkError: the number of values is not known yet.
        """
        last = self.layers[-1] if self.layers else None
        if isinstance(last, DenseDescription) and last.activation == "linear":
            self.layers[-1] = last.model_copy(update={"activation": function})
            return
        if self.size is None:
            raise NetworkError(
                f"{self.path}, '{name}'",
                "the number of inputs is not known here",
                remedy="give the model a fixed input size",
            )
        layer = DenseDescription(name=name, kind="dense", units=self.size, activation=function)
        self.add(layer, {"weight": np.eye(self.size)}, self.size)

    def name(self, kind: str) -> str:
        """A name for the next layer: its kind and its place, counted from 1."""
        return f"{kind}{len(self.layers) + 1}"

    def describe(self) -> tuple[NetworkDescription, dict[str, Array]]:
        """What network.toml and its arrays would have said.

        Raises:
            NetworkError: no layer, or two of one name.
        """
        check_unique_names([layer.name for layer in self.layers], str(self.path))
        if self._inputs is None:
            raise NetworkError(str(self.path), "the model has no layer that can be imported")
        description = NetworkDescription(
            self.path.stem, self._inputs, self.path, tuple(self.layers)
        )
        return description, self.arrays
