"""Dense layers: a weight matrix, a bias and an activation function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from spicegen.errors import NetworkError, nearest
from spicegen.network.activations import ACTIVATIONS, Activation, softmax
from spicegen.network.kind import LayerDescription
from spicegen.network.layer import Array, LayerTrace, check_input, checked_array, project

Readout = Literal["none", "softmax"]


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """out = activation(weight @ x + bias), at every step alike.

    Signals of the trace: `pre` (before the activation) and `out`; with the softmax read-out
    also `probability`.

    A softmax is a read-out, not an activation: `out` stays the logits, which is what a
    circuit gives and what is compared. The largest logit is the largest probability, so
    class agreement needs no softmax.

    Attributes:
        name: any text.
        weight: (out, in).
        bias: (out,).
        activation: linear, relu, sigmoid or tanh.
        readout: "softmax" marks the outputs as logits of classes; needs a linear activation
            and the last place in the network.
    Raises:
        NetworkError: shapes disagree, entries are not finite, unknown activation or
            read-out, or a softmax behind an activation.
    """

    name: str
    weight: Array
    bias: Array
    activation: Activation = "linear"
    readout: Readout = "none"

    def __post_init__(self) -> None:
        if np.ndim(self.weight) != 2 or 0 in np.shape(self.weight):
            raise NetworkError(
                f"layer '{self.name}', array 'weight'",
                "the shape must be (output, input)",
                np.shape(self.weight),
            )
        weight = checked_array(self.name, "weight", self.weight, np.shape(self.weight))
        object.__setattr__(self, "weight", weight)
        bias = checked_array(self.name, "bias", self.bias, (self.output_size,))
        object.__setattr__(self, "bias", bias)
        if self.activation not in ACTIVATIONS:
            raise NetworkError(
                f"layer '{self.name}'",
                f"the activation must be one of {', '.join(ACTIVATIONS)}",
                self.activation,
                nearest(str(self.activation), list(ACTIVATIONS)),
            )
        if self.readout not in get_args(Readout):
            raise NetworkError(
                f"layer '{self.name}'", "readout must be 'none' or 'softmax'", self.readout
            )
        if self.readout == "softmax" and self.activation != "linear":
            raise NetworkError(
                f"layer '{self.name}'",
                "a softmax read-out needs a linear activation",
                self.activation,
                "put the activation into a layer of its own",
            )

    @property
    def input_size(self) -> int:
        """Features per step."""
        return int(self.weight.shape[1])

    @property
    def output_size(self) -> int:
        """Values per step."""
        return int(self.weight.shape[0])

    @property
    def recurrent(self) -> bool:
        """False: a step depends on nothing but its own input."""
        return False

    @property
    def keeps_steps(self) -> bool:
        """True: every step gives an output."""
        return True

    def forward(self, x: Array) -> LayerTrace:
        """The signals for inputs (sample, step, in), network units.

        Raises:
            NetworkError: the inputs have another shape.
        """
        check_input(self.name, x, self.input_size)
        pre = project(x, self.weight, self.bias)
        signals = {"pre": pre, "out": ACTIVATIONS[self.activation](pre)}
        if self.readout == "softmax":
            signals["probability"] = softmax(pre)
        return LayerTrace(signals)


class DenseDescription(LayerDescription):
    """`kind = "dense"` in network.toml."""

    kind: Literal["dense"]
    activation: Literal["linear", "relu", "sigmoid", "tanh", "softmax"] = "linear"

    def required(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """`weight` (units, in)."""
        return {"weight": (self.units, input_size)}

    def optional(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """`bias` (units,)."""
        return {"bias": (self.units,)}

    def build(self, arrays: Mapping[str, Array]) -> Dense:
        """The layer; an absent bias is zero, and softmax is a read-out of linear outputs."""
        bias = arrays.get("bias", np.zeros(self.units))
        if self.activation == "softmax":
            return Dense(self.name, arrays["weight"], bias, readout="softmax")
        return Dense(self.name, arrays["weight"], bias, self.activation)
