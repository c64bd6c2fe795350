"""ONNX graphs of layers in a row, as PyTorch, Keras and others export them."""

from __future__ import annotations

from pathlib import Path

from spicegen.errors import NetworkError
from spicegen.network.description import NetworkDescription
from spicegen.network.importers.onnx_constants import constant
from spicegen.network.importers.onnx_operators import OPERATORS
from spicegen.network.importers.onnx_reader import Reader
from spicegen.network.importers.onnx_recurrent import RECURRENT
from spicegen.network.importers.onnx_values import Axis, Signal, WrongAxesError
from spicegen.network.layer import Array
from spicegen.weights import OnnxGraph, OnnxNode, read_onnx

SUPPORTED = (
    "LSTM, GRU, RNN, Gemm, MatMul, Add of a bias, Relu, Sigmoid, Tanh, Softmax and LogSoftmax at "
    "the end, Dropout, and Transpose, Squeeze, Unsqueeze, Reshape, Flatten, Gather, Slice, Concat, "
    "Identity, Cast, Shape, Expand, Constant, ConstantOfShape around them"
)
_LOOP = "a recurrence written as a loop cannot be read back: save the Keras model as .keras instead"
_HINTS = {
    "Loop": _LOOP,
    "Scan": _LOOP,
    "If": "export the model for inference (model.eval())",
}


def import_onnx(path: Path) -> tuple[NetworkDescription, dict[str, Array]]:
    """The description and arrays of an ONNX file.

    An input of three axes is (sample, step, feature) or (step, sample, feature), whichever
    its recurrent nodes need; one of two axes is (sample, feature), or (step, feature) in
    front of a recurrent node.

    Raises:
        NetworkError: an operator, attribute or shape has no counterpart here; the message
            names file, node and operator.
    """
    graph = read_onnx(path)
    for node in graph.nodes:
        if node.op in _HINTS:  # says more than the first node that cannot be read
            raise _refusal(node)
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        raise NetworkError(
            str(path),
            "the model must have one input and one output",
            f"inputs {list(graph.inputs)}, outputs {list(graph.outputs)}",
            "export a module that takes the sequence and returns one tensor, without states",
        )
    refusals: list[tuple[int, WrongAxesError]] = []
    for axes in _readings(graph, path):
        reader = Reader(graph, path, axes)
        try:
            return _read(reader, path)
        except WrongAxesError as error:
            refusals.append((len(reader.values), error))
    raise max(refusals, key=lambda each: each[0])[1]  # of the reading that went furthest


def _readings(graph: OnnxGraph, path: Path) -> list[tuple[Axis, ...]]:
    """What the axes of the input may mean."""
    ((name, sizes),) = graph.inputs.items()
    if len(sizes) < 2:
        rule = "must be (sample, feature) or (sample, step, feature)"
        raise NetworkError(f"{path}, input '{name}'", rule, sizes)
    unit = Axis("unit", sizes[-1])
    if len(sizes) == 2:
        return [(Axis("sample", sizes[0]), unit), (Axis("step", sizes[0]), unit)]
    parts = (Axis("sample", sizes[0]), *(Axis("part", size) for size in sizes[1:]))
    if len(sizes) > 3:
        return [parts]
    return [
        (Axis("sample", sizes[0]), Axis("step", sizes[1]), unit),
        (Axis("step", sizes[0]), Axis("sample", sizes[1]), unit),
        parts,
    ]


def _read(reader: Reader, path: Path) -> tuple[NetworkDescription, dict[str, Array]]:
    for node in reader.graph.nodes:
        _read_node(reader, node)
    (name,) = reader.graph.outputs
    output = reader.values.get(name)
    if not isinstance(output, Signal):
        raise NetworkError(f"{path}, output '{name}'", "must be what a layer gives")
    reader.take(output, f"{path}, output '{name}'")
    return reader.chain.describe()


def _read_node(reader: Reader, node: OnnxNode) -> None:
    folded = constant(node, reader.values)
    if folded is not None:
        reader.values[node.outputs[0]] = folded
    elif node.op in RECURRENT:
        reader.append_recurrent(node)
    elif node.op in OPERATORS:
        reader.values[node.outputs[0]] = OPERATORS[node.op](reader, node)
    else:
        raise _refusal(node)


def _refusal(node: OnnxNode) -> NetworkError:
    remedy = _HINTS.get(node.op, f"supported are {SUPPORTED}")
    return NetworkError(node.where, "this operator has no counterpart", remedy=remedy)
