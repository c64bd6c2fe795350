"""LSTM layers in all variants of Greff et al. 2017."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from spicegen.errors import NetworkError, nearest
from spicegen.network.layer import Array, LayerTrace, Returns, check_input, checked_array, project
from spicegen.network.lstm_steps import GATES, lstm_signals
from spicegen.network.lstm_variants import VARIANTS, LstmVariant, Variant
from spicegen.network.recurrent import RecurrentDescription, check_returns, recurrent_rows


@dataclass(frozen=True, slots=True, eq=False)
class Lstm:
    """i, f, o = sigmoid(pre), g = tanh(pre_g), c = f c' + i g, h = o tanh(c).

    pre = weight_ih @ x + weight_hh @ h' + bias, where h' and c' belong to the step before
    (zero before the first). Hochreiter and Schmidhuber 1997 (doi 10.1162/neco.1997.9.8.1735)
    with the forget gate of Gers et al. 2000 (doi 10.1162/089976600300015015). Peepholes add
    peephole_i c' to pre_i, peephole_f c' to pre_f and peephole_o c to pre_o; full gate
    recurrence adds gates_hh @ [i' f' o'] to pre_i, pre_f, pre_o. `lstm_variants.VARIANTS` says
    what each variant keeps (Greff et al. 2017, doi 10.1109/TNNLS.2016.2582924).

    Signals of the trace: `pre_i pre_f pre_g pre_o` (before the activations), `i f g o`
    (after them), `c`, `h` (the states at the end of the step), `out`. A gate that the variant
    leaves out has neither signal; with cifg there is `f` = 1 - i but no `pre_f`.

    Attributes:
        name: any text.
        weight_ih: (4 H, in), gates in the order i, f, g, o; the rows of gates that the
            variant leaves out are ignored.
        weight_hh: (4 H, H).
        bias: (4 H,), the sum of PyTorch's bias_ih and bias_hh.
        returns: "sequence" gives h of every step, "last" h of the last step only.
        variant: np, vanilla, nig, nfg, nog, niaf, noaf, cifg or fgr.
        peephole_i, peephole_f, peephole_o: (H,), or None where that gate has none.
        gates_hh: (3 H, 3 H), rows i f o, columns i f o of the step before; fgr only.
    Raises:
        NetworkError: shapes disagree, entries are not finite, unknown `returns` or `variant`,
            or arrays that the variant does not have.
    """

    name: str
    weight_ih: Array
    weight_hh: Array
    bias: Array
    returns: Returns = "sequence"
    variant: Variant = field(default="np", kw_only=True)
    peephole_i: Array | None = field(default=None, kw_only=True)
    peephole_f: Array | None = field(default=None, kw_only=True)
    peephole_o: Array | None = field(default=None, kw_only=True)
    gates_hh: Array | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        rows = recurrent_rows(self.name, self.weight_ih, "ifgo")
        units = rows // 4
        if self.variant not in VARIANTS:
            raise NetworkError(
                f"layer '{self.name}'",
                f"the variant must be one of {', '.join(VARIANTS)}",
                self.variant,
                nearest(str(self.variant), list(VARIANTS)),
            )
        check_returns(self.name, self.returns)
        shapes = {
            "weight_ih": np.shape(self.weight_ih),
            "weight_hh": (rows, units),
            "bias": (rows,),
        }
        for array, shape in (shapes | self._extra_shapes(units)).items():
            own = checked_array(self.name, array, getattr(self, array), shape)
            object.__setattr__(self, array, own)

    def _extra_shapes(self, units: int) -> dict[str, tuple[int, ...]]:
        """Shapes of the peepholes and gate recurrences that are present."""
        shapes: dict[str, tuple[int, ...]] = {f"peephole_{gate}": (units,) for gate in "ifo"}
        shapes["gates_hh"] = (3 * units, 3 * units)
        present = {name: shape for name, shape in shapes.items() if getattr(self, name) is not None}
        allowed = [f"peephole_{gate}" for gate in self.cell.peepholes]
        allowed += ["gates_hh"] if self.cell.gate_recurrence else []
        for name in present:
            if name not in allowed:
                raise NetworkError(
                    f"layer '{self.name}', array '{name}'",
                    f"variant '{self.variant}' ({self.cell.meaning}) has no such array",
                    remedy="leave it out or choose another variant",
                )
        if self.cell.gate_recurrence and self.gates_hh is None:
            raise NetworkError(f"layer '{self.name}'", "variant 'fgr' needs the array 'gates_hh'")
        return present

    @property
    def cell(self) -> LstmVariant:
        """What the variant keeps of the full cell."""
        return VARIANTS[self.variant]

    @property
    def gates(self) -> tuple[str, ...]:
        """Gates with weights of their own, in the order of their rows."""
        return self.cell.gates

    @property
    def peepholes(self) -> dict[str, Array]:
        """Peephole weights (H,) by gate, where present."""
        found = {gate: getattr(self, f"peephole_{gate}") for gate in "ifo"}
        return {gate: weight for gate, weight in found.items() if weight is not None}

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
        pre = project(x, self.weight_ih, self.bias)
        signals = lstm_signals(pre, self.weight_hh, self.peepholes, self.gates_hh, self.cell)
        h = signals["h"]
        return LayerTrace(signals | {"out": h if self.keeps_steps else h[:, -1:]})


class LstmDescription(RecurrentDescription):
    """`kind = "lstm"` in network.toml."""

    kind: Literal["lstm"]
    variant: Variant = "np"

    def cell_required(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """`weight_ih` (4 units, in), `weight_hh` (4 units, units), `gates_hh` for fgr."""
        rows = 4 * self.units
        shapes: dict[str, tuple[int, ...]] = {
            "weight_ih": (rows, input_size),
            "weight_hh": (rows, self.units),
        }
        if VARIANTS[self.variant].gate_recurrence:
            shapes["gates_hh"] = (3 * self.units, 3 * self.units)
        return shapes

    def cell_optional(self, input_size: int) -> dict[str, tuple[int, ...]]:
        """`bias_ih` and `bias_hh` (4 units,), and `peephole_*` (units,) of the variant."""
        shapes: dict[str, tuple[int, ...]] = {
            "bias_ih": (4 * self.units,),
            "bias_hh": (4 * self.units,),
        }
        peepholes = VARIANTS[self.variant].peepholes
        return shapes | {f"peephole_{gate}": (self.units,) for gate in peepholes}

    def build_cell(self, arrays: Mapping[str, Array]) -> Lstm:
        """The layer; absent biases are zero, absent peepholes are none."""
        none = np.zeros(4 * self.units)
        bias = arrays.get("bias_ih", none) + arrays.get("bias_hh", none)
        return Lstm(
            self.name,
            arrays["weight_ih"],
            arrays["weight_hh"],
            bias,
            self.returns,
            variant=self.variant,
            peephole_i=arrays.get("peephole_i"),
            peephole_f=arrays.get("peephole_f"),
            peephole_o=arrays.get("peephole_o"),
            gates_hh=arrays.get("gates_hh"),
        )
