"""A whole network on conductances."""

from __future__ import annotations

from dataclasses import dataclass

from spicegen.design import Design
from spicegen.errors import MappingError
from spicegen.mapping.layers import MappedDense, MappedLayer, MappedLstm, map_dense, map_lstm
from spicegen.mapping.scaling import Scaler, SignalScale
from spicegen.network import Dense, Lstm, Network, NetworkTrace


@dataclass(frozen=True, slots=True)
class MappedNetwork:
    """Layers on conductances, and how every signal travels.

    Attributes:
        name: the network's name.
        layers: mapped layers from input to output.
        input_volts: volts of 1.0 on the input word lines.
        signals: scale of every signal, with its range and limit.
    """

    name: str
    layers: tuple[MappedLayer, ...]
    input_volts: float
    signals: tuple[SignalScale, ...]

    @property
    def output_volts(self) -> float:
        """Volts of 1.0 at the network's outputs."""
        last = self.layers[-1]
        return last.h_volts if isinstance(last, MappedLstm) else last.out_volts


def map_network(network: Network, trace: NetworkTrace, design: Design) -> MappedNetwork:
    """Choose volts per unit and conductances for every layer.

    Args:
        network: the trained network.
        trace: reference run that signal ranges are taken from.
        design: limits, device window, scaling rule.
    Raises:
        MappingError: a signal cannot be carried within the read voltage.
    """
    scaler = Scaler(design, trace)
    input_volts = volts = scaler.word_line("input")
    layers: list[MappedLayer] = []
    for position, layer in enumerate(network.layers):
        match layer:
            case Dense():
                last = position == len(network.layers) - 1
                dense: MappedDense = map_dense(layer, volts, last, scaler, design)
                layers.append(dense)
                volts = dense.out_volts
            case Lstm():
                lstm = map_lstm(layer, volts, scaler, design)
                layers.append(lstm)
                volts = lstm.h_volts
            case _:
                raise MappingError(f"layer {layer.name}", "there is no circuit for this kind")
    return MappedNetwork(network.name, tuple(layers), input_volts, tuple(scaler.signals))
