"""Small random networks of every recurrent kind, for circuits."""

from __future__ import annotations

from typing import Any

import numpy as np
from small_networks import dense

from spicegen.network import Bidirectional, Gru, Layer, Lstm, Network, Reversed, Rnn
from spicegen.network.lstm_variants import VARIANTS

INPUTS, UNITS = 3, 4


def some_lstm(
    variant: str, seed: int, *, units: int = UNITS, inputs: int = INPUTS, **more: Any
) -> Lstm:
    """An LSTM of any variant, with every array the variant may have."""
    draw = np.random.default_rng(seed)
    cell, arrays = VARIANTS[variant], {}
    for gate in cell.peepholes:
        arrays[f"peephole_{gate}"] = draw.normal(0, 0.6, units)
    if cell.gate_recurrence:
        arrays["gates_hh"] = draw.normal(0, 0.4, (3 * units, 3 * units))
    return Lstm(
        more.pop("name", "rec"),
        draw.normal(0, 0.8, (4 * units, inputs)),
        draw.normal(0, 0.6, (4 * units, units)),
        draw.normal(0, 0.5, 4 * units),
        variant=variant,  # type: ignore[arg-type]
        **arrays,
        **more,
    )


def some_gru(
    reset_after: bool, seed: int, *, units: int = UNITS, inputs: int = INPUTS, **more: Any
) -> Gru:
    """A GRU of either convention, with all its biases."""
    draw = np.random.default_rng(seed)
    inner = draw.normal(0, 0.5, units) if reset_after else np.zeros(units)
    return Gru(
        more.pop("name", "rec"),
        draw.normal(0, 0.8, (3 * units, inputs)),
        draw.normal(0, 0.6, (3 * units, units)),
        draw.normal(0, 0.5, 3 * units),
        inner,
        reset_after,
        **more,
    )


def some_rnn(
    activation: str, seed: int, *, units: int = UNITS, inputs: int = INPUTS, **more: Any
) -> Rnn:
    """A simple recurrent layer; its recurrence is weak enough for unbounded activations."""
    draw = np.random.default_rng(seed)
    return Rnn(
        more.pop("name", "rec"),
        draw.normal(0, 0.8, (units, inputs)),
        draw.normal(0, 0.25, (units, units)),
        draw.normal(0, 0.5, units),
        activation,  # type: ignore[arg-type]
        **more,
    )


def network(*layers: Layer, outputs: int = 2) -> Network:
    """Layers with a dense layer behind them."""
    readout = dense("readout", layers[-1].output_size, outputs, seed=99)
    return Network("recurrent", layers[0].input_size, (*layers, readout))


def every_kind() -> dict[str, Network]:
    """One network per layer kind, variant and convention, and their combinations."""
    kinds = {f"lstm-{variant}": network(some_lstm(variant, 1)) for variant in VARIANTS}
    kinds |= {
        f"gru-{'after' if after else 'before'}": network(some_gru(after, 2))
        for after in (True, False)
    }
    kinds |= {
        f"rnn-{activation}": network(some_rnn(activation, 3))
        for activation in ("tanh", "sigmoid", "relu", "linear")
    }
    kinds["stack"] = network(
        some_lstm("np", 4, name="one"),
        some_gru(True, 5, inputs=UNITS, name="two"),
        some_rnn("tanh", 6, inputs=UNITS, name="three"),
    )
    kinds["bidirectional"] = network(
        Bidirectional("both", some_lstm("np", 7), some_lstm("np", 8)), outputs=3
    )
    kinds["stack-bidirectional"] = network(
        some_lstm("cifg", 9, name="one"),
        Bidirectional("both", some_gru(True, 1, inputs=UNITS), some_gru(True, 2, inputs=UNITS)),
        some_rnn("tanh", 3, inputs=2 * UNITS, name="three"),
    )
    kinds["reversed"] = network(Reversed("back", some_lstm("np", 5)))
    return kinds
