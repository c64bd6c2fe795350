"""Cells drawn with foundry devices: one template per cell, sizes from the kit.

Supplies and bias gates are global nodes, so that cells keep the ports of their behavioural
counterparts: `vdd`; `nb`, `nbt`, `pbt`, `pbt2` from the bias generator; `vy` (multiplier gates at
0) and `nw` (multiplier wells).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from spicegen.circuit.graph import (
    Dc,
    FloatArray,
    Foundry,
    Instance,
    Source,
    Subcircuit,
    Value,
)
from spicegen.design import Design
from spicegen.mapping import MappedDense

GLOBALS = ("vdd", "nb", "nbt", "pbt", "pbt2", "vy", "nw")
"""Nodes that every cell may name without a port."""

SUPPLY_CURRENT = "i(vvdd)"
"""Vector of the supply's current, which flows into it."""

C_FEEDBACK_FARAD, R_FEEDBACK_OHM = 0.2e-12, 600e3
"""A capacitor across the feedback resistor of a read-out, and the resistor it is for: at 0.1 pF
the read-out peaks by 5 dB."""

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
    "divider": ("in", "out", "cm"),
    "booster": ("in", "out", "cm"),
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
    if name in ("readout", "inverter", "booster"):
        values |= {"c_feedback_farad": C_FEEDBACK_FARAD, "r_ohm": design.crossbar.r_inverter_ohm}
    if name == "bias":
        values |= {"i_opamp_ampere": kit.i_opamp_ampere, "i_cell_ampere": kit.i_cell_ampere}
    if name == "sample_hold":
        values["c_hold_farad"] = design.sample_hold.c_hold_farad
    return Subcircuit(name, f"transistor/{TEMPLATES.get(name, name)}", PORTS[name], values)


def feedback_farad(r_feedback_ohm: FloatArray) -> FloatArray:
    """Capacitors across feedback resistors of read-outs, F.

    The least capacitance that keeps a transimpedance amplifier from peaking falls with the root
    of its resistor; this is the same multiple of it for all.

    Args:
        r_feedback_ohm: (bit lines,) ohm.
    """
    return np.asarray(C_FEEDBACK_FARAD * np.sqrt(R_FEEDBACK_OHM / r_feedback_ohm))


def transistor_activation(
    layer: MappedDense, design: Design
) -> tuple[Subcircuit, list[dict[str, float]]]:
    """The activation cell of a dense layer, and the values of each unit's instance."""
    shape, units = layer.activation, layer.crossbar.bit_lines
    cell = transistor_cell(shape, design)
    if shape == "relu":
        return cell, [{}] * units
    kit = design.kit
    r_out = kit.value(shape, "r_out_ohm") * layer.out_volts / kit.value(shape, "v_amplitude_volts")
    r_unit = r_out * layer.trims.of(layer.name, "out", "gain", units)
    i_trim = -layer.trims.of(layer.name, "out", "trim", units) / r_unit
    pairs = zip(r_unit.tolist(), i_trim.tolist(), strict=True)
    return cell, [{"r_out": r, "i_trim": i} for r, i in pairs]


def with_complements(clocks: tuple[str, ...], design: Design) -> tuple[str, ...]:
    """Clock nodes as the design's sample-and-holds take them: transmission gates need both
    phases of each."""
    if design.fidelity_of("sample_hold") != "transistor":
        return clocks
    return tuple(node for clock in clocks for node in (clock, f"{clock}_n"))


def clock_drivers(clocks: tuple[Source, ...]) -> tuple[tuple[Source, ...], tuple[Instance, ...]]:
    """Sources of clocks behind which drivers make both phases: `phi`, and `phi_n`."""
    sources = tuple(replace(source, node=f"{source.node}_in") for source in clocks)
    return sources, tuple(
        Instance(
            f"driver_{source.node}",
            "clock_driver",
            (f"{source.node}_in", source.node, f"{source.node}_n"),
        )
        for source in clocks
    )


def supplies(design: Design) -> tuple[Source, ...]:
    """The supply and the references of multipliers, against ground."""
    kit = design.kit
    volts = {
        "vdd": design.v_supply_volts,
        "vy": kit.v_gate_volts,
        "nw": kit.v_well_volts,
    }
    return tuple(Source(node, node, "0", Dc(value)) for node, value in volts.items())


def foundry(design: Design, start_volts: Mapping[str, float] | None = None) -> Foundry:
    """Models of the design's transistors.

    Args:
        design: kit, corner, temperature.
        start_volts: where bias gates stand at the start; as they nominally are if None.
    """
    pdk, kit = design.pdk, design.kit
    start = start_volts or {
        name.removeprefix("v_").removesuffix("_volts"): value
        for name, value in kit.cell("bias").items()
        if name.startswith("v_") and isinstance(value, float)
    }
    if pdk.fitted:
        return Foundry(pdk.name, pdk.corner, pdk.temperature_celsius, None, (), {}, models=False)
    return Foundry(pdk.name, pdk.corner, pdk.temperature_celsius, pdk.mismatch_seed, GLOBALS, start)


def foundry_options(design: Design) -> dict[str, float | str]:
    """Solver options that transistor decks need: finger widths choose the model bin; the default
    gmin would leak through every junction; a capacitor at each node, its wiring, keeps the time
    step alive at fast edges; the seed repeats the draws of mismatch."""
    options: dict[str, float | str] = {"wnflag": 1, "gmin": 1e-15, "cshunt": 1e-14}
    if design.pdk.mismatch_seed is not None:
        options["seed"] = design.pdk.mismatch_seed
    return options
