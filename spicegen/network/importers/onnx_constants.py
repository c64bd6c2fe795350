"""Constants and sizes of an ONNX graph, computed while it is read.

Exporters compute the shape of the zero initial state in the graph. Sizes that the file leaves
open are the words "sample" and "step" in an array of objects.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import NetworkError
from spicegen.network.importers.onnx_arguments import Values, integers, operand, ranges
from spicegen.network.importers.onnx_values import Signal, Uniform, Value, normal_axis
from spicegen.weights import OnnxNode

_MAX_ENTRIES = 2**24
_FLOATS, _INTEGERS = (1, 10, 11, 16), (2, 3, 4, 5, 6, 7, 12, 13)
"""ONNX' numbers of number types."""


def constant(node: OnnxNode, values: Values) -> Value | None:
    """The result of a node that no layer reaches; None if a layer does reach it.

    Raises:
        NetworkError: the operator is not known for constants, or does not fit them.
    """
    if node.op not in _OPERATORS:
        return None
    inputs = [operand(node, k, values) for k, name in enumerate(node.inputs) if name]
    if node.op == "Shape":
        return _shape(node, inputs[0])
    if any(isinstance(value, Signal) for value in inputs):
        return None
    if node.op not in ("Expand", "Constant", "ConstantOfShape") and any(
        isinstance(value, Uniform) for value in inputs[: None if node.op == "Concat" else 1]
    ):
        return _uniform(node, inputs)
    try:
        return _OPERATORS[node.op](node, values)
    except (ValueError, IndexError, TypeError, OverflowError) as error:
        raise NetworkError(node.where, "does not fit its inputs", error) from error


def _shape(node: OnnxNode, value: Value) -> NDArray[Any]:
    if isinstance(value, Uniform):
        raise NetworkError(node.where, "the size is not known")
    sizes: tuple[int | str | None, ...]
    if isinstance(value, Signal):
        sizes = tuple(
            axis.label if axis.label in ("sample", "step") else axis.size for axis in value.axes
        )
    else:
        sizes = value.shape
    start, end = node.attributes.get("start", 0), node.attributes.get("end")
    return np.array(sizes[start:end], dtype=object)


def _uniform(node: OnnxNode, inputs: list[Value]) -> Uniform:
    """Moving the axes of an array of one number changes nothing."""
    moved = inputs if node.op == "Concat" else inputs[:1]
    numbers = {_only_number(value) for value in moved}
    number = numbers.pop()
    if number is None or numbers:
        raise NetworkError(node.where, "mixes numbers in an array of unknown size")
    return Uniform(number)


def _only_number(value: Value) -> float | None:
    """The one number that an array holds, if so."""
    if isinstance(value, Uniform):
        return value.number
    if not isinstance(value, np.ndarray) or value.dtype == object or not value.size:
        return None
    return float(value.flat[0]) if (value == value.flat[0]).all() else None


def _array(node: OnnxNode, position: int, values: Values) -> NDArray[Any]:
    value = operand(node, position, values)
    if not isinstance(value, np.ndarray):
        raise NetworkError(node.where, f"input {position} must be constant")
    return value


def _given(node: OnnxNode, values: Values) -> NDArray[Any]:
    for name in ("value", "value_float", "value_int", "value_floats", "value_ints"):
        if name in node.attributes:
            return np.asarray(node.attributes[name])
    raise NetworkError(node.where, "only numbers can be constants")


def _filled(node: OnnxNode, values: Values) -> Value:
    number = np.asarray(node.attributes.get("value", np.zeros(1, np.float32))).reshape(-1)[0]
    return _spread(number, _array(node, 0, values))


def _expanded(node: OnnxNode, values: Values) -> Value:
    source, shape = operand(node, 0, values), _array(node, 1, values)
    if isinstance(source, Uniform):
        return source
    alike = isinstance(source, np.ndarray) and source.size and (source == source.flat[0]).all()
    if isinstance(source, np.ndarray) and alike:
        return _spread(source.flat[0], shape)
    raise NetworkError(node.where, "only one number can be repeated")


def _spread(number: np.generic, shape: NDArray[Any]) -> Value:
    """An array of one number; without content where its size is open or large."""
    sizes = [int(size) for size in shape.reshape(-1) if not isinstance(size, str | None)]
    if len(sizes) == shape.size and prod(sizes) <= _MAX_ENTRIES:
        return np.full(sizes, number)
    return Uniform(float(number.item()))


def _cast(node: OnnxNode, values: Values) -> NDArray[Any]:
    array, kind = _array(node, 0, values), node.attributes.get("to")
    if kind in _FLOATS:
        return array.astype(np.float64)
    if kind in _INTEGERS:
        return array if array.dtype == object else array.astype(np.int64)
    raise NetworkError(node.where, "casts to a number type that is not supported", kind)


def _reshape(node: OnnxNode, values: Values) -> NDArray[Any]:
    array, shape = _array(node, 0, values), integers(node, "shape", 1, values) or []
    if not node.attributes.get("allowzero", 0):
        shape = [array.shape[k] if size == 0 else size for k, size in enumerate(shape)]
    return array.reshape(shape)


def _slice(node: OnnxNode, values: Values) -> NDArray[Any]:
    array = _array(node, 0, values)
    for start, end, axis in ranges(node, values):
        chosen = [slice(None)] * array.ndim
        chosen[normal_axis(axis, array.ndim, node.where)] = slice(start, end)
        array = array[tuple(chosen)]
    return array


def _squeeze(node: OnnxNode, values: Values) -> NDArray[Any]:
    axes = integers(node, "axes", 1, values)
    return np.squeeze(_array(node, 0, values), None if axes is None else tuple(axes))


def _concat(node: OnnxNode, values: Values) -> NDArray[Any]:
    arrays = [_array(node, k, values) for k in range(len(node.inputs))]
    return np.concatenate(arrays, axis=node.attributes["axis"])


def _gather(node: OnnxNode, values: Values) -> NDArray[Any]:
    indices = _array(node, 1, values).astype(np.int64)
    array = _array(node, 0, values)
    # A size that is a word must stay in an array of objects, also alone.
    return np.asarray(np.take(array, indices, node.attributes.get("axis", 0)), array.dtype)


_OPERATORS: dict[str, Callable[[OnnxNode, Values], Value]] = {
    "Cast": _cast,
    "Concat": _concat,
    "Constant": _given,
    "ConstantOfShape": _filled,
    "Expand": _expanded,
    "Gather": _gather,
    "Identity": lambda node, values: _array(node, 0, values),
    "Reshape": _reshape,
    "Shape": lambda node, values: _array(node, 0, values),
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Transpose": lambda node, values: np.transpose(
        _array(node, 0, values), node.attributes.get("perm")
    ),
    "Unsqueeze": lambda node, values: np.expand_dims(
        _array(node, 0, values), tuple(integers(node, "axes", 1, values) or ())
    ),
}
