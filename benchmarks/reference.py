"""The float64 forward pass, which every circuit is compared with, against other frameworks."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import FloatArray
from benchmarks.networks import classifier, lstm
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from benchmarks.turns import PAIRS, in_turns, median_ratio, peer, version
from spicegen.network import Dense, Lstm, Network

UNITS, STEPS, SAMPLES = 64, 1000, 1000
APART_BARS = {"float64": 1e-12, "float32": 1e-5}
"""Of the largest output; ONNX Runtime has its LSTM in float32 only."""
OURS = "spicegen, float64"
TORCH_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
Forward = Callable[[FloatArray], FloatArray]


def measure(steps: int | None = None) -> Report:
    """An LSTM and an MLP in numpy, PyTorch and ONNX Runtime, with the threads that each takes."""
    count = steps or STEPS
    networks = {
        f"LSTM(16->{UNITS}), {count} steps": lstm(16, UNITS, count),
        f"MLP 784-128-10, {SAMPLES} samples": classifier(SAMPLES),
    }
    tables, bars = [], []
    for title, (network, inputs) in networks.items():
        made, met = _compared(title, network, inputs)
        tables.append(made)
        bars += met
    return Report("reference", command_of("reference", steps), tuple(tables), tuple(bars))


def _compared(title: str, network: Network, inputs: FloatArray) -> tuple[Table, list[Bar]]:
    sides: dict[str, Forward] = {OURS: lambda seen: np.asarray(network.forward(seen).outputs)}
    if peer("torch"):
        sides[f"{version('torch')}, float64"] = _torch(network)
    if peer("onnxruntime") and peer("onnx"):
        sides[f"{version('onnxruntime')}, float32"] = _onnxruntime(network)
    found = in_turns(
        "reference", {name: partial(_timed, side, inputs) for name, side in sides.items()}
    )
    truth = found[OURS][0][1]
    seconds = {name: [one[0] for one in runs] for name, runs in found.items()}
    rows: list[Row] = []
    bars = []
    for name, runs in found.items():
        apart = float(np.abs(runs[0][1] - truth).max() / np.abs(truth).max())
        ratio = median_ratio(seconds[name], seconds[OURS])
        rows.append([name, 1e3 * statistics.median(seconds[name]), ratio, apart])
        if name != OURS:
            limit = APART_BARS[name.split(", ")[1]]
            bars.append(Bar(f"{title}: {name} - ours", apart, limit, "of the largest output"))
    columns = ["program", "median, ms:.2f", "x ours:.2f", "difference:.1e"]
    return table(f"{title}; {PAIRS} turns", columns, rows), bars


def _timed(forward: Forward, inputs: FloatArray) -> tuple[float, FloatArray]:
    """Wall-clock seconds of the second of two passes, and its outputs."""
    forward(inputs)
    started = time.perf_counter()
    outputs = forward(inputs)
    return time.perf_counter() - started, outputs


def _torch(network: Network) -> Forward:
    import torch

    parts: list[torch.nn.Module] = []
    for layer in network.layers:
        if isinstance(layer, Lstm):
            lstm = torch.nn.LSTM(layer.weight_ih.shape[1], layer.output_size)
            arrays = layer.weight_ih, layer.weight_hh, layer.bias, np.zeros_like(layer.bias)
            for name, array in zip(TORCH_NAMES, arrays, strict=True):
                setattr(lstm, f"{name}_l0", torch.nn.Parameter(torch.tensor(array)))
            parts.append(lstm)
        elif isinstance(layer, Dense):
            linear = torch.nn.Linear(*reversed(layer.weight.shape))
            linear.weight = torch.nn.Parameter(torch.tensor(layer.weight))
            linear.bias = torch.nn.Parameter(torch.tensor(layer.bias))
            parts += [linear, torch.nn.ReLU()] if layer.activation == "relu" else [linear]
    model = torch.nn.Sequential(*parts)

    def forward(inputs: FloatArray) -> FloatArray:
        with torch.no_grad():
            outputs = model(torch.from_numpy(inputs))
        return np.asarray((outputs[0] if isinstance(outputs, tuple) else outputs).numpy())

    return forward


def _onnxruntime(network: Network) -> Forward:
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    nodes, arrays = [], dict[str, FloatArray]()
    seen = "inputs"
    for layer in network.layers:
        name = layer.name
        if isinstance(layer, Lstm):
            order = _gate_rows(layer.output_size, "iofg")
            arrays[f"{name}.w"] = layer.weight_ih[order][None]
            arrays[f"{name}.r"] = layer.weight_hh[order][None]
            arrays[f"{name}.b"] = np.concatenate([layer.bias[order], 0.0 * layer.bias])[None]
            given = [seen, f"{name}.w", f"{name}.r", f"{name}.b"]
            nodes.append(helper.make_node("LSTM", given, [name], hidden_size=layer.output_size))
        elif isinstance(layer, Dense):
            arrays |= {f"{name}.w": layer.weight, f"{name}.b": layer.bias}
            given = [seen, f"{name}.w", f"{name}.b"]
            nodes.append(helper.make_node("Gemm", given, [name], transB=1))
            if layer.activation == "relu":
                nodes.append(helper.make_node("Relu", [name], [f"{name}.out"]))
                name = f"{name}.out"
        seen = name
    ends = [helper.make_tensor_value_info(end, TensorProto.FLOAT, None) for end in ("inputs", seen)]
    graph = helper.make_graph(
        nodes, "network", ends[:1], ends[1:],
        [numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )

    def forward(inputs: FloatArray) -> FloatArray:
        given = inputs[:, None] if network.recurrent else inputs
        (outputs,) = session.run([seen], {"inputs": given.astype(np.float32)})
        return np.asarray(outputs).reshape(len(inputs), -1)

    return forward


def _gate_rows(units: int, gates: str) -> NDArray[np.intp]:
    """Rows of our arrays, which stand in the order i f g o, in another order of gates."""
    return np.concatenate([np.arange(units) + "ifgo".index(gate) * units for gate in gates])
