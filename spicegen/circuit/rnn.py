"""The unit of a simple recurrent layer: h_next = activation(pre)."""

from __future__ import annotations

from spicegen.circuit.unit import State, Unit
from spicegen.circuit.unit_drawing import drawing
from spicegen.design import Design
from spicegen.mapping import MappedRecurrent


def rnn_unit(layer: MappedRecurrent, spice: str, design: Design) -> Unit:
    """One activation cell; a linear unit passes its bit line on through a follower.

    Args: as `lstm_unit`.
    """
    draw = drawing(layer, spice, design)
    if layer.variant == "linear":
        draw.follow("pre", "h_next")
    else:
        draw.activate(layer.variant, "pre", "h_next")  # type: ignore[arg-type]
    states = (State("h", "h_next", layer.volts["h"]),)
    return draw.finish(
        f"RNN unit: h_next = {layer.variant}(pre)", ("pre",), (), (), ("h_next",), states
    )
