"""Designs and devices of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spicegen.design import Design
from spicegen.design.load import design_from
from spicegen.errors import InputError
from spicegen.mapping.nonideality.draws import generator
from spicegen.training.devices import Devices, FloatArray
from spicegen.training.model_devices import model_devices, plan_model
from spicegen.training.plan_parts import Device, ModelDevice, PulsedDevice, TableDevice
from spicegen.training.pulsed_devices import PulsedDevices
from spicegen.training.refuse import refuse_untrainable
from spicegen.training.table_devices import table_devices


def merged_design(
    given: Mapping[str, Any], defaults: Mapping[str, Any], seed: int, where: str = "plan, design"
) -> Design:
    """The design of a training: what the plan says, on top of what training presumes.

    Raises:
        DesignError: unknown key, impossible value, or what cannot be trained.
    """
    table = _merged({"simulation": {"seed": seed}}, _merged(defaults, given))
    design = design_from(table, where)
    refuse_untrainable(design)
    return design


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(below)
    for key, value in above.items():
        under = joined.get(key)
        both = isinstance(value, Mapping) and isinstance(under, Mapping)
        joined[key] = _merged(under, value) if both else value  # type: ignore[arg-type]
    return joined


def device_draws(seed: int, crossbar: str) -> np.random.Generator:
    """The generator of what sets the devices of a crossbar apart."""
    return generator(seed, "training", 0, crossbar, "devices")


def perceptron_devices(plan: Device, shape: tuple[int, ...], draws: np.random.Generator) -> Devices:
    """Devices at random states in front of their first pulse.

    Raises:
        InputError: the table or the model is impossible.
    """
    match plan:
        case TableDevice():
            return table_devices(plan, shape, draws)
        case ModelDevice():
            if plan.start_low >= plan.start_high:
                raise InputError(
                    "device.start_low", "must be below start_high", f"{plan.start_low:g}"
                )
            states = draws.uniform(plan.start_low, plan.start_high, shape)
            return model_devices(plan, states)
        case PulsedDevice():
            low, high = plan.g_min_siemens, plan.g_max_siemens
            return PulsedDevices(plan, draws.uniform(low, low + 0.1 * (high - low), shape), draws)


def network_devices(plan: Device, g_siemens: FloatArray, draws: np.random.Generator) -> Devices:
    """Devices that show given conductances, as far as their window reaches.

    Args:
        plan: pulsed or model.
        g_siemens: (2, word lines, bit lines) S.
        draws: for what sets devices apart.
    """
    if isinstance(plan, PulsedDevice):
        return PulsedDevices(plan, g_siemens, draws)
    assert isinstance(plan, ModelDevice)
    devices = model_devices(plan, np.zeros(g_siemens.shape))
    devices.show(g_siemens)
    return devices


def window_of(plan: Device) -> tuple[float, float]:
    """Smallest and largest conductance of devices that networks are trained on, S."""
    if isinstance(plan, PulsedDevice):
        return plan.g_min_siemens, plan.g_max_siemens
    assert isinstance(plan, ModelDevice)
    model, preset = plan_model(plan)
    return model.conductance_window(preset.use.v_read_volts)
