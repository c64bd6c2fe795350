"""Whole small networks through ngspice: every topology and fidelity within its error bar.

Bars, in percent of an output's full scale. Ideal circuits have no error but the hold cells'
settling (1e-5 of a step), and the solver's: 0.01. Behavioural ones add, per layer, noise gain
/ gain = 2e-5 and settling 1e-5; three layers in a row: 0.01 as well. States add twice 12 uV of
injected charge of 0.3 V (8e-5, a few times more where a state uses little of its range), at
every step anew: 0.3. A wrong weight or sign costs some ten percent.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from small_networks import Array, chain, dense, lstm, signal

import spicegen
from spicegen.design import Design, design_from
from spicegen.mapping import MappedNetwork, map_network
from spicegen.network import Network
from spicegen.pipeline import RunResult

pytestmark = pytest.mark.usefixtures("ngspice_program")

BAR_PCT = {"ideal": 0.01, "behavioural": 0.3}
TIGHT = {"reltol": 1e-5, "vntol_volts": 1e-7, "abstol_ampere": 1e-12}
CIRCUITS = [
    {"fidelity": fidelity, "crossbar": {"topology": topology}}
    for fidelity in ("ideal", "behavioural")
    for topology in ("dual-row", "dual-column")
]

FEED_FORWARD = {
    f"{activation}{' with bias' if bias else ''}": chain(
        dense("only", 4, 3, activation, bias=bias, seed=11)
    )
    for activation in ("linear", "relu", "sigmoid", "tanh")
    for bias in (False, True)
}
FEED_FORWARD["three in a row"] = chain(
    dense("a", 4, 5, "relu", seed=1), dense("b", 5, 3, "tanh", seed=2), dense("c", 3, 2, seed=3)
)
LSTM = chain(lstm("m", 2, 3, seed=1), dense("out", 3, 2, seed=2))
STACK = chain(lstm("m", 2, 3, seed=1), lstm("n", 3, 2, bias=False, seed=3))
ONE = signal(8, 2, seed=5)
BATCH = signal(2, 5, 2, seed=6)
RECURRENT: dict[str, tuple[Network, Array]] = {
    "lstm and dense": (LSTM, ONE),
    "dense, lstm, dense": (
        chain(dense("in", 2, 3, "relu", seed=4), lstm("m", 3, 3, seed=1), dense("o", 3, 2, seed=2)),
        ONE,
    ),
    "two lstm": (STACK, ONE),
    "two lstm, batch": (STACK, BATCH),
    "last step": (chain(lstm("m", 2, 3, returns="last", seed=1)), signal(4, 4, 2, seed=7)),
    "last step and dense": (
        chain(lstm("m", 2, 3, returns="last", seed=1), dense("o", 3, 2, "sigmoid", seed=2)),
        signal(4, 4, 2, seed=7),
    ),
}


def run(
    network: Network, inputs: Array, folder: Path, table: dict[str, object] | None = None
) -> RunResult:
    design = table if isinstance(table, Design) else design_from(table or {})
    return spicegen.run(network, inputs, design=design, out=folder / "run", force=True)


def within_bar(result: RunResult, fidelity: str) -> None:
    assert result.outputs.shape == result.reference.shape
    span = np.ptp(result.reference.reshape(-1, result.reference.shape[-1]), axis=0)
    assert span.min() > 0.02, "an output that hardly moves tests nothing"
    worst = 100 * np.abs(result.outputs - result.reference).reshape(-1, span.size).max(axis=0)
    assert (worst / span).max() <= BAR_PCT[fidelity]


@pytest.mark.parametrize("table", CIRCUITS, ids=lambda t: f"{t['fidelity']}-{t['crossbar']}")
@pytest.mark.parametrize("name", FEED_FORWARD)
def test_feed_forward(tmp_path: Path, name: str, table: dict[str, object]) -> None:
    network, inputs = FEED_FORWARD[name], signal(12, 4, seed=5)
    result = run(network, inputs, tmp_path, table)
    np.testing.assert_array_equal(result.reference, network.forward(inputs).outputs)
    within_bar(result, "ideal")  # without states there is no injected charge


@pytest.mark.parametrize("table", CIRCUITS, ids=lambda t: f"{t['fidelity']}-{t['crossbar']}")
@pytest.mark.parametrize("name", RECURRENT)
def test_recurrent(tmp_path: Path, name: str, table: dict[str, object]) -> None:
    network, inputs = RECURRENT[name]
    result = run(network, inputs, tmp_path, table)
    np.testing.assert_array_equal(result.reference, network.forward(inputs).outputs)
    within_bar(result, str(table["fidelity"]))


@pytest.mark.parametrize("topology", ["dual-row", "dual-column"])
def test_what_is_left_of_a_feed_forward_network_is_finite_gain(
    tmp_path: Path, topology: str
) -> None:
    """With a solver that is exact, ten times less gain makes the error ten times larger."""
    network, inputs = FEED_FORWARD["linear with bias"], signal(12, 4, seed=5)
    errors = []
    for gain in (1e5, 1e4):
        table = {
            "crossbar": {"topology": topology},
            "opamp": {"gain": gain},
            "simulation": TIGHT,
            "timing": {"settle_error": 1e-7},
        }
        result = run(network, inputs, tmp_path, table)
        errors.append(result.outputs - result.reference)
        # noise gains are below 1 + r_f * sum g <= 1 + 5 * 2 * 1e-4 / 1e-4 of the window
        assert np.abs(errors[-1]).max() <= 2 * 12 / gain * np.abs(result.reference).max()
    np.testing.assert_allclose(errors[1], 10 * errors[0], atol=0.1 * np.abs(errors[1]).max())


@pytest.mark.parametrize("settle_error", [1e-1 / 2, 1e-2, 1e-3])
def test_the_chosen_step_is_long_enough(tmp_path: Path, settle_error: float) -> None:
    """What is left when outputs are read: at most settle_error of a step from rail to rail."""
    table = {
        "timing": {"settle_error": settle_error, "t_edge_s": 1e-9},
        "opamp": {"gain": 1e9},
        "sample_hold": {"q_injection_coulomb": 0.0, "i_leak_ampere": 0.0},
        "simulation": TIGHT,
    }
    for network, inputs in (
        (FEED_FORWARD["linear with bias"], signal(12, 4, seed=5)),
        (FEED_FORWARD["three in a row"], signal(12, 4, seed=5)),
        RECURRENT["two lstm"],
    ):
        result = run(network, inputs, tmp_path, table)
        assert result.accuracy.max_error_pct <= 100 * 2 * settle_error
        assert result.accuracy.max_error_pct > 100 * settle_error / 500  # and not far too long


@pytest.mark.parametrize("block", ["opamp", "activation", "multiplier", "sample_hold"])
@pytest.mark.parametrize("alone", ["ideal", "behavioural"])
def test_fidelity_block_by_block(tmp_path: Path, block: str, alone: str) -> None:
    others = "behavioural" if alone == "ideal" else "ideal"
    result = run(LSTM, ONE, tmp_path, {"fidelity": others, block: {"fidelity": alone}})
    within_bar(result, "behavioural")
    of_opamps = alone if block == "opamp" else others
    assert (result.summary["size"]["opamps"] > 0) == (of_opamps == "behavioural")


@pytest.mark.parametrize("table", CIRCUITS, ids=lambda t: f"{t['fidelity']}-{t['crossbar']}")
def test_around_another_common_voltage(tmp_path: Path, table: dict[str, object]) -> None:
    for network, inputs in (RECURRENT["dense, lstm, dense"], RECURRENT["two lstm, batch"]):
        around = table | {"signal": {"v_common_volts": 1.2}}
        result = run(network, inputs, tmp_path, around)
        within_bar(result, str(table["fidelity"]))
        h = result.waveforms["m.h0"]
        read = np.interp(result.t_s.reshape(-1), h.t_s, h.values)
        assert np.abs(read - 1.2).max() <= 0.3 + 1e-3


def test_common_voltage_changes_nothing(tmp_path: Path) -> None:
    ground = run(LSTM, ONE, tmp_path)
    above = run(LSTM, ONE, tmp_path, {"signal": {"v_common_volts": 1.2}})
    np.testing.assert_allclose(above.outputs, ground.outputs, atol=1e-4 * np.ptp(ground.reference))


@pytest.mark.parametrize("fidelity", BAR_PCT)
def test_a_sequence_in_a_batch_is_as_alone(tmp_path: Path, fidelity: str) -> None:
    """Reset clears every layer: nothing of the first sequence is left in the second."""
    together = run(STACK, BATCH, tmp_path, {"fidelity": fidelity})
    design = spicegen.load_design(tmp_path / "run" / "design.toml")
    for index, sequence in enumerate(BATCH):
        alone = run(STACK, sequence, tmp_path, design)  # type: ignore[arg-type]
        np.testing.assert_allclose(alone.reference, together.reference[index], atol=1e-14)
        np.testing.assert_allclose(
            alone.outputs, together.outputs[index], atol=1e-4 * np.ptp(together.reference)
        )


def test_a_single_sample_and_a_single_step(tmp_path: Path) -> None:
    network = FEED_FORWARD["tanh with bias"]
    result = run(network, signal(1, 4, seed=1), tmp_path)
    assert result.outputs.shape == (1, 3)
    assert (np.abs(result.outputs - result.reference) <= 1e-4 * np.abs(result.reference)).all()
    step = run(LSTM, ONE[:1], tmp_path)
    assert step.outputs.shape == (1, 2)
    assert (np.abs(step.outputs - step.reference) <= 0.003 * np.abs(step.reference)).all()


def injected(network: Network, inputs: Array, h_step: float, c_step: float) -> Array:
    """h of one LSTM whose hold cells lose a step of h (and of c) at each switch that opens.

    Two switches on the way of each state, but one after a reset; the product f c sees c_step.
    """
    layer = network.layers[0]
    h, c = np.full(3, -h_step), np.full(3, -c_step)
    found = []
    for x in inputs:
        pre = layer.weight_ih @ x + layer.weight_hh @ h + layer.bias  # type: ignore[attr-defined]
        i, f, g, o = pre.reshape(4, 3)
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c) - 2 * h_step
        c = c - 2 * c_step
        found.append(h)
    return np.array(found)


@pytest.mark.parametrize("replica", [True, False])
def test_injected_charge_does_what_it_does_to_the_equations(tmp_path: Path, replica: bool) -> None:
    network, q = chain(lstm("m", 2, 3, seed=1)), 4e-15
    held = {"q_injection_coulomb": q, "i_leak_ampere": 0.0, "replica": replica}
    table = {"sample_hold": held, "simulation": {"reltol": 1e-4}}
    result = run(network, ONE, tmp_path, table)
    volts = {each["signal"]: each["volts_per_unit"] for each in result.summary["clipping"]}
    step = q / (10e-12 + q / 0.9)  # the coupling capacitor stands beside the hold capacitor
    c_step = 0.0 if replica else step / volts["m.c"]
    model = injected(network, ONE, step / volts["m.h"], c_step)
    shift = np.abs(model - result.reference)
    assert shift.min() > 5e-4
    # what remains is finite gain and settling, as without injection
    np.testing.assert_allclose(result.outputs, model, atol=3e-5)


def saturating(factor: float) -> Network:
    """Pre-activations far beyond the rail, as trained networks have them."""
    first = dense("a", 3, 4, "sigmoid", seed=31)
    return chain(replace(first, weight=factor * first.weight), dense("b", 4, 2, seed=32))


@pytest.mark.parametrize("fidelity", BAR_PCT)
def test_columns_that_clip_do_no_harm(tmp_path: Path, fidelity: str) -> None:
    """The rail cuts behind the difference, where the sigmoid is saturated anyway."""
    network, inputs = saturating(150.0), signal(40, 3, seed=33)
    result = run(network, inputs, tmp_path, {"fidelity": fidelity})
    (pre,) = [each for each in result.summary["clipping"] if each["signal"] == "a.pre"]
    assert pre["clips"]
    assert pre["largest_volts"] > 5.0 > 0.9 == pre["limit_volts"]
    assert 0 < pre["clip_error"] < 1e-9
    volts = np.array([result.waveforms[f"a.pre{unit}"].values for unit in range(4)])
    if fidelity == "behavioural":
        assert 0.9 < np.abs(volts).max() < 1.5
    within_bar(result, fidelity)


def test_unit_scale(tmp_path: Path) -> None:
    table = {"mapping": {"scale": "unit"}, "fidelity": "ideal"}
    within_bar(run(LSTM, ONE, tmp_path, table), "ideal")


def test_serial_hardware_computes_the_same(tmp_path: Path) -> None:
    parallel = run(LSTM, ONE, tmp_path)
    serial = run(LSTM, ONE, tmp_path, {"timing": {"serial": 2}})
    within_bar(serial, "behavioural")
    np.testing.assert_allclose(
        serial.outputs, parallel.outputs, atol=3e-3 * np.ptp(parallel.reference)
    )


def test_opposite_weights_give_opposite_outputs(tmp_path: Path) -> None:
    layer = dense("only", 4, 3, seed=11)
    opposite = replace(layer, weight=-layer.weight, bias=-layer.bias)
    inputs = signal(6, 4, seed=5)
    one, other = (run(chain(each), inputs, tmp_path, {"simulation": TIGHT}) for each in (
        layer, opposite
    ))  # fmt: skip
    np.testing.assert_allclose(one.outputs, -other.outputs, atol=1e-4 * np.ptp(one.reference))


@pytest.mark.parametrize("topology", ["dual-row", "dual-column"])
@pytest.mark.parametrize("name", ["linear", "two lstm"])
def test_one_exchanged_pair_misses_the_bar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, topology: str
) -> None:
    """The mutation that must not pass: one pair of memristors wired the other way round."""

    def mutant(*args: object) -> MappedNetwork:
        mapped = map_network(*args)  # type: ignore[arg-type]
        layer = mapped.layers[0]
        g_pos = layer.crossbar.g_pos_siemens.copy()
        g_neg = layer.crossbar.g_neg_siemens.copy()
        g_pos[0, 1], g_neg[0, 1] = g_neg[0, 1], g_pos[0, 1]
        crossbar = replace(layer.crossbar, g_pos_siemens=g_pos, g_neg_siemens=g_neg)
        return replace(mapped, layers=(replace(layer, crossbar=crossbar), *mapped.layers[1:]))

    network, inputs = (FEED_FORWARD[name], signal(12, 4, seed=5)) if name == "linear" else (
        RECURRENT[name]
    )  # fmt: skip
    table = {"crossbar": {"topology": topology}}
    within_bar(run(network, inputs, tmp_path, table), "behavioural")
    monkeypatch.setattr(import_module("spicegen.pipeline.prepare"), "map_network", mutant)
    with pytest.raises(AssertionError):
        within_bar(run(network, inputs, tmp_path, table), "behavioural")
