"""LSTM, GRU and RNN nodes of an ONNX graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from spicegen.errors import NetworkError
from spicegen.network.gru import GruDescription
from spicegen.network.importers.onnx_arguments import Values, operand, optional
from spicegen.network.importers.onnx_values import (
    Axis,
    Part,
    Signal,
    Uniform,
    Value,
    WrongAxesError,
)
from spicegen.network.layer import Array
from spicegen.network.lstm import LstmDescription
from spicegen.network.lstm_variants import Variant
from spicegen.network.recurrent import REVERSE, RecurrentDescription
from spicegen.network.rnn import RnnDescription
from spicegen.weights import OnnxNode, from_onnx
from spicegen.weights.check import as_float64
from spicegen.weights.gate_order import ONNX

RECURRENT = {"LSTM": "lstm", "GRU": "gru", "RNN": "rnn"}
"""Layer kinds by operator."""

_DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}
_FUNCTIONS = {"LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh"), "RNN": ("Tanh",)}


def recurrent_layer(
    node: OnnxNode, name: str, values: Values
) -> tuple[RecurrentDescription, dict[str, Array], int]:
    """Description, canonical arrays and number of inputs of a recurrent node.

    Raises:
        NetworkError: an attribute, input or shape that has no counterpart.
    """
    kind, direction = RECURRENT[node.op], node.attributes.get("direction", "forward")
    if direction not in _DIRECTIONS:
        raise NetworkError(
            f"{node.where}, direction", f"must be {', '.join(_DIRECTIONS)}", direction
        )
    count, blocks = _DIRECTIONS[direction], len(ONNX[kind])
    _check_extras(node, values)
    weight = _weights(node, 1, values)
    if weight.ndim != 3 or weight.shape[1] % blocks or not weight.size:
        raise NetworkError(node.where, f"W must be (directions, {blocks} units, in)", weight.shape)
    units = weight.shape[1] // blocks
    shapes = {
        "W": (count, blocks * units, weight.shape[2]),
        "R": (count, blocks * units, units),
        "B": (count, 2 * blocks * units),
        "P": (count, 3 * units),
    }
    given = {"W": weight, "R": _weights(node, 2, values)}
    for letter, position in (("B", 3), ("P", 7)):
        if optional(node, position, values) is not None:
            given[letter] = _weights(node, position, values)
    for letter, array in given.items():
        if array.shape != shapes[letter]:
            raise NetworkError(node.where, f"{letter} must be {shapes[letter]}", array.shape)
    arrays: dict[str, Array] = {}
    for k, suffix in enumerate(("", REVERSE)[:count]):
        bias, peephole = (given[x][k] if x in given else None for x in "BP")
        one = from_onnx(kind, given["W"][k], given["R"][k], bias, peephole)
        if node.attributes.get("input_forget", 0):
            one.pop("peephole_f", None)  # ONNX ignores it: f = 1 - i
        arrays |= {f"{array}{suffix}": value for array, value in one.items()}
    common = {
        "name": name,
        "kind": kind,
        "units": units,
        "bidirectional": count == 2,
        "reverse": direction == "reverse",
    }
    return _description(node, common, "P" in given), arrays, weight.shape[2]


def _description(
    node: OnnxNode, common: dict[str, Any], has_peepholes: bool
) -> RecurrentDescription:
    functions = node.attributes.get("activations") or list(_FUNCTIONS[node.op])
    directions = 2 if common["bidirectional"] else 1
    per = len(_FUNCTIONS[node.op])
    one = tuple(functions[:per])
    allowed = {"Tanh", "Relu", "Sigmoid"} if node.op == "RNN" else None
    fits = one[0] in allowed if allowed else one == _FUNCTIONS[node.op]
    if (
        not fits
        or (functions != list(one) * (len(functions) // per))
        or len(functions)
        not in (
            per,
            per * directions,
        )
    ):
        rule = " or ".join(sorted(allowed)) if allowed else ", ".join(_FUNCTIONS[node.op])
        raise NetworkError(
            f"{node.where}, activations", f"must be {rule} in every direction", functions
        )
    if node.op == "RNN":
        return RnnDescription(**common, activation=one[0].lower())
    if node.op == "GRU":
        after = bool(node.attributes.get("linear_before_reset", 0))
        return GruDescription(**common, reset_after=after)
    coupled = bool(node.attributes.get("input_forget", 0))
    variant: Variant = "cifg" if coupled else "vanilla" if has_peepholes else "np"
    return LstmDescription(**common, variant=variant)


def recurrent_outputs(
    node: OnnxNode, x: Signal, units: int, parts: tuple[Part, ...]
) -> dict[str, Value]:
    """The signals of all steps (Y) and of the final states (Y_h).

    Args:
        node: the recurrent node.
        x: what it takes; its axes have been checked.
        units: per direction.
        parts: one per direction, of all steps.
    """
    direction, unit = Axis("direction", len(parts)), Axis("unit", units)
    if node.attributes.get("layout", 0):
        sample, step = x.axes[:2]
        axes = {0: (sample, step, direction, unit), 1: (sample, direction, unit)}
    else:
        step, sample = x.axes[:2]
        axes = {0: (step, direction, sample, unit), 1: (direction, sample, unit)}
    every = Signal(axes[0], parts)
    signals = {0: every, 1: Signal(axes[1], every.at("final"))}
    return {name: signals[k] for k, name in enumerate(node.outputs) if name and k in signals}


def check_axes(node: OnnxNode, x: Signal) -> None:
    """Refuse inputs whose axes mean something else than the node takes them for.

    Raises:
        WrongAxesError: naming what was found and what is needed.
    """
    layout = node.attributes.get("layout", 0)
    expected = ("sample", "step", "unit") if layout else ("step", "sample", "unit")
    found = tuple("sample" if label == "one" else label for label in x.labels)
    if found != expected:
        raise WrongAxesError(node.where, f"the axes must be {expected}", x.labels)


def _check_extras(node: OnnxNode, values: Values) -> None:
    """Refuse what a layer here does not have: lengths, initial states, clipping."""
    if optional(node, 4, values) is not None:
        raise NetworkError(
            f"{node.where}, sequence_lens",
            "all sequences must have the full length",
            remedy="export without packed or ragged sequences",
        )
    for position, name in ((5, "initial_h"), (6, "initial_c")):
        state = optional(node, position, values)
        if state is None or (isinstance(state, Uniform) and state.number == 0.0):
            continue
        if not isinstance(state, np.ndarray) or state.dtype == object or state.any():
            raise NetworkError(
                f"{node.where}, {name}",
                "the initial state must be zero",
                remedy="export the model without initial states",
            )
    if "clip" in node.attributes:
        raise NetworkError(f"{node.where}, clip", "clipping is not supported")


def _weights(node: OnnxNode, position: int, values: Values) -> Array:
    array = operand(node, position, values)
    if not isinstance(array, np.ndarray):
        raise NetworkError(node.where, f"input {position} must be constant weights")
    return as_float64(array, f"{node.where}, input {position}")
