"""Keras files with one thing changed, and what is refused by name."""

from __future__ import annotations

import copy
import json
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from spicegen.errors import NetworkError
from spicegen.network import Bidirectional, Dense, Reversed, load_network

FIXTURES = Path(__file__).parent / "fixtures"


class Archive:
    """A `.keras` fixture whose description and arrays can be changed before it is written."""

    def __init__(self, name: str) -> None:
        with zipfile.ZipFile(FIXTURES / f"keras_{name}.keras") as archive:
            self.metadata = json.loads(archive.read("metadata.json"))
            self.model = json.loads(archive.read("config.json"))
            weights = archive.read("model.weights.h5")
        self.arrays: dict[str, np.ndarray] = {}
        with h5py.File(BytesIO(weights)) as file:
            file.visititems(
                lambda path, item: (
                    self.arrays.update({path: item[()]}) if isinstance(item, h5py.Dataset) else None
                )
            )

    @property
    def layers(self) -> list[dict[str, Any]]:
        return self.model["config"]["layers"]

    def config(self, name: str) -> dict[str, Any]:
        return next(each["config"] for each in self.layers if each["class_name"] == name)

    def write(self, folder: Path) -> Path:
        path, content = folder / "model.keras", BytesIO()
        with h5py.File(content, "w") as file:
            for name, array in self.arrays.items():
                file[name] = array
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("metadata.json", json.dumps(self.metadata))
            archive.writestr("config.json", json.dumps(self.model))
            archive.writestr("model.weights.h5", content.getvalue())
        return path


def refused(folder: Path, archive: Archive, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        load_network(archive.write(folder))


def test_an_unchanged_archive_is_the_same_network(tmp_path: Path) -> None:
    path = Archive("everything").write(tmp_path)
    network, original = load_network(path), load_network(FIXTURES / "keras_everything.keras")
    x = np.random.default_rng(0).standard_normal((2, 5, 3))
    np.testing.assert_array_equal(network.forward(x).outputs, original.forward(x).outputs)


def test_layers_keep_their_names_and_kinds() -> None:
    network = load_network(FIXTURES / "keras_everything.keras")
    kinds = [type(layer).__name__ for layer in network.layers]
    assert kinds == [
        "Lstm", "Bidirectional", "Bidirectional", "Gru", "Dense", "Dense", "Lstm", "Lstm", "Dense"
    ]  # fmt: skip
    assert all(layer.name for layer in network.layers)
    assert network.classifies
    assert isinstance(load_network(FIXTURES / "keras_backwards.keras").layers[0], Reversed)
    last = load_network(FIXTURES / "keras_both_ways_last.keras").layers[0]
    assert isinstance(last, Bidirectional)
    assert last.returns == "last"


def test_a_function_behind_a_function_becomes_a_layer(tmp_path: Path) -> None:
    archive = Archive("mlp")  # Flatten, Dense, ReLU, Dense, Softmax
    relu = next(each for each in archive.layers if each["class_name"] == "ReLU")
    second = copy.deepcopy(relu)
    second["config"]["name"] = "again"
    archive.layers.insert(archive.layers.index(relu) + 1, second)
    layer = load_network(archive.write(tmp_path)).layers[1]
    assert isinstance(layer, Dense)
    assert (layer.name, layer.activation) == ("again", "relu")
    np.testing.assert_array_equal(layer.weight, np.eye(6))


INNER = {"class_name": "RNN", "config": {"name": "inner"}}

CHANGES: list[tuple[str, str, dict[str, Any], str]] = [
    ("lstm8", "LSTM", {"activation": "relu"}, r"\(LSTM\), setting 'activation': must be tanh, got"),
    (
        "lstm8",
        "LSTM",
        {"recurrent_activation": "hard_sigmoid"},
        "setting 'recurrent_activation': must be sigmoid, got hard_sigmoid",
    ),
    ("lstm8", "LSTM", {"stateful": True}, "setting 'stateful': must be False, got True"),
    ("lstm8", "LSTM", {"return_state": True}, "setting 'return_state': must be False, got True"),
    ("lstm8", "LSTM", {"go_backwards": True}, "setting 'return_sequences': must be False, got"),
    ("lstm8", "LSTM", {"use_bias": False}, r"\(LSTM\): must have 2 arrays, got 3"),
    ("lstm8", "LSTM", {"dtype": "int8"}, "weights must be floating point, got int8; save the"),
    ("lstm8", "TimeDistributed", {"layer": INNER}, "the layer inside must be Dense, got "),
    ("lstm8", "TimeDistributed", {"layer": None}, "setting 'layer': must be a layer"),
    (
        "gru5_after",
        "GRU",
        {"reset_after": False},
        r"array 'bias': the shape must be \(15,\), got \(2, 15\)",
    ),
    ("gru5_before", "GRU", {"reset_after": True}, r"'bias': the shape must be \(2, 15\), got \(15"),
    ("rnn_relu", "SimpleRNN", {"activation": "elu"}, "must be tanh, relu, sigmoid, linear, got el"),
    ("rnn_relu", "Dense", {"activation": "gelu"}, r"\(Dense\), setting 'activation': must be line"),
    ("mlp", "ReLU", {"max_value": 6.0}, r"\(ReLU\), setting 'max_value': must be None, got 6.0"),
    ("mlp", "ReLU", {"negative_slope": 0.1}, "setting 'negative_slope': must be 0, 0.0, got 0.1"),
    ("mlp", "Softmax", {"axis": 0}, r"\(Softmax\), setting 'axis': must be -1, got 0"),
    ("mlp", "InputLayer", {"batch_shape": [None, None, 3]}, "input features must be fixed, got"),
    ("mlp", "InputLayer", {"batch_shape": [None]}, r"the input must have features, got \[None\]"),
    ("gru5_after", "InputLayer", {"batch_shape": [None, 4, 5, 3]}, r"inputs must be \(sample, fea"),
    ("gru5_after", "InputLayer", {"batch_shape": [None, 4]}, "'gru.*': must take 4 values, got 3"),
    ("both_ways_last", "Bidirectional", {"merge_mode": "sum"}, "'merge_mode': must be concat, got"),
    (
        "both_ways_last",
        "Bidirectional",
        {"layer": INNER},
        "must be of one class, L",
    ),
]


@pytest.mark.parametrize(("name", "kind", "change", "message"), CHANGES)
def test_settings_without_a_counterpart_are_named(
    tmp_path: Path, name: str, kind: str, change: dict[str, Any], message: str
) -> None:
    archive = Archive(name)
    archive.config(kind).update(change)
    refused(tmp_path, archive, message)


def _swap_directions(archive: Archive) -> None:
    config = archive.config("Bidirectional")
    config["layer"]["config"]["go_backwards"] = True


def _unequal_directions(archive: Archive) -> None:
    archive.config("Bidirectional")["backward_layer"]["config"]["return_sequences"] = True


def _other_layer(archive: Archive) -> None:
    norm = {"class_name": "BatchNormalization", "config": {"name": "norm"}}
    archive.layers.append(norm)


def _own_layer(archive: Archive) -> None:
    archive.layers[-1]["module"] = "my_layers"


def _subclassed(archive: Archive) -> None:
    archive.model["class_name"] = "MyModel"


def _no_layers(archive: Archive) -> None:
    archive.model["config"]["layers"] = {"dense": 1}


def _older(archive: Archive) -> None:
    archive.metadata["keras_version"] = "2.15.0"


def _extra_weights(archive: Archive) -> None:
    archive.arrays["layers/gru/cell/vars/0"] = np.zeros(3)


def _not_finite(archive: Archive) -> None:
    archive.arrays["layers/dense/vars/1"] = np.array([0.0, np.inf])


def _empty(archive: Archive) -> None:
    archive.arrays["layers/bidirectional/forward_layer/cell/vars/0"] = np.zeros((0, 20))


def _table(archive: Archive) -> None:
    archive.arrays["layers/dense/vars/0"] = np.zeros(3)


def _kernel(archive: Archive) -> None:
    archive.arrays["layers/bidirectional/forward_layer/cell/vars/0"] = np.zeros((3, 5))


def _only_dropout(archive: Archive) -> None:
    archive.arrays.clear()
    archive.layers[1:] = [{"class_name": "Dropout", "config": {"name": "d"}}]


def _without_input_size(archive: Archive) -> None:
    archive.arrays.clear()
    archive.layers[:] = [{"class_name": "ReLU", "config": {"name": "first"}}]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_swap_directions, "forward layer, setting 'go_backwards': must be False, got True"),
        (_unequal_directions, "both directions must have the same settings"),
        (_other_layer, r"\(BatchNormalization\): this layer has no counterpart; known are Dense,"),
        (_own_layer, r"must be a layer of Keras itself, got my_layers; known are Dense"),
        (_subclassed, "the model must be Sequential or Functional, got 'MyModel'; custom models"),
        (_no_layers, "the list of layers is malformed; save it again"),
        (_older, r"the file must be written by Keras 3, got Keras 2\.15\.0; load it in Keras 3"),
        (_extra_weights, "a layer that the model does not list, got 'layers/gru/cell/vars/0'"),
        (_not_finite, "every entry must be finite, got inf"),
        (_table, r"the kernel must be \(in, out\), got \(3,\)"),
        (_empty, "there must be at least one input and one unit"),
        (_kernel, r"'kernel': the shape must be \(3, 20\), got \(3, 5\)"),
        (_only_dropout, "the model has no layer that can be imported"),
        (_without_input_size, "'first': the number of inputs is not known here; give the model"),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, change: Callable[[Archive], None], message: str
) -> None:
    archive = Archive("both_ways_last")
    change(archive)
    refused(tmp_path, archive, message)


def test_branches_are_refused() -> None:
    message = r"refused_branch\.keras, layer 'add.*': the layer must take the output of the layer"
    with pytest.raises(NetworkError, match=message):
        load_network(FIXTURES / "refused_branch.keras")


def test_other_outputs_of_a_functional_model_are_refused(tmp_path: Path) -> None:
    archive = Archive("functional")
    archive.model["config"]["output_layers"] = [["gru", 0, 0], ["dense", 0, 0]]
    refused(tmp_path, archive, "the only output must be that of layer 'dense.*', got ")
    archive.model["config"]["output_layers"] = None
    refused(tmp_path, archive, re.escape("got []; only layers in a row can be imported"))
