"""The step equations of the LSTM and of all its variants."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spicegen.network.activations import sigmoid
from spicegen.network.layer import Array
from spicegen.network.lstm_variants import LstmVariant

GATES = ("i", "f", "g", "o")
"""Order of the gates in the rows of every LSTM array: input, forget, candidate, output."""


def lstm_signals(
    pre: Array,
    weight_hh: Array,
    peepholes: Mapping[str, Array],
    gates_hh: Array | None,
    cell: LstmVariant,
) -> dict[str, Array]:
    """Every signal of an LSTM, states starting at zero.

    Args:
        pre: (sample, step, 4 H), weight_ih @ x + bias, gates i f g o; completed in place.
        weight_hh: (4 H, H).
        peepholes: (H,) by gate.
        gates_hh: (3 H, 3 H), rows and columns i f o; None without gate recurrence.
        cell: what the variant keeps.
    Returns:
        `pre_*` and gates as far as the variant has them, `c`, `h`; arrays (sample, step, H).
    """
    samples, steps, rows = pre.shape
    units = rows // 4
    blocks = {gate: slice(k * units, (k + 1) * units) for k, gate in enumerate(GATES)}
    gated = np.r_[blocks["i"], blocks["f"], blocks["o"]]
    # sigmoid(x) = 0.5 + 0.5 tanh(0.5 x), so one tanh serves all four gates.
    slope = np.repeat([0.5, 0.5, 1.0, 0.5], units)
    offset = np.repeat([0.5, 0.5, 0.0, 0.5], units)
    recurrent_weight = np.ascontiguousarray(weight_hh.T)
    active = np.empty_like(pre)
    c, h = np.empty((2, samples, steps, units))
    c_before, h_before = np.zeros((2, samples, units))
    active_before = np.zeros((samples, rows))
    for step in range(steps):
        now = pre[:, step]
        now += h_before @ recurrent_weight
        if gates_hh is not None:
            now[:, gated] += active_before[:, gated] @ gates_hh.T
        for gate in "if":
            if gate in peepholes:
                now[:, blocks[gate]] += peepholes[gate] * c_before
        gates = active[:, step]
        gates[:] = np.tanh(now * slope) * slope + offset
        _pin(gates, now, blocks, cell)
        i, f, g, o = (gates[:, blocks[gate]] for gate in GATES)
        c[:, step] = c_before = f * c_before + i * g
        if "o" in peepholes:  # sees the new cell state
            now[:, blocks["o"]] += peepholes["o"] * c_before
            o[:] = sigmoid(now[:, blocks["o"]])
        active_before = gates
        h[:, step] = h_before = o * (np.tanh(c_before) if cell.output_tanh else c_before)
    signals = {f"pre_{gate}": pre[..., blocks[gate]] for gate in cell.gates}
    shown = (*cell.gates, "f") if cell.coupled else cell.gates
    signals |= {gate: active[..., blocks[gate]] for gate in shown}
    return signals | {"c": c, "h": h}


def _pin(gates: Array, now: Array, blocks: Mapping[str, slice], cell: LstmVariant) -> None:
    """Overwrite, in one step's gates, what the variant does without."""
    for gate in GATES:
        if gate not in cell.gates:
            gates[:, blocks[gate]] = 1.0
    if cell.coupled:
        gates[:, blocks["f"]] = 1.0 - gates[:, blocks["i"]]
    if not cell.input_tanh:
        gates[:, blocks["g"]] = now[:, blocks["g"]]
