"""Arguments that ONNX moved from attributes to inputs over its versions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spicegen.errors import NetworkError
from spicegen.network.importers.onnx_values import Value
from spicegen.weights import OnnxNode

Values = Mapping[str, Value]


def operand(node: OnnxNode, position: int, values: Values) -> Value:
    """An input of a node.

    Raises:
        NetworkError: it is a tensor that is not followed.
    """
    name = node.inputs[position] if position < len(node.inputs) else ""
    if name in values:
        return values[name]
    raise NetworkError(
        node.where,
        "takes a tensor that has no counterpart here",
        f"'{name}'",
        "such are the cell states of an LSTM and the masks of a dropout",
    )


def optional(node: OnnxNode, position: int, values: Values) -> Value | None:
    """An input that may be absent."""
    present = position < len(node.inputs) and node.inputs[position]
    return operand(node, position, values) if present else None


def integers(node: OnnxNode, name: str, position: int, values: Values) -> list[int] | None:
    """Whole numbers from an attribute or, in newer files, from an input; None if absent.

    Raises:
        NetworkError: they are not known before the network runs.
    """
    if name in node.attributes:
        return [int(each) for each in np.atleast_1d(node.attributes[name])]
    value = optional(node, position, values)
    if value is None:
        return None
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iu":
        raise NetworkError(node.where, f"{name} must be constant whole numbers")
    return [int(each) for each in value.reshape(-1)]


def ranges(node: OnnxNode, values: Values) -> list[tuple[int, int, int]]:
    """What Slice keeps: (start, end, axis) each.

    Raises:
        NetworkError: the ranges are not constant, or skip entries.
    """
    starts, ends = integers(node, "starts", 1, values), integers(node, "ends", 2, values)
    if starts is None or ends is None or len(starts) != len(ends):
        raise NetworkError(node.where, "needs as many starts as ends")
    axes = integers(node, "axes", 3, values) or list(range(len(starts)))
    steps = integers(node, "steps", 4, values) or [1] * len(starts)
    if any(step != 1 for step in steps) or len(axes) != len(starts):
        raise NetworkError(node.where, "must keep consecutive entries", f"steps {steps}")
    return list(zip(starts, ends, axes, strict=True))
