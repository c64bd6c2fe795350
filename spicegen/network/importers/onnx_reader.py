"""The state of reading an ONNX graph: what every tensor is, and the layers so far."""

from __future__ import annotations

from math import prod
from pathlib import Path

import numpy as np

from spicegen.errors import NetworkError
from spicegen.network.dense import DenseDescription
from spicegen.network.importers.chain import Chain, Function
from spicegen.network.importers.onnx_arguments import operand
from spicegen.network.importers.onnx_dense import bias_vector
from spicegen.network.importers.onnx_recurrent import (
    RECURRENT,
    check_axes,
    recurrent_layer,
    recurrent_outputs,
)
from spicegen.network.importers.onnx_values import Axis, Part, Signal, Value, WrongAxesError
from spicegen.network.layer import Array
from spicegen.network.recurrent import RecurrentDescription
from spicegen.weights import OnnxGraph, OnnxNode


class Reader:
    """Layers in a row, and the tensors that lead from one to the next.

    Attributes:
        graph: what is read.
        values: what every tensor is, by name.
        chain: the layers so far.
    """

    def __init__(self, graph: OnnxGraph, path: Path, axes: tuple[Axis, ...]) -> None:
        features = [axis.size for axis in axes if axis.label in ("unit", "part")]
        known = None if None in features else prod(size for size in features if size is not None)
        self.graph = graph
        self.chain = Chain(path, known)
        self.values: dict[str, Value] = dict(graph.constants)
        self.values |= {name: Signal(axes, (Part(0),)) for name in graph.inputs}
        self._token = 0

    def signal(self, node: OnnxNode) -> Signal:
        """The first input of a node, which must come from a layer or from the input.

        Raises:
            NetworkError: it is a constant.
        """
        value = operand(node, 0, self.values)
        if not isinstance(value, Signal):
            raise NetworkError(node.where, "the first input must come from the network's input")
        return value

    def take(self, signal: Signal, where: str) -> Signal:
        """Use all that the last layer gives, and let it return what is used.

        Raises:
            NetworkError: the signal is of other layers, of some directions or of some steps.
        """
        if any(part.token != self._token for part in signal.parts):
            raise NetworkError(
                where,
                "takes values that are not those of the layer before",
                remedy="branches, skips and shared layers are not supported",
            )
        if [part.backward for part in signal.parts] != self._directions():
            raise NetworkError(
                where,
                "takes one direction of a bidirectional layer, or both in another order",
                remedy="both directions must be used, forward first",
            )
        labels = [axis.label for axis in signal.axes if axis.size != 1 or axis.label != "direction"]
        if not labels or labels[-1] != "unit" or {"direction", "part"} & set(labels):
            rule = "the axes must be samples, steps and, last, units"
            raise WrongAxesError(where, rule, signal.labels)
        if any(part.when == "final" for part in signal.parts):
            if any(part.when == "all" for part in signal.parts):
                raise NetworkError(where, "mixes a final state with all steps")
            self._return_last(where)
        return signal

    def append_dense(self, node: OnnxNode, weight: Array, bias: Array | None) -> Signal:
        """A dense layer behind the first input of a node; what it gives."""
        signal = self.take(self.signal(node), node.where)
        units, inputs = weight.shape
        layer = DenseDescription(name=self.chain.name("dense"), kind="dense", units=units)
        arrays = {"weight": weight} | ({} if bias is None else {"bias": bias})
        self.chain.add(layer, arrays, inputs)
        return self._appended(signal, units)

    def add_bias(self, node: OnnxNode, signal: Signal, added: Value) -> Signal:
        """Add to the bias of the linear dense layer that gives a signal; what it gives then.

        Raises:
            NetworkError: something else gives the signal, or what is added is no bias.
        """
        self.take(signal, node.where)
        last = self.chain.layers[-1] if self.chain.layers else None
        if not isinstance(last, DenseDescription) or last.activation != "linear":
            raise NetworkError(node.where, "only the sum of a product and its bias is supported")
        bias, name = bias_vector(node, added, last.units), f"{last.name}.bias"
        self.chain.arrays[name] = self.chain.arrays.get(name, np.zeros(last.units)) + bias
        return self._appended(signal, last.units)

    def activate(self, node: OnnxNode, function: Function) -> Signal:
        """Apply a function to the first input of a node; what that gives."""
        signal = self.take(self.signal(node), node.where)
        self.chain.activate(function, self.chain.name(function))
        return self._appended(signal, self.chain.layers[-1].units)

    def append_recurrent(self, node: OnnxNode) -> None:
        """The layer of a recurrent node behind its input; sets what it gives."""
        x = self.take(self.signal(node), node.where)
        check_axes(node, x)
        name = self.chain.name(RECURRENT[node.op])
        layer, arrays, inputs = recurrent_layer(node, name, self.values)
        self.chain.add(layer, arrays, inputs)
        self._token += 1
        parts = tuple(Part(self._token, backward) for backward in self._directions())
        self.values |= recurrent_outputs(node, x, layer.units, parts)

    def _directions(self) -> list[bool]:
        """Whether each direction of the last layer reads backwards."""
        last = self.chain.layers[-1] if self.chain.layers else None
        if not isinstance(last, RecurrentDescription):
            return [False]
        return [False, True] if last.bidirectional else [last.reverse]

    def _return_last(self, where: str) -> None:
        """Let the last recurrent layer return its final state; dense layers act step by step."""
        for k, layer in reversed(list(enumerate(self.chain.layers))):
            if not isinstance(layer, RecurrentDescription):
                continue
            if k < len(self.chain.layers) - 1 and (layer.bidirectional or layer.reverse):
                break
            self.chain.layers[k] = layer.model_copy(update={"returns": "last"})
            return
        raise NetworkError(
            where,
            "takes the last step of a sequence that is not the final state of a recurrent layer",
            remedy="let the recurrent layer return its final state (h_n)",
        )

    def _appended(self, signal: Signal, units: int) -> Signal:
        """What the last layer gives after it was appended or changed."""
        self._token += 1
        return Signal((*signal.axes[:-1], Axis("unit", units)), (Part(self._token),))
