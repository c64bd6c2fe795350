"""LSTM layers without peepholes, as PyTorch defines them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from spicegen.errors import NetworkError
from spicegen.network.kind import LayerDescription
from spicegen.network.layer import Array, LayerTrace, Returns, check_input, checked_array, project

GATES = ("i", "f", "g", "o")
"""Order of the gates in the rows of every LSTM array: input, forget, candidate, output."""


@dataclass(frozen=True, slots=True, eq=False)
class Lstm:
    """i, f, o = sigmoid(pre), g = tanh(pre_g), c = f c' + i g, h = o tanh(c).

    pre = weight_ih @ x + weight_hh @ h' + bias, where h' and c' belong to the step before
    (zero before the first). Hochreiter and Schmidhuber 1997 (doi 10.1162/neco.1997.9.8.1735)
    with the forget gate of Gers et al. 2000 (doi 10.1162/089976600300015015).

    Signals of the trace: `pre_i pre_f pre_g pre_o` (before the activations), `i f g o`
    (after them), `c`, `h` (the states at the end of the step), `out`.

    Attributes:
        name: any text.
        weight_ih: (4 H, in), gates in the order i, f, g, o.
        weight_hh: (4 H, H).
        bias: (4 H,), the sum of PyTorch's bias_ih and bias_hh.
        returns: "sequence" gives h of every step, "last" h of the last step only.
    Raises:
        NetworkError: shapes disagree, entries are not finite, unknown `returns`.
    """

    name: str
    weight_ih: Array
    weight_hh: Array
    bias: Array
    returns: Returns = "sequence"

    def __post_init__(self) -> None:
        shape = np.shape(self.weight_ih)
        if len(shape) != 2 or 0 in shape or shape[0] % 4:
            raise NetworkError(
                f"layer '{self.name}', array 'weight_ih'",
                "the shape must be (4 x units, input), one block of rows per gate i f g o",
                shape,
            )
        shapes = {"weight_ih": shape, "weight_hh": (shape[0], shape[0] // 4), "bias": shape[:1]}
        for array, expected in shapes.items():
            own = checked_array(self.name, array, getattr(self, array), expected)
            object.__setattr__(self, array, own)
        if self.returns not in get_args(Returns):
            raise NetworkError(
                f"layer '{self.name}'", "returns must be 'sequence' or 'last'", self.returns
            )

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

    def gate_rows(self, gate: str) -> slice:
        """Rows of weight_ih, weight_hh and bias that belong to gate i, f, g or o."""
        first = GATES.index(gate) * self.output_size
        return slice(first, first + self.output_size)

    def forward(self, x: Array) -> LayerTrace:
        """All signals for inputs (sample, step, in), network units.

        Raises:
            NetworkError: the inputs have another shape.
        """
        check_input(self.name, x, self.input_size)
        samples, steps, _ = x.shape
        units = self.output_size
        pre = project(x, self.weight_ih, self.bias)
        gates = np.empty_like(pre).reshape(samples, steps, 4, units)
        h, c = np.empty((2, samples, steps, units))
        h_before, c_before = np.zeros((2, samples, units))
        # sigmoid(x) = 0.5 + 0.5 tanh(0.5 x), so one tanh serves all four gates.
        slope = np.repeat([0.5, 0.5, 1.0, 0.5], units)
        offset = np.repeat([0.5, 0.5, 0.0, 0.5], units)
        recurrent_weight = np.ascontiguousarray(self.weight_hh.T)
        for step in range(steps):
            pre[:, step] += h_before @ recurrent_weight
            active = np.tanh(pre[:, step] * slope) * slope + offset
            gates[:, step] = active.reshape(samples, 4, units)
            i, f, g, o = (gates[:, step, gate] for gate in range(4))
            c[:, step] = c_before = f * c_before + i * g
            h[:, step] = h_before = o * np.tanh(c_before)
        signals = {f"pre_{gate}": pre[..., self.gate_rows(gate)] for gate in GATES}
        signals |= {gate: gates[:, :, index] for index, gate in enumerate(GATES)}
        signals |= {"c": c, "h": h, "out": h if self.keeps_steps else h[:, -1:]}
        return LayerTrace(signals)


class LstmDescription(LayerDescription):
    """`kind = "lstm"` in network.toml."""

    kind: Literal["lstm"]
    variant: Literal["np"] = "np"
    returns: Returns = "sequence"
    bidirectional: Literal[False] = False

    def required(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """`weight_ih` (4 units, in) and `weight_hh` (4 units, units)."""
        rows = 4 * self.units
        return {"weight_ih": (rows, input_size), "weight_hh": (rows, self.units)}

    def optional(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """`bias_ih` and `bias_hh` (4 units,)."""
        return {"bias_ih": (4 * self.units,), "bias_hh": (4 * self.units,)}

    def build(self, arrays: Mapping[str, Array]) -> Lstm:
        """The layer; absent biases are zero."""
        none = np.zeros(4 * self.units)
        bias = arrays.get("bias_ih", none) + arrays.get("bias_hh", none)
        return Lstm(self.name, arrays["weight_ih"], arrays["weight_hh"], bias, self.returns)
