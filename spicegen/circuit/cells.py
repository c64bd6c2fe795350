"""Activation cells, multipliers and sample-and-hold cells."""

from __future__ import annotations

import math
from typing import Literal

from spicegen.circuit.graph import Subcircuit, Value
from spicegen.circuit.transistor import transistor_cell
from spicegen.design import Design

Shape = Literal["sigmoid", "tanh", "relu"]

IDEAL_LOAD_OHM = 1.0
"""Load of ideal cells: a current into 1 ohm spares the branch equation of a voltage source."""


def activation(
    name: str, shape: Shape, in_volts: float, out_volts: float, design: Design
) -> Subcircuit:
    """One activation cell: in out cm.

    Args:
        name: subcircuit name.
        shape: the function.
        in_volts, out_volts: volts of 1.0 at input and output.
        design: bandwidth, output resistance, offset.
    """
    cell = design.activation
    folder = design.fidelity_of("activation")
    r_out = IDEAL_LOAD_OHM if folder == "ideal" else cell.r_out_ohm
    values: dict[str, Value] = {
        "in_volts": in_volts,
        "two_in_volts": 2 * in_volts,
        "out_volts": out_volts,
        "r_out_ohm": r_out,
        "i_out_ampere": out_volts / r_out,
    }
    if folder != "ideal":
        values |= {
            "bandwidth_hertz": cell.bandwidth_hertz,
            "dynamic": not design.static,
            "c_pole_farad": _pole(cell.bandwidth_hertz, cell.r_out_ohm),
            "i_offset_ampere": cell.v_offset_volts / cell.r_out_ohm,
            "v_offset_volts": cell.v_offset_volts,
        }
    return Subcircuit(name, f"{folder}/{shape}", ("in", "out", "cm"), values)


def multipliers(design: Design) -> tuple[Subcircuit, ...]:
    """`multiplier` x y y_ref sum cm, a current into `sum`; `weigher` x x_ref sum cm, the same
    without a second factor; `adder` sum cm, the load they drop on.

    The output voltage is the sum over all multipliers of k * x * y; k (1/V) is a
    parameter of each instance.
    """
    cell, folder = design.multiplier, design.fidelity_of("multiplier")
    if folder == "transistor":
        return ()  # units bring those that they need
    r_load = IDEAL_LOAD_OHM if folder == "ideal" else cell.r_out_ohm
    multiplier: dict[str, Value] = {"g_load_siemens": 1.0 / r_load}
    adder: dict[str, Value] = {"r_load_ohm": r_load}
    if folder != "ideal":
        multiplier |= {"gain_error": cell.gain_error, "gain": 1.0 + cell.gain_error}
        adder |= {
            "bandwidth_hertz": cell.bandwidth_hertz,
            "dynamic": not design.static,
            "c_pole_farad": _pole(cell.bandwidth_hertz, r_load),
            "i_offset_ampere": cell.v_offset_volts / r_load,
            "v_offset_volts": cell.v_offset_volts,
        }
    return (
        Subcircuit(
            "multiplier", f"{folder}/multiplier", ("x", "y", "y_ref", "sum", "cm"), multiplier
        ),
        Subcircuit("weigher", f"{folder}/weigher", ("x", "x_ref", "sum", "cm"), multiplier),
        Subcircuit("adder", f"{folder}/adder", ("sum", "cm"), adder),
    )


def sample_hold(design: Design) -> tuple[Subcircuit, ...]:
    """`sample_hold` in phi hold out cm; `hold_cell` of one, `state_cell` of two in series; with
    transistors each clock is followed by its complement, which `clock_driver` makes."""
    cell, folder = design.sample_hold, design.fidelity_of("sample_hold")
    if folder == "transistor":
        names = ("sample_hold", "hold_cell", "state_cell", "clock_driver")
        return tuple(transistor_cell(name, design) for name in names)
    v_threshold = design.timing.v_clock_volts / 2
    values: dict[str, Value] = {
        "c_hold_farad": cell.c_hold_farad,
        "r_on_ohm": cell.r_on_ohm,
        "g_on_siemens": 1.0 / cell.r_on_ohm,
        "v_threshold_volts": v_threshold,
    }
    if folder != "ideal":
        values |= {
            "r_off_ohm": cell.r_off_ohm,
            "g_off_siemens": 1.0 / cell.r_off_ohm,
            "q_injection_coulomb": cell.q_injection_coulomb,
            "c_injection_farad": cell.q_injection_coulomb / v_threshold,
            "i_leak_ampere": cell.i_leak_ampere,
        }
    reset = {"g_on_siemens": 1.0 / cell.r_on_ohm, "v_threshold_volts": v_threshold}
    ports = ("in", "track", "transfer", "reset", "out", "cm")
    return (
        Subcircuit(
            "sample_hold", f"{folder}/sample_hold", ("in", "phi", "hold", "out", "cm"), values
        ),
        Subcircuit("hold_cell", "blocks/hold_cell", ("in", "phi", "out", "cm")),
        Subcircuit("state_cell", "blocks/state_cell", ports, reset),
    )


def _pole(bandwidth_hertz: float, r_ohm: float) -> float:
    """Capacitor that gives a node of resistance r its bandwidth, F."""
    return 1.0 / (2.0 * math.pi * bandwidth_hertz * r_ohm)
