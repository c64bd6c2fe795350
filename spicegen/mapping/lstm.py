"""LSTM layers on conductances, in every variant."""

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
from spicegen.mapping.scaling import Scaler
from spicegen.mapping.transistor import lstm_volts
from spicegen.network import Lstm


def map_lstm(layer: Lstm, input_volts: Volts, scaler: Scaler, design: Design) -> MappedRecurrent:
    """An LSTM layer behind a signal of `input_volts` volts per unit.

    Args:
        layer: the layer.
        input_volts: volts of 1.0 on its input word lines.
        scaler: chooses and remembers volts per unit.
        design: limits, device window.
    """
    units, gates = layer.output_size, layer.gates
    volts = _volts(layer, scaler)
    v_read = design.signal.v_read_volts
    rows = [Lines("x", layer.input_size, input_volts), Lines("h", units, volts["h"])]
    blocks: dict[tuple[str, str], FloatArray] = {}
    for gate in gates:
        part = layer.gate_rows(gate)
        blocks[f"pre_{gate}", "x"] = layer.weight_ih[part]
        blocks[f"pre_{gate}", "h"] = layer.weight_hh[part]
    c_line = scaler.line_volts(f"{layer.name}.c")
    for gate, peephole in layer.peepholes.items():
        row = "c_next" if gate == "o" else "c"
        if all(lines.name != row for lines in rows):
            rows.append(Lines(row, units, c_line))
        blocks[f"pre_{gate}", row] = peephole
    if layer.gates_hh is not None:
        by_gate = layer.gates_hh.reshape(3, units, 3, units)
        for before, gate_before in enumerate("ifo"):
            rows.append(Lines(f"gate_{gate_before}", units, v_read))
            for now, gate in enumerate("ifo"):
                blocks[f"pre_{gate}", f"gate_{gate_before}"] = by_gate[now, :, before]
    columns, biases = trimmed_columns(
        layer.name,
        [Lines(f"pre_{gate}", units, volts[f"pre_{gate}"]) for gate in gates],
        {f"pre_{gate}": layer.bias[layer.gate_rows(gate)] for gate in gates},
        scaler,
    )
    bias = bias_lines(layer.bias, design)
    if bias:
        blocks |= {(name, "bias"): each[:, None] for name, each in biases.items()}
    crossbar = map_lines(layer.name, (*rows, *bias), columns, blocks, design)
    return MappedRecurrent(
        layer.name,
        "lstm",
        layer.variant,
        units,
        (*rows, *bias),
        columns,
        crossbar,
        volts,
        design.timing.serial,
        layer.returns == "last",
        scaler.trims,
    )


def _volts(layer: Lstm, scaler: Scaler) -> dict[str, Volts]:
    """Volts per unit of every signal of an LSTM unit."""
    if scaler.design.fidelity_of("multiplier") == "transistor":
        return lstm_volts(layer, scaler)
    bound = 1.0 if layer.cell.output_tanh else None
    volts: dict[str, Volts] = {"h": scaler.word_line(f"{layer.name}.h", bound)}
    volts["c"] = volts["c_next"] = scaler.internal(f"{layer.name}.c")
    for gate in layer.gates:
        if gate == "g" and not layer.cell.input_tanh:
            volts["pre_g"] = scaler.internal(f"{layer.name}.pre_g")
            continue
        shape = "tanh" if gate == "g" else "sigmoid"
        volts[f"pre_{gate}"] = scaler.activation_input(f"{layer.name}.pre_{gate}", shape)
        volts[gate] = scaler.internal(f"{layer.name}.{gate}", bound=1.0)
    volts["tanh_c"] = scaler.bounded_volts()
    volts["h_next"] = volts["h"]
    return volts
