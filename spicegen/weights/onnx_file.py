"""ONNX files as plain records: operators, constants, inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from spicegen.errors import NetworkError
from spicegen.weights.extras import require

MIN_OPSET = 9
MAX_BYTES = 2**30


@dataclass(frozen=True, slots=True)
class OnnxNode:
    """One operator.

    Attributes:
        op: its type; of a domain other than ONNX' own, `<domain>.<type>`.
        where: file, node and operator, for messages.
        inputs, outputs: names of tensors; an empty name is an absent one.
        attributes: by name: numbers, text, lists of them, arrays.
    """

    op: str
    where: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OnnxGraph:
    """A model.

    Attributes:
        opset: version of ONNX' own operators.
        inputs: sizes of every input by name; None where a size is not fixed.
        outputs: names of tensors.
        constants: arrays by name, of any number type.
        nodes: in an order in which they can be computed.
    """

    opset: int
    inputs: Mapping[str, tuple[int | None, ...]]
    outputs: tuple[str, ...]
    constants: Mapping[str, NDArray[Any]]
    nodes: tuple[OnnxNode, ...]


def read_onnx(path: Path) -> OnnxGraph:
    """An ONNX file; arrays in a data file beside it are read too.

    Raises:
        NetworkError: damaged, too large, too old, or the package onnx is not installed.
    """
    onnx = require("onnx", "onnx", str(path))
    message = require("google.protobuf.message", "onnx", str(path))
    if path.stat().st_size > MAX_BYTES:
        raise NetworkError(str(path), f"must have at most {MAX_BYTES} bytes", path.stat().st_size)
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model)
        opset = max((each.version for each in model.opset_import if each.domain in _OWN), default=0)
        constants = {
            tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer
        }
        nodes = tuple(_node(onnx, node, path, k) for k, node in enumerate(model.graph.node))
    except (
        OSError,
        KeyError,  # an unknown number type
        ValueError,
        TypeError,
        message.DecodeError,
        onnx.checker.ValidationError,
    ) as error:
        raise NetworkError(
            str(path), "not a readable ONNX model", _first_line(error), "export it again"
        ) from error
    if opset < MIN_OPSET:
        raise NetworkError(
            str(path), f"the opset must be {MIN_OPSET} or newer", opset, "export it again"
        )
    inputs = {each.name: _sizes(each) for each in model.graph.input if each.name not in constants}
    outputs = tuple(each.name for each in model.graph.output)
    return OnnxGraph(opset, inputs, outputs, constants, nodes)


_OWN = ("", "ai.onnx")


def _node(onnx: Any, node: Any, path: Path, number: int) -> OnnxNode:
    op = node.op_type if node.domain in _OWN else f"{node.domain}.{node.op_type}"
    attributes = {each.name: _attribute(onnx, each) for each in node.attribute}
    where = f"{path}, node '{node.name or number}' ({op})"
    return OnnxNode(op, where, tuple(node.input), tuple(node.output), attributes)


def _attribute(onnx: Any, attribute: Any) -> Any:
    """A plain value; graphs inside nodes (loops) stay as they are, as nothing reads them."""
    value = onnx.helper.get_attribute_value(attribute)
    if attribute.type == onnx.AttributeProto.TENSOR:
        return onnx.numpy_helper.to_array(value)
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if attribute.type == onnx.AttributeProto.STRINGS:
        return [each.decode("utf-8") for each in value]
    return value


def _sizes(value: Any) -> tuple[int | None, ...]:
    dimensions = value.type.tensor_type.shape.dim
    return tuple(
        each.dim_value if each.HasField("dim_value") and each.dim_value > 0 else None
        for each in dimensions
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
