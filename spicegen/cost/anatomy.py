"""What is inside each block that takes energy: blocks that templates draw, in local names.

Templates are text; this is the same content as data. A test holds both against each other.
Blocks that are not listed here, and what is listed with nothing inside, take no energy that
is counted: their elements only compute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from spicegen.circuit.graph import FloatArray, Instance, Subcircuit
from spicegen.cost.elements import (
    Array,
    Capacitor,
    CurrentStage,
    Element,
    OutputStage,
    Resistor,
    Switch,
)

Values = Mapping[str, float]
Inside = list[Element | Instance]


def inside(block: Subcircuit, values: Values) -> Inside | None:
    """Elements and instances inside a block, in its own node names.

    Args:
        block: the subcircuit.
        values: parameters of the instance.
    Returns:
        None where the content of the block is not known.
    """
    if "instances" in block.values:
        instances = block.values["instances"]
        assert isinstance(instances, tuple)
        return [each for each in instances if isinstance(each, Instance)]
    draw = _BLOCKS.get(block.template)
    return None if draw is None else draw(block, values)


def _number(block: Subcircuit, name: str) -> float:
    value = block.values[name]
    assert isinstance(value, float | int)
    return float(value)


def _resistor(a: str, b: str, ohm: float) -> Resistor:
    return Resistor("opamps", a, b, 1.0 / ohm)


def _opamp(block: Subcircuit, values: Values) -> Inside:
    return [OutputStage("x", "out", _number(block, "g_out_siemens"))]


def _follower(block: Subcircuit, values: Values) -> Inside:
    return [Instance("amp", "opamp", ("in", "out", "out", "cm"))]


def _inverter(block: Subcircuit, values: Values) -> Inside:
    r_ohm = _number(block, "r_ohm")
    return [
        _resistor("in", "virtual", r_ohm / values.get("gain", 1.0)),
        _resistor("virtual", "out", r_ohm),
        Instance("amp", "opamp", ("cm", "virtual", "out", "cm")),
    ]


def _readout_dual_row(block: Subcircuit, values: Values) -> Inside:
    return [
        _resistor("bl", "out", values["r_f"]),
        Instance("amp", "opamp", ("cm", "bl", "out", "cm")),
    ]


def _readout_dual_column(block: Subcircuit, values: Values) -> Inside:
    r_f = values["r_f"]
    return [
        _resistor("bl_pos", "mid", r_f),
        _resistor("mid", "bl_neg", r_f),
        _resistor("bl_neg", "out", r_f),
        Instance("amp_pos", "opamp", ("cm", "bl_pos", "mid", "cm")),
        Instance("amp_neg", "opamp", ("cm", "bl_neg", "out", "cm")),
    ]


def _shared_dual_row(block: Subcircuit, values: Values) -> Inside:
    r_switch = _number(block, "r_switch_ohm")
    return [
        _resistor("force", "out", values["r_f"] - r_switch),
        _resistor("sense", "force", _number(block, "r_keep_ohm")),
        Instance("amp", "opamp", ("cm", "sense", "out", "cm")),
    ]


def _shared_dual_column(block: Subcircuit, values: Values) -> Inside:
    r_f, r_switch = values["r_f"], _number(block, "r_switch_ohm")
    r_keep = _number(block, "r_keep_ohm")
    return [
        _resistor("force_pos", "mid", r_f - r_switch),
        _resistor("sense_pos", "force_pos", r_keep),
        Instance("amp_pos", "opamp", ("cm", "sense_pos", "mid", "cm")),
        _resistor("mid", "force_neg", r_f - 2 * r_switch),
        _resistor("force_neg", "out", r_f - 2 * r_switch),
        _resistor("sense_neg", "force_neg", r_keep),
        Instance("amp_neg", "opamp", ("cm", "sense_neg", "out", "cm")),
    ]


def _activation(block: Subcircuit, values: Values) -> Inside:
    g, c = 1.0 / _number(block, "r_out_ohm"), _pole(block)
    return [CurrentStage("activations", "out", g, c)]


def _adder(block: Subcircuit, values: Values) -> Inside:
    g, c = 1.0 / _number(block, "r_load_ohm"), _pole(block)
    return [CurrentStage("multipliers", "sum", g, c)]


def _pole(block: Subcircuit) -> float:
    return _number(block, "c_pole_farad") if block.values["dynamic"] else 0.0


def _sample_hold(block: Subcircuit, values: Values) -> Inside:
    numbers = ("g_on_siemens", "g_off_siemens", "v_threshold_volts")
    return [
        Switch("in", "hold", "phi", *(_number(block, name) for name in numbers)),
        Capacitor("hold", _number(block, "c_hold_farad")),
        Instance("buffer", "follower", ("hold", "out", "cm")),
    ]


def _hold_cell(block: Subcircuit, values: Values) -> Inside:
    return [Instance("hold", "sample_hold", ("in", "phi", "hold", "out", "cm"))]


def _state_cell(block: Subcircuit, values: Values) -> Inside:
    threshold = _number(block, "v_threshold_volts")
    return [
        Instance("first", "sample_hold", ("in", "track", "first_hold", "first", "cm")),
        Switch("first_hold", "cm", "reset", _number(block, "g_on_siemens"), 0.0, threshold),
        Instance("second", "sample_hold", ("first", "transfer", "second_hold", "out", "cm")),
    ]


def _switch(block: Subcircuit, values: Values) -> Inside:
    numbers = ("g_on_siemens", "g_off_siemens", "v_threshold_volts")
    return [Switch("a", "b", "phi", *(_number(block, name) for name in numbers))]


def _mux_node(block: Subcircuit, values: Values) -> Inside:
    leak = Resistor("switches", "node", "cm", 1.0 / _number(block, "r_leak_ohm"))
    return [Capacitor("node", _number(block, "c_wire_farad")), leak]


def _crossbar_dual_row(block: Subcircuit, values: Values) -> Inside:
    rows = len(_conductances(block, "g_pos_siemens"))
    word, bit = block.ports[: 2 * rows], block.ports[2 * rows :]
    g_pos, g_neg = (_conductances(block, f"g_{half}_siemens") for half in ("pos", "neg"))
    return [Array(word, bit, np.concatenate([g_neg, g_pos]))]  # +v drives the negative half


def _crossbar_dual_column(block: Subcircuit, values: Values) -> Inside:
    g_pos, g_neg = (_conductances(block, f"g_{half}_siemens") for half in ("pos", "neg"))
    rows = len(g_pos)
    return [Array(block.ports[:rows], block.ports[rows:], np.concatenate([g_pos, g_neg], axis=1))]


def _conductances(block: Subcircuit, name: str) -> FloatArray:
    """(word lines, bit lines) of one half, S; 0 where no device is drawn."""
    g, present = block.values[name], block.values.get("present", True)
    return np.where(np.asarray(present), np.asarray(g, dtype=np.float64), 0.0)


def _nothing(block: Subcircuit, values: Values) -> Inside:
    return []


_BLOCKS: Mapping[str, Callable[[Subcircuit, Values], Inside]] = {
    "behavioural/opamp": _opamp,
    "behavioural/follower": _follower,
    "behavioural/inverter": _inverter,
    "behavioural/readout_dual_row": _readout_dual_row,
    "behavioural/readout_dual_column": _readout_dual_column,
    "behavioural/readout_shared_dual_row": _shared_dual_row,
    "behavioural/readout_shared_dual_column": _shared_dual_column,
    "behavioural/sigmoid": _activation,
    "behavioural/tanh": _activation,
    "behavioural/relu": _activation,
    "behavioural/multiplier": _nothing,  # their currents meet in the adder
    "behavioural/weigher": _nothing,
    "behavioural/adder": _adder,
    "behavioural/sample_hold": _sample_hold,
    "blocks/hold_cell": _hold_cell,
    "blocks/state_cell": _state_cell,
    "blocks/switch": _switch,
    "blocks/mux_node": _mux_node,
    "blocks/crossbar_dual_row": _crossbar_dual_row,
    "blocks/crossbar_dual_column": _crossbar_dual_column,
}
