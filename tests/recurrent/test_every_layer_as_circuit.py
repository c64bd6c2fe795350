"""Every recurrent layer, variant and convention as a circuit, against the float64 reference.

The bars are those of the project: `ideal` 0.02 % at most, `behavioural` 0.1 % mean and 1 %
at most, of each output's full scale.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recurrent_networks import (
    INPUTS,
    UNITS,
    every_kind,
    network,
    some_gru,
    some_lstm,
    some_rnn,
)
from small_networks import signal

import spicegen as sg
from spicegen.network import Bidirectional, Dense, Lstm, Network
from spicegen.pipeline import RunResult

KINDS = every_kind()


@pytest.fixture(autouse=True)
def _needs_ngspice(ngspice_program: str) -> None:
    """These circuits run in ngspice."""


def circuit(net: Network, out: Path, *sets: str, shape: tuple[int, int] = (1, 12)) -> RunResult:
    """A network run on a seeded signal of (samples, steps)."""
    design = sg.load_design(None, ["simulation.save=outputs", *sets])
    return sg.run(net, signal(*shape, INPUTS, seed=7), design=design, out=out)


@pytest.mark.parametrize("kind", KINDS)
def test_ideal(kind: str, tmp_path: Path) -> None:
    accuracy = circuit(KINDS[kind], tmp_path / "run", "fidelity=ideal").accuracy
    assert accuracy.max_error_pct <= 0.02


@pytest.mark.parametrize("kind", KINDS)
def test_behavioural(kind: str, tmp_path: Path) -> None:
    accuracy = circuit(KINDS[kind], tmp_path / "run").accuracy
    assert accuracy.mean_error_pct <= 0.1
    assert accuracy.max_error_pct <= 1.0


@pytest.mark.parametrize("kind", ["lstm-vanilla", "gru-before", "stack", "bidirectional"])
def test_dual_columns_around_another_voltage(kind: str, tmp_path: Path) -> None:
    sets = ("crossbar.topology=dual-column", "signal.v_common_volts=1.2", "fidelity=ideal")
    assert circuit(KINDS[kind], tmp_path / "run", *sets).accuracy.max_error_pct <= 0.02


@pytest.mark.parametrize(
    "layer",
    [
        some_lstm("np", 1, returns="last"),
        some_gru(False, 2, returns="last"),
        some_rnn("tanh", 3, returns="last"),
        Bidirectional("both", some_gru(True, 4, returns="last"), some_gru(True, 5, returns="last")),
    ],
    ids=["lstm", "gru", "rnn", "bidirectional"],
)
def test_the_last_state_of_every_sequence_of_a_batch(layer: Lstm, tmp_path: Path) -> None:
    result = circuit(network(layer, outputs=3), tmp_path / "run", "fidelity=ideal", shape=(6, 3))
    assert result.outputs.shape == (6, 3)
    assert result.accuracy.max_error_pct <= 0.02


def test_sequences_of_a_batch_do_not_see_each_other(tmp_path: Path) -> None:
    """The same sequence alone, and behind another one: the reset clears all states."""
    inputs = signal(2, 6, INPUTS, seed=3)
    net = network(some_lstm("vanilla", 1), some_gru(True, 2, inputs=UNITS, name="two"))
    design = sg.load_design(None, ["fidelity=ideal"])
    both = sg.run(net, inputs, design=design, out=tmp_path / "both")
    alone = sg.run(
        net, inputs[1], design=sg.load_design(tmp_path / "both" / "design.toml"), out=tmp_path / "b"
    )
    np.testing.assert_allclose(both.outputs[1], alone.outputs, atol=2e-5)


def test_permuting_hidden_units_permutes_nothing_at_the_output(tmp_path: Path) -> None:
    layer, order = some_lstm("vanilla", 1), np.array([2, 0, 3, 1])
    rows = np.concatenate([order + gate * UNITS for gate in range(4)])
    shuffled = Lstm(
        "rec",
        layer.weight_ih[rows],
        layer.weight_hh[rows][:, order],
        layer.bias[rows],
        variant="vanilla",
        peephole_i=layer.peephole_i[order],  # type: ignore[index]
        peephole_f=layer.peephole_f[order],  # type: ignore[index]
        peephole_o=layer.peephole_o[order],  # type: ignore[index]
    )
    behind = network(layer).layers[1]
    again = type(behind)("readout", behind.weight[:, order], behind.bias, "linear")  # type: ignore[attr-defined,call-arg]
    first = circuit(network(layer), tmp_path / "a")
    second = circuit(Network("x", INPUTS, (shuffled, again)), tmp_path / "b")
    np.testing.assert_allclose(first.outputs, second.outputs, atol=2e-4)


def test_zero_weights_give_the_analytic_state(tmp_path: Path) -> None:
    """All weights zero: i = f = o = 1/2 and g = tanh(b), so c_t = g (1 - 2^-t)."""
    units, b = 2, np.array([0.6, -0.4])
    bias = np.concatenate([np.zeros(4), b, np.zeros(2)])
    layer = Lstm("rec", np.zeros((8, INPUTS)), np.zeros((8, units)), bias)
    result = circuit(Network("zero", INPUTS, (layer,)), tmp_path / "run", "fidelity=ideal")
    t = np.arange(1, 13)[:, None]
    expected = 0.5 * np.tanh(np.tanh(b) * (1 - 0.5**t))
    np.testing.assert_allclose(result.outputs[0], expected, atol=2e-5)


def test_a_variant_is_the_full_cell_with_its_gate_pinned(tmp_path: Path) -> None:
    """A bias of 30 opens a gate: np then computes what nog (o = 1) computes."""
    variant = some_lstm("nog", 1)
    pinned = {
        name: array.copy() for name, array in (("ih", variant.weight_ih), ("hh", variant.weight_hh))
    }
    bias = variant.bias.copy()
    last = slice(3 * UNITS, 4 * UNITS)
    pinned["ih"][last], pinned["hh"][last], bias[last] = 0.0, 0.0, 30.0
    full = Lstm(
        "rec", pinned["ih"], pinned["hh"], bias, variant="vanilla",
        peephole_i=variant.peephole_i, peephole_f=variant.peephole_f, peephole_o=np.zeros(UNITS),
    )  # fmt: skip
    one = circuit(network(variant), tmp_path / "a", "fidelity=ideal")
    two = circuit(network(full), tmp_path / "b", "fidelity=ideal")
    np.testing.assert_allclose(one.outputs, two.outputs, atol=5e-5)


def test_a_broken_cell_is_seen(tmp_path: Path) -> None:
    """The bars can fail: one gate's weights with the wrong sign are far outside them."""
    layer = some_lstm("np", 1)
    weights = layer.weight_ih.copy()
    weights[layer.gate_rows("f")] *= -1
    wrong = circuit(network(Lstm("rec", weights, layer.weight_hh, layer.bias)), tmp_path / "a")
    right = circuit(network(layer), tmp_path / "b")
    scale = np.ptp(right.reference, axis=(0, 1))
    assert (np.abs(wrong.outputs - right.reference) / scale).max() > 0.05


def test_ranges_hold_for_the_steps_before_the_last(tmp_path: Path) -> None:
    """A dense layer behind one that returns the last state works at every step all the same,
    and its word lines stay within the read voltage at each of them."""
    inputs = np.zeros((1, 8, INPUTS))
    inputs[:, :4] = 1.0  # large states early, small ones at the end
    hidden = Dense("hidden", np.full((2, UNITS), 1.5), np.zeros(2), "relu")
    net = network(some_rnn("relu", 3, returns="last"), hidden)
    design = sg.load_design(None, ["fidelity=ideal"])
    result = sg.run(net, inputs, design=design, out=tmp_path / "run")
    ends = (np.arange(9) + 0.95) * result.summary["clock"]["t_step_s"]
    lines = np.abs(result.waveforms.at(["hidden.out0", "hidden.out1"], ends))
    assert lines.max() <= 0.3 * (1 + 1e-6)
    assert lines.max() > 3 * lines[-1].max()  # the last step alone would have chosen more
