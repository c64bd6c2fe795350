"""Trims and deviations found again in circuits of which they are known."""

from __future__ import annotations

import numpy as np
import pytest
from ideal_cells import ideal_curves
from recurrent_networks import some_gru, some_lstm
from small_networks import dense, signal

import spicegen as sg
from spicegen.calibration import CircuitModel, calibrate, identify
from spicegen.mapping import MappedNetwork, Trims, map_network
from spicegen.network import Layer, Network, NetworkTrace

DESIGN = sg.Design(fidelity="transistor")
CURVES = ideal_curves(DESIGN)
RECURRENT = {
    "lstm": some_lstm("np", 1, units=2, inputs=2),
    "gru": some_gru(True, 2, units=2, inputs=2),
}


def network_of(layer: Layer) -> Network:
    # a name that begins as the other layer's signals do
    return Network("n", 2, (layer, dense("rec.out", layer.output_size, 2, "tanh", seed=3)))


def mapped(layer: Layer) -> tuple[MappedNetwork, NetworkTrace]:
    network = network_of(layer)
    trace = network.forward(signal(3, 8, 2, seed=5))
    return map_network(network, trace, DESIGN), trace


def planted(model: CircuitModel, seed: int) -> dict[str, np.ndarray]:
    """Gains of all cells off by some percent, outputs by some millivolts."""
    draws, found = np.random.default_rng(seed), {}
    for knob in model.deviations:
        if knob.kind in ("cell_gain", "cell_offset") and "_product" not in knob.name:
            spread = 0.02 if knob.kind == "cell_gain" else 0.002
            found[knob.name] = knob.nominal + spread * draws.standard_normal(knob.units)
    return found


@pytest.mark.parametrize("kind", RECURRENT)
def test_trims_undo_what_cells_are_off_by(kind: str) -> None:
    network, trace = mapped(RECURRENT[kind])
    cells = planted(CircuitModel(network, CURVES, DESIGN), 7)
    ranges = {"input": 1.0}
    found = calibrate(network_of(RECURRENT[kind]), network, trace, CURVES, DESIGN, ranges, cells)
    assert found.fit.mean_pct[0] > 1.0
    assert found.fit.mean_pct[1] < 0.02 * found.fit.mean_pct[0]
    assert (found.ranges, found.kit) == (ranges, "gf180mcu")


@pytest.mark.parametrize("kind", RECURRENT)
def test_deviations_are_found_from_voltages(kind: str) -> None:
    network, trace = mapped(RECURRENT[kind])
    model = CircuitModel(network, CURVES, DESIGN)
    wanted = planted(model, 11)
    measured = voltages(model, network, trace, wanted)
    found = identify(model, trace.inputs, measured, Trims(), "gain-offset")
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        # an offset of 0.1 mV is within what measured voltages may be off by
        tolerance = 0.004 if name.endswith("cell_gain") else 2e-4
        assert np.abs(found[name] - value).max() < tolerance, name


def voltages(
    model: CircuitModel,
    network: MappedNetwork,
    trace: NetworkTrace,
    cells: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """(sample, step, unit) V around common of every signal, as a simulation would show them."""
    signals = model.forward(trace.inputs, {name: each[None] for name, each in cells.items()})
    recurrent, last = network.layers
    found = {}
    down = DESIGN.kit.v_gate_volts - DESIGN.signal.v_common_volts
    for name, values in signals.items():
        layer, _, part = name.rpartition(".")
        if part in ("out", "output"):
            continue
        if layer == last.name:
            found[name] = values[0] * last.pre_volts
        elif part in "ifozr":
            found[name] = down - values[0] * recurrent.unit_volts(part)
        else:
            found[name] = values[0] * recurrent.unit_volts(part)
    return found | {f"{last.name}.out": signals["output"][0] * last.out_volts}


def test_few_samples_leave_resistors_that_can_be_built() -> None:
    # two numbers for 20 trims, of a network that these cells do not reach
    lstm = some_lstm("np", 1, units=1, inputs=1, returns="last")
    network = Network("n", 1, (lstm, dense("out", 1, 1, "tanh", seed=3)))
    trace = network.forward(signal(2, 3, 1, seed=2))
    circuit = map_network(network, trace, DESIGN)
    cells = planted(CircuitModel(circuit, CURVES, DESIGN), 7)
    wild = {name: 1 + 30 * (each - 1) if "gain" in name else each for name, each in cells.items()}
    found = calibrate(network, circuit, trace, CURVES, DESIGN, {}, wild).trims.values
    for name, value in found.items():
        if name.endswith((".scale", ".gain")):
            assert (value >= 0.5).all() and (value <= 1.5).all(), name
        else:
            assert np.abs(value).max() <= 0.1, name
