"""Each Keras layer that has a counterpart, and the settings it may have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from spicegen.errors import NetworkError
from spicegen.network.dense import DenseDescription
from spicegen.network.gru import GruDescription
from spicegen.network.importers.chain import Chain
from spicegen.network.layer import Array
from spicegen.network.lstm import LstmDescription
from spicegen.network.recurrent import REVERSE, RecurrentDescription
from spicegen.network.rnn import RnnDescription
from spicegen.weights import from_keras
from spicegen.weights.gate_order import CANONICAL
from spicegen.weights.keras_file import is_layer


@dataclass(frozen=True, slots=True)
class LayerSource:
    """One layer of a Keras file.

    Attributes:
        where: file, layer and class, for messages.
        config: its settings.
        weights: its arrays, in Keras' order.
    """

    where: str
    config: dict[str, Any]
    weights: tuple[Array, ...]

    def setting(self, key: str, *allowed: object) -> Any:
        """A setting that must have one of these values; absent is the first of them.

        Raises:
            NetworkError: it has another one.
        """
        value = self.config.get(key, allowed[0])
        if value not in allowed:
            shown = ", ".join(str(each) for each in allowed)
            raise NetworkError(f"{self.where}, setting '{key}'", f"must be {shown}", value)
        return value

    def inner(self, key: str) -> tuple[str, dict[str, Any]]:
        """Class name and settings of a layer inside this one.

        Raises:
            NetworkError: there is none.
        """
        layer = self.config.get(key)
        if not is_layer(layer):
            raise NetworkError(f"{self.where}, setting '{key}'", "must be a layer", layer)
        return layer["class_name"], layer["config"]

    def arrays(self, count: int) -> tuple[Array, ...]:
        """The arrays, which must be this many.

        Raises:
            NetworkError: they are not.
        """
        if len(self.weights) != count:
            raise NetworkError(self.where, f"must have {count} arrays", len(self.weights))
        return self.weights


def _dense(chain: Chain, source: LayerSource) -> None:
    activation = source.setting("activation", "linear", "relu", "sigmoid", "tanh", "softmax")
    has_bias = bool(source.setting("use_bias", True, False))
    kernel, *bias = source.arrays(2 if has_bias else 1)
    if kernel.ndim != 2 or not kernel.size:
        raise NetworkError(source.where, "the kernel must be (in, out)", kernel.shape)
    layer = DenseDescription(
        name=source.config["name"], kind="dense", units=kernel.shape[1], activation=activation
    )
    arrays = {"weight": kernel.T} | ({"bias": bias[0]} if bias else {})
    chain.add(layer, arrays, kernel.shape[0])


def _time_distributed(chain: Chain, source: LayerSource) -> None:
    kind, config = source.inner("layer")
    if kind != "Dense":
        raise NetworkError(source.where, "the layer inside must be Dense", kind)
    _dense(chain, replace(source, config=config | {"name": source.config["name"]}))


def _recurrent(chain: Chain, source: LayerSource, kind: str) -> None:
    backwards = source.setting("go_backwards", False, True)
    if backwards:  # Keras leaves a reversed sequence in the order it was computed
        source.setting("return_sequences", False)
    layer, arrays, inputs = _cell(source, kind, source.weights)
    chain.add(layer.model_copy(update={"reverse": backwards}), arrays, inputs)


def _bidirectional(chain: Chain, source: LayerSource) -> None:
    source.setting("merge_mode", "concat")
    ahead, back = source.inner("layer"), source.inner("backward_layer")
    kind = _KINDS.get(ahead[0])
    if kind is None or ahead[0] != back[0]:
        rule = f"both layers inside must be of one class, {', '.join(_KINDS)}"
        raise NetworkError(source.where, rule, f"{ahead[0]} and {back[0]}")
    name, half = source.config["name"], len(source.weights) // 2
    sources = [
        LayerSource(f"{source.where}, {side} layer", config | {"name": name}, weights)
        for side, config, weights in (
            ("forward", ahead[1], source.weights[:half]),
            ("backward", back[1], source.weights[half:]),
        )
    ]
    sources[0].setting("go_backwards", False)
    sources[1].setting("go_backwards", True)
    layer, arrays, inputs = _cell(sources[0], kind, sources[0].weights)
    other, reverse, other_inputs = _cell(sources[1], kind, sources[1].weights)
    if (layer, inputs) != (other, other_inputs):
        raise NetworkError(source.where, "both directions must have the same settings")
    arrays |= {f"{array}{REVERSE}": value for array, value in reverse.items()}
    chain.add(layer.model_copy(update={"bidirectional": True}), arrays, inputs)


def _cell(
    source: LayerSource, kind: str, weights: tuple[Array, ...]
) -> tuple[RecurrentDescription, dict[str, Array], int]:
    """One direction: description, canonical arrays, number of inputs."""
    source.setting("stateful", False)
    source.setting("return_state", False)
    has_bias = bool(source.setting("use_bias", True, False))
    kernel, recurrent_kernel, *bias = source.arrays(3 if has_bias else 2)
    if not kernel.size or not recurrent_kernel.size or 0 in (kernel.ndim, recurrent_kernel.ndim):
        raise NetworkError(source.where, "there must be at least one input and one unit")
    after = kind == "gru" and bool(source.setting("reset_after", True, False))
    units, rows = recurrent_kernel.shape[0], len(CANONICAL[kind]) * recurrent_kernel.shape[0]
    shapes = {"kernel": (*kernel.shape[:1], rows), "recurrent_kernel": (units, rows)}
    shapes["bias"] = (2, rows) if after else (rows,)
    for (name, shape), array in zip(shapes.items(), source.weights, strict=False):
        if array.shape != shape:
            raise NetworkError(
                f"{source.where}, array '{name}'", f"the shape must be {shape}", array.shape
            )
    arrays = from_keras(kind, kernel, recurrent_kernel, bias[0] if bias else None)
    common: dict[str, Any] = {
        "name": source.config["name"],
        "kind": kind,
        "units": units,
        "returns": "sequence" if source.setting("return_sequences", False, True) else "last",
    }
    if kind == "rnn":
        activation = source.setting("activation", "tanh", "relu", "sigmoid", "linear")
        return RnnDescription(**common, activation=activation), arrays, kernel.shape[0]
    source.setting("activation", "tanh")
    source.setting("recurrent_activation", "sigmoid")
    if kind == "gru":
        return GruDescription(**common, reset_after=after), arrays, kernel.shape[0]
    return LstmDescription(**common), arrays, kernel.shape[0]


def _activation(chain: Chain, source: LayerSource) -> None:
    function = source.setting("activation", "linear", "relu", "sigmoid", "tanh", "softmax")
    if function != "linear":
        chain.activate(function, source.config["name"])


def _relu(chain: Chain, source: LayerSource) -> None:
    source.setting("max_value", None)
    source.setting("negative_slope", 0, 0.0)
    source.setting("threshold", 0, 0.0)
    chain.activate("relu", source.config["name"])


def _softmax(chain: Chain, source: LayerSource) -> None:
    source.setting("axis", -1)
    chain.activate("softmax", source.config["name"])


_KINDS = {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "rnn"}

HANDLERS: dict[str, Callable[[Chain, LayerSource], None]] = {
    "Activation": _activation,
    "Bidirectional": _bidirectional,
    "Dense": _dense,
    "GRU": lambda chain, source: _recurrent(chain, source, "gru"),
    "LSTM": lambda chain, source: _recurrent(chain, source, "lstm"),
    "ReLU": _relu,
    "SimpleRNN": lambda chain, source: _recurrent(chain, source, "rnn"),
    "Softmax": _softmax,
    "TimeDistributed": _time_distributed,
}
"""By Keras' class name: append the layer to the chain."""
