"""Recurrent layers written out unit by unit in plain Python: no arrays, no shared code."""

from __future__ import annotations

import math
from collections.abc import Callable

Rows = list[list[float]]

FUNCTIONS: dict[str, Callable[[float], float]] = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "sigmoid": lambda x: 1.0 / (1.0 + math.exp(-x)),
    "tanh": math.tanh,
}
logistic = FUNCTIONS["sigmoid"]


def weighted(row: list[float], values: list[float]) -> float:
    return sum(weight * value for weight, value in zip(row, values, strict=True))


def rnn(x: Rows, w: Rows, r: Rows, b: list[float], activation: str) -> Rows:
    """h of every step; x (step, in), w (H, in), r (H, H), b (H,)."""
    h, states = [0.0] * len(b), []
    for step in x:
        h = [
            FUNCTIONS[activation](weighted(w[k], step) + weighted(r[k], h) + b[k])
            for k in range(len(b))
        ]
        states.append(h)
    return states


def gru(x: Rows, w: Rows, r: Rows, b_ih: list[float], b_hh: list[float], reset_after: bool) -> Rows:
    """h of every step, with both biases as PyTorch keeps them; gates r z n."""
    units = len(b_ih) // 3
    h, states = [0.0] * units, []
    for step in x:

        def pre(row: int, h: list[float] = h, step: list[float] = step) -> float:
            return weighted(w[row], step) + b_ih[row] + weighted(r[row], h) + b_hh[row]

        reset = [logistic(pre(k)) for k in range(units)]
        update = [logistic(pre(units + k)) for k in range(units)]
        candidate = []
        for k in range(units):
            row = 2 * units + k
            if reset_after:
                inner = reset[k] * (weighted(r[row], h) + b_hh[row])
            else:
                gated = [reset[j] * h[j] for j in range(units)]
                inner = weighted(r[row], gated) + b_hh[row]
            candidate.append(math.tanh(weighted(w[row], step) + b_ih[row] + inner))
        h = [(1.0 - update[k]) * candidate[k] + update[k] * h[k] for k in range(units)]
        states.append(h)
    return states


def lstm(
    x: Rows,
    w: Rows,
    r: Rows,
    b: list[float],
    variant: str,
    peepholes: dict[str, list[float]] | None = None,
    gates_hh: Rows | None = None,
) -> tuple[Rows, Rows]:
    """h and c of every step; gates i f g o. Equations of Greff et al. 2017, section III."""
    units, p = len(b) // 4, peepholes or {}
    none = [0.0] * units
    h, c, before = list(none), list(none), [0.0] * (3 * units)
    all_h, all_c = [], []
    for step in x:
        pre = [weighted(w[k], step) + weighted(r[k], h) + b[k] for k in range(4 * units)]
        i, f, g, o, new_c = ([0.0] * units for _ in range(5))
        for k in range(units):
            zi = pre[k] + p.get("i", none)[k] * c[k]
            zf = pre[units + k] + p.get("f", none)[k] * c[k]
            zo = pre[3 * units + k]
            if variant == "fgr":
                assert gates_hh is not None
                zi += weighted(gates_hh[k], before)
                zf += weighted(gates_hh[units + k], before)
                zo += weighted(gates_hh[2 * units + k], before)
            i[k] = 1.0 if variant == "nig" else logistic(zi)
            f[k] = 1.0 if variant == "nfg" else logistic(zf)
            if variant == "cifg":
                f[k] = 1.0 - i[k]
            z = pre[2 * units + k]
            g[k] = z if variant == "niaf" else math.tanh(z)
            new_c[k] = f[k] * c[k] + i[k] * g[k]
            zo += p.get("o", none)[k] * new_c[k]
            o[k] = 1.0 if variant == "nog" else logistic(zo)
        c = new_c
        h = [o[k] * (c[k] if variant == "noaf" else math.tanh(c[k])) for k in range(units)]
        before = i + f + o
        all_h.append(h)
        all_c.append(c)
    return all_h, all_c
