"""Simple recurrent layers against a loop over units, PyTorch and hand algebra."""

from __future__ import annotations

import numpy as np
import pytest
from naive import rnn as naive_rnn

from spicegen.errors import NetworkError
from spicegen.network import Rnn


def random_rnn(units: int, features: int, activation: str = "tanh") -> Rnn:
    generator = np.random.default_rng(31)
    return Rnn(
        "memory",
        generator.standard_normal((units, features)),
        0.5 * generator.standard_normal((units, units)),
        generator.standard_normal(units),
        activation,  # type: ignore[arg-type]
    )


def steps(features: int = 3) -> np.ndarray:
    return np.random.default_rng(32).standard_normal((2, 9, features))


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
@pytest.mark.parametrize(("units", "features"), [(1, 1), (5, 3), (8, 2)])
def test_agrees_with_a_loop_over_units(activation: str, units: int, features: int) -> None:
    layer, x = random_rnn(units, features, activation), steps(features)
    out = layer.forward(x).out
    arrays = [array.tolist() for array in (layer.weight_ih, layer.weight_hh, layer.bias)]
    for sample in range(len(x)):
        expected = naive_rnn(x[sample].tolist(), *arrays, activation)
        np.testing.assert_allclose(out[sample], expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_agrees_with_pytorch(activation: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    module = torch.nn.RNN(3, 5, nonlinearity=activation, batch_first=True, dtype=torch.float64)
    state = {name: array.detach().numpy() for name, array in module.named_parameters()}
    bias = state["bias_ih_l0"] + state["bias_hh_l0"]
    layer = Rnn("m", state["weight_ih_l0"], state["weight_hh_l0"], bias, activation)  # type: ignore[arg-type]
    expected = module(torch.from_numpy(steps()))[0].detach().numpy()
    np.testing.assert_allclose(layer.forward(steps()).out, expected, rtol=0, atol=1e-12)


def test_signals_and_sizes() -> None:
    layer, x = random_rnn(5, 3), steps()
    trace = layer.forward(x)
    assert sorted(trace.signals) == ["h", "out", "pre"]
    before = np.concatenate([np.zeros((2, 1, 5)), trace["h"][:, :-1]], axis=1)
    pre = x @ layer.weight_ih.T + before @ layer.weight_hh.T + layer.bias
    np.testing.assert_allclose(trace["pre"], pre, atol=1e-13)
    np.testing.assert_array_equal(trace["h"], np.tanh(trace["pre"]))
    assert (layer.input_size, layer.output_size) == (3, 5)
    assert layer.recurrent
    assert layer.keeps_steps


def test_a_linear_layer_with_identity_recurrence_adds_up() -> None:
    layer = Rnn("m", np.eye(2), np.eye(2), np.zeros(2), "linear", "last")
    np.testing.assert_allclose(layer.forward(steps(2)).out[:, 0], steps(2).sum(axis=1))


def test_arrays_must_fit() -> None:
    with pytest.raises(NetworkError, match=r"'weight_ih': the shape must be \(units, input\), got"):
        Rnn("m", np.zeros(3), np.zeros((3, 3)), np.zeros(3))
    with pytest.raises(NetworkError, match=r"'weight_hh': the shape must be \(3, 3\)"):
        Rnn("m", np.zeros((3, 2)), np.zeros((3, 2)), np.zeros(3))
    with pytest.raises(NetworkError, match=r"must be one of linear, relu, sigmoid, tanh, got elu"):
        random_rnn(2, 2, "elu")
    with pytest.raises(NetworkError, match="returns must be 'sequence' or 'last', got none"):
        Rnn("m", np.eye(2), np.eye(2), np.zeros(2), returns="none")  # type: ignore[arg-type]
    with pytest.raises(NetworkError, match=r"inputs must be \(sample, step, 3\)"):
        random_rnn(2, 3).forward(np.ones((4, 3)))
