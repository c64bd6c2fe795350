"""LSTM layers against hand algebra, a naive loop, PyTorch and symmetries."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spicegen.errors import NetworkError
from spicegen.network import Lstm


def random_lstm(units: int, features: int, seed: int = 0, returns: str = "sequence") -> Lstm:
    generator = np.random.default_rng(seed)
    return Lstm(
        "memory",
        generator.standard_normal((4 * units, features)),
        generator.standard_normal((4 * units, units)),
        generator.standard_normal(4 * units),
        returns,  # type: ignore[arg-type]
    )


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def test_one_unit_over_two_steps_by_hand() -> None:
    w, r, b = (0.5, -0.3, 0.8, 1.1), (0.2, 0.4, -0.6, 0.9), (0.1, 0.2, -0.1, 0.3)
    layer = Lstm("m", np.array(w)[:, None], np.array(r)[:, None], np.array(b))
    x = (0.7, -1.2)
    trace = layer.forward(np.array(x).reshape(1, 2, 1))
    h = c = 0.0
    for step in range(2):
        pre = [w[k] * x[step] + r[k] * h + b[k] for k in range(4)]
        i, f, g, o = logistic(pre[0]), logistic(pre[1]), math.tanh(pre[2]), logistic(pre[3])
        c = f * c + i * g
        h = o * math.tanh(c)
        expected = dict(zip(("pre_i", "pre_f", "pre_g", "pre_o"), pre, strict=True))
        expected |= {"i": i, "f": f, "g": g, "o": o, "c": c, "h": h, "out": h}
        assert sorted(trace.signals) == sorted(expected)
        for name, number in expected.items():
            assert trace[name][0, step, 0] == pytest.approx(number, abs=1e-15), name


@pytest.mark.parametrize(("units", "features"), [(1, 1), (2, 5), (5, 5), (7, 3)])
def test_agrees_with_a_loop_over_units(units: int, features: int) -> None:
    layer = random_lstm(units, features)
    x = np.random.default_rng(1).standard_normal((3, 6, features))
    trace = layer.forward(x)
    for sample in range(3):
        h, c = [0.0] * units, [0.0] * units
        for step in range(6):
            h_before = list(h)
            for unit in range(units):
                pre = []
                for gate in range(4):
                    row = gate * units + unit
                    total = float(layer.bias[row])
                    for k in range(features):
                        total += layer.weight_ih[row, k] * x[sample, step, k]
                    for k in range(units):
                        total += layer.weight_hh[row, k] * h_before[k]
                    pre.append(total)
                c[unit] = logistic(pre[1]) * c[unit] + logistic(pre[0]) * math.tanh(pre[2])
                h[unit] = logistic(pre[3]) * math.tanh(c[unit])
            np.testing.assert_allclose(trace["c"][sample, step], c, rtol=0, atol=1e-13)
            np.testing.assert_allclose(trace["h"][sample, step], h, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("units", "features"), [(1, 2), (5, 5), (8, 3)])
def test_agrees_with_pytorch(units: int, features: int) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    module = torch.nn.LSTM(features, units, batch_first=True, dtype=torch.float64)
    state = {name: array.detach().numpy() for name, array in module.named_parameters()}
    bias = state["bias_ih_l0"] + state["bias_hh_l0"]
    layer = Lstm("m", state["weight_ih_l0"], state["weight_hh_l0"], bias)
    x = np.random.default_rng(2).standard_normal((3, 20, features))
    expected, (h_last, c_last) = module(torch.from_numpy(x))
    trace = layer.forward(x)
    np.testing.assert_allclose(trace.out, expected.detach().numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(trace["h"][:, -1], h_last[0].detach().numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(trace["c"][:, -1], c_last[0].detach().numpy(), rtol=0, atol=1e-12)


def test_permuting_hidden_units_permutes_the_states() -> None:
    units, layer = 5, random_lstm(5, 3)
    order = np.random.default_rng(4).permutation(units)
    rows = np.concatenate([gate * units + order for gate in range(4)])
    permuted = Lstm("p", layer.weight_ih[rows], layer.weight_hh[rows][:, order], layer.bias[rows])
    x = np.random.default_rng(5).standard_normal((2, 30, 3))
    expected = layer.forward(x).out[..., order]
    np.testing.assert_allclose(permuted.forward(x).out, expected, rtol=0, atol=1e-12)


def test_zero_weights_leave_the_state_that_the_biases_give() -> None:
    bias = np.array([0.3, -0.4, 0.9, 0.2])
    layer = Lstm("m", np.zeros((4, 2)), np.zeros((4, 1)), bias)
    c = layer.forward(np.ones((1, 50, 2)))["c"][0, :, 0]
    f, gain = logistic(-0.4), logistic(0.3) * math.tanh(0.9)
    steps = np.arange(1, 51)
    np.testing.assert_allclose(c, gain * (1 - f**steps) / (1 - f), rtol=1e-13)


def test_the_future_does_not_reach_back_and_samples_do_not_mix() -> None:
    layer = random_lstm(4, 3)
    x = np.random.default_rng(6).standard_normal((3, 12, 3))
    whole = layer.forward(x).out
    np.testing.assert_allclose(layer.forward(x[:, :7]).out, whole[:, :7], rtol=0, atol=1e-13)
    np.testing.assert_allclose(layer.forward(x[1:2]).out, whole[1:2], rtol=0, atol=1e-13)


def test_returns_last_keeps_all_states_but_gives_one_step() -> None:
    x = np.random.default_rng(7).standard_normal((3, 9, 2))
    sequence = random_lstm(4, 2).forward(x)
    layer = random_lstm(4, 2, returns="last")
    last = layer.forward(x)
    assert not layer.keeps_steps
    np.testing.assert_array_equal(last["h"], sequence["h"])
    np.testing.assert_array_equal(last.out, sequence.out[:, -1:])


def test_huge_pre_activations_saturate_without_a_warning() -> None:
    layer = Lstm("m", np.full((4, 1), 1e6), np.zeros((4, 1)), np.zeros(4))
    trace = layer.forward(np.array([[[1.0], [-1.0]]]))
    assert trace["i"][0, :, 0].tolist() == [1.0, 0.0]
    assert trace["g"][0, :, 0].tolist() == [1.0, -1.0]


def test_sizes_and_gate_rows() -> None:
    layer = random_lstm(5, 3)
    assert (layer.input_size, layer.output_size, layer.recurrent) == (3, 5, True)
    assert [layer.gate_rows(gate) for gate in "ifgo"] == [
        slice(0, 5),
        slice(5, 10),
        slice(10, 15),
        slice(15, 20),
    ]


@pytest.mark.parametrize("shape", [(8,), (6, 2), (0, 2)])
def test_weight_ih_must_be_four_blocks(shape: tuple[int, ...]) -> None:
    with pytest.raises(
        NetworkError, match=r"array 'weight_ih': the shape must be \(4 x units, input\)"
    ):
        Lstm("m", np.zeros(shape), np.zeros((8, 2)), np.zeros(8))


def test_weight_hh_and_bias_follow_the_units() -> None:
    with pytest.raises(
        NetworkError, match=r"'weight_hh': the shape must be \(8, 2\), got \(8, 3\)"
    ):
        Lstm("m", np.zeros((8, 2)), np.zeros((8, 3)), np.zeros(8))
    with pytest.raises(NetworkError, match=r"'bias': the shape must be \(8,\), got \(4,\)"):
        Lstm("m", np.zeros((8, 2)), np.zeros((8, 2)), np.zeros(4))


def test_unknown_returns_is_refused() -> None:
    with pytest.raises(
        NetworkError, match=r"'memory': returns must be 'sequence' or 'last', got all"
    ):
        random_lstm(2, 2, returns="all")


def test_inputs_of_another_size_are_refused() -> None:
    with pytest.raises(
        NetworkError, match=r"'memory': inputs must be \(sample, step, 3\), got \(4, 3\)"
    ):
        random_lstm(2, 3).forward(np.ones((4, 3)))
