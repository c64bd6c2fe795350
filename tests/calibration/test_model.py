"""The model of a circuit against the float64 forward pass of its network."""

from __future__ import annotations

import numpy as np
import pytest
from ideal_cells import ideal_curves

import spicegen as sg
from spicegen.calibration import CircuitModel
from spicegen.mapping import map_network
from spicegen.network import Dense, Gru, Lstm, Network, Rnn

DESIGN = sg.Design(fidelity="transistor")
UNITS, FEATURES = 3, 2


def layers() -> dict[str, tuple]:
    """One network of every kind that is drawn with transistors."""
    draws = np.random.default_rng(3)

    def weights(*shape: int) -> np.ndarray:
        return 0.7 * draws.standard_normal(shape)

    def gates(count: int) -> tuple[np.ndarray, ...]:
        rows = count * UNITS
        return weights(rows, FEATURES), weights(rows, UNITS), weights(rows)

    found = {
        f"lstm {variant}": (Lstm("r", *gates(4), variant=variant),)
        for variant in ("np", "nig", "nfg", "nog", "niaf", "noaf", "cifg")
    }
    peepholes = {f"peephole_{gate}": weights(UNITS) for gate in "ifo"}
    found["lstm vanilla"] = (Lstm("r", *gates(4), variant="vanilla", **peepholes),)
    found["gru after"] = (Gru("r", *gates(3), weights(UNITS)),)
    found["gru before"] = (Gru("r", *gates(3), np.zeros(UNITS), reset_after=False),)
    for activation in ("tanh", "sigmoid", "relu"):
        found[f"rnn {activation}"] = (Rnn("r", *gates(1), activation=activation),)
        dense = Dense("d", weights(UNITS, FEATURES), weights(UNITS), activation=activation)
        found[f"dense {activation}"] = (dense,)
    return found


@pytest.mark.parametrize("kind", layers())
def test_ideal_cells_compute_the_network(kind: str) -> None:
    middle = layers()[kind]
    out = Dense("out", np.random.default_rng(4).standard_normal((2, UNITS)), np.array([0.3, -0.1]))
    network = Network("n", FEATURES, (*middle, out))
    inputs = 0.6 * np.random.default_rng(5).standard_normal((4, 6, FEATURES))
    if not network.recurrent:
        inputs = inputs[:, 0]
    trace = network.forward(inputs)
    model = CircuitModel(map_network(network, trace, DESIGN), ideal_curves(DESIGN), DESIGN)
    signals = model.forward(trace.inputs, {})
    wanted = trace.layers["out"].out
    assert np.abs(signals["output"][0] - wanted).max() < 2e-6 * np.ptp(wanted)
    first = next(iter(trace.layers.values()))
    for name, values in first.signals.items():
        if f"{middle[0].name}.{name}" in signals and not name.startswith("pre"):
            seen = signals[f"{middle[0].name}.{name}"][0]
            assert np.abs(seen - values).max() < 1e-5 * max(np.abs(values).max(), 1.0), name


@pytest.mark.parametrize("kind", layers())
def test_resistors_that_follow_temperature_undo_the_scale_of_cells(kind: str) -> None:
    """One degree: what dividers leave is of second order."""
    middle = layers()[kind]
    out = Dense("out", np.random.default_rng(4).standard_normal((2, UNITS)), np.zeros(2), "tanh")
    network = Network("n", FEATURES, (*middle, out))
    inputs = 0.6 * np.random.default_rng(5).standard_normal((4, 6, FEATURES))
    trace = network.forward(inputs if network.recurrent else inputs[:, 0])
    wanted = trace.layers["out"].out

    def error(ptat: bool) -> float:
        pdk = {"temperature_celsius": 28.0, "ptat": ptat}
        design = sg.Design(fidelity="transistor", pdk=pdk)
        curves = ideal_curves(design, rise=design.kit.tc_unit_per_kelvin)
        model = CircuitModel(map_network(network, trace, design), curves, design)
        found = model.forward(trace.inputs, {})["output"][0]
        return float(np.abs(found - wanted).max() / np.ptp(wanted))

    assert error(ptat=True) < 5e-5 < 3e-4 < error(ptat=False)
