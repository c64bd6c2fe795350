"""Memristor models: parameters, state equations in numpy, presets, netlist cards."""

from spicegen.devices.card import Card
from spicegen.devices.integrate import Trace, hold, simulate
from spicegen.devices.library import MODELS, load_model, model_class, model_names
from spicegen.devices.loop import PulseCurve, lobe_area, pulse_curve
from spicegen.devices.model import EDGE, RATE_MAX_HERTZ, MemristorModel
from spicegen.devices.parameter import Parameter
from spicegen.devices.presets import Preset, Use, load_presets
from spicegen.devices.stimulus import Pwl, Sine, Stimulus, pulse_train, triangle
from spicegen.devices.write_verify import Plan, Programmed, write_verify

__all__ = [
    "EDGE",
    "MODELS",
    "RATE_MAX_HERTZ",
    "Card",
    "MemristorModel",
    "Parameter",
    "Plan",
    "Preset",
    "Programmed",
    "PulseCurve",
    "Pwl",
    "Sine",
    "Stimulus",
    "Trace",
    "Use",
    "hold",
    "load_model",
    "load_presets",
    "lobe_area",
    "model_class",
    "model_names",
    "pulse_curve",
    "pulse_train",
    "simulate",
    "triangle",
    "write_verify",
]
