"""Dense layers of an ONNX graph: products with constants, and biases behind them."""

from __future__ import annotations

import numpy as np

from spicegen.errors import NetworkError
from spicegen.network.importers.onnx_arguments import Values, operand, optional
from spicegen.network.importers.onnx_values import Signal
from spicegen.network.layer import Array
from spicegen.weights import OnnxNode
from spicegen.weights.check import as_float64


def gemm(node: OnnxNode, values: Values) -> tuple[Array, Array | None]:
    """Weight (out, in) and bias (out,) of alpha x @ B + beta C.

    Raises:
        NetworkError: the signal is not the first operand, or the others are not constant.
    """
    if not isinstance(operand(node, 0, values), Signal) or node.attributes.get("transA", 0):
        raise NetworkError(node.where, "the first operand must be the signal, not transposed")
    weight = float(node.attributes.get("alpha", 1.0)) * _table(node, values)
    if not node.attributes.get("transB", 0):
        weight = weight.T
    bias = optional(node, 2, values)
    if bias is None:
        return weight, None
    beta = float(node.attributes.get("beta", 1.0))
    return weight, beta * bias_vector(node, bias, weight.shape[0])


def matmul(node: OnnxNode, values: Values) -> Array:
    """Weight (out, in) of x @ B.

    Raises:
        NetworkError: the signal is not the first operand, or the other is not a constant table.
    """
    if not isinstance(operand(node, 0, values), Signal):
        raise NetworkError(node.where, "the first operand must be the signal")
    return _table(node, values).T


def bias_vector(node: OnnxNode, value: object, units: int) -> Array:
    """A bias (units,) from what is added to a signal.

    Raises:
        NetworkError: it is not constant, or not one number per unit.
    """
    if not isinstance(value, np.ndarray):
        raise NetworkError(
            node.where,
            "only a constant can be added",
            type(value).__name__.lower(),
            "branches and residual connections are not supported",
        )
    bias = as_float64(value, f"{node.where}, bias")
    if bias.size not in (1, units) or (bias.size > 1 and bias.shape[-1] != units):
        raise NetworkError(node.where, f"a bias must have {units} numbers", bias.shape)
    return np.broadcast_to(bias.reshape(-1), (units,))


def _table(node: OnnxNode, values: Values) -> Array:
    value = operand(node, 1, values)
    if not isinstance(value, np.ndarray):
        raise NetworkError(
            node.where, "the second operand must be constant weights", type(value).__name__.lower()
        )
    table = as_float64(value, f"{node.where}, weights")
    if table.ndim < 2 or table.size != table.shape[-1] * table.shape[-2] or not table.size:
        raise NetworkError(node.where, "weights must be a table", table.shape)
    return table.reshape(table.shape[-2:])
