"""Make tests/network/fixtures: small models of PyTorch, Keras and ONNX, and what they compute.

The tests compare spicegen's reference with these stored outputs, so that they need none of
the frameworks. Run one family at a time, each in an environment of its own:

    pip install torch onnx onnxscript safetensors      # CPU build of torch is enough
    python scripts/make_framework_fixtures.py pytorch
    pip install onnx onnxruntime
    python scripts/make_framework_fixtures.py onnx
    pip install tensorflow-cpu tf2onnx
    python scripts/make_framework_fixtures.py keras
    python scripts/make_framework_fixtures.py tf2onnx

`made_with.json` beside the fixtures says which versions made them. PyTorch and Keras compute
in float64 (Keras on TensorFlow: on PyTorch it multiplies matrices in float32). ONNX Runtime
has its recurrent operators, and tf2onnx its recurrent patterns, in float32 only: their outputs
carry rounding errors of about 1e-7.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

FIXTURES = Path(__file__).parent.parent / "tests" / "network" / "fixtures"
SEED = 20


def inputs(samples: int, steps: int, features: int) -> np.ndarray:
    """Normal numbers, (sample, step, feature), or (sample, feature) for no steps."""
    shape = (samples, steps, features) if steps else (samples, features)
    return np.random.default_rng(SEED).standard_normal(shape)


def store(name: str, x: np.ndarray, y: np.ndarray) -> None:
    """Inputs and outputs beside the model of that name."""
    np.savez_compressed(FIXTURES / f"{name}.npz", inputs=x, outputs=y)
    print(f"{name}: {x.shape} -> {y.shape}")


def pytorch() -> list[str]:
    """Modules exported by both ONNX exporters, and state dictionaries as safetensors."""
    import torch
    from safetensors.torch import save_file
    from torch import nn

    class Sequence(nn.Module):
        """A recurrent module, what is taken of it, and a linear layer."""

        def __init__(self, recurrent: nn.Module, units: int, take: str = "all") -> None:
            super().__init__()
            self.memory, self.take = recurrent, take
            self.out = nn.Linear(units, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y, state = self.memory(x)
            h = state[0] if isinstance(state, tuple) else state
            taken = {
                "all": lambda: y,
                "last": lambda: y[:, -1],
                "h_n": lambda: h[-1],
                "both": lambda: torch.cat([h[-2], h[-1]], dim=-1),
            }[self.take]()
            return self.out(taken)

    torch.manual_seed(SEED)
    batch = {"batch_first": True}
    modules: dict[str, tuple[nn.Module, tuple[int, int, int]]] = {
        "mlp": (
            nn.Sequential(
                nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 5), nn.Tanh(), nn.Dropout(),
                nn.Linear(5, 4, bias=False), nn.Sigmoid(), nn.Linear(4, 3), nn.Softmax(dim=-1),
            ),
            (5, 0, 3),
        ),
        "lstm8": (Sequence(nn.LSTM(3, 8, **batch), 8), (2, 9, 3)),
        "lstm_time_major": (Sequence(nn.LSTM(3, 7), 7), (9, 2, 3)),
        "lstm_last": (Sequence(nn.LSTM(3, 8, **batch), 8, "last"), (2, 9, 3)),
        "lstm_stack": (Sequence(nn.LSTM(3, 5, num_layers=3, **batch), 5, "h_n"), (2, 9, 3)),
        "lstm_both_ways": (
            Sequence(nn.LSTM(3, 5, num_layers=2, bidirectional=True, **batch), 10), (2, 9, 3)
        ),
        "gru5": (Sequence(nn.GRU(4, 5, **batch), 5), (2, 9, 4)),
        "gru_unbiased": (Sequence(nn.GRU(4, 5, bias=False, **batch), 5, "h_n"), (2, 9, 4)),
        "gru_both_ways": (
            Sequence(nn.GRU(4, 6, bidirectional=True, **batch), 12, "both"), (2, 9, 4)
        ),
        "rnn_tanh": (Sequence(nn.RNN(4, 5, **batch), 5, "last"), (2, 9, 4)),
        "rnn_relu": (Sequence(nn.RNN(4, 5, nonlinearity="relu", **batch), 5), (2, 9, 4)),
    }  # fmt: skip
    for name, (module, shape) in modules.items():
        model, x = module.double().eval(), torch.from_numpy(inputs(*shape))
        y = model(x).detach().numpy()
        dynamic = {0: "batch", 1: "step"} if x.ndim == 3 else {0: "batch"}
        path = FIXTURES / f"torchscript_{name}.onnx"
        torch.onnx.export(
            model, (x,), path, dynamo=False, input_names=["x"], dynamic_axes={"x": dynamic}
        )
        store(path.stem, x.numpy(), y)
        if name == "rnn_relu":
            continue
        path = FIXTURES / f"dynamo_{name}.onnx"
        if name == "rnn_tanh":  # this exporter writes out a simple RNN step by step
            path = FIXTURES / "refused_unrolled.onnx"
            x = x[:, :3]
        else:
            store(path.stem, x.numpy(), y)
        torch.onnx.export(model, (x,), path, dynamo=True, external_data=False, verbose=False)
        without_notes(path)
    for name in ("lstm8", "lstm_stack", "lstm_both_ways", "gru_both_ways", "rnn_relu"):
        module, shape = modules[name]
        folder = FIXTURES / f"state_dict_{name}"
        folder.mkdir(exist_ok=True)
        save_file(module.state_dict(), folder / "weights.safetensors")
        x = torch.from_numpy(inputs(*shape))
        store(f"state_dict_{name}", x.numpy(), module(x).detach().numpy())
    return ["torch", "onnx", "onnxscript", "safetensors"]


def without_notes(path: Path) -> None:
    """Drop what the exporter notes about the source code it read."""
    import onnx as onnx_package

    model = onnx_package.load(path)
    for holder in (model, model.graph, *model.graph.node, *model.graph.value_info):
        holder.ClearField("metadata_props")
        holder.ClearField("doc_string")
    onnx_package.save(model, path)


def keras() -> list[str]:
    """Models of Keras in both of its file formats, biases and all."""
    os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    import keras as k
    from keras import layers as kl

    k.config.set_floatx("float64")
    generator = np.random.default_rng(SEED)
    sequence = {"return_sequences": True}
    stacks: dict[str, tuple[list[Any], tuple[int, int, int]]] = {
        "lstm8": ([kl.LSTM(8, **sequence), kl.TimeDistributed(kl.Dense(4))], (2, 200, 3)),
        "lstm_unbiased": ([kl.LSTM(7, use_bias=False), kl.Dense(2, activation="tanh")], (3, 9, 3)),
        "gru5_after": ([kl.GRU(5, **sequence), kl.Dense(2)], (2, 30, 3)),
        "gru5_before": ([kl.GRU(5, reset_after=False, **sequence), kl.Dense(2)], (2, 30, 3)),
        "rnn_relu": ([kl.SimpleRNN(6, activation="relu"), kl.Dense(2)], (2, 9, 3)),
        "backwards": ([kl.GRU(3, go_backwards=True), kl.Dense(2)], (2, 9, 3)),
        "both_ways_last": ([kl.Bidirectional(kl.LSTM(5)), kl.Dense(2)], (2, 9, 3)),
        "mlp": ([kl.Flatten(), kl.Dense(6), kl.ReLU(), kl.Dense(3), kl.Softmax()], (4, 2, 3)),
        "everything": (
            [
                kl.Dropout(0.3),
                kl.LSTM(8, dropout=0.2, recurrent_dropout=0.1, **sequence),
                kl.Bidirectional(kl.GRU(5, **sequence)),
                kl.Bidirectional(kl.SimpleRNN(3, **sequence)),
                kl.GRU(4, reset_after=False, **sequence),
                kl.TimeDistributed(kl.Dense(4, activation="relu")),
                kl.Dense(5),
                kl.Activation("tanh"),
                kl.LSTM(2, **sequence),
                kl.LSTM(3),
                kl.Dense(3, activation="softmax"),
            ],
            (2, 12, 3),
        ),
    }
    for name, (stack, shape) in stacks.items():
        x = inputs(*shape)
        model = k.Sequential([k.Input(x.shape[1:]), *stack])
        keras_store(model, name, x, generator)
    x = inputs(2, 9, 3)
    tensor = k.Input((None, 3))
    hidden = kl.Bidirectional(kl.LSTM(3, **sequence))(kl.GRU(4, **sequence)(tensor))
    keras_store(k.Model(tensor, kl.Dense(2)(hidden)), "functional", x, generator)
    branch = kl.Dense(3)(tensor)
    path = FIXTURES / "refused_branch.keras"
    k.Model(tensor, kl.Add()([tensor, branch])).save(path)
    compress(path)
    return ["keras", "tensorflow-cpu", "h5py"]


def keras_store(model: Any, name: str, x: np.ndarray, generator: np.random.Generator) -> None:
    """Give every weight, biases too, a random value; save in both formats."""
    model.set_weights([0.5 * generator.standard_normal(w.shape) for w in model.get_weights()])
    path = FIXTURES / f"keras_{name}.keras"
    model.save(path)
    compress(path)
    if name == "functional":
        model.save(path.with_suffix(".h5"))
    y = model(x, training=False)  # predict would pass x on in float32
    store(f"keras_{name}", x, np.asarray(y))


def compress(path: Path) -> None:
    """The same archive with compressed members: a fifth of the size, as good to Keras."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def onnx() -> list[str]:
    """Single recurrent nodes with what exporters rarely write, computed by ONNX Runtime."""
    import onnxruntime
    from onnx import TensorProto, checker, helper, numpy_helper, save

    generator = np.random.default_rng(SEED)
    features, units, steps, samples = 3, 5, 11, 2

    def node(name: str, op: str, blocks: int, peepholes: bool = False, **attributes: Any) -> None:
        directions = 2 if attributes.get("direction") == "bidirectional" else 1
        shapes = {
            "W": (directions, blocks * units, features),
            "R": (directions, blocks * units, units),
            "B": (directions, 2 * blocks * units),
        }
        if peepholes:
            shapes["P"] = (directions, 3 * units)
        weights = [
            numpy_helper.from_array(
                (0.5 * generator.standard_normal(shape)).astype(np.float32), letter
            )
            for letter, shape in shapes.items()
        ]
        names = ["x", "W", "R", "B"] + (["", "", "", "P"] if peepholes else [])
        inner = helper.make_node(op, names, ["y"], hidden_size=units, **attributes)
        # (step, direction, sample, unit) -> (step, sample, direction x unit)
        turn = helper.make_node("Transpose", ["y"], ["t"], perm=[0, 2, 1, 3])
        merge = helper.make_node("Reshape", ["t", "shape"], ["out"])
        weights.append(numpy_helper.from_array(np.array([0, 0, -1]), "shape"))
        real = TensorProto.FLOAT
        graph = helper.make_graph(
            [inner, turn, merge],
            name,
            [helper.make_tensor_value_info("x", real, ["step", "sample", features])],
            [helper.make_tensor_value_info("out", real, ["step", "sample", directions * units])],
            weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        checker.check_model(model)
        path = FIXTURES / f"onnx_{name}.onnx"
        save(model, path)
        x = inputs(steps, samples, features).astype(np.float32)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        store(f"onnx_{name}", x, session.run(None, {"x": x})[0])

    node("lstm_peepholes", "LSTM", 4, peepholes=True)
    node("lstm_both_ways_peepholes", "LSTM", 4, peepholes=True, direction="bidirectional")
    node("lstm_coupled", "LSTM", 4, input_forget=1)
    node("lstm_reverse", "LSTM", 4, direction="reverse")
    node("gru_before", "GRU", 3)
    node("gru_after", "GRU", 3, linear_before_reset=1)
    node("gru_before_both_ways", "GRU", 3, direction="bidirectional")
    node("gru_after_reverse", "GRU", 3, linear_before_reset=1, direction="reverse")
    node("rnn_sigmoid", "RNN", 1, activations=["Sigmoid"])
    node("rnn_both_ways", "RNN", 1, direction="bidirectional", activations=["Relu", "Relu"])
    node("lstm_coupled_peepholes", "LSTM", 4, peepholes=True, input_forget=1)
    return ["onnx", "onnxruntime"]


def tf2onnx() -> list[str]:
    """Keras models on TensorFlow, converted to ONNX by tf2onnx."""
    os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    import keras as k
    import onnx as onnx_package
    import tensorflow as tf
    from keras import layers as kl
    from tf2onnx import convert

    generator = np.random.default_rng(SEED)
    stacks = {
        "lstm_stack": [kl.LSTM(8, return_sequences=True), kl.LSTM(4), kl.Dense(2)],
        "lstm_all": [kl.LSTM(5, return_sequences=True), kl.Dense(2, activation="tanh")],
        "both_ways": [kl.Bidirectional(kl.LSTM(5)), kl.Dense(2, activation="sigmoid")],
        "gru": [kl.GRU(5)],
    }
    for name, stack in stacks.items():
        x = inputs(2, 9, 3).astype(np.float32)
        model = k.Sequential([k.Input(x.shape[1:]), *stack])
        model.set_weights([0.5 * generator.standard_normal(w.shape) for w in model.get_weights()])
        signature = [tf.TensorSpec((None, *x.shape[1:]), tf.float32, name="x")]
        function = tf.function(lambda x, model=model: model(x), input_signature=signature)
        converted, _ = convert.from_function(function, input_signature=signature, opset=17)
        if name == "gru":  # the converter writes a loop
            onnx_package.save(converted, FIXTURES / "refused_loop.onnx")
            continue
        onnx_package.save(converted, FIXTURES / f"tf2onnx_{name}.onnx")
        store(f"tf2onnx_{name}", x, np.asarray(model(x)))
    return ["tensorflow-cpu", "keras", "tf2onnx"]


FAMILIES: dict[str, Callable[[], list[str]]] = {
    family.__name__: family for family in (pytorch, keras, onnx, tf2onnx)
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in FAMILIES:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(FAMILIES)}")
    FIXTURES.mkdir(exist_ok=True)
    record = FIXTURES / "made_with.json"
    versions = json.loads(record.read_text()) if record.exists() else {}
    packages = FAMILIES[sys.argv[1]]()
    versions[sys.argv[1]] = {package: version(package) for package in packages}
    record.write_text(json.dumps(versions, indent=2, sort_keys=True) + "\n")
