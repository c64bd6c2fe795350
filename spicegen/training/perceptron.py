"""The perceptron of a plan as a circuit: one dense layer of tanh neurons on given devices.

A neuron is two adjacent columns, W = G+ - G-, I = sum of W V, f = tanh(beta I). In the circuit
a transimpedance amplifier turns I into the input voltage of a tanh cell, so its feedback
resistor is beta times the volts of 1.0 there.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from spicegen.design import Design
from spicegen.mapping import MappedCrossbar, MappedDense, MappedNetwork
from spicegen.network import Dense, Network
from spicegen.training.array import Array
from spicegen.training.build import device_draws, merged_design, perceptron_devices
from spicegen.training.devices import FloatArray
from spicegen.training.plan import PerceptronPlan
from spicegen.training.plan_parts import Perceptron
from spicegen.training.task import Task

LAYER = "perceptron"


@dataclass(frozen=True)
class Targets:
    """Loss and end of a perceptron's training.

    Attributes:
        plan: whether an output beyond its target still asks for something.
        wanted: (pattern, neuron) +-target.
    """

    plan: Perceptron
    wanted: FloatArray

    def loss(self, outputs: FloatArray, wanted: FloatArray) -> tuple[float, FloatArray]:
        """Half the sum of squared errors."""
        aim = (self.plan.aim or self.plan.target) * np.sign(wanted)
        error = outputs - aim
        if self.plan.satisfied == "ignored":
            error = np.where(beyond(outputs, wanted), 0.0, error)
        return 0.5 * float(np.sum(error**2)), error

    def reached(self, outputs: FloatArray) -> bool:
        """All outputs lie beyond their targets."""
        return bool(beyond(outputs, self.wanted).all())


def beyond(outputs: FloatArray, wanted: FloatArray) -> Any:
    """Where outputs lie beyond their targets, seen from 0."""
    return outputs * np.sign(wanted) >= np.abs(wanted)


def perceptron_task(plan: PerceptronPlan, seed: int) -> Task:
    """The task of one seed.

    Raises:
        InputError: the design or the devices are impossible.
    """
    about = plan.perceptron
    lines, neurons = len(about.patterns[0]), len(about.targets[0])
    v_unit = max(abs(about.v_zero_volts), abs(about.v_one_volts))
    design = merged_design(plan.design, _defaults(v_unit), seed)
    shape = (2, lines, neurons)
    devices = perceptron_devices(plan.device, shape, device_draws(seed, LAYER))
    mapped = _mapped(about, devices.g_siemens, v_unit, design)
    known, others = list(about.patterns), _other_patterns(about)
    network = Network(LAYER, lines, (Dense(LAYER, np.zeros((neurons, lines)), np.zeros(neurons),
                                           "tanh"),))  # fmt: skip
    layer = mapped.layers[0]
    assert isinstance(layer, MappedDense)
    wanted = goals(about)
    goal = Targets(about, wanted)
    return Task(
        network,
        mapped,
        design,
        {LAYER: Array(layer.crossbar, devices)},
        word_units(known, about),
        wanted,
        goal.loss,
        goal.reached,
        word_units(others, about) if others else None,
        None,
        (*known, *others),
    )


def word_units(patterns: list[str], about: Perceptron) -> FloatArray:
    """(pattern, word line) voltages in network units: the larger one of both is 1."""
    v_unit = max(abs(about.v_zero_volts), abs(about.v_one_volts))
    ones = np.array([[sign == "1" for sign in pattern] for pattern in patterns])
    return np.where(ones, about.v_one_volts, about.v_zero_volts) / v_unit


def goals(about: Perceptron) -> FloatArray:
    """(pattern, neuron) what outputs must lie beyond: +-target."""
    signs = [[1.0 if sign == "1" else -1.0 for sign in text] for text in about.targets]
    return about.target * np.array(signs)


def _other_patterns(about: Perceptron) -> list[str]:
    """Every pattern that is not trained, of up to 2^8."""
    lines = len(about.patterns[0])
    if lines > 8:
        return []
    every = ("".join(signs) for signs in product("01", repeat=lines))
    return [pattern for pattern in every if pattern not in about.patterns]


def _defaults(v_unit: float) -> dict[str, Any]:
    return {
        "crossbar": {"topology": "dual-column"},
        "signal": {"v_read_volts": v_unit},
        "simulation": {"analysis": "static"},
    }


def _mapped(
    about: Perceptron, g_siemens: FloatArray, v_unit: float, design: Design
) -> MappedNetwork:
    lines, neurons = g_siemens.shape[1:]
    cell_volts = design.activation.tanh_unit_volts
    crossbar = MappedCrossbar(
        LAYER,
        g_siemens[0],
        g_siemens[1],
        np.full(neurons, about.beta_per_ampere * cell_volts),
        np.full(lines, v_unit),
        np.full(neurons, cell_volts),
        np.ones((lines, neurons), dtype=np.bool_),
    )
    out_volts = design.signal.headroom * design.signal.v_rail_volts
    layer = MappedDense(LAYER, crossbar, False, "tanh", out_volts, False, pre_volts=cell_volts)
    return MappedNetwork(LAYER, (layer,), v_unit, ())
