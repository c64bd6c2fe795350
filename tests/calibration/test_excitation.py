"""Trims hold where the calibration inputs did not lead."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from ideal_cells import POINTS, ideal_curves

import spicegen as sg
from spicegen.calibration import CircuitModel, calibrate
from spicegen.calibration.cells import Table
from spicegen.calibration.excitation import REACH, excite
from spicegen.mapping import map_network
from spicegen.network import Dense, Network
from spicegen.pipeline.prepare import prepare

DESIGN = sg.Design(fidelity="transistor")
TANH = Dense("t", np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([0.1, 0.7]), activation="tanh")
NETWORK = Network("n", 2, (TANH, Dense("out", np.array([[0.6, 0.9]]), np.zeros(1))))
EDGE = np.linspace(-1, 1, 41)
SEEN, OTHER = np.stack([EDGE, EDGE], axis=1), np.stack([EDGE, -EDGE], axis=1)
"""The second unit stands still on SEEN, and moves on OTHER."""


def steep_tanh(stretch: float = 1.05, offset_volts: float = 0.01) -> Table:
    """The kit's tanh, with another scale and an offset."""
    value = DESIGN.kit.value
    v_unit, amplitude = value("tanh", "v_unit_volts"), value("tanh", "v_amplitude_volts")
    x = np.linspace(-1.5, 1.5, POINTS)
    y = amplitude * np.tanh((x * stretch + offset_volts) / v_unit)
    return Table(-1.5, (POINTS - 1) / 3.0, y)


def largest_error_pct(seen: np.ndarray, scored: np.ndarray) -> float:
    """Of the calibrated model on `scored`, percent of the full scale there."""
    curves = replace(ideal_curves(DESIGN), tanh=steep_tanh())
    ranges = prepare(NETWORK, np.concatenate([SEEN, OTHER]), DESIGN).design.mapping.ranges
    design = DESIGN.model_copy(
        update={"mapping": DESIGN.mapping.model_copy(update={"ranges": ranges})}
    )
    mapped = map_network(NETWORK, NETWORK.forward(seen), design)
    found = calibrate(NETWORK, mapped, NETWORK.forward(seen), curves, design, ranges)
    trims = {name: values[None] for name, values in found.trims.values.items()}
    wanted = NETWORK.forward(scored)
    out = CircuitModel(mapped, curves, design).forward(wanted.inputs, trims)["output"][0, :, 0]
    return float(100 * np.abs(out - wanted.outputs).max() / np.ptp(wanted.outputs))


def test_a_unit_that_stood_still_is_right_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert largest_error_pct(SEEN, SEEN) < 0.05
    assert largest_error_pct(SEEN, OTHER) < 0.5
    module = sys.modules["spicegen.calibration.calibrate"]
    monkeypatch.setattr(module, "EXCITATION_WEIGHT", 0.0)
    assert largest_error_pct(SEEN, OTHER) > 1.0  # the noise is what does it


def test_noise_fills_the_inputs_reach_and_stays_within_ranges() -> None:
    inputs = SEEN[:, None] * (1.0, 0.1) + (0.0, 2.0)
    network = Network("n", 2, (TANH,))
    limits = {"t.pre": [3.0, 2.0]}
    excitation = excite(network, inputs, limits)
    noise, pre = excitation.trace.inputs, excitation.trace.layers["t"]["pre"]
    assert np.allclose(noise.min(axis=(0, 1)), [-REACH, 2.0 - 0.1 * REACH], atol=0.02)
    assert np.allclose(noise.max(axis=(0, 1)), [REACH, 2.0 + 0.1 * REACH], atol=0.02)
    assert abs(np.corrcoef(noise[:, 0].T)[0, 1]) < 0.1
    within = (np.abs(pre) <= limits["t.pre"]).all(axis=2)
    assert np.array_equal(excitation.kept, within)
    assert 0.05 < within.mean() < 0.95
