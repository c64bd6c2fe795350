"""Every model with its default preset, and the stimuli all forms are compared on."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from spicegen.devices import (
    MemristorModel,
    Preset,
    Pwl,
    Sine,
    Trace,
    load_model,
    model_names,
    pulse_train,
    simulate,
    triangle,
)
from spicegen.engine import select
from spicegen.engine.base import Engine
from spicegen.errors import EngineMissingError

BOUND = 1e-3  # of full scale
INSTANTS = 16
Compare = Callable[[Trace, MemristorModel, Sine | Pwl, float], tuple[float, float]]


@pytest.fixture(params=model_names())
def loaded(request: pytest.FixtureRequest) -> tuple[MemristorModel, Preset]:
    """Every model in turn, with its default preset."""
    return load_model(request.param)


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


@pytest.fixture(scope="session")
def compare() -> Compare:
    """Largest differences of state and current from numpy, as shares of full scale.

    They are taken at the simulator's own instants; full scale of the state is 1, of the
    current its largest magnitude in the run.
    """

    def differences(
        trace: Trace, model: MemristorModel, stimulus: Sine | Pwl, x0: float
    ) -> tuple[float, float]:
        rows = np.unique(np.linspace(0, len(trace.t_s) - 1, INSTANTS).astype(int))
        rows = rows[trace.t_s[rows] > 0]
        reference = simulate(model, stimulus, np.concatenate([[0.0], trace.t_s[rows]]), x0)
        states = np.abs(trace.state[rows] - reference.state[1:]).max()
        currents = np.abs(trace.i_ampere[rows] - reference.i_ampere[1:]).max()
        return float(states), float(currents / np.abs(trace.i_ampere).max())

    return differences
