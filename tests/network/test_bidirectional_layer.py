"""Layers that read backwards: PyTorch, and the symmetry of time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spicegen.errors import NetworkError
from spicegen.network import Bidirectional, Gru, Lstm, RecurrentLayer, Reversed, Rnn

KINDS = ["rnn", "lstm", "gru"]


def layer(
    kind: str, seed: int, units: int = 4, features: int = 3, returns: Any = "sequence"
) -> Any:
    generator = np.random.default_rng(seed)
    blocks = {"rnn": 1, "lstm": 4, "gru": 3}[kind]
    w, r = (generator.standard_normal((blocks * units, columns)) for columns in (features, units))
    b = generator.standard_normal(blocks * units)
    if kind == "rnn":
        return Rnn("cell", w, r, b, returns=returns)
    if kind == "lstm":
        return Lstm("cell", w, r, b, returns)
    return Gru("cell", w, r, b, generator.standard_normal(units), returns=returns)


def both(kind: str, returns: Any = "sequence") -> Bidirectional:
    return Bidirectional("m", layer(kind, 1, returns=returns), layer(kind, 2, returns=returns))


def steps() -> np.ndarray:
    return np.random.default_rng(3).standard_normal((2, 7, 3))


@pytest.mark.parametrize("kind", KINDS)
def test_each_direction_is_the_layer_on_its_own(kind: str) -> None:
    x, trace = steps(), both(kind).forward(steps())
    ahead, back = layer(kind, 1).forward(x), layer(kind, 2).forward(x[:, ::-1])
    for name in set(ahead.signals) - {"out"}:
        np.testing.assert_array_equal(trace[f"forward.{name}"], ahead[name])
        np.testing.assert_array_equal(trace[f"backward.{name}"], back[name][:, ::-1])
    expected = np.concatenate([ahead["h"], back["h"][:, ::-1]], axis=2)
    np.testing.assert_array_equal(trace.out, expected)
    names = {f"{side}.{name}" for side in ("forward", "backward") for name in ahead.signals}
    assert set(trace.signals) == names - {"forward.out", "backward.out"} | {"out"}


@pytest.mark.parametrize("kind", KINDS)
def test_reversing_the_input_swaps_the_directions(kind: str) -> None:
    straight = both(kind).forward(steps()).out
    swapped = Bidirectional("m", layer(kind, 2), layer(kind, 1))
    turned = swapped.forward(steps()[:, ::-1]).out[:, ::-1]
    np.testing.assert_allclose(
        turned, np.concatenate([straight[..., 4:], straight[..., :4]], axis=2), rtol=0, atol=1e-13
    )


@pytest.mark.parametrize("kind", KINDS)
def test_last_is_the_final_state_of_each_direction(kind: str) -> None:
    last = both(kind, "last")
    trace = last.forward(steps())
    assert not last.keeps_steps
    assert trace.out.shape == (2, 1, 8)
    np.testing.assert_array_equal(trace.out[:, 0, :4], trace["forward.h"][:, -1])
    np.testing.assert_array_equal(trace.out[:, 0, 4:], trace["backward.h"][:, 0])


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_agrees_with_pytorch(kind: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    from spicegen.network.description import KINDS as DESCRIPTIONS

    module = getattr(torch.nn, kind)(
        3, 5, bidirectional=True, batch_first=True, dtype=torch.float64
    )
    arrays = {
        name.replace("_l0", ""): array.detach().numpy() for name, array in module.named_parameters()
    }
    description = DESCRIPTIONS[kind.lower()].model_validate(
        {"name": "m", "kind": kind.lower(), "units": 5, "bidirectional": True}
    )
    y, state = module(torch.from_numpy(steps()))
    h_n = (state[0] if isinstance(state, tuple) else state).detach().numpy()
    out = description.build(arrays).forward(steps()).out
    np.testing.assert_allclose(out, y.detach().numpy(), rtol=0, atol=1e-12)
    last = description.model_copy(update={"returns": "last"}).build(arrays).forward(steps()).out
    np.testing.assert_allclose(last[:, 0], np.hstack(list(h_n)), rtol=0, atol=1e-12)


def test_layers_take_the_name_of_the_whole() -> None:
    whole = both("gru")
    assert whole.forward_layer.name == "m.forward"
    assert whole.backward_layer.name == "m.backward"
    assert (whole.input_size, whole.output_size, whole.recurrent) == (3, 8, True)
    assert whole.returns == "sequence"


@pytest.mark.parametrize("kind", KINDS)
def test_a_reversed_layer_keeps_the_order_of_the_steps(kind: str) -> None:
    inner: RecurrentLayer = layer(kind, 5)
    whole = Reversed("back", inner)
    trace, expected = whole.forward(steps()), inner.forward(steps()[:, ::-1])
    assert set(trace.signals) == set(expected.signals)
    np.testing.assert_array_equal(trace.out, expected.out[:, ::-1])
    assert (whole.layer.name, whole.input_size, whole.output_size) == ("back", 3, 4)
    assert whole.recurrent
    assert whole.keeps_steps


def test_a_reversed_layer_ends_at_the_first_step() -> None:
    whole = Reversed("back", layer("lstm", 5, returns="last"))
    trace = whole.forward(steps())
    assert not whole.keeps_steps
    np.testing.assert_array_equal(trace.out[:, 0], trace["h"][:, 0])


def test_directions_must_fit_together() -> None:
    with pytest.raises(NetworkError, match="'m': both directions must take 3 inputs, got 2"):
        Bidirectional("m", layer("rnn", 1), layer("rnn", 2, features=2))
    with pytest.raises(NetworkError, match="'m': both directions must return 'sequence', got last"):
        Bidirectional("m", layer("rnn", 1), layer("rnn", 2, returns="last"))
