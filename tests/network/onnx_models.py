"""Small ONNX files, node by node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper, save

Write = Callable[..., Path]
generator = np.random.default_rng(41)


def random(*shape: int) -> np.ndarray:
    return generator.standard_normal(shape)


def node(op: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    """Inputs and outputs as words in one text; "-" is an absent one."""
    names = [["" if name == "-" else name for name in text.split()] for text in (inputs, outputs)]
    return helper.make_node(op, *names, name=f"the_{op.lower()}", **attributes)


def write(
    path: Path,
    nodes: Sequence[NodeProto],
    *,
    x: Sequence[int | str | None] = ("sample", "step", 3),
    opset: int = 17,
    inputs: Sequence[str] = ("x",),
    outputs: Sequence[str] = ("y",),
    real: str = "DOUBLE",
    output: Sequence[int | str] = ("size",),
    **constants: Any,
) -> Path:
    """A model whose inputs have shape x; floating-point constants are stored in float64."""
    tensors = [numpy_helper.from_array(np.asarray(each), name) for name, each in constants.items()]
    kind = TensorProto.DataType.Value(real)
    graph = helper.make_graph(
        list(nodes),
        "model",
        [helper.make_tensor_value_info(name, kind, x) for name in inputs],
        [helper.make_tensor_value_info(name, kind, output) for name in outputs],
        tensors,
    )
    save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), path
    )
    return path


def lstm_weights(directions: int = 1, units: int = 5, features: int = 3) -> dict[str, np.ndarray]:
    return {
        "W": random(directions, 4 * units, features),
        "R": random(directions, 4 * units, units),
        "B": random(directions, 8 * units),
    }
