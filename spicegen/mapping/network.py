"""A whole network on conductances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spicegen.design import Design
from spicegen.errors import MappingError
from spicegen.mapping.dense import MappedDense, map_dense
from spicegen.mapping.gru import map_gru
from spicegen.mapping.lstm import map_lstm
from spicegen.mapping.recurrent import MappedDirections, MappedRecurrent, Volts
from spicegen.mapping.rnn import map_rnn
from spicegen.mapping.scaling import Scaler, SignalScale
from spicegen.mapping.transistor import check_drive
from spicegen.mapping.trims import Trims
from spicegen.network import (
    Bidirectional,
    Dense,
    Gru,
    Layer,
    Lstm,
    Network,
    NetworkTrace,
    Reversed,
    Rnn,
)
from spicegen.pdk.fitted import FittedCells

MappedLayer = MappedDense | MappedRecurrent | MappedDirections


@dataclass(frozen=True, slots=True)
class MappedNetwork:
    """Layers on conductances, and how every signal travels.

    Attributes:
        name: the network's name.
        layers: mapped layers from input to output.
        input_volts: volts of 1.0 on the input word lines.
        signals: scale of every signal, with its range and limit.
        behind_layer: its inputs are outputs of a layer in another circuit; what inverts them for
            negative word lines is drawn here.
        start_volts: of shared bias nodes at the start of a transient, V.
        fitted: behavioural models of transistor cells, where they stand for them.
    """

    name: str
    layers: tuple[MappedLayer, ...]
    input_volts: Volts
    signals: tuple[SignalScale, ...]
    behind_layer: bool = False
    start_volts: Mapping[str, float] = field(default_factory=dict)
    fitted: FittedCells | None = None

    @property
    def output_volts(self) -> Volts:
        """Volts of 1.0 at the network's outputs."""
        return out_volts(self.layers[-1])

    def cut(self, blocks: int) -> tuple[tuple[MappedNetwork, ...], ...]:
        """Circuits of one layer each, and of dense layers as many as `blocks`.

        Returns:
            layer by layer, the blocks of bit lines it consists of.
        """
        parts, volts = [], self.input_volts
        for position, layer in enumerate(self.layers):
            split = layer.blocks(blocks) if isinstance(layer, MappedDense) else (layer,)
            parts.append(
                tuple(
                    MappedNetwork(self.name, (block,), volts, (), position > 0 or self.behind_layer)
                    for block in split
                )
            )
            volts = out_volts(layer)
        return tuple(parts)


def out_volts(layer: MappedLayer) -> Volts:
    """Volts of 1.0 at a layer's outputs."""
    return layer.out_volts if isinstance(layer, MappedDense) else layer.h_volts


def map_network(
    network: Network,
    trace: NetworkTrace,
    design: Design,
    input_name: str = "input",
    trims: Trims | None = None,
) -> MappedNetwork:
    """Choose volts per unit and conductances for every layer.

    Args:
        network: the trained network.
        trace: reference run that signal ranges are taken from.
        design: limits, device window, scaling rule.
        input_name: the signal that drives the first word lines.
        trims: how single amplifiers and cells differ from nominal ones.
    Raises:
        MappingError: a signal cannot be carried within the read voltage.
    """
    scaler, source = Scaler(design, trace, trims), input_name
    volts: Volts
    input_volts = volts = scaler.word_line(input_name)
    layers: list[MappedLayer] = []
    for position, layer in enumerate(network.layers):
        mapped: MappedLayer
        match layer:
            case Dense():
                last = position == len(network.layers) - 1
                mapped = map_dense(layer, volts, last, scaler, design)
                volts = mapped.out_volts
            case Bidirectional():
                ahead, back = layer.forward_layer, layer.backward_layer
                mapped = MappedDirections(
                    layer.name,
                    _map_recurrent(ahead, volts, scaler, design),
                    _map_recurrent(back, volts, scaler, design),
                )
                volts = mapped.h_volts
            case Reversed():
                back = layer.layer
                mapped = MappedDirections(
                    layer.name, None, _map_recurrent(back, volts, scaler, design)
                )
                volts = mapped.h_volts
            case _:
                mapped = _map_recurrent(layer, volts, scaler, design)
                volts = mapped.h_volts
        layers.append(mapped)
        if design.fidelity_of("opamp") == "transistor":
            _check_drive(mapped, scaler, source, design)
        source = f"{layer.name}.out"
    return MappedNetwork(
        network.name,
        tuple(layers),
        input_volts,
        tuple(scaler.signals),
        start_volts=scaler.trims.start_volts,
        fitted=scaler.trims.fitted,
    )


def _check_drive(layer: MappedLayer, scaler: Scaler, source: str, design: Design) -> None:
    """Refuse word lines that op-amps cannot drive; the bias is a reference from outside."""
    for part in layer.parts:
        rows = [(source, scaler.by_unit[source])]
        if isinstance(part, MappedRecurrent):
            own = (lines.name for lines in part.rows if lines.name in ("h", "c", "reset_h"))
            rows += [(name, scaler.by_unit[f"{part.name}.{name}"]) for name in own]
        check_drive(part.name, part.crossbar, rows, design)


def _map_recurrent(
    layer: Layer, input_volts: Volts, scaler: Scaler, design: Design
) -> MappedRecurrent:
    """One direction; the names of its signals in the trace follow from its own name."""
    match layer:
        case Lstm():
            return map_lstm(layer, input_volts, scaler, design)
        case Gru():
            return map_gru(layer, input_volts, scaler, design)
        case Rnn():
            return map_rnn(layer, input_volts, scaler, design)
    raise MappingError(f"layer {layer.name}", "there is no circuit for this kind of layer")
