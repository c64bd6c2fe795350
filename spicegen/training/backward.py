"""Gradients by backpropagation through layers and time, from signals that were measured.

Nothing is computed forward: pre-activations, gates and states are those of the trace, which
may come from a circuit. Werbos 1990 (doi:10.1109/5.58337); equations of the LSTM as in
`network/lstm.py`.
"""

from __future__ import annotations

import numpy as np

from spicegen.network import Dense, Lstm, Network, NetworkTrace
from spicegen.network.layer import LayerTrace
from spicegen.training.devices import FloatArray


def gradients(
    network: Network, trace: NetworkTrace, slope: FloatArray, truncate_steps: int | None = None
) -> dict[str, FloatArray]:
    """What each weight changes of the loss.

    Args:
        network: the weights that errors travel back through.
        trace: signals of the forward pass; layers of an LSTM need i, f, g, o, c, h.
        slope: dloss/doutputs, (sample, step, out), or (sample, out) where there is one step.
        truncate_steps: a state passes no error on to the step before at multiples of this.
    Returns:
        (word lines, bit lines) by layer, as crossbars hold weights, with a line for the bias.
    """
    found: dict[str, FloatArray] = {}
    back = slope if slope.ndim == 3 else slope[:, None]
    befores = [trace.inputs, *(trace.layers[layer.name].out for layer in network.layers)]
    for layer, x in reversed(list(zip(network.layers, befores[:-1], strict=True))):
        signals = trace.layers[layer.name]
        if isinstance(layer, Dense):
            found[layer.name], back = _dense(layer, signals, x, back)
        else:
            assert isinstance(layer, Lstm)
            found[layer.name], back = _lstm(layer, signals, x, back, truncate_steps)
    return found


def _dense(
    layer: Dense, signals: LayerTrace, x: FloatArray, slope: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Gradient of the weights, and the slope at the layer's inputs."""
    out = signals["out"]
    match layer.activation:
        case "linear":
            pre = slope
        case "relu":
            pre = slope * (out > 0)
        case "tanh":  # a measured output may exceed 1 by an error
            pre = slope * np.maximum(1.0 - out**2, 0.0)
        case "sigmoid":
            pre = slope * np.maximum(out * (1.0 - out), 0.0)
    return _outer([x], pre), pre @ layer.weight


def _lstm(
    layer: Lstm, signals: LayerTrace, x: FloatArray, slope: FloatArray, truncate_steps: int | None
) -> tuple[FloatArray, FloatArray]:
    i, f, g, o, c, h = (signals[name] for name in "ifgoch")
    steps = h.shape[1]
    if not layer.keeps_steps:
        last = slope
        slope = np.zeros(h.shape)
        slope[:, -1:] = last
    h_before, c_before = _delayed(h), _delayed(c)
    squashed = np.tanh(c)
    pre = np.empty((*h.shape[:2], 4 * layer.output_size))
    h_back = c_back = np.zeros_like(h[:, 0])
    for step in reversed(range(steps)):
        dh = slope[:, step] + h_back
        dc = c_back + dh * o[:, step] * (1.0 - squashed[:, step] ** 2)
        pre[:, step] = np.concatenate(
            [
                dc * g[:, step] * _bell(i[:, step]),
                dc * c_before[:, step] * _bell(f[:, step]),
                dc * i[:, step] * np.maximum(1.0 - g[:, step] ** 2, 0.0),
                dh * squashed[:, step] * _bell(o[:, step]),
            ],
            axis=1,
        )
        h_back, c_back = pre[:, step] @ layer.weight_hh, dc * f[:, step]
        if truncate_steps is not None and step % truncate_steps == 0:
            h_back, c_back = np.zeros_like(h_back), np.zeros_like(c_back)
    return _outer([x, h_before], pre), pre @ layer.weight_ih


def _bell(gate: FloatArray) -> FloatArray:
    """Slope of a sigmoid by its output, which may exceed 0..1 by a measurement's error."""
    return np.maximum(gate * (1.0 - gate), 0.0)


def _delayed(state: FloatArray) -> FloatArray:
    """(sample, step, unit) states of the step before; zero at the start."""
    before = np.zeros_like(state)
    before[:, 1:] = state[:, :-1]
    return before


def _outer(lines: list[FloatArray], pre: FloatArray) -> FloatArray:
    """(word lines, bit lines) sums over samples and steps; the last word line is the bias."""
    word = np.concatenate([*lines, np.ones((*pre.shape[:2], 1))], axis=2)
    return np.asarray(np.einsum("stw,stb->wb", word, pre))
