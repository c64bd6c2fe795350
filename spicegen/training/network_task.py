"""A network of a plan as circuits whose conductances are free to move.

Volts per unit follow from the start, with room for signals to grow. The read-out of a bit
line is scaled so that every pair reaches weights of at least +-weight_limit: unlike in
inference, where the largest weight fills the window, the largest weight is not known yet.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from spicegen.design import Design
from spicegen.errors import InputError
from spicegen.mapping import (
    MappedCrossbar,
    MappedDense,
    MappedNetwork,
    MappedRecurrent,
    map_network,
)
from spicegen.mapping.nonideality.draws import generator
from spicegen.network import Dense, Layer, Lstm, Network, load_inputs, load_network
from spicegen.training.array import Array, check_layers, weight_of, with_weight
from spicegen.training.build import device_draws, merged_design, network_devices, window_of
from spicegen.training.devices import FloatArray
from spicegen.training.plan import NetworkPlan
from spicegen.training.plan_parts import Start
from spicegen.training.task import Task, cross_entropy, mean_square
from spicegen.weights.npz import read_npy

ROOM = 1.5
"""Range of weights and signals over those of the start."""
CELL_RANGE = 4.0
"""Least range of a cell state: tanh is saturated beyond it."""
LOGIT_RANGE = 10.0
"""Least range of logits."""


def network_task(plan: NetworkPlan, seed: int) -> Task:
    """The task of one seed.

    Raises:
        InputError: files that do not fit, layers that cannot be trained, an impossible design.
    """
    network = load_network(plan.network)
    check_layers(network)
    inputs, targets = _samples(plan.inputs, plan.targets, network)
    tests = None
    if plan.test_inputs is not None and plan.test_targets is not None:
        tests = _samples(plan.test_inputs, plan.test_targets, network)
    if plan.start.weights == "random":
        network = _random(network, generator(seed, "training", 0, "weights"))
    design = _design(plan, network, inputs, targets, tests[0] if tests else None, seed)
    mapped = map_network(network, network.forward(inputs), design)
    arrays, layers = {}, []
    for layer, of_network in zip(mapped.layers, network.layers, strict=True):
        assert isinstance(layer, MappedDense | MappedRecurrent)
        weight = weight_of(of_network)
        crossbar = _with_range(layer.crossbar, weight, plan.start, design)
        layers.append(replace(layer, crossbar=crossbar))
        draws = device_draws(seed, layer.name)
        g_siemens = _start(crossbar, weight, plan.start, design, draws)
        arrays[layer.name] = Array(crossbar, network_devices(plan.device, g_siemens, draws))
    mapped = MappedNetwork(mapped.name, tuple(layers), mapped.input_volts, mapped.signals)
    loss = cross_entropy if network.classifies else mean_square
    return Task(network, mapped, design, arrays, inputs, targets, loss, None, *(tests or ()))


def _samples(inputs: Any, targets: Any, network: Network) -> tuple[FloatArray, FloatArray]:
    """Inputs with their sample axis, and targets that fit the outputs.

    Raises:
        InputError: they do not fit each other or the network.
    """
    x = load_inputs(inputs, network)
    wanted = read_npy(targets)
    if network.recurrent and x.ndim == 2:
        x, wanted = x[None], wanted[None]
    outputs = network.forward(x).outputs
    shape = outputs.shape[:-1] if network.classifies else outputs.shape
    if wanted.shape != shape:
        what = "classes of samples" if network.classifies else "targets as outputs"
        raise InputError(str(targets), f"the file must hold {what}, {shape}", wanted.shape)
    if network.classifies:
        classes = np.arange(outputs.shape[-1])
        if not np.isin(wanted, classes).all():
            bad = wanted[~np.isin(wanted, classes)][0]
            raise InputError(
                str(targets), f"classes are whole numbers from 0 to {classes[-1]}", f"{bad:g}"
            )
        return x, wanted
    _check_reach(network.layers[-1], wanted, str(targets))
    return x, wanted


def _check_reach(last: Layer, wanted: FloatArray, where: str) -> None:
    """Refuse targets that the last activation never gives."""
    activation = "tanh" if isinstance(last, Lstm) else getattr(last, "activation", "linear")
    low, high = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0), "relu": (0.0, math.inf)}.get(
        activation, (-math.inf, math.inf)
    )
    outside = (wanted < low) | (wanted > high)
    if outside.any():
        raise InputError(
            where,
            f"targets must lie within the range of {activation}, {low:g} to {high:g}",
            f"{wanted[outside][0]:g}",
            "scale the targets, or end with a linear layer",
        )


def _random(network: Network, draws: np.random.Generator) -> Network:
    """The network with weights and biases uniform within 1/sqrt(inputs), of an LSTM
    1/sqrt(units): PyTorch's habit."""
    layers = []
    for layer in network.layers:
        size = layer.output_size if isinstance(layer, Lstm) else layer.input_size
        bound = 1.0 / math.sqrt(size)
        rows = weight_of(replace(layer, bias=np.ones_like(layer.bias))).shape  # type: ignore[type-var,attr-defined]
        layers.append(with_weight(layer, draws.uniform(-bound, bound, rows)))
    return Network(network.name, network.input_size, tuple(layers))


def _design(
    plan: NetworkPlan,
    network: Network,
    inputs: FloatArray,
    targets: FloatArray,
    tests: FloatArray | None,
    seed: int,
) -> Design:
    """Static unless the plan says otherwise, in the window of the devices, with room."""
    low, high = window_of(plan.device)
    defaults: dict[str, Any] = {
        "simulation": {"analysis": "static"},
        "device": {"g_min_siemens": low, "g_max_siemens": high},
        "mapping": {
            "cells": "resistor",  # every memristor is an element of the deck
            "ranges": _ranges(network, inputs, targets, tests),
        },
    }
    return merged_design(plan.design, defaults, seed)


def _ranges(
    network: Network, inputs: FloatArray, targets: FloatArray, tests: FloatArray | None
) -> dict[str, float]:
    """Ranges of the signals that grow while weights do."""
    trace = network.forward(inputs)
    seen = [inputs] if tests is None else [inputs, tests]
    ranges = {"input": max(float(np.abs(part).max()) for part in seen) or 1.0}
    for layer in network.layers:
        of_layer = trace.layers[layer.name]
        if isinstance(layer, Lstm):
            ranges[f"{layer.name}.c"] = max(ROOM * float(np.abs(of_layer["c"]).max()), CELL_RANGE)
        elif isinstance(layer, Dense) and layer.activation in ("linear", "relu"):
            largest = float(np.abs(of_layer["pre"]).max())
            if layer is network.layers[-1]:
                asked = LOGIT_RANGE if network.classifies else float(np.abs(targets).max())
                largest = max(largest, asked)
            ranges[f"{layer.name}.out"] = ranges[f"{layer.name}.pre"] = ROOM * largest or 1.0
    return ranges


def _with_range(
    crossbar: MappedCrossbar, weight: FloatArray, start: Start, design: Design
) -> MappedCrossbar:
    """The crossbar with feedback resistors that let every pair of a bit line reach the limit."""
    limit = np.maximum(start.weight_limit, ROOM * np.abs(weight).max(axis=0))
    span = design.device.g_max_siemens - design.device.g_min_siemens
    r_ohm = limit * crossbar.bit_volts / (crossbar.word_volts.min() * span)
    return replace(crossbar, r_feedback_ohm=np.maximum(r_ohm, design.crossbar.r_feedback_min_ohm))


def _start(
    crossbar: MappedCrossbar,
    weight: FloatArray,
    start: Start,
    design: Design,
    draws: np.random.Generator,
) -> FloatArray:
    """(2, word lines, bit lines) conductances around the middle of the window, S."""
    device = design.device
    middle = 0.5 * (device.g_min_siemens + device.g_max_siemens)
    scale = crossbar.word_volts[:, None] * crossbar.r_feedback_ohm / crossbar.bit_volts
    half = 0.5 * weight / scale
    wanted = middle + np.stack([half, -half])
    return np.asarray(wanted * (1.0 + start.variation * draws.standard_normal(wanted.shape)))
