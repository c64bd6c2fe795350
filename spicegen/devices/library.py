"""The models by name, and loading one with a preset."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from spicegen.devices.analog_threshold import AnalogThreshold
from spicegen.devices.knowm_mss import KnowmMss
from spicegen.devices.linear_drift import LinearDrift
from spicegen.devices.measured_table import MeasuredTable
from spicegen.devices.model import MemristorModel
from spicegen.devices.nonlinear_drift import NonlinearDrift
from spicegen.devices.presets import Preset, load_presets
from spicegen.devices.simmons import Simmons
from spicegen.devices.sky130_reram import Sky130Reram
from spicegen.devices.stanford_pku import StanfordPku
from spicegen.devices.team import Team, Vteam
from spicegen.devices.yakopcic import Yakopcic
from spicegen.errors import InputError, nearest

_CLASSES: tuple[type[MemristorModel], ...] = (
    LinearDrift,
    NonlinearDrift,
    Simmons,
    Team,
    Vteam,
    Yakopcic,
    StanfordPku,
    Sky130Reram,
    KnowmMss,
    AnalogThreshold,
    MeasuredTable,
)
MODELS: Mapping[str, type[MemristorModel]] = MappingProxyType({m.name: m for m in _CLASSES})


def model_names() -> tuple[str, ...]:
    """The names of all models."""
    return tuple(MODELS)


def model_class(name: str) -> type[MemristorModel]:
    """The class of a model.

    Raises:
        InputError: no such model; the nearest name is given.
    """
    if name not in MODELS:
        raise InputError("device", "no such model", repr(name), nearest(name, list(MODELS)))
    return MODELS[name]


def load_model(
    name: str, preset: str | None = None, overrides: Mapping[str, object] | None = None
) -> tuple[MemristorModel, Preset]:
    """A model with the values of a preset.

    Args:
        name: of the model.
        preset: its name; the model's first if None.
        overrides: parameter name to number, choice or (devices,) numbers.
    Raises:
        InputError: unknown model, preset or parameter (with the nearest name), or a value
            out of its range.
    """
    model = model_class(name)
    parameters = {about.name: about for about in model.parameters()}
    presets = load_presets(name, tuple(parameters.values()))
    wanted = next(iter(presets)) if preset is None else preset
    if wanted not in presets:
        hint = nearest(wanted, list(presets))
        raise InputError(f"device {name}", "no such preset", repr(wanted), hint)
    values = dict(presets[wanted].values)
    for key, value in (overrides or {}).items():
        if key not in parameters:
            hint = nearest(key, list(parameters))
            raise InputError(f"device {name}", "no such parameter", repr(key), hint)
        values[key] = parameters[key].read(value, f"device {name}")
    return model(**values), presets[wanted]
