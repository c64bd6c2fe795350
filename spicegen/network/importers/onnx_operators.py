"""Operators of an ONNX graph that a signal passes through."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from spicegen.errors import NetworkError
from spicegen.network.importers import onnx_axes, onnx_dense
from spicegen.network.importers.chain import Function
from spicegen.network.importers.onnx_arguments import integers, operand, optional, ranges
from spicegen.network.importers.onnx_reader import Reader
from spicegen.network.importers.onnx_values import Signal, normal_axis
from spicegen.weights import OnnxNode

_FUNCTIONS: dict[str, Function] = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softmax": "softmax",
    "LogSoftmax": "softmax",
}
_FLOATS = (1, 10, 11, 16)
"""ONNX' numbers of the floating-point types."""


def _gemm(reader: Reader, node: OnnxNode) -> Signal:
    return reader.append_dense(node, *onnx_dense.gemm(node, reader.values))


def _matmul(reader: Reader, node: OnnxNode) -> Signal:
    return reader.append_dense(node, onnx_dense.matmul(node, reader.values), None)


def _add(reader: Reader, node: OnnxNode) -> Signal:
    one, other = (operand(node, k, reader.values) for k in (0, 1))
    if isinstance(one, Signal):
        return reader.add_bias(node, one, other)
    assert isinstance(other, Signal)  # otherwise both were constant
    return reader.add_bias(node, other, one)


def _activate(reader: Reader, node: OnnxNode) -> Signal:
    function = _FUNCTIONS[node.op]
    if function == "softmax":
        rank = len(reader.signal(node).axes)
        axis = node.attributes.get("axis", -1 if reader.graph.opset >= 13 else 1)
        if normal_axis(axis, rank, node.where) != rank - 1:
            raise NetworkError(node.where, "must act on the last axis", axis)
    return reader.activate(node, function)


def _transpose(reader: Reader, node: OnnxNode) -> Signal:
    return onnx_axes.transpose(reader.signal(node), node.attributes.get("perm"), node.where)


def _squeeze(reader: Reader, node: OnnxNode) -> Signal:
    axes = integers(node, "axes", 1, reader.values)
    return onnx_axes.squeeze(reader.signal(node), axes, node.where)


def _unsqueeze(reader: Reader, node: OnnxNode) -> Signal:
    axes = integers(node, "axes", 1, reader.values) or []
    return onnx_axes.unsqueeze(reader.signal(node), axes, node.where)


def _reshape(reader: Reader, node: OnnxNode) -> Signal:
    target = operand(node, 1, reader.values)
    if not isinstance(target, np.ndarray):
        raise NetworkError(node.where, "the new shape must be constant")
    sizes = [each if isinstance(each, str) else int(each) for each in target.reshape(-1)]
    zero_copies = not node.attributes.get("allowzero", 0)
    return onnx_axes.reshape(reader.signal(node), sizes, zero_copies, node.where)


def _flatten(reader: Reader, node: OnnxNode) -> Signal:
    return onnx_axes.flatten(reader.signal(node), node.attributes.get("axis", 1), node.where)


def _gather(reader: Reader, node: OnnxNode) -> Signal:
    signal, index = reader.signal(node), operand(node, 1, reader.values)
    if not isinstance(index, np.ndarray) or index.size != 1 or index.ndim > 1:
        raise NetworkError(node.where, "must take one constant entry")
    axis = node.attributes.get("axis", 0)
    return onnx_axes.gather(signal, int(index.item()), axis, index.ndim == 1, node.where)


def _slice(reader: Reader, node: OnnxNode) -> Signal:
    signal = reader.signal(node)
    for start, end, axis in ranges(node, reader.values):
        signal = onnx_axes.slice_axis(signal, start, end, axis, node.where)
    return signal


def _concat(reader: Reader, node: OnnxNode) -> Signal:
    inputs = [operand(node, k, reader.values) for k in range(len(node.inputs))]
    signals = [each for each in inputs if isinstance(each, Signal)]
    if len(signals) != len(inputs):
        raise NetworkError(node.where, "constants cannot be put beside signals")
    return onnx_axes.concatenate(signals, node.attributes["axis"], node.where)


def _cast(reader: Reader, node: OnnxNode) -> Signal:
    if node.attributes.get("to") not in _FLOATS:
        raise NetworkError(node.where, "signals must stay floating point")
    return reader.signal(node)


def _dropout(reader: Reader, node: OnnxNode) -> Signal:
    training = optional(node, 2, reader.values)
    if training is not None and not (isinstance(training, np.ndarray) and not training.any()):
        rule = "must be off: the network is used for inference"
        raise NetworkError(f"{node.where}, training_mode", rule, remedy="export after model.eval()")
    return reader.signal(node)


def _identity(reader: Reader, node: OnnxNode) -> Signal:
    return reader.signal(node)


OPERATORS: dict[str, Callable[[Reader, OnnxNode], Signal]] = {
    "Add": _add,
    "Cast": _cast,
    "Concat": _concat,
    "Dropout": _dropout,
    "Flatten": _flatten,
    "Gather": _gather,
    "Gemm": _gemm,
    "Identity": _identity,
    "LogSoftmax": _activate,
    "MatMul": _matmul,
    "Relu": _activate,
    "Reshape": _reshape,
    "Sigmoid": _activate,
    "Slice": _slice,
    "Softmax": _activate,
    "Squeeze": _squeeze,
    "Tanh": _activate,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
"""What a node gives, by operator."""
