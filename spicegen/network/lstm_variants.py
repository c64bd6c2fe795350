"""The LSTM variants of Greff et al. 2017 (doi 10.1109/TNNLS.2016.2582924, section III).

The paper changes one thing at a time in the vanilla LSTM (with peepholes). Here the peepholes
of nig, nfg, nog, niaf, noaf and cifg are optional, as most trained networks have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Variant = Literal["np", "vanilla", "nig", "nfg", "nog", "niaf", "noaf", "cifg", "fgr"]


@dataclass(frozen=True, slots=True)
class LstmVariant:
    """What a variant keeps of the full cell.

    Attributes:
        meaning: in words.
        gates: those with weights of their own; the rows of the others are ignored.
        peepholes: gates that may see the cell state.
        coupled: f = 1 - i instead of weights of its own.
        input_tanh: g = tanh(pre_g); otherwise g = pre_g.
        output_tanh: h = o tanh(c); otherwise h = o c.
        gate_recurrence: i, f and o see i, f and o of the step before.
    """

    meaning: str
    gates: tuple[str, ...] = ("i", "f", "g", "o")
    peepholes: tuple[str, ...] = ("i", "f", "o")
    coupled: bool = False
    input_tanh: bool = True
    output_tanh: bool = True
    gate_recurrence: bool = False


VARIANTS: dict[str, LstmVariant] = {
    "np": LstmVariant("no peepholes (PyTorch, Keras)", peepholes=()),
    "vanilla": LstmVariant("with peepholes"),
    "nig": LstmVariant("no input gate, i = 1", gates=("f", "g", "o"), peepholes=("f", "o")),
    "nfg": LstmVariant("no forget gate, f = 1", gates=("i", "g", "o"), peepholes=("i", "o")),
    "nog": LstmVariant("no output gate, o = 1", gates=("i", "f", "g"), peepholes=("i", "f")),
    "niaf": LstmVariant("no input activation function, g = pre_g", input_tanh=False),
    "noaf": LstmVariant("no output activation function, h = o c", output_tanh=False),
    "cifg": LstmVariant(
        "coupled input and forget gate, f = 1 - i",
        gates=("i", "g", "o"),
        peepholes=("i", "o"),
        coupled=True,
    ),
    "fgr": LstmVariant("full gate recurrence", gate_recurrence=True),
}
"""Every variant by its name in network.toml."""
