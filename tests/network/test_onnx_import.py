"""ONNX graphs as exporters write them around layers, and what is refused by name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import NodeProto
from onnx_models import lstm_weights, node, random, write

from spicegen.errors import NetworkError
from spicegen.network import Bidirectional, Dense, Gru, Lstm, Reversed, Rnn, load_network

FIXTURES = Path(__file__).parent / "fixtures"
TURN_IN = node("Transpose", "x", "t", perm=[1, 0, 2])
LSTM = node("LSTM", "t W R B", "all h c", hidden_size=5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model.onnx"


def sequences(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape)


def test_products_and_biases_become_dense_layers(file: Path) -> None:
    a, b, c, d, e = random(4, 3), random(4), random(4, 5), random(1, 5), random(5, 2)
    nodes = [
        node("Gemm", "x a b", "g", transB=1, alpha=2.0, beta=0.5),
        node("Relu", "g", "r"),
        node("Dropout", "r", "kept mask"),
        node("MatMul", "kept c", "m"),
        node("Add", "d m", "s"),
        node("Tanh", "s", "t"),
        node("Identity", "t", "i"),
        node("MatMul", "i e", "n"),
        node("Sigmoid", "n", "y"),
    ]
    network = load_network(write(file, nodes, x=("sample", 3), a=a, b=b, c=c, d=d, e=e))
    assert [layer.name for layer in network.layers] == ["dense1", "dense2", "dense3"]
    assert network.name == "model"
    x = sequences(6, 3)
    hidden = np.tanh(np.maximum(2 * x @ a.T + 0.5 * b, 0) @ c + d)
    expected = 1 / (1 + np.exp(-hidden @ e))
    np.testing.assert_allclose(network.forward(x).outputs, expected, rtol=0, atol=1e-14)


def test_a_bias_may_be_one_number_or_come_twice(file: Path) -> None:
    nodes = [node("MatMul", "x a", "m"), node("Add", "m b", "s"), node("Add", "s c", "y")]
    a, c = random(3, 2), random(2)
    network = load_network(write(file, nodes, x=("n", 3), a=a, b=np.array(0.5), c=c))
    x = sequences(4, 3)
    np.testing.assert_allclose(network.forward(x).outputs, x @ a + 0.5 + c, rtol=0, atol=1e-14)


def test_functions_behind_other_layers_become_layers(file: Path) -> None:
    nodes = [
        node("Tanh", "x", "first"),
        node("Transpose", "first", "t", perm=[1, 0, 2]),
        LSTM,
        node("Squeeze", "h zero", "s"),
        node("Relu", "s", "r"),
        node("LogSoftmax", "r", "y"),
    ]
    network = load_network(write(file, nodes, zero=[0], **lstm_weights()))
    names = ["tanh1", "lstm2", "relu3", "softmax4"]
    assert [layer.name for layer in network.layers] == names
    assert network.classifies
    x = sequences(2, 7, 3)
    trace = network.forward(x)
    h = np.maximum(trace.layers["lstm2"].out, 0.0)
    np.testing.assert_array_equal(trace.outputs, h[:, 0])
    np.testing.assert_array_equal(trace.layers["tanh1"].out, np.tanh(x))


@pytest.mark.parametrize(
    ("nodes", "returns"),
    [
        ([node("Squeeze", "all one", "y")], "sequence"),
        ([node("Squeeze", "all", "y")], "sequence"),
        ([node("Squeeze", "h zero", "y")], "last"),
        ([node("Gather", "h zero_scalar", "y", axis=0)], "last"),
        ([node("Gather", "all last_scalar", "g", axis=0), node("Squeeze", "g zero", "y")], "last"),
        ([node("Slice", "all last end zero", "s"), node("Squeeze", "s both", "y")], "last"),
        ([node("Identity", "h", "y")], "last"),
        ([node("Transpose", "all", "t2", perm=[2, 0, 1, 3]), node("Squeeze", "t2 two", "y")],
         "sequence"),
        ([node("Transpose", "all", "t2", perm=[0, 2, 1, 3]), node("Reshape", "t2 merge", "y")],
         "sequence"),
        ([node("Squeeze", "all one", "s"), node("Slice", "s zero end zero", "y")], "sequence"),
        ([node("Cast", "h", "f", to=1), node("Unsqueeze", "f zero", "y")], "last"),
    ],
)  # fmt: skip
def test_what_surrounds_a_recurrent_node(file: Path, nodes: list[NodeProto], returns: str) -> None:
    constants = {
        "zero": [0], "one": [1], "two": [2], "both": [0, 1], "last": [-1], "end": [2**63 - 1],
        "zero_scalar": np.array(0), "last_scalar": np.array(-1), "merge": [0, 0, -1],
    }  # fmt: skip
    path = write(file, [TURN_IN, LSTM, *nodes], **constants, **lstm_weights())
    (layer,) = load_network(path).layers
    assert isinstance(layer, Lstm)
    assert layer.returns == returns


def test_axes_of_old_files_are_attributes(file: Path) -> None:
    nodes = [
        TURN_IN,
        node("LSTM", "t W R B", "all h c", hidden_size=5),
        node("Squeeze", "all", "s", axes=[1]),
        node("Unsqueeze", "s", "u", axes=[1]),
        node("Squeeze", "u", "v", axes=[1]),
        node("Gather", "v last", "g", axis=0),
        node("Gemm", "g a b", "z"),
        node("Softmax", "z", "y"),
    ]
    path = write(
        file, nodes, opset=9, last=np.array(-1), a=random(5, 2), b=random(2), **lstm_weights()
    )
    network = load_network(path)
    assert not network.layers[0].keeps_steps
    assert network.classifies


def test_a_sequence_may_come_without_a_sample_axis(file: Path) -> None:
    nodes = [
        node("Unsqueeze", "x one", "t"),
        LSTM,
        node("Squeeze", "all one", "s"),
        node("Squeeze", "s one", "y"),
    ]
    network = load_network(write(file, nodes, x=("step", 3), one=[1], **lstm_weights()))
    assert network.forward(sequences(7, 3)).outputs.shape == (7, 5)


def test_a_node_may_take_samples_first(file: Path) -> None:
    weights = lstm_weights()
    nodes = [
        node("LSTM", "x W R B", "all h c", hidden_size=5, layout=1),
        node("Squeeze", "all two", "y"),
    ]
    one = load_network(write(file, nodes, two=[2], **weights))
    nodes = [TURN_IN, LSTM, node("Squeeze", "all one", "y")]
    other = load_network(write(file, nodes, one=[1], **weights))
    x = sequences(2, 6, 3)
    np.testing.assert_array_equal(one.forward(x).outputs, other.forward(x).outputs)


@pytest.mark.parametrize("turned", [True, False])
def test_the_order_of_steps_and_samples_follows_from_the_graph(file: Path, turned: bool) -> None:
    nodes = [TURN_IN if turned else node("Identity", "x", "t"), LSTM, node("Squeeze", "h", "y")]
    network = load_network(write(file, nodes, x=(None, None, 3), **lstm_weights()))
    assert network.input_size == 3


def test_directions_and_conventions_reach_the_layers(file: Path) -> None:
    def last(**attributes: Any) -> Any:
        gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[attributes.pop("op")]
        count = 2 if attributes.get("direction") == "bidirectional" else 1
        op = {4: "LSTM", 3: "GRU", 1: "RNN"}[gates]
        nodes = [
            TURN_IN,
            node(op, "t W R", "all h", hidden_size=4, **attributes),
            node("Transpose", "all", "u", perm=[0, 2, 1, 3]),
            node("Reshape", "u merge", "y"),
        ]
        weights = {"W": random(count, gates * 4, 3), "R": random(count, gates * 4, 4)}
        return load_network(write(file, nodes, merge=[0, 0, -1], **weights)).layers[0]

    assert isinstance(last(op="LSTM", direction="reverse"), Reversed)
    both = last(op="GRU", direction="bidirectional", linear_before_reset=1)
    assert isinstance(both, Bidirectional)
    assert isinstance(both.backward_layer, Gru)
    assert both.backward_layer.reset_after
    assert not last(op="GRU").reset_after
    assert last(op="LSTM", input_forget=1).variant == "cifg"
    simple = last(op="RNN", activations=["Relu"])
    assert isinstance(simple, Rnn)
    assert simple.activation == "relu"


def test_images_may_be_flattened_first(file: Path) -> None:
    a = random(12, 2)
    x = sequences(5, 12)
    for shape, op in [
        (("n", 1, 3, 4), node("Flatten", "x", "f")),
        (("n", 3, 4), node("Flatten", "x", "f", axis=1)),
        (("n", 3, 4), node("Reshape", "x shape", "f")),
    ]:
        nodes = [op, node("MatMul", "f a", "y")]
        network = load_network(write(file, nodes, x=shape, a=a, shape=[-1, 12]))
        np.testing.assert_allclose(network.forward(x).outputs, x @ a, rtol=0, atol=1e-14)


def test_zero_states_of_open_size_are_followed(file: Path) -> None:
    nodes = [
        TURN_IN,
        node("Shape", "x", "shape"),
        node("Gather", "shape zero_scalar", "samples", axis=0),
        node("Unsqueeze", "samples zero", "samples1"),
        node("Cast", "samples1", "samples2", to=7),
        node("Concat", "one samples2 five", "sizes", axis=0),
        node("ConstantOfShape", "sizes", "state"),
        node("Expand", "nothing sizes", "cell"),
        node("Slice", "cell zero one zero", "cell1"),
        node("LSTM", "t W R B - state cell1", "all h", hidden_size=5),
        node("Squeeze", "h zero", "y"),
    ]
    constants = {"zero_scalar": np.array(0), "zero": [0], "one": [1], "five": [5]}
    weights = lstm_weights() | {"nothing": np.array(0.0)}
    assert load_network(write(file, nodes, **constants, **weights)).layers[0].output_size == 5


@pytest.mark.parametrize(("steps", "target"), [(4, [4, 1, 5]), (1, [1, 1, 5]), (1, [-1, 1, 5])])
def test_one_sample_leaves_no_doubt_about_axes(file: Path, steps: int, target: list[int]) -> None:
    """As PyTorch exports an LSTM with a batch of 1: states of one sample could also be rows."""
    nodes = [
        TURN_IN,
        LSTM,
        node("Transpose", "all", "turned", perm=[0, 2, 1, 3]),
        node("Reshape", "turned target", "merged"),
        node("Transpose", "merged", "back", perm=[1, 0, 2]),
        node("MatMul", "back a", "y"),
    ]
    weights, a = lstm_weights(), random(5, 2)
    network = load_network(write(file, nodes, x=(1, steps, 3), target=target, a=a, **weights))
    plain = load_network(
        write(file.with_name("plain.onnx"), [TURN_IN, LSTM, node("Squeeze", "all one", "s"),
              node("Transpose", "s", "b", perm=[1, 0, 2]), node("MatMul", "b a", "y")],
              one=[1], a=a, **weights)
    )  # fmt: skip
    x = sequences(1, steps, 3)
    np.testing.assert_array_equal(network.forward(x).outputs, plain.forward(x).outputs)


def test_sizes_that_leave_doubt_say_what_to_export(file: Path) -> None:
    nodes = [TURN_IN, LSTM, node("Reshape", "all target", "y")]
    message = r"one meaning, not several, got .* of sizes \[4, 1, 1, 5\].*batch of 3 and 5 steps"
    with pytest.raises(NetworkError, match=message):
        load_network(write(file, nodes, x=(1, 4, 3), target=[4, 1, 1, 5], **lstm_weights()))


def test_a_row_of_equal_numbers_is_repeated(file: Path) -> None:
    """PyTorch's older exporter expands zeros of one sample to the states of all."""
    nodes = [
        TURN_IN,
        node("Expand", "nothing sizes", "state"),
        node("LSTM", "t W R B - state state", "all h", hidden_size=5),
        node("Squeeze", "h zero", "y"),
    ]
    given = {"zero": [0], "sizes": [1, 3, 5]} | lstm_weights()
    network = load_network(write(file, nodes, x=(3, 4, 3), nothing=np.zeros((1, 1, 5)), **given))
    assert network.layers[0].output_size == 5
    with pytest.raises(NetworkError, match="only one number can be repeated"):
        load_network(write(file, nodes, x=(3, 4, 3), nothing=np.eye(5)[None, :1], **given))


def test_weights_may_be_put_together_in_the_graph(file: Path) -> None:
    weights = lstm_weights()
    nodes = [
        TURN_IN,
        node("Constant", "", "split", value_ints=[0]),
        node("Unsqueeze", "w split", "W"),
        node("Transpose", "r", "rt", perm=[1, 0]),
        node("Reshape", "rt sizes", "R"),
        node("Concat", "b1 b2", "b", axis=0),
        node("Unsqueeze", "b split", "B"),
        LSTM,
        node("Squeeze", "h split", "y"),
    ]
    path = write(
        file, nodes, w=weights["W"][0], r=weights["R"][0].T, sizes=[1, 20, -1],
        b1=weights["B"][0, :20], b2=weights["B"][0, 20:],
    )  # fmt: skip
    plain = write(file.with_name("plain.onnx"), [TURN_IN, LSTM, node("Squeeze", "h", "y")],
                  **weights)  # fmt: skip
    x = sequences(2, 6, 3)
    one, other = (load_network(each).forward(x).outputs for each in (path, plain))
    np.testing.assert_array_equal(one, other)


def refused(file: Path, nodes: list[NodeProto], message: str, **given: Any) -> None:
    defaults = {"zero": [0], "one": [1], "a": random(3, 2), "number": np.array(2.0)}
    with pytest.raises(NetworkError, match=message):
        load_network(write(file, nodes, **defaults | given))


FLAT = {"x": ("sample", 3)}


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([node("Conv", "x a", "y")], r"node 'the_conv' \(Conv\): this operator has no .*supported"),
        ([node("Elu", "x", "y")], r"\(Elu\): this operator has no counterpart; supported are LSTM"),
        ([node("Mul", "x number", "y")], r"\(Mul\): this operator has no counterpart"),
        ([node("MatMul", "a x", "y")], r"\(MatMul\): the first operand must be the signal"),
        ([node("MatMul", "x x", "y")], r"second operand must be constant weights, got signal"),
        ([node("MatMul", "x one", "y")], r"\(MatMul\): weights must be a table, got \(1,\)"),
        ([node("Gemm", "x a", "y", transA=1)], r"the first operand must be the signal, not trans"),
        ([node("Gemm", "x a a", "y")], r"\(Gemm\): a bias must have 2 numbers, got \(3, 2\)"),
        ([node("Add", "x one", "y")], "only the sum of a product and its bias is supported"),
        ([node("MatMul", "x a", "m"), node("Add", "m m", "y")], "only a constant can be added"),
        ([node("Relu", "x", "r"), node("MatMul", "x a", "y")], "not those of the layer before"),
        (
            [node("MatMul", "x a", "m"), node("Add", "m one", "s"), node("Relu", "m", "y")],
            "branches, skips and shared layers are not supported",
        ),
        ([node("Softmax", "x", "y", axis=0)], r"\(Softmax\): must act on the last axis, got 0"),
        ([node("Softmax", "x", "s"), node("MatMul", "s a", "y")], "only the last layer may have"),
        ([node("Cast", "x", "y", to=7)], r"\(Cast\): signals must stay floating point"),
        ([node("Identity", "a", "y")], "output 'y': must be what a layer gives"),
        ([node("Identity", "x", "y")], "the model has no layer that can be imported"),
        ([node("Concat", "x x", "y", axis=0)], "only the directions or layers of recurrent nodes"),
        ([node("Concat", "x a", "y", axis=1)], "constants cannot be put beside signals"),
        ([node("Gather", "x zero", "y", axis=1)], "selects some of the values, got axis unit"),
        ([node("Gather", "x x", "y", axis=1)], "must take one constant entry"),
        ([node("Squeeze", "x one", "y")], "drops an axis that carries values, got unit"),
        ([node("Reshape", "x x", "y")], "the new shape must be constant"),
        ([node("Transpose", "x", "y", perm=[0, 0])], "perm must name each of 2 axes once"),
        ([node("Transpose", "x", "t"), node("MatMul", "t a", "y")], "the axes must be samples, st"),
        ([node("Unsqueeze", "x far", "y")], r"the axis must lie in -3 \.\. 2, got 9"),
        ([node("Dropout", "x number yes", "y")], "training_mode: must be off"),
        ([node("Slice", "x zero one one two", "y")], "must keep consecutive entries"),
        ([node("Gather", "a far", "y")], r"\(Gather\): does not fit its inputs, got index 9"),
        ([node("MatMul", "x b", "y")], r"layer 'dense1': must take 3 values, got 4"),
        (
            [node("MatMul", "x bad", "y")],
            r"weights: every entry must be finite, got nan at index \(0, 0\)",
        ),
    ],
)
def test_what_has_no_counterpart_is_named(file: Path, nodes: list[NodeProto], message: str) -> None:
    constants = {"far": [9], "two": [2], "b": random(4, 2), "yes": np.array(True)}
    refused(file, nodes, message, **FLAT, **constants, bad=np.full((3, 2), np.nan))


def changed(**attributes: Any) -> list[NodeProto]:
    inputs = attributes.pop("inputs", "t W R B")
    lstm = node("LSTM", inputs, "all h c", hidden_size=5, **attributes)
    return [TURN_IN, lstm, node("Squeeze", "h zero", "y")]


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (changed(activations=["Sigmoid", "Relu", "Tanh"]), "activations: must be Sigmoid, Tanh, T"),
        (changed(activations=["HardSigmoid", "Tanh", "Tanh"]), r"got \['HardSigmoid', 'Tanh'"),
        (changed(clip=3.0), r"node 'the_lstm' \(LSTM\), clip: clipping is not supported"),
        (changed(direction="both"), "direction: must be forward, reverse, bidirectional, got both"),
        (changed(direction="bidirectional"), r"W must be \(2, 20, 3\), got \(1, 20, 3\)"),
        (changed(inputs="t W R B lengths"), "sequence_lens: all sequences must have the full leng"),
        (changed(inputs="t W R B - state"), "initial_h: the initial state must be zero; export"),
        (changed(inputs="t W R B - - state"), "initial_c: the initial state must be zero"),
        (changed(inputs="t W W B"), r"R must be \(1, 20, 5\), got \(1, 20, 3\)"),
        (changed(inputs="t R R B"), r"'lstm1': must take 3 values, got 5"),
        (changed(inputs="t lengths R B"), r"W must be \(directions, 4 units, in\), got \(2,\)"),
        (changed(inputs="t t R B"), r"input 1 must be constant weights"),
        (changed(inputs="W W R B"), "the first input must come from the network's input"),
        ([TURN_IN, LSTM, node("Relu", "c", "y")], "takes a tensor that has no counterpart .* 'c'"),
        ([TURN_IN, LSTM, node("Identity", "all", "y0"), node("Gather", "all three", "y")],
         r"takes some steps of a sequence, got steps 3 \.\. 3; a recurrence written out step"),
        ([TURN_IN, LSTM, node("Reshape", "all wrong", "y")],
         r"the new axes must be samples, steps and units, got \('step', 'direction', 'sample'"),
        ([TURN_IN, LSTM, node("Flatten", "all", "y")], "merges axes of different meaning"),
        ([node("Gather", "x last", "g", axis=1), node("MatMul", "g a", "y")],
         "the last step of a sequence that is not the final state of a recurrent layer"),
    ],
)  # fmt: skip
def test_what_a_recurrent_node_may_not_do(file: Path, nodes: list[NodeProto], message: str) -> None:
    constants = {
        "lengths": np.array([7, 7], np.int32), "state": np.ones((1, 2, 5)), "three": np.array(3),
        "wrong": [5, -1], "last": np.array(-1),
    }  # fmt: skip
    refused(file, nodes, message, **constants, **lstm_weights())


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([node("Squeeze", "all one", "y")], "drops an axis that carries values, got direction"),
        ([node("Identity", "all", "y")], "the axes must be samples, steps and, last, units"),
        ([node("Gather", "h zero_scalar", "y", axis=0)], "takes one direction of a bidirectional"),
        (
            [
                node("Gather", "h zero_scalar", "p", axis=0),
                node("Gather", "h last", "q", axis=0),
                node("Concat", "q p", "y", axis=1),
            ],
            "both directions must be used, forward first",
        ),
        ([node("Gather", "all last", "y")], r"where its state is not the final one.*\(h_n\)"),
        (
            [
                node("Transpose", "all", "u", perm=[0, 2, 1, 3]),
                node("Reshape", "u merge", "v"),
                node("MatMul", "v out", "w"),
                node("Gather", "w last", "y"),
            ],
            "takes the last step of a sequence that is not the final state",
        ),
    ],
)
def test_both_directions_must_be_used_in_order(
    file: Path, nodes: list[NodeProto], message: str
) -> None:
    lstm = node("LSTM", "t W R B", "all h", hidden_size=5, direction="bidirectional")
    constants = {
        "zero_scalar": np.array(0), "last": np.array(-1), "merge": [0, 0, -1], "out": random(10, 2)
    }  # fmt: skip
    refused(file, [TURN_IN, lstm, *nodes], message, **constants, **lstm_weights(2))


def test_the_last_step_of_dense_layers_is_that_of_the_memory(file: Path) -> None:
    nodes = [
        TURN_IN,
        LSTM,
        node("Squeeze", "all one", "s"),
        node("MatMul", "s out", "m"),
        node("Tanh", "m", "n"),
        node("Gather", "n last", "y"),
    ]
    out = random(5, 2)
    network = load_network(
        write(file, nodes, one=[1], last=np.array(-1), out=out, **lstm_weights())
    )
    memory, dense = network.layers
    assert isinstance(dense, Dense)
    assert not memory.keeps_steps
    assert network.forward(sequences(4, 6, 3)).outputs.shape == (4, 2)


def test_one_input_and_one_output(file: Path) -> None:
    nodes = [node("MatMul", "x a", "y"), node("Relu", "z", "w")]
    refused(file, nodes, r"one input and one output, got inputs \['x', 'z'\]", inputs=("x", "z"))
    refused(file, [node("Relu", "x", "y")], r"outputs \['y', 'x'\]; export", outputs=("y", "x"))
    refused(file, [node("Relu", "x", "y")], r"input 'x': must be \(sample, feature\)", x=(3,))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("refused_loop.onnx", r"\(Loop\): this operator has no counterpart; a recurrence written"),
        ("refused_unrolled.onnx", "a recurrence written out step by step cannot be read back"),
    ],
)
def test_recurrences_written_out_are_refused(name: str, message: str) -> None:
    with pytest.raises(NetworkError, match=re.escape(message) if "(" not in message else message):
        load_network(FIXTURES / name)
