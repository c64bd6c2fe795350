"""The simple recurrent layer of Elman 1990 (doi 10.1207/s15516709cog1402_1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spicegen.errors import NetworkError, nearest
from spicegen.network.activations import ACTIVATIONS, Activation
from spicegen.network.layer import Array, LayerTrace, Returns, check_input, checked_array, project
from spicegen.network.recurrent import RecurrentDescription, check_returns, recurrent_rows


@dataclass(frozen=True, slots=True, eq=False)
class Rnn:
    """h = activation(weight_ih @ x + weight_hh @ h' + bias), h' of the step before, 0 at first.

    Signals of the trace: `pre` (before the activation), `h`, `out`.

    Attributes:
        name: any text.
        weight_ih: (H, in).
        weight_hh: (H, H).
        bias: (H,), the sum of PyTorch's bias_ih and bias_hh.
        activation: tanh, relu, sigmoid or linear.
        returns: "sequence" gives h of every step, "last" h of the last step only.
    Raises:
        NetworkError: shapes disagree, entries are not finite, unknown activation or `returns`.
    """

    name: str
    weight_ih: Array
    weight_hh: Array
    bias: Array
    activation: Activation = "tanh"
    returns: Returns = "sequence"

    def __post_init__(self) -> None:
        units = recurrent_rows(self.name, self.weight_ih, "")
        shapes = {
            "weight_ih": np.shape(self.weight_ih),
            "weight_hh": (units, units),
            "bias": (units,),
        }
        for array, shape in shapes.items():
            own = checked_array(self.name, array, getattr(self, array), shape)
            object.__setattr__(self, array, own)
        if self.activation not in ACTIVATIONS:
            raise NetworkError(
                f"layer '{self.name}'",
                f"the activation must be one of {', '.join(ACTIVATIONS)}",
                self.activation,
                nearest(str(self.activation), list(ACTIVATIONS)),
            )
        check_returns(self.name, self.returns)

    @property
    def input_size(self) -> int:
        """Features per step."""
        return int(self.weight_ih.shape[1])

    @property
    def output_size(self) -> int:
        """Values per step: the number of units, H."""
        return int(self.weight_hh.shape[1])

    @property
    def recurrent(self) -> bool:
        """True: a step depends on all steps before it."""
        return True

    @property
    def keeps_steps(self) -> bool:
        """Whether every step gives an output."""
        return self.returns == "sequence"

    def forward(self, x: Array) -> LayerTrace:
        """All signals for inputs (sample, step, in), network units.

        Raises:
            NetworkError: the inputs have another shape.
        """
        check_input(self.name, x, self.input_size)
        samples, steps, _ = x.shape
        pre = project(x, self.weight_ih, self.bias)
        h = np.empty_like(pre)
        before = np.zeros((samples, self.output_size))
        recurrent_weight = np.ascontiguousarray(self.weight_hh.T)
        activation = ACTIVATIONS[self.activation]
        for step in range(steps):
            pre[:, step] += before @ recurrent_weight
            h[:, step] = before = activation(pre[:, step])
        return LayerTrace({"pre": pre, "h": h, "out": h if self.keeps_steps else h[:, -1:]})


class RnnDescription(RecurrentDescription):
    """`kind = "rnn"` in network.toml."""

    kind: Literal["rnn"]
    activation: Activation = "tanh"

    def cell_required(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """`weight_ih` (units, in) and `weight_hh` (units, units)."""
        return {"weight_ih": (self.units, input_size), "weight_hh": (self.units, self.units)}

    def cell_optional(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """`bias_ih` and `bias_hh` (units,)."""
        return {"bias_ih": (self.units,), "bias_hh": (self.units,)}

    def build_cell(self, arrays: Mapping[str, Array]) -> Rnn:
        """The layer; absent biases are zero."""
        none = np.zeros(self.units)
        bias = arrays.get("bias_ih", none) + arrays.get("bias_hh", none)
        return Rnn(
            self.name,
            arrays["weight_ih"],
            arrays["weight_hh"],
            bias,
            self.activation,
            self.returns,
        )
