"""Op-amps and what is built from them: followers, inverters, TIAs."""

from __future__ import annotations

import math

from spicegen.circuit.graph import Subcircuit, Value
from spicegen.circuit.transistor import transistor_cell
from spicegen.design import Design

POLE_TRANSCONDUCTANCE_SIEMENS = 1e-3
"""Transconductance of the pole stage; sets its impedance level, not its behaviour."""

CLAMP_SIEMENS = 10e-3
"""Conductance that holds the pole node at the rail; overdrive beyond the rail is
POLE_TRANSCONDUCTANCE / CLAMP of the input overdrive, so the amplifier does not wind up."""


FAR_VOLTS = 100.0
"""How far beyond the rail the clamp's straight line goes; the pole node cannot get there."""

C_WIRE_FARAD = 100e-15
"""Wire and gates at a multiplexer node."""

R_KEEP_OHM = 100e6
"""Closes the loop of a shared amplifier while no bit line is selected."""

IDEAL_SWITCH_OHM = 1e-3
"""Switch in front of an ideal read-out: 1e-6 of a bit line's impedance."""


def amplifiers(design: Design) -> tuple[Subcircuit, ...]:
    """The stages that every network uses.

    `follower` in out cm; `inverter` in out cm with a gain; `readout` bl out cm (or bl_pos
    bl_neg out cm) with the feedback resistor r_f of each instance, ohm, or in voltage read-out
    its gain. With a reference column, `readout_reference` bl out cm, whose output is another
    input of each `readout` bl ref out cm. Behavioural ones hold one `opamp` inp inn out cm per
    virtual ground or floating bit line; ideal ones are linear sources.
    """
    folder = design.fidelity_of("opamp")
    if folder == "transistor":
        return tuple(
            transistor_cell(name, design) for name in ("opamp", "follower", "inverter", "readout")
        )
    inverter: dict[str, Value] = {}
    if folder != "ideal":
        inverter["r_ohm"] = design.crossbar.r_inverter_ohm
    stages = (
        Subcircuit("follower", f"{folder}/follower", ("in", "out", "cm")),
        Subcircuit("inverter", f"{folder}/inverter", ("in", "out", "cm"), inverter),
        *_readouts(folder, design),
    )
    return stages if folder == "ideal" else (_opamp(design), *stages)


def _readouts(folder: str, design: Design) -> tuple[Subcircuit, ...]:
    """What stands behind bit lines."""
    if design.crossbar.has_reference:
        return (
            Subcircuit("readout_reference", f"{folder}/readout_dual_row", ("bl", "out", "cm")),
            Subcircuit("readout", f"{folder}/readout_reference_column", ("bl", "ref", "out", "cm")),
        )
    bit_lines = ("bl",) if design.crossbar.topology == "dual-row" else ("bl_pos", "bl_neg")
    values: dict[str, Value] = {}
    kind = "readout"
    if design.crossbar.voltage:
        kind = "readout_voltage"
        values["r_ohm"] = design.crossbar.r_feedback_min_ohm
    return (
        Subcircuit(
            "readout", f"{folder}/{kind}_{_file(design)}", (*bit_lines, "out", "cm"), values
        ),
    )


def multiplexers(design: Design) -> tuple[Subcircuit, ...]:
    """What serial hardware adds: shared read-outs, switches, and the nodes between them.

    `readout_shared` sense force (per half) out cm; `line_switch` and `state_switch` a b phi;
    `mux_node` node cm.
    """
    folder, topology, cell = design.fidelity_of("opamp"), _file(design), design.sample_hold
    r_line = IDEAL_SWITCH_OHM if folder == "ideal" else design.crossbar.r_switch_ohm
    halves = ("",) if topology == "dual_row" else ("_pos", "_neg")
    wires = tuple(f"{wire}{half}" for half in halves for wire in ("sense", "force"))
    shared: dict[str, Value] = {"r_switch_ohm": r_line, "r_keep_ohm": R_KEEP_OHM}
    ideal_hold = design.fidelity_of("sample_hold") == "ideal"
    return (
        Subcircuit(
            "readout_shared", f"{folder}/readout_shared_{topology}", (*wires, "out", "cm"), shared
        ),
        _switch("line_switch", r_line, folder == "ideal", design),
        _switch("state_switch", cell.r_on_ohm, ideal_hold, design),
        Subcircuit(
            "mux_node",
            "blocks/mux_node",
            ("node", "cm"),
            {"c_wire_farad": C_WIRE_FARAD, "r_leak_ohm": cell.r_off_ohm},
        ),
    )


def _switch(name: str, r_on_ohm: float, ideal: bool, design: Design) -> Subcircuit:
    r_off = design.sample_hold.r_off_ohm
    return Subcircuit(
        name,
        "blocks/switch",
        ("a", "b", "phi"),
        {
            "r_on_ohm": r_on_ohm,
            "g_on_siemens": 1.0 / r_on_ohm,
            "r_off_ohm": r_off,
            "g_off_siemens": 0.0 if ideal else 1.0 / r_off,
            "v_threshold_volts": design.timing.v_clock_volts / 2,
        },
    )


def _file(design: Design) -> str:
    """The topology as it stands in the names of templates."""
    return design.crossbar.topology.replace("-", "_")


def _opamp(design: Design) -> Subcircuit:
    amp = design.opamp
    gm = POLE_TRANSCONDUCTANCE_SIEMENS
    return Subcircuit(
        "opamp",
        "behavioural/opamp",
        ("inp", "inn", "out", "cm"),
        {
            "gain": amp.gain,
            "gbw_hertz": amp.gbw_hertz,
            "v_rail_volts": design.signal.v_rail_volts,
            "v_offset_volts": amp.v_offset_volts,
            "gm_siemens": gm,
            "r_gain_ohm": amp.gain / gm,
            "dynamic": not design.static,
            "c_pole_farad": gm / (2.0 * math.pi * amp.gbw_hertz),
            "i_offset_ampere": gm * amp.v_offset_volts,
            "v_far_volts": design.signal.v_rail_volts + FAR_VOLTS,
            "i_far_ampere": CLAMP_SIEMENS * FAR_VOLTS,
            "g_out_siemens": 1.0 / amp.r_out_ohm,
            "r_out_ohm": amp.r_out_ohm,
        },
    )
