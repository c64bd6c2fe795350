"""Arrays under training: devices, and the weights that their conductances stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from spicegen.errors import InputError
from spicegen.mapping import MappedCrossbar, MappedDense, MappedNetwork, MappedRecurrent
from spicegen.network import Dense, Layer, Lstm, Network
from spicegen.training.devices import Devices, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Array:
    """One crossbar under training.

    Attributes:
        crossbar: its scales; conductances in it are those of the start.
        devices: what stands in it now.
    """

    crossbar: MappedCrossbar
    devices: Devices

    @property
    def weight_per_siemens(self) -> FloatArray:
        """(word lines, bit lines) network units per S of the difference of a pair."""
        crossbar = self.crossbar
        gain = crossbar.word_volts[:, None] * crossbar.r_feedback_ohm / crossbar.bit_volts
        return np.asarray(gain)

    @property
    def weight(self) -> FloatArray:
        """(word lines, bit lines) weights as they are, network units."""
        positive, negative = self.devices.g_siemens
        return np.asarray((positive - negative) * self.weight_per_siemens)

    def change(self, weight_change: FloatArray) -> FloatArray:
        """Conductance changes that change weights: both halves by half, or, where nothing
        lowers a conductance, the half that has to grow.

        Args:
            weight_change: (word lines, bit lines) network units.
        Returns:
            (2, word lines, bit lines) S.
        """
        pair = weight_change / self.weight_per_siemens
        if self.devices.depresses:
            return np.stack([0.5 * pair, -0.5 * pair])
        return np.stack([np.maximum(pair, 0.0), np.maximum(-pair, 0.0)])


Arrays = Mapping[str, Array]
"""By the name of the layer."""


def drawn(mapped: MappedNetwork, arrays: Arrays) -> MappedNetwork:
    """The network with the conductances that its devices have now."""
    layers = []
    for layer in mapped.layers:
        assert isinstance(layer, MappedDense | MappedRecurrent)
        positive, negative = arrays[layer.name].devices.g_siemens
        crossbar = replace(layer.crossbar, g_pos_siemens=positive, g_neg_siemens=negative)
        layers.append(replace(layer, crossbar=crossbar))
    return replace(mapped, layers=tuple(layers))


def network_of(network: Network, arrays: Arrays) -> Network:
    """The network in float64, with the weights that conductances stand for."""
    layers = [with_weight(layer, arrays[layer.name].weight) for layer in network.layers]
    return Network(network.name, network.input_size, tuple(layers))


def weight_of(layer: Layer) -> FloatArray:
    """(word lines, bit lines) weights of a layer as its crossbar holds them: inputs, states,
    and a line for the bias unless it is all zero.

    Raises:
        AssertionError: the layer is neither dense nor LSTM, which `check_layers` refuses.
    """
    match layer:
        case Dense():
            blocks = [layer.weight]
        case Lstm():
            blocks = [layer.weight_ih, layer.weight_hh]
        case _:
            raise AssertionError(layer)  # refused by `check_layers`
    bias = [layer.bias[:, None]] if layer.bias.any() else []
    return np.hstack([*blocks, *bias]).T


def with_weight(layer: Layer, weight: FloatArray) -> Layer:
    """The layer with other weights, (word lines, bit lines).

    Raises:
        AssertionError: the layer is neither dense nor LSTM.
    """
    rows = weight.T
    match layer:
        case Dense():
            inputs = layer.input_size
            bias = rows[:, inputs] if rows.shape[1] > inputs else layer.bias
            return replace(layer, weight=rows[:, :inputs], bias=bias)
        case Lstm():
            inputs, lines = layer.input_size, layer.input_size + layer.output_size
            bias = rows[:, lines] if rows.shape[1] > lines else layer.bias
            states = rows[:, inputs:lines]
            return replace(layer, weight_ih=rows[:, :inputs], weight_hh=states, bias=bias)
    raise AssertionError(layer)


def arrays_of(network: Network) -> dict[str, FloatArray]:
    """Arrays of dense and LSTM layers by the names that network.toml's `arrays` file holds.

    Raises:
        AssertionError: the layer is neither dense nor LSTM, which `check_layers` refuses.
    """
    found: dict[str, FloatArray] = {}
    for layer in network.layers:
        match layer:
            case Dense():
                parts = {"weight": layer.weight, "bias": layer.bias}
            case Lstm():
                names = ("weight_ih", "weight_hh", "bias_ih")
                values = (layer.weight_ih, layer.weight_hh, layer.bias)
                parts = dict(zip(names, values, strict=True))
            case _:
                raise AssertionError(layer)  # refused by `check_layers`
        found |= {f"{layer.name}.{name}": value for name, value in parts.items()}
    return found


def check_layers(network: Network) -> None:
    """Refuse layers that there is no backward pass for.

    Raises:
        InputError: naming the layer.
    """
    for layer in network.layers:
        plain = isinstance(layer, Lstm) and layer.variant == "np" and not layer.peepholes
        if not (isinstance(layer, Dense) or plain):
            raise InputError(
                f"layer '{layer.name}'",
                "training knows dense layers and LSTM layers without peepholes (variant np)",
                type(layer).__name__.lower(),
            )
