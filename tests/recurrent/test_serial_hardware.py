"""Serial hardware: units that take turns compute what parallel ones compute, with less."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recurrent_networks import INPUTS, network, some_gru, some_lstm, some_rnn
from small_networks import signal

import spicegen as sg
from spicegen.accuracy import error_pct
from spicegen.network import Bidirectional, Layer, Network
from spicegen.pipeline import RunResult

UNITS = 8
LAYERS: dict[str, Layer] = {
    "lstm": some_lstm("np", 1, units=UNITS),
    "lstm-vanilla": some_lstm("vanilla", 1, units=UNITS),
    "lstm-fgr": some_lstm("fgr", 1, units=UNITS),
    "lstm-cifg": some_lstm("cifg", 1, units=UNITS),
    "gru-after": some_gru(True, 2, units=UNITS),
    "gru-before": some_gru(False, 2, units=UNITS),
    "rnn": some_rnn("tanh", 3, units=UNITS),
}


@pytest.fixture(autouse=True)
def _needs_ngspice(ngspice_program: str) -> None:
    """These circuits run in ngspice."""


def circuit(net: Network, serial: int, out: Path, *sets: str) -> RunResult:
    """A network run with `serial` units per slot."""
    overrides = [f"timing.serial={serial}", "simulation.save=outputs", *sets]
    inputs = signal(8, INPUTS, seed=7)
    return sg.run(net, inputs, design=sg.load_design(None, overrides), out=out)


@pytest.mark.parametrize("kind", LAYERS)
def test_serial_agrees_with_parallel(kind: str, tmp_path: Path) -> None:
    net = network(LAYERS[kind])
    parallel = circuit(net, 1, tmp_path / "1")
    for serial in (2, 4):
        result = circuit(net, serial, tmp_path / str(serial))
        assert error_pct(result.outputs, parallel.outputs).max() <= 0.1
        assert result.accuracy.max_error_pct <= 1.0


@pytest.mark.parametrize("kind", ["lstm", "gru-after", "gru-before"])
@pytest.mark.parametrize("topology", ["dual-row", "dual-column"])
def test_ideal_and_units_that_do_not_divide(kind: str, topology: str, tmp_path: Path) -> None:
    """Eight units in three turns: two full groups of three, and one of two."""
    sets = ("fidelity=ideal", f"crossbar.topology={topology}")
    result = circuit(network(LAYERS[kind]), 3, tmp_path / "run", *sets)
    assert result.accuracy.max_error_pct <= 0.02


def test_stacked_and_bidirectional_layers_share_the_clock(tmp_path: Path) -> None:
    """A layer with two rounds of turns (reset before) beside layers with one."""
    net = network(
        Bidirectional("both", some_lstm("np", 1, units=4), some_gru(False, 2, units=4)),
        some_gru(False, 3, inputs=8, units=4, name="two"),
        some_rnn("tanh", 4, inputs=4, units=4, name="three"),
    )
    assert circuit(net, 2, tmp_path / "run", "fidelity=ideal").accuracy.max_error_pct <= 0.02


@pytest.mark.parametrize("kind", ["lstm", "gru-after", "gru-before"])
def test_hardware_shrinks_and_the_step_grows(kind: str, tmp_path: Path) -> None:
    """TIAs, activation cells and multipliers of eight units at serial 4: a quarter."""
    net = Network("bare", INPUTS, (LAYERS[kind],))
    sizes = {
        serial: sg.emit(
            net,
            signal(4, INPUTS, seed=7),
            sg.load_design(None, [f"timing.serial={serial}"]),
            tmp_path / str(serial),
        )
        for serial in (1, 2, 4)
    }
    for serial in (2, 4):
        for part in ("tias", "activations", "multipliers"):
            assert sizes[serial]["size"][part] * serial == sizes[1]["size"][part], part
    steps = [sizes[serial]["clock"]["t_step_s"] for serial in (1, 2, 4)]
    assert np.all(np.diff(steps) > 0)
    assert sizes[4]["size"]["switches"] > sizes[1]["size"]["switches"] == 0
    # state cells stay: every unit keeps its own
    assert sizes[4]["size"]["hold_cells"] >= sizes[1]["size"]["hold_cells"]
