"""Random recurrent nodes of many sizes against ONNX Runtime, where it is installed.

It computes recurrent operators in float32 only. `test_frameworks.py` holds stored outputs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx_models import node, write

from spicegen.network import load_network

BLOCKS = {"LSTM": 4, "GRU": 3, "RNN": 1}
CASES: list[tuple[str, dict[str, Any]]] = [
    ("LSTM", {}),
    ("LSTM", {"peepholes": True}),
    ("LSTM", {"input_forget": 1}),
    ("LSTM", {"input_forget": 1, "peepholes": True}),
    ("GRU", {"linear_before_reset": 0}),
    ("GRU", {"linear_before_reset": 1}),
    ("RNN", {"activations": ["Tanh"]}),
    ("RNN", {"activations": ["Relu"]}),
    ("RNN", {"activations": ["Sigmoid"]}),
]


@pytest.mark.parametrize(("units", "features"), [(1, 1), (3, 5), (8, 2), (13, 7)])
@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
@pytest.mark.parametrize(("op", "settings"), CASES, ids=str)
def test_the_reference_agrees(
    tmp_path: Path, op: str, settings: dict[str, Any], direction: str, units: int, features: int
) -> None:
    onnxruntime = pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    generator = np.random.default_rng(units)
    count, rows = 1 + (direction == "bidirectional"), BLOCKS[op] * units
    attributes = {name: value for name, value in settings.items() if name != "peepholes"}
    if "activations" in attributes:
        attributes["activations"] = attributes["activations"] * count
    inputs = "x W R B"
    shapes = {"W": (count, rows, features), "R": (count, rows, units), "B": (count, 2 * rows)}
    if settings.get("peepholes"):
        inputs, shapes["P"] = "x W R B - - - P", (count, 3 * units)
    scale = 0.5 / np.sqrt(units)
    weights = {
        name: (scale * generator.standard_normal(shape)).astype(np.float32)
        for name, shape in shapes.items()
    }
    nodes = [
        node(op, inputs, "all", hidden_size=units, direction=direction, **attributes),
        node("Transpose", "all", "turned", perm=[0, 2, 1, 3]),
        node("Reshape", "turned merge", "y"),
    ]
    path = write(
        tmp_path / "m.onnx", nodes, x=("step", "sample", features), real="FLOAT",
        output=("step", "sample", count * units), merge=[0, 0, -1], **weights,
    )  # fmt: skip
    x = generator.standard_normal((2, 60, features)).astype(np.float32)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    expected = session.run(None, {"x": x.swapaxes(0, 1)})[0].swapaxes(0, 1)
    np.testing.assert_allclose(load_network(path).forward(x).outputs, expected, rtol=0, atol=1e-6)
