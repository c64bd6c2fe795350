"""Memristor models: parameters, state equations in numpy, presets, netlist cards."""

from spicegen.devices.card import Card
from spicegen.devices.integrate import Trace, simulate
from spicegen.devices.library import MODELS, load_model, model_class, model_names
from spicegen.devices.model import EDGE, RATE_MAX_HERTZ, MemristorModel
from spicegen.devices.parameter import Parameter
from spicegen.devices.presets import Preset, Use, load_presets
from spicegen.devices.stimulus import Pwl, Sine, Stimulus, pulse_train, triangle

__all__ = [
    "EDGE",
    "MODELS",
    "RATE_MAX_HERTZ",
    "Card",
    "MemristorModel",
    "Parameter",
    "Preset",
    "Pwl",
    "Sine",
    "Stimulus",
    "Trace",
    "Use",
    "load_model",
    "load_presets",
    "model_class",
    "model_names",
    "pulse_train",
    "simulate",
    "triangle",
]
