"""GRU layers in both conventions: a loop over units, PyTorch, and symmetries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from naive import gru as naive_gru

from spicegen.errors import NetworkError
from spicegen.network import Gru
from spicegen.network.gru import GruDescription


def described(units: int, features: int, reset_after: bool, returns: str = "sequence") -> Any:
    """A layer as network.toml gives it, and its arrays."""
    generator = np.random.default_rng(21)
    arrays = {
        "weight_ih": generator.standard_normal((3 * units, features)),
        "weight_hh": generator.standard_normal((3 * units, units)),
        "bias_ih": generator.standard_normal(3 * units),
        "bias_hh": generator.standard_normal(3 * units),
    }
    description = GruDescription(
        name="memory",
        kind="gru",
        units=units,
        reset_after=reset_after,
        returns=returns,  # type: ignore[arg-type]
    )
    return description.build(arrays), arrays


def steps(features: int = 3, count: int = 7) -> np.ndarray:
    return np.random.default_rng(22).standard_normal((2, count, features))


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize(("units", "features"), [(1, 1), (3, 2), (5, 4), (8, 3)])
def test_agrees_with_a_loop_over_units(units: int, features: int, reset_after: bool) -> None:
    layer, arrays = described(units, features, reset_after)
    x = steps(features)
    out = layer.forward(x).out
    for sample in range(len(x)):
        lists = [arrays[name].tolist() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        expected = naive_gru(x[sample].tolist(), *lists, reset_after)
        np.testing.assert_allclose(out[sample], expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("units", "features"), [(1, 2), (5, 5), (8, 3)])
def test_agrees_with_pytorch(units: int, features: int) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    module = torch.nn.GRU(features, units, batch_first=True, dtype=torch.float64)
    arrays = {
        name.removesuffix("_l0"): array.detach().numpy()
        for name, array in module.named_parameters()
    }
    layer = GruDescription(name="m", kind="gru", units=units).build(arrays)
    x = steps(features, 40)
    expected = module(torch.from_numpy(x))[0].detach().numpy()
    np.testing.assert_allclose(layer.forward(x).out, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("reset_after", "inner"), [(True, "rec_n"), (False, "reset_h")])
def test_the_signals_are_those_of_the_equations(reset_after: bool, inner: str) -> None:
    layer, arrays = described(5, 3, reset_after)
    x = steps()
    trace = layer.forward(x)
    names = ["pre_r", "pre_z", "pre_n", "r", "z", "n", inner, "h", "out"]
    assert sorted(trace.signals) == sorted(names)
    before = np.concatenate([np.zeros((2, 1, 5)), trace["h"][:, :-1]], axis=1)
    w_n, r_n = (arrays[name][layer.gate_rows("n")] for name in ("weight_ih", "weight_hh"))
    b_n, c_n = (arrays[name][layer.gate_rows("n")] for name in ("bias_ih", "bias_hh"))
    if reset_after:
        np.testing.assert_allclose(trace["rec_n"], before @ r_n.T + c_n, atol=1e-13)
        pre_n = x @ w_n.T + b_n + trace["r"] * trace["rec_n"]
    else:
        np.testing.assert_allclose(trace["reset_h"], trace["r"] * before, atol=1e-13)
        pre_n = x @ w_n.T + b_n + trace["reset_h"] @ r_n.T + c_n
    np.testing.assert_allclose(trace["pre_n"], pre_n, atol=1e-13)
    np.testing.assert_allclose(trace["n"], np.tanh(trace["pre_n"]), atol=1e-14)
    z = trace["z"]
    np.testing.assert_allclose(z, 1 / (1 + np.exp(-trace["pre_z"])), atol=1e-14)
    np.testing.assert_allclose(trace["h"], (1 - z) * trace["n"] + z * before, atol=1e-14)


def test_the_conventions_agree_where_the_reset_gate_is_open() -> None:
    layers = []
    for reset_after in (True, False):
        layer, arrays = described(5, 3, reset_after)
        rows = layer.gate_rows("r")
        arrays["weight_ih"][rows] = arrays["weight_hh"][rows] = 0.0
        arrays["bias_ih"][rows] = 50.0  # sigmoid(50) = 1 in float64
        layers.append(
            GruDescription(name="m", kind="gru", units=5, reset_after=reset_after).build(arrays)
        )
    one, other = (layer.forward(steps()).out for layer in layers)
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-13)


def test_the_conventions_differ_otherwise() -> None:
    one, other = (described(5, 3, after)[0].forward(steps()).out for after in (True, False))
    assert np.abs(one - other).max() > 0.01


def test_an_update_gate_of_one_keeps_the_state() -> None:
    """h = z h' + (1 - z) n: with z and n exchanged the state would follow the candidate."""
    bias = np.array([0.0, 50.0, 3.0])
    layer = Gru("m", np.zeros((3, 1)), np.zeros((3, 1)), bias, np.zeros(1))
    assert not layer.forward(np.ones((1, 5, 1))).out.any()


def test_zero_weights_leave_the_state_that_the_biases_give() -> None:
    bias = np.array([0.3, -0.4, 0.9])
    layer = Gru("m", np.zeros((3, 2)), np.zeros((3, 1)), bias, np.zeros(1))
    h = layer.forward(np.ones((1, 50, 2)))["h"][0, :, 0]
    z = 1 / (1 + np.exp(0.4))
    np.testing.assert_allclose(h, np.tanh(0.9) * (1 - z ** np.arange(1, 51)), rtol=1e-12)


@pytest.mark.parametrize("reset_after", [True, False])
def test_permuting_hidden_units_permutes_the_states(reset_after: bool) -> None:
    units, (layer, _) = 5, described(5, 3, reset_after)
    order = np.random.default_rng(4).permutation(units)
    rows = np.concatenate([gate * units + order for gate in range(3)])
    permuted = Gru(
        "p",
        layer.weight_ih[rows],
        layer.weight_hh[rows][:, order],
        layer.bias[rows],
        layer.bias_hn[order],
        reset_after,
    )
    expected = layer.forward(steps()).out[..., order]
    np.testing.assert_allclose(permuted.forward(steps()).out, expected, rtol=0, atol=1e-12)


def test_returns_last_gives_one_step() -> None:
    last, _ = described(4, 3, True, "last")
    sequence, _ = described(4, 3, True)
    assert not last.keeps_steps
    np.testing.assert_array_equal(last.forward(steps()).out, sequence.forward(steps()).out[:, -1:])
    assert (last.input_size, last.output_size, last.recurrent) == (3, 4, True)


def test_arrays_must_fit() -> None:
    with pytest.raises(NetworkError, match=r"\(3 x units, input\), one block of rows per gate r z"):
        Gru("m", np.zeros((8, 2)), np.zeros((8, 2)), np.zeros(8), np.zeros(2))
    with pytest.raises(NetworkError, match=r"'bias_hn': the shape must be \(2,\), got \(6,\)"):
        Gru("m", np.zeros((6, 2)), np.zeros((6, 2)), np.zeros(6), np.zeros(6))
    with pytest.raises(NetworkError, match="must be zero where the reset comes before"):
        Gru("m", np.zeros((6, 2)), np.zeros((6, 2)), np.zeros(6), np.ones(2), reset_after=False)
    with pytest.raises(NetworkError, match="returns must be 'sequence' or 'last', got all"):
        Gru("m", np.zeros((6, 2)), np.zeros((6, 2)), np.zeros(6), np.zeros(2), True, "all")  # type: ignore[arg-type]
    layer, _ = described(2, 3, True)
    with pytest.raises(NetworkError, match=r"inputs must be \(sample, step, 3\)"):
        layer.forward(np.ones((4, 3)))
