"""Dense layers against hand algebra; what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from spicegen.errors import NetworkError
from spicegen.network import Dense

WEIGHT = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]])
BIAS = np.array([0.25, -1.0])


def test_by_hand() -> None:
    layer = Dense("d", WEIGHT, BIAS, "relu")
    trace = layer.forward(np.array([[[2.0, 1.0, 4.0]]]))
    # 2 - 2 + 2 + 0.25 = 2.25; 0 + 3 - 4 - 1 = -2
    np.testing.assert_array_equal(trace["pre"], [[[2.25, -2.0]]])
    np.testing.assert_array_equal(trace.out, [[[2.25, 0.0]]])
    assert sorted(trace.signals) == ["out", "pre"]


def test_sizes() -> None:
    layer = Dense("d", WEIGHT, BIAS)
    assert (layer.input_size, layer.output_size) == (3, 2)
    assert not layer.recurrent
    assert layer.keeps_steps


@pytest.mark.parametrize("activation", ["linear", "relu", "sigmoid", "tanh"])
def test_every_sample_and_step_is_treated_alike(activation: str) -> None:
    layer = Dense("d", WEIGHT, BIAS, activation)  # type: ignore[arg-type]
    x = np.random.default_rng(0).standard_normal((4, 5, 3))
    out = layer.forward(x).out
    for sample in range(4):
        for step in range(5):
            alone = layer.forward(x[sample : sample + 1, step : step + 1]).out[0, 0]
            np.testing.assert_allclose(out[sample, step], alone, rtol=1e-14, atol=1e-15)


def test_arrays_are_own_read_only_copies() -> None:
    weight = WEIGHT.copy()
    layer = Dense("d", weight, BIAS)
    weight[0, 0] = 99.0
    assert layer.weight[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        layer.weight[0, 0] = 2.0


def test_weight_must_be_a_matrix() -> None:
    with pytest.raises(
        NetworkError, match=r"layer 'd', array 'weight': .*\(output, input\), got \(2,\)"
    ):
        Dense("d", np.ones(2), BIAS)


def test_bias_must_have_one_entry_per_output() -> None:
    with pytest.raises(NetworkError, match=r"array 'bias': the shape must be \(2,\), got \(3,\)"):
        Dense("d", WEIGHT, np.zeros(3))


def test_entries_must_be_finite() -> None:
    with pytest.raises(NetworkError, match=r"array 'bias': every entry .*got nan at index \(1,\)"):
        Dense("d", WEIGHT, np.array([0.0, np.nan]))


def test_unknown_activation_suggests_the_nearest() -> None:
    with pytest.raises(
        NetworkError, match=r"layer 'd': the activation .*got rellu; did you mean relu"
    ):
        Dense("d", WEIGHT, BIAS, "rellu")  # type: ignore[arg-type]


def test_inputs_of_another_size_are_refused() -> None:
    with pytest.raises(
        NetworkError, match=r"'d': inputs must be \(sample, step, 3\), got \(1, 1, 2\)"
    ):
        Dense("d", WEIGHT, BIAS).forward(np.ones((1, 1, 2)))
