"""A network: layers in a row, and their float64 forward pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import InputError, NetworkError
from spicegen.network.dense import Dense
from spicegen.network.layer import Array, Layer, LayerTrace
from spicegen.network.listing import network_html
from spicegen.weights.check import as_float64


@dataclass(frozen=True, slots=True)
class NetworkTrace:
    """One forward pass, in network units.

    Attributes:
        inputs: (sample, step, feature).
        layers: every signal of every layer, by layer name; arrays (sample, step, unit).
        outputs: with the leading axes of the inputs as the user gave them: (sample, out)
            without recurrence, else (step, out) or (sample, step, out); the step axis is
            dropped where a layer returns the last step only.
    """

    inputs: Array
    layers: Mapping[str, LayerTrace]
    outputs: Array


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Layers in a row.

    Attributes:
        name: of the network.
        input_size: features per step.
        layers: from input to output.
    Raises:
        NetworkError: no layers, equal names, sizes that do not chain, recurrence after a
            layer that keeps only the last step, or a softmax before the last layer.
    """

    name: str
    input_size: int
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        where = f"network '{self.name}'"
        if not self.layers:
            raise NetworkError(where, "a network needs at least one layer")
        check_unique_names([layer.name for layer in self.layers], where)
        first = self.layers[0]
        if first.input_size != self.input_size:
            raise NetworkError(
                where,
                f"the network has {self.input_size} inputs, so its first layer "
                f"'{first.name}' must take {self.input_size}",
                first.input_size,
            )
        for before, after in pairwise(self.layers):
            if before.output_size != after.input_size:
                raise NetworkError(
                    where,
                    f"layer '{before.name}' gives {before.output_size} values, so layer "
                    f"'{after.name}' must take {before.output_size}",
                    after.input_size,
                )
        self._check_last_steps(where)
        for layer in self.layers[:-1]:
            if _has_softmax(layer):
                raise NetworkError(
                    where,
                    "softmax is a read-out, so only the last layer may have it",
                    f"'{layer.name}'",
                    "give this layer another activation",
                )

    def _check_last_steps(self, where: str) -> None:
        for before, after in pairwise(self.layers):
            if not before.keeps_steps and after.recurrent:
                raise NetworkError(
                    where,
                    f"layer '{before.name}' returns the last step only, so no recurrent layer "
                    "may follow",
                    f"'{after.name}'",
                    f"let '{before.name}' return the sequence",
                )

    @property
    def output_size(self) -> int:
        """Values per step, or per sample where the last step only is returned."""
        return self.layers[-1].output_size

    @property
    def classifies(self) -> bool:
        """Whether the outputs are logits of classes: the last layer has a softmax read-out."""
        return _has_softmax(self.layers[-1])

    @property
    def recurrent(self) -> bool:
        """Whether any layer is recurrent: if not, inputs have no step axis."""
        return any(layer.recurrent for layer in self.layers)

    def _repr_html_(self) -> str:
        """What a notebook shows: a row per layer."""
        return network_html(self.name, self.input_size, self.layers)

    def check_inputs(self, inputs: NDArray[Any], where: str = "inputs") -> Array:
        """Inputs as (sample, step, feature), after checking them.

        Args:
            inputs: (sample, feature) without recurrence, else (step, feature) or
                (sample, step, feature); network units.
            where: what the inputs are called in a message.
        Raises:
            InputError: other axes, another number of features, nothing in it, or entries
                that are not finite real numbers.
        """
        x = as_float64(np.asarray(inputs), where)
        axes = "(step, feature) or (sample, step, feature)"
        if not self.recurrent:
            axes = "(sample, feature), as this network has no recurrent layer"
        if x.ndim != 2 and not (x.ndim == 3 and self.recurrent):
            raise InputError(where, f"the axes must be {axes}", f"shape {x.shape}")
        if x.shape[-1] != self.input_size:
            raise InputError(
                where,
                f"network '{self.name}' takes {self.input_size} features (last axis)",
                f"shape {x.shape}",
                "choose other inputs, or transpose them",
            )
        if 0 in x.shape:
            raise InputError(where, "there must be at least one sample and step", f"{x.shape}")
        if x.ndim == 3:
            return x
        return x[np.newaxis] if self.recurrent else x[:, np.newaxis]

    def forward(self, inputs: NDArray[Any]) -> NetworkTrace:
        """All signals of all layers; equal inputs give equal bits.

        Args:
            inputs: as check_inputs takes them.
        Raises:
            InputError: the inputs do not fit.
            NetworkError: a signal overflows float64.
        """
        x = samples = self.check_inputs(inputs)
        traces: dict[str, LayerTrace] = {}
        with np.errstate(over="ignore", invalid="ignore"):  # checked below
            for layer in self.layers:
                traces[layer.name] = trace = layer.forward(x)
                _check_finite(layer.name, trace)
                x = trace.out
        if not self.recurrent or not all(layer.keeps_steps for layer in self.layers):
            x = x[:, 0]
        single = self.recurrent and np.ndim(inputs) == 2
        return NetworkTrace(samples, traces, x[0] if single else x)


def check_unique_names(names: Iterable[str], where: str) -> None:
    """Refuse two layers of one name.

    Raises:
        NetworkError: naming the place and the name.
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise NetworkError(where, "layer names must be unique", f"'{name}' twice")
        seen.add(name)


def _has_softmax(layer: Layer) -> bool:
    return isinstance(layer, Dense) and layer.readout == "softmax"


def _check_finite(layer: str, trace: LayerTrace) -> None:
    for name, signal in trace.signals.items():
        if not np.isfinite(signal).all():
            raise NetworkError(
                f"layer '{layer}', signal '{name}'",
                "the forward pass overflows float64",
                remedy="check the magnitude of weights and inputs",
            )
