"""Gated recurrent units in both conventions of the reset gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spicegen.errors import NetworkError
from spicegen.network.activations import sigmoid
from spicegen.network.layer import Array, LayerTrace, Returns, check_input, checked_array, project
from spicegen.network.recurrent import RecurrentDescription, check_returns, recurrent_rows

GATES = ("r", "z", "n")
"""Order of the gates in the rows of every GRU array: reset, update, candidate."""


@dataclass(frozen=True, slots=True, eq=False)
class Gru:
    """r, z = sigmoid(pre), n = tanh(pre_n), h = (1 - z) n + z h'.

    pre_r and pre_z = weight_ih @ x + weight_hh @ h' + bias, with h' of the step before, zero
    before the first. Where the reset gate acts is a convention:

    - reset_after (PyTorch, cuDNN, Keras' default, ONNX linear_before_reset = 1): after the
      recurrent product, rec_n = weight_hh_n @ h' + bias_hn and
      pre_n = weight_ih_n @ x + bias_n + r rec_n;
    - before it (Cho et al. 2014, doi 10.3115/v1/D14-1179; Keras reset_after=False, ONNX
      linear_before_reset = 0): reset_h = r h' and
      pre_n = weight_ih_n @ x + bias_n + weight_hh_n @ reset_h.

    Signals of the trace: `pre_r pre_z pre_n` (before the activations), `r z n` (after them),
    `rec_n` with reset_after or `reset_h` without, `h`, `out`.

    Attributes:
        name: any text.
        weight_ih: (3 H, in), gates in the order r, z, n.
        weight_hh: (3 H, H).
        bias: (3 H,), what is added outside the reset: the sum of bias_ih and bias_hh, but for
            n with reset_after bias_ih alone.
        bias_hn: (H,), bias_hh of n with reset_after, inside the reset; zero without.
        reset_after: the convention.
        returns: "sequence" gives h of every step, "last" h of the last step only.
    Raises:
        NetworkError: shapes disagree, entries are not finite, unknown `returns`, or a bias_hn
            where the reset comes first.
    """

    name: str
    weight_ih: Array
    weight_hh: Array
    bias: Array
    bias_hn: Array
    reset_after: bool = True
    returns: Returns = "sequence"

    def __post_init__(self) -> None:
        rows = recurrent_rows(self.name, self.weight_ih, "rzn")
        shapes = {
            "weight_ih": np.shape(self.weight_ih),
            "weight_hh": (rows, rows // 3),
            "bias": (rows,),
            "bias_hn": (rows // 3,),
        }
        for array, shape in shapes.items():
            own = checked_array(self.name, array, getattr(self, array), shape)
            object.__setattr__(self, array, own)
        if not self.reset_after and self.bias_hn.any():
            raise NetworkError(
                f"layer '{self.name}', array 'bias_hn'",
                "must be zero where the reset comes before the recurrent product",
                remedy="add it to the rows of n in bias",
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

    def gate_rows(self, gate: str) -> slice:
        """Rows of weight_ih, weight_hh and bias that belong to gate r, z or n."""
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
        recurrent_weight = np.ascontiguousarray(self.weight_hh.T)
        both, candidate = slice(0, 2 * units), slice(2 * units, 3 * units)
        active = np.empty_like(pre)
        h, inner = np.empty((2, samples, steps, units))
        before = np.zeros((samples, units))
        for step in range(steps):
            now = pre[:, step]
            if self.reset_after:
                recurrent = before @ recurrent_weight
                now[:, both] += recurrent[:, both]
            else:
                now[:, both] += before @ recurrent_weight[:, both]
            active[:, step, both] = gates = sigmoid(now[:, both])
            r, z = gates[:, :units], gates[:, units:]
            if self.reset_after:
                inner[:, step] = rec_n = recurrent[:, candidate] + self.bias_hn
                now[:, candidate] += r * rec_n
            else:
                inner[:, step] = reset_h = r * before
                now[:, candidate] += reset_h @ recurrent_weight[:, candidate]
            active[:, step, candidate] = n = np.tanh(now[:, candidate])
            h[:, step] = before = (1.0 - z) * n + z * before
        signals = {f"pre_{gate}": pre[..., self.gate_rows(gate)] for gate in GATES}
        signals |= {gate: active[..., self.gate_rows(gate)] for gate in GATES}
        signals["rec_n" if self.reset_after else "reset_h"] = inner
        return LayerTrace(signals | {"h": h, "out": h if self.keeps_steps else h[:, -1:]})


class GruDescription(RecurrentDescription):
    """`kind = "gru"` in network.toml."""

    kind: Literal["gru"]
    reset_after: bool = True

    def cell_required(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """`weight_ih` (3 units, in) and `weight_hh` (3 units, units)."""
        rows = 3 * self.units
        return {"weight_ih": (rows, input_size), "weight_hh": (rows, self.units)}

    def cell_optional(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """`bias_ih` and `bias_hh` (3 units,)."""
        return {"bias_ih": (3 * self.units,), "bias_hh": (3 * self.units,)}

    def build_cell(self, arrays: Mapping[str, Array]) -> Gru:
        """The layer; absent biases are zero."""
        none = np.zeros(3 * self.units)
        bias, bias_hh = arrays.get("bias_ih", none), arrays.get("bias_hh", none)
        bias_hn = np.zeros(self.units)
        if self.reset_after:
            bias_hn, bias_hh = bias_hh[2 * self.units :], bias_hh.copy()
            bias_hh[2 * self.units :] = 0.0
        return Gru(
            self.name,
            arrays["weight_ih"],
            arrays["weight_hh"],
            bias + bias_hh,
            bias_hn,
            self.reset_after,
            self.returns,
        )
