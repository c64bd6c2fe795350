"""The GRU unit, in both conventions of the reset gate."""

from __future__ import annotations

from spicegen.circuit.unit import COMMON, State, Term, Unit
from spicegen.circuit.unit_drawing import drawing
from spicegen.design import Design
from spicegen.mapping import MappedRecurrent


def gru_unit(layer: MappedRecurrent, spice: str, h_ref: bool, design: Design) -> Unit:
    """Activation cells and products of one GRU unit: h_next = n - z n + z h.

    Cho et al. 2014 (arXiv 1406.1078) apply the reset before the recurrent product; cuDNN,
    PyTorch and Keras by default apply it after.

    Args: as `lstm_unit`, with h in the place of c.
    """
    draw = drawing(layer, spice, design)
    reference = "h_ref" if h_ref else COMMON
    after = layer.variant == "reset_after"
    draw.gate("pre_r", "r")
    draw.gate("pre_z", "z")
    gives: tuple[str, ...] = ("h_next",)
    if after:
        draw.add("pre_n", Term("in_n"), Term("r", "rec_n"))
        title = "GRU unit, reset after: n = tanh(in_n + r rec_n), h_next = n - z n + z h"
    else:
        draw.add("reset_h", Term("r", "h", reference))
        gives += ("reset_h",)
        title = "GRU unit, reset before: reset_h = r h, n = tanh(pre_n), h_next = n - z n + z h"
    draw.activate("tanh", "pre_n", "n")
    draw.add("h_next", Term("n"), Term("z", "n", sign=-1.0), Term("z", "h", reference))
    columns = tuple(lines.name for lines in layer.columns)
    states = (State("h", "h_next", layer.volts["h"]),)
    return draw.finish(title, columns, ("h",), ("h_ref",) if h_ref else (), gives, states)
