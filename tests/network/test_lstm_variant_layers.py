"""LSTM variants against a loop over units, and against each other where they must agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from naive import lstm as naive_lstm

from spicegen.errors import NetworkError
from spicegen.network import Lstm
from spicegen.network.lstm_variants import VARIANTS

PEEPHOLES = sorted(set(VARIANTS) - {"np"})


def arrays_of(variant: str, units: int, features: int, peepholes: bool) -> dict[str, Any]:
    generator = np.random.default_rng(11)
    arrays = {
        "weight_ih": generator.standard_normal((4 * units, features)),
        "weight_hh": 0.5 * generator.standard_normal((4 * units, units)),
        "bias": generator.standard_normal(4 * units),
    }
    cell = VARIANTS[variant]
    if peepholes:
        arrays |= {f"peephole_{gate}": generator.standard_normal(units) for gate in cell.peepholes}
    if cell.gate_recurrence:
        arrays["gates_hh"] = 0.5 * generator.standard_normal((3 * units, 3 * units))
    return arrays


def layer_of(variant: str, units: int = 5, features: int = 3, peepholes: bool = True) -> Lstm:
    return Lstm(
        "memory",
        **arrays_of(variant, units, features, peepholes),
        variant=variant,  # type: ignore[arg-type]
    )


def steps(samples: int = 2, count: int = 8, features: int = 3) -> np.ndarray:
    return np.random.default_rng(12).standard_normal((samples, count, features))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("peepholes", [False, True])
@pytest.mark.parametrize(("units", "features"), [(1, 1), (4, 2), (5, 3), (8, 3)])
def test_agrees_with_a_loop_over_units(
    variant: str, peepholes: bool, units: int, features: int
) -> None:
    layer = layer_of(variant, units, features, peepholes)
    x = steps(features=features)
    trace = layer.forward(x)
    gates_hh = None if layer.gates_hh is None else layer.gates_hh.tolist()
    for sample in range(len(x)):
        h, c = naive_lstm(
            x[sample].tolist(),
            layer.weight_ih.tolist(),
            layer.weight_hh.tolist(),
            layer.bias.tolist(),
            variant,
            {gate: weight.tolist() for gate, weight in layer.peepholes.items()},
            gates_hh,
        )
        np.testing.assert_allclose(trace["h"][sample], h, rtol=0, atol=1e-12)
        np.testing.assert_allclose(trace["c"][sample], c, rtol=0, atol=1e-12)


SIGNALS = {
    "np": "pre_i pre_f pre_g pre_o i f g o",
    "vanilla": "pre_i pre_f pre_g pre_o i f g o",
    "nig": "pre_f pre_g pre_o f g o",
    "nfg": "pre_i pre_g pre_o i g o",
    "nog": "pre_i pre_f pre_g i f g",
    "niaf": "pre_i pre_f pre_g pre_o i f g o",
    "noaf": "pre_i pre_f pre_g pre_o i f g o",
    "cifg": "pre_i pre_g pre_o i g o f",
    "fgr": "pre_i pre_f pre_g pre_o i f g o",
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_trace_has_the_signals_of_the_variant(variant: str) -> None:
    trace = layer_of(variant).forward(steps())
    assert set(trace.signals) == {*SIGNALS[variant].split(), "c", "h", "out"}
    assert all(signal.shape == (2, 8, 5) for signal in trace.signals.values())


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_signals_are_those_of_the_equations(variant: str) -> None:
    layer = layer_of(variant)
    trace = layer.forward(steps())
    c_before = np.concatenate([np.zeros((2, 1, 5)), trace["c"][:, :-1]], axis=1)
    for gate in set("ifo") & set(layer.gates):
        np.testing.assert_allclose(trace[gate], 1 / (1 + np.exp(-trace[f"pre_{gate}"])), atol=1e-14)
    g = trace["pre_g"] if variant == "niaf" else np.tanh(trace["pre_g"])
    np.testing.assert_allclose(trace["g"], g, atol=1e-14)
    i, f, o = (trace.signals.get(gate, np.ones(1)) for gate in "ifo")
    np.testing.assert_allclose(trace["c"], f * c_before + i * g, atol=1e-14)
    shaped = trace["c"] if variant == "noaf" else np.tanh(trace["c"])
    np.testing.assert_allclose(trace["h"], o * shaped, atol=1e-14)


def same(one: Lstm, other: Lstm) -> None:
    x = steps(count=30)
    np.testing.assert_allclose(one.forward(x).out, other.forward(x).out, rtol=0, atol=1e-12)


def test_vanilla_without_peepholes_is_np() -> None:
    arrays = arrays_of("np", 5, 3, peepholes=False)
    none = {f"peephole_{gate}": np.zeros(5) for gate in "ifo"}
    plain = Lstm("m", **arrays)
    same(plain, Lstm("m", **arrays, **none, variant="vanilla"))
    same(plain, Lstm("m", **arrays, variant="vanilla"))


def test_full_gate_recurrence_of_zero_is_vanilla() -> None:
    arrays = arrays_of("vanilla", 5, 3, peepholes=True)
    zero = np.zeros((15, 15))
    same(Lstm("m", **arrays, variant="vanilla"), Lstm("m", **arrays, variant="fgr", gates_hh=zero))


@pytest.mark.parametrize(("variant", "gate"), [("nig", "i"), ("nfg", "f"), ("nog", "o")])
def test_a_missing_gate_is_a_gate_held_open(variant: str, gate: str) -> None:
    missing = layer_of(variant)
    arrays = {name: getattr(missing, name).copy() for name in ("weight_ih", "weight_hh", "bias")}
    rows = missing.gate_rows(gate)
    arrays["weight_ih"][rows] = arrays["weight_hh"][rows] = 0.0
    arrays["bias"][rows] = 50.0  # sigmoid(50) = 1 in float64
    kept = {f"peephole_{name}": weight for name, weight in missing.peepholes.items()}
    same(missing, Lstm("m", **arrays, **kept, variant="vanilla"))


def test_coupled_gates_are_two_opposite_gates() -> None:
    coupled = layer_of("cifg", peepholes=False)
    arrays = {name: getattr(coupled, name).copy() for name in ("weight_ih", "weight_hh", "bias")}
    for array in arrays.values():  # sigmoid(-x) = 1 - sigmoid(x)
        array[coupled.gate_rows("f")] = -array[coupled.gate_rows("i")]
    same(coupled, Lstm("m", **arrays))
    trace = coupled.forward(steps())
    np.testing.assert_array_equal(trace["f"], 1.0 - trace["i"])


@pytest.mark.parametrize("variant", ["nig", "nfg", "nog", "cifg"])
def test_rows_of_a_missing_gate_are_ignored(variant: str) -> None:
    layer = layer_of(variant)
    (gate,) = set("ifgo") - set(layer.gates)
    arrays = arrays_of(variant, 5, 3, peepholes=True)
    for name in ("weight_ih", "weight_hh", "bias"):
        arrays[name][layer.gate_rows(gate)] = 0.0
    same(layer, Lstm("m", **arrays, variant=variant))  # type: ignore[arg-type]


@pytest.mark.parametrize("variant", ["niaf", "noaf"])
def test_a_missing_tanh_hardly_matters_for_small_signals(variant: str) -> None:
    arrays = arrays_of("np", 5, 3, peepholes=False)
    arrays["bias"] *= 0.0
    x = 1e-4 * steps()
    np.testing.assert_allclose(
        Lstm("m", **arrays, variant=variant).forward(x).out,  # type: ignore[arg-type]
        Lstm("m", **arrays).forward(x).out,
        rtol=1e-4,
        atol=1e-12,
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_permuting_hidden_units_permutes_the_states(variant: str) -> None:
    units, layer = 5, layer_of(variant)
    order = np.random.default_rng(4).permutation(units)
    rows = np.concatenate([gate * units + order for gate in range(4)])
    gated = np.concatenate([gate * units + order for gate in range(3)])
    extra = {f"peephole_{gate}": weight[order] for gate, weight in layer.peepholes.items()}
    if layer.gates_hh is not None:
        extra["gates_hh"] = layer.gates_hh[gated][:, gated]
    permuted = Lstm(
        "p",
        layer.weight_ih[rows],
        layer.weight_hh[rows][:, order],
        layer.bias[rows],
        variant=layer.variant,
        **extra,
    )
    expected = layer.forward(steps()).out[..., order]
    np.testing.assert_allclose(permuted.forward(steps()).out, expected, rtol=0, atol=1e-12)


def test_zero_weights_of_coupled_gates_give_the_analytic_state() -> None:
    bias = np.array([0.4, 0.0, 0.9, 0.2])
    layer = Lstm("m", np.zeros((4, 2)), np.zeros((4, 1)), bias, variant="cifg")
    c = layer.forward(np.ones((1, 40, 2)))["c"][0, :, 0]
    i, g = 1 / (1 + np.exp(-0.4)), np.tanh(0.9)
    np.testing.assert_allclose(c, g * (1 - (1 - i) ** np.arange(1, 41)), rtol=1e-12)


def test_a_variant_lists_its_gates_and_peepholes() -> None:
    layer = layer_of("nig")
    assert layer.gates == ("f", "g", "o")
    assert list(layer.peepholes) == ["f", "o"]
    assert layer.cell.meaning == "no input gate, i = 1"
    assert layer_of("np").peepholes == {}


@pytest.mark.parametrize(
    ("variant", "array", "message"),
    [
        ("np", "peephole_i", r"'peephole_i': variant 'np' \(no peepholes .*\) has no such array"),
        ("nig", "peephole_i", r"'peephole_i': variant 'nig' \(no input gate"),
        ("cifg", "peephole_f", r"'peephole_f': variant 'cifg'"),
        ("vanilla", "gates_hh", r"'gates_hh': variant 'vanilla' \(with peepholes\) has no such"),
        ("vanilla", "peephole_o", r"'peephole_o': the shape must be \(5,\), got \(15, 15\)"),
    ],
)
def test_arrays_of_another_variant_are_refused(variant: str, array: str, message: str) -> None:
    arrays = arrays_of(variant, 5, 3, peepholes=False) | {array: np.zeros((15, 15))}
    with pytest.raises(NetworkError, match=message):
        Lstm("memory", **arrays, variant=variant)  # type: ignore[arg-type]


def test_gate_recurrence_needs_its_weights() -> None:
    with pytest.raises(NetworkError, match="'memory': variant 'fgr' needs the array 'gates_hh'"):
        Lstm("memory", **arrays_of("np", 2, 2, peepholes=False), variant="fgr")


def test_unknown_variants_are_refused() -> None:
    with pytest.raises(NetworkError, match=r"variant must be one of np, .*got NP; known are cifg"):
        Lstm("memory", **arrays_of("np", 2, 2, False), variant="NP")  # type: ignore[arg-type]
