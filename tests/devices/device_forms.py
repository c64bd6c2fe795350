"""Engines and stimuli that all forms of the models are compared on."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from spicegen.devices import (
    MemristorModel,
    Preset,
    Pwl,
    Sine,
    Trace,
    pulse_train,
    triangle,
)
from spicegen.engine import select
from spicegen.engine.base import Engine
from spicegen.errors import EngineMissingError

BOUND = 1e-3  # of full scale
Compare = Callable[[Trace, MemristorModel, Sine | Pwl, float], tuple[float, float]]


def engine_or_skip(name: str) -> Engine:
    try:
        return select(name).engine
    except EngineMissingError as error:
        pytest.skip(str(error))


def stimuli(preset: Preset) -> Iterator[tuple[str, Sine | Pwl]]:
    """Sine at three frequencies, triangle, pulse train."""
    use = preset.use
    for factor in (1, 3, 10):
        yield f"sine x{factor}", Sine(use.amplitude_volts, factor * use.frequency_hertz)
    yield "triangle", triangle(use.amplitude_volts, 1.0 / use.frequency_hertz)
    pulses = np.array([use.v_set_volts] * 2 + [use.v_reset_volts] * 2)
    yield "pulses", pulse_train(pulses, use.t_pulse_s, edge_s=use.t_pulse_s / 10.0)
