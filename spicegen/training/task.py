"""What is trained, on what, and when it is good enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from spicegen.design import Design
from spicegen.mapping import MappedNetwork
from spicegen.network import Network
from spicegen.training.array import Arrays
from spicegen.training.devices import FloatArray

Loss = Callable[[FloatArray, FloatArray], tuple[float, FloatArray]]
"""Outputs and targets to the loss and its slope dloss/doutputs."""


@dataclass(frozen=True, eq=False)
class Task:
    """A training, in front of its first epoch.

    Attributes:
        network: its layers, with the weights of the start.
        mapped: scales of every signal and crossbar.
        design: complete.
        arrays: crossbars with their devices; these change.
        inputs: (sample, feature), or (sample, step, feature) with recurrence; network units.
        targets: as the outputs, or (sample,) numbers of classes.
        loss: what is made small.
        reached: whether outputs are good enough to stop; None: never.
        test_inputs, test_targets: never trained on; None where there are none.
        names: what samples are called, in the order of inputs, then of test inputs.
    """

    network: Network
    mapped: MappedNetwork
    design: Design
    arrays: Arrays
    inputs: FloatArray
    targets: FloatArray
    loss: Loss
    reached: Callable[[FloatArray], bool] | None = None
    test_inputs: FloatArray | None = None
    test_targets: FloatArray | None = None
    names: tuple[str, ...] = ()


def mean_square(outputs: FloatArray, targets: FloatArray) -> tuple[float, FloatArray]:
    """Mean square error."""
    error = outputs - targets
    return float(np.mean(error**2)), 2.0 * error / error.size


def cross_entropy(outputs: FloatArray, targets: FloatArray) -> tuple[float, FloatArray]:
    """Mean of -log softmax(outputs)[class] over (sample, class) logits."""
    classes = targets.astype(np.int64)
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    log_share = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    at = (np.arange(len(classes)), classes)
    slope = np.exp(log_share)
    slope[at] -= 1.0
    return float(-log_share[at].mean()), slope / len(classes)


def agreement(outputs: FloatArray, targets: FloatArray) -> float | None:
    """Share of samples in the right class; None where targets are no classes."""
    if targets.ndim >= outputs.ndim:
        return None
    return float(np.mean(outputs.argmax(axis=-1) == targets))
