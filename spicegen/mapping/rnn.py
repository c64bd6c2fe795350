"""Simple recurrent layers on conductances."""

from __future__ import annotations

from spicegen.design import Design
from spicegen.mapping.conductance import FloatArray
from spicegen.mapping.recurrent import (
    Lines,
    MappedRecurrent,
    Volts,
    bias_lines,
    map_lines,
    trimmed_columns,
)
from spicegen.mapping.scaling import BOUNDED, Scaler
from spicegen.network import Rnn


def map_rnn(layer: Rnn, input_volts: Volts, scaler: Scaler, design: Design) -> MappedRecurrent:
    """A simple recurrent layer behind a signal of `input_volts` volts per unit.

    Args: as `map_lstm`.
    """
    units, bounded = layer.output_size, layer.activation in BOUNDED
    volts: dict[str, Volts] = {
        "h": scaler.word_line(f"{layer.name}.h", bound=1.0 if bounded else None)
    }
    if bounded:
        volts["pre"] = scaler.activation_input(f"{layer.name}.pre", layer.activation)
    else:
        volts["pre"] = scaler.column(f"{layer.name}.pre", float(volts["h"]))
    if layer.activation == "relu" and design.fidelity_of("activation") == "transistor":
        volts = {name: -each for name, each in volts.items()}  # the cell can only pull down
    volts["h_next"] = volts["h"]
    rows = (
        Lines("x", layer.input_size, input_volts),
        Lines("h", units, volts["h"]),
        *bias_lines(layer.bias, design),
    )
    blocks: dict[tuple[str, str], FloatArray] = {
        ("pre", "x"): layer.weight_ih,
        ("pre", "h"): layer.weight_hh,
    }
    columns, biases = trimmed_columns(
        layer.name, [Lines("pre", units, volts["pre"])], {"pre": layer.bias}, scaler
    )
    if len(rows) == 3:
        blocks["pre", "bias"] = biases["pre"][:, None]
    crossbar = map_lines(layer.name, rows, columns, blocks, design)
    return MappedRecurrent(
        layer.name,
        "rnn",
        layer.activation,
        units,
        rows,
        columns,
        crossbar,
        volts,
        design.timing.serial,
        layer.returns == "last",
        scaler.trims,
    )
