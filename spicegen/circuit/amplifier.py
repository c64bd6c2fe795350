"""Op-amps and what is built from them: followers, inverters, TIAs."""

from __future__ import annotations

import math

from spicegen.circuit.graph import Subcircuit, Value
from spicegen.design import Design

POLE_TRANSCONDUCTANCE_SIEMENS = 1e-3
"""Transconductance of the pole stage; sets its impedance level, not its behaviour."""

CLAMP_SIEMENS = 10e-3
"""Conductance that holds the pole node at the rail; overdrive beyond the rail is
POLE_TRANSCONDUCTANCE / CLAMP of the input overdrive, so the amplifier does not wind up."""


def amplifiers(design: Design) -> tuple[Subcircuit, ...]:
    """The stages that every network uses.

    `follower` in out cm; `inverter` in out cm; `readout` bl out cm (or bl_pos bl_neg out
    cm) with the feedback resistor r_f of each instance, ohm. Behavioural ones hold one
    `opamp` inp inn out cm per virtual ground; ideal ones are linear sources.
    """
    folder = design.fidelity_of("opamp")
    inverter: dict[str, Value] = {}
    if folder != "ideal":
        inverter["r_ohm"] = design.crossbar.r_inverter_ohm
    bit_lines = {"dual-row": ("bl",), "dual-column": ("bl_pos", "bl_neg")}
    topology = design.crossbar.topology
    stages = (
        Subcircuit("follower", f"{folder}/follower", ("in", "out", "cm")),
        Subcircuit("inverter", f"{folder}/inverter", ("in", "out", "cm"), inverter),
        Subcircuit(
            "readout",
            f"{folder}/readout_{topology.replace('-', '_')}",
            (*bit_lines[topology], "out", "cm"),
        ),
    )
    return stages if folder == "ideal" else (_opamp(design), *stages)


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
            "c_pole_farad": gm / (2.0 * math.pi * amp.gbw_hertz),
            "i_offset_ampere": gm * amp.v_offset_volts,
            "g_clamp_siemens": CLAMP_SIEMENS,
            "g_out_siemens": 1.0 / amp.r_out_ohm,
            "r_out_ohm": amp.r_out_ohm,
        },
    )
