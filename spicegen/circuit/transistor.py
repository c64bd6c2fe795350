"""Cells drawn with foundry devices: one template per cell, sizes from the kit.

Supplies and bias gates are global nodes, so that cells keep the ports of their behavioural
counterparts: `vdd`; `nb`, `nbt`, `pbt`, `pbt2` from the bias generator; `vy` (multiplier gates at
0) and `nw` (multiplier wells).
"""

from __future__ import annotations

from spicegen.circuit.graph import Dc, Foundry, Source, Subcircuit, Value
from spicegen.design import Design
from spicegen.errors import DesignError

GLOBALS = ("vdd", "nb", "nbt", "pbt", "pbt2", "vy", "nw")
"""Nodes that every cell may name without a port."""

C_FEEDBACK_FARAD = 0.2e-12
"""Across the feedback resistor of read-outs; at 0.1 pF they peak by 5 dB."""

PORTS: dict[str, tuple[str, ...]] = {
    "bias": GLOBALS[:5],
    "opamp": ("inp", "inn", "out", "cm"),
    "follower": ("in", "out", "cm"),
    "inverter": ("in", "out", "cm"),
    "readout": ("bl", "out", "cm"),
    "sigmoid": ("in", "out", "cm"),
    "sigmoid_gate": ("in", "out", "cm"),
    "tanh": ("in", "out", "cm"),
    "relu": ("in", "out", "cm"),
    "multiplier": ("x", "y", "a", "b"),
    "weigher": ("x", "sum"),
    "difference": ("a", "b", "out", "cm"),
    "attenuator": ("in", "out", "cm"),
    "sample_hold": ("in", "phi", "phi_n", "hold", "out", "cm"),
    "hold_cell": ("in", "phi", "phi_n", "out", "cm"),
    "state_cell": (
        *("in", "track", "track_n", "transfer", "transfer_n", "reset", "reset_n", "out", "cm"),
    ),
    "switch": ("a", "b", "phi", "phi_n"),
    "clock_driver": ("in", "phi", "phi_n"),
}
"""Ports of each cell, in the order of its template."""

TEMPLATES = {"readout": "readout_dual_row"}
SIZES = {"state_cell": "sample_hold", "switch": "line_switch"}
"""Cells whose template or sizes are named otherwise."""


def transistor_cell(name: str, design: Design) -> Subcircuit:
    """One cell as a subcircuit of its own name.

    Args:
        name: one of `PORTS`.
        design: the kit, and what the cell takes from the design.
    """
    kit = design.kit
    sizes = design.pdk.opamp if name == "opamp" else SIZES.get(name, name)
    values: dict[str, Value] = dict(kit.cells.get(sizes, {}))
    if name in ("readout", "inverter"):
        values |= {"c_feedback_farad": C_FEEDBACK_FARAD, "r_ohm": design.crossbar.r_inverter_ohm}
    if name == "bias":
        values |= {"i_opamp_ampere": kit.i_opamp_ampere, "i_cell_ampere": kit.i_cell_ampere}
    if name == "sample_hold":
        values["c_hold_farad"] = design.sample_hold.c_hold_farad
    return Subcircuit(name, f"transistor/{TEMPLATES.get(name, name)}", PORTS[name], values)


def supplies(design: Design) -> tuple[Source, ...]:
    """The supply and the references of multipliers, against ground."""
    kit = design.kit
    volts = {
        "vdd": design.pdk.v_supply_volts or kit.v_supply_volts,
        "vy": kit.v_gate_volts,
        "nw": kit.v_well_volts,
    }
    return tuple(Source(node, node, "0", Dc(value)) for node, value in volts.items())


def foundry(design: Design) -> Foundry:
    """Models of the design's transistors.

    Raises:
        DesignError: the kit has no such corner, or knows no mismatch.
    """
    pdk, kit = design.pdk, design.kit
    kit.check_corner(pdk.corner)
    if pdk.mismatch_seed is not None and not kit.mismatch:
        raise DesignError(
            "pdk.mismatch_seed",
            f"the models of {kit.name} know no differences between devices",
            pdk.mismatch_seed,
            "leave it out or use pdk.name = gf180mcu",
        )
    return Foundry(pdk.name, pdk.corner, pdk.temperature_celsius, pdk.mismatch_seed, GLOBALS)


def foundry_options(design: Design) -> dict[str, float | str]:
    """Solver options that transistor decks need: finger widths choose the model bin; the default
    gmin would leak through every junction; a capacitor at each node keeps the time step alive at
    fast edges; the seed repeats the draws of mismatch."""
    options: dict[str, float | str] = {"wnflag": 1, "gmin": 1e-15, "cshunt": 1e-15}
    if design.pdk.mismatch_seed is not None:
        options["seed"] = design.pdk.mismatch_seed
    return options
