"""Keras 3 models of layers in a row."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

from spicegen.errors import NetworkError
from spicegen.network.description import NetworkDescription
from spicegen.network.importers.chain import Chain
from spicegen.network.importers.keras_layers import HANDLERS, LayerSource
from spicegen.network.layer import Array
from spicegen.weights import KerasModel, read_keras
from spicegen.weights.keras_file import layers_of

SUPPORTED = (
    "Dense, TimeDistributed(Dense), LSTM, GRU, SimpleRNN, Bidirectional, Activation, ReLU, "
    "Softmax, InputLayer, Flatten of the inputs, and layers that only act in training"
)
_TRAINING_ONLY = frozenset(
    {
        "ActivityRegularization",
        "AlphaDropout",
        "Dropout",
        "GaussianDropout",
        "GaussianNoise",
        "SpatialDropout1D",
    }
)


def import_keras(path: Path) -> tuple[NetworkDescription, dict[str, Array]]:
    """The description and arrays of a `.keras` or `.h5` file of Keras 3.

    Sequential models, and Functional ones whose layers stand in a row.

    Raises:
        NetworkError: a layer, setting or shape has no counterpart here; the message names it.
    """
    model = read_keras(path)
    layers = _in_a_row(model, path)
    chain = Chain(path, _input_size(layers, path))
    for position, layer in enumerate(layers):
        kind, config = layer["class_name"], layer["config"]
        where = f"{path}, layer '{config['name']}' ({kind})"
        if not str(layer.get("module", "keras")).startswith("keras"):
            rule, remedy = "must be a layer of Keras itself", f"known are {SUPPORTED}"
            raise NetworkError(where, rule, layer["module"], remedy)
        if kind == "InputLayer" or kind in _TRAINING_ONLY:
            continue
        if kind == "Flatten" and all(
            each["class_name"] == "InputLayer" for each in layers[:position]
        ):
            continue  # of the inputs: _input_size has counted them
        if kind not in HANDLERS:
            raise NetworkError(
                where, "this layer has no counterpart", remedy=f"known are {SUPPORTED}"
            )
        _check_precision(config, where)
        source = LayerSource(where, config, model.weights[config["name"]])
        HANDLERS[kind](chain, source)
    return chain.describe()


def _in_a_row(model: KerasModel, path: Path) -> list[dict[str, Any]]:
    """Layer tables from input to output."""
    layers = layers_of(model.config, path)
    if model.config["class_name"] == "Sequential":
        return layers
    remedy = "only layers in a row can be imported"
    before = None
    for layer in layers:
        name, sources = layer["config"]["name"], _sources(layer)
        if sources != ([] if before is None else [before]):
            rule = "the layer must take the output of the layer before and nothing else"
            raise NetworkError(f"{path}, layer '{name}'", rule, sources or "an input", remedy)
        before = name
    outputs = _names(model.config["config"].get("output_layers"))
    if outputs != [before]:
        raise NetworkError(
            str(path), f"the only output must be that of layer '{before}'", outputs, remedy
        )
    return layers


def _sources(layer: dict[str, Any]) -> list[str]:
    """Names of the layers whose outputs a layer takes, in all its calls."""
    found: list[str] = []

    def search(value: object) -> None:
        if isinstance(value, dict):
            history = value.get("keras_history")
            if isinstance(history, list) and history:
                found.append(str(history[0]))
            for inner in value.values():
                search(inner)
        elif isinstance(value, list):
            for inner in value:
                search(inner)

    search(layer.get("inbound_nodes"))
    return found


def _names(outputs: object) -> list[str]:
    """Layer names in Keras' ["name", 0, 0] or [["name", 0, 0], ...]."""
    if not isinstance(outputs, list) or not outputs:
        return []
    if isinstance(outputs[0], list):
        return [str(each[0]) for each in outputs if each]
    return [str(outputs[0])]


def _input_size(layers: list[dict[str, Any]], path: Path) -> int | None:
    """Features of an input, where the model says them."""
    first = layers[0] if layers else None
    if first is None or first["class_name"] != "InputLayer":
        return None
    shape = first["config"].get("batch_shape")
    if not isinstance(shape, list) or len(shape) < 2:
        raise NetworkError(str(path), "the input must have features", shape)
    if len(layers) > 1 and layers[1]["class_name"] == "Flatten":
        sizes = shape[1:]
    elif len(shape) > 3:
        raise NetworkError(
            str(path), "inputs must be (sample, feature) or (sample, step, feature)", shape
        )
    else:
        sizes = shape[-1:]
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise NetworkError(str(path), "the number of input features must be fixed", shape)
    return prod(sizes)


def _check_precision(config: dict[str, Any], where: str) -> None:
    """Refuse quantised layers: their arrays are not the weights."""
    policy = config.get("dtype")
    settings = policy.get("config") if isinstance(policy, dict) else None
    name = settings.get("name") if isinstance(settings, dict) else policy
    if (name is not None and "float" not in str(name)) or config.get("quantization_config"):
        raise NetworkError(
            where, "weights must be floating point", name, "save the model before quantising it"
        )
