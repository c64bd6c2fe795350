"""Every model with its default preset, and the comparison of all forms."""

import numpy as np
import pytest
from device_forms import Compare

from spicegen.devices import (
    MemristorModel,
    Preset,
    Pwl,
    Sine,
    Trace,
    load_model,
    load_presets,
    model_class,
    model_names,
    simulate,
)

INSTANTS = 16


@pytest.fixture(params=model_names())
def loaded(request: pytest.FixtureRequest) -> tuple[MemristorModel, Preset]:
    """Every model in turn, with its default preset."""
    return load_model(request.param)


PRESETS = [
    (name, preset)
    for name in model_names()
    for preset in load_presets(name, model_class(name).parameters())
]


@pytest.fixture(params=PRESETS, ids=lambda pair: "-".join(pair))
def with_preset(request: pytest.FixtureRequest) -> tuple[MemristorModel, Preset]:
    """Every model with each of its presets."""
    return load_model(*request.param)


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
