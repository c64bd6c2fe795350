"""How hard this network is: small errors in every operation, in numpy alone.

The network is computed anew here, operation by operation, without spicegen's forward pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.measure import DEFAULT_STEPS, SEEDS, FloatArray, example, told
from benchmarks.report import Report, Row, command_of, table
from spicegen.network import Dense, Lstm, Network

DRAWS = 3
"""Draws of the random errors, for each signal."""


@dataclass(slots=True)
class Fault:
    """What is wrong with every operation.

    Attributes:
        random: deviation of a normal error added to every result, new at every step.
        weight_gain, gain: relative error of every weight, of every result.
        clip: largest pre-activation of the LSTM.
        seed: of the random errors.
    """

    random: float = 0.0
    weight_gain: float = 0.0
    gain: float = 0.0
    clip: float = np.inf
    seed: int = 0
    generator: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.generator = np.random.default_rng(self.seed)

    def __call__(self, exact: FloatArray) -> FloatArray:
        result = exact * (1.0 + self.gain)
        if self.random:
            result = result + self.random * self.generator.standard_normal(exact.shape)
        return np.asarray(result)


ROWS: tuple[tuple[str, dict[str, float], str], ...] = (
    ("random error 1e-5 in every operation", {"random": 1e-5}, "0.016 / 0.1"),
    ("random error 1e-4 in every operation", {"random": 1e-4}, "0.16 / 1.0"),
    ("random error 1e-3 in every operation", {"random": 1e-3}, "1.6 / 9.7"),
    ("every weight 1e-3 too large", {"weight_gain": 1e-3}, "0.02 / 0.11"),
    ("every result 1e-3 too large", {"gain": 1e-3}, "0.02 / 0.11"),
    ("pre-activations clipped at 9", {"clip": 9.0}, "0.001 / 0.008"),
)
"""What, the fault, and mean / max percent found earlier on another signal."""


def measure(steps: int | None = None) -> Report:
    """Mean and maximum over all seeds of the signal (and draws of the errors)."""
    count = steps or DEFAULT_STEPS
    rows: list[Row] = []
    for what, fault, elsewhere in ROWS:
        told(f"sensitivity: {what}")
        errors = [
            _error_pct(count, seed, Fault(**fault, seed=draw))
            for seed in SEEDS
            for draw in range(DRAWS if "random" in fault else 1)
        ]
        means = [float(error.mean()) for error in errors]
        largest = [float(error.max()) for error in errors]
        rows.append([what, float(np.mean(means)), float(np.mean(largest)), max(largest), elsewhere])
    columns = ["fault", "mean %:.2g", "max %, typical:.2g", "max %, worst:.2g", "elsewhere"]
    title = f"EEG LSTM, {count} steps, {len(SEEDS)} signals"
    return Report("sensitivity", command_of("sensitivity", steps), (table(title, columns, rows),))


def forward(network: Network, inputs: FloatArray, fault: Fault) -> FloatArray:
    """(step, output) of the EEG network with a fault in every operation, network units."""
    first, lstm, last = network.layers
    assert isinstance(first, Dense)
    assert isinstance(lstm, Lstm)
    assert isinstance(last, Dense)
    weights = [first.weight, lstm.weight_ih, lstm.weight_hh, last.weight]
    w_in, w_ih, w_hh, w_out = (weight * (1.0 + fault.weight_gain) for weight in weights)
    h = c = np.zeros(lstm.output_size)
    outputs = []
    for x in inputs:
        relu = fault(np.maximum(fault(w_in @ x), 0.0))
        pre = np.clip(fault(w_ih @ relu + w_hh @ h), -fault.clip, fault.clip)
        pre_i, pre_f, pre_g, pre_o = np.split(pre, 4)
        i, f, o = (fault(_sigmoid(gate)) for gate in (pre_i, pre_f, pre_o))
        g = fault(np.tanh(pre_g))
        c = fault(fault(f * c) + fault(i * g))
        h = fault(o * fault(np.tanh(c)))
        outputs.append(fault(w_out @ h))
    return np.array(outputs)


def _sigmoid(x: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.maximum(x, -700.0))))  # exp(710) overflows


def _error_pct(steps: int, seed: int, fault: Fault) -> FloatArray:
    network, inputs = example(steps, seed)
    exact = forward(network, inputs, Fault())
    span = np.ptp(exact, axis=0)
    wrong = np.abs(forward(network, inputs, fault) - exact)
    return np.asarray(100.0 * wrong / np.where(span > 0, span, 1.0))
