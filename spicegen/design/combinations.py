"""Which parts of a design the reference column, voltage read-out and selectors go with.

Every other part of a design says in its own section what it goes with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spicegen.design.nonideality import NonlinearIv, OpenLine, ReadNoise

if TYPE_CHECKING:
    from spicegen.design.sections import Design

REFERENCE = {
    "voltage": "a reference current is subtracted at virtual grounds",
    "wires": "wires are laid for pairs of memristors",
    "tiles": "every tile would need a reference of its own",
    "serial": "bit lines that take turns are read in pairs or alone",
    "moving": "cells with a moving state stand in pairs",
    "transconductance": "controlled sources stand for pairs of memristors",
    "remap": "the second memristor of a pair makes up for a stuck one, and here is none",
    "conductances": "such files hold pairs of memristors",
    "cost": "power and area are counted for pairs of memristors",
    "read-noise": "noise of the reference is common to all outputs, which is not drawn",
    "nonlinear-iv": "curved cells are drawn in pairs",
    "open-line": "open lines are those of pairs",
}
"""Why `topology = "reference-column"` does not go with a part of a design."""
VOLTAGE = {
    "wires": "segments would divide the voltages of floating bit lines",
    "serial": "bit lines that take turns are virtual grounds",
    "moving": "floating bit lines share the voltage of their memristors in a way not yet tested",
    "transconductance": "controlled sources stand for memristors at virtual grounds",
    "cost": "power and area are counted for virtual grounds",
    "read-noise": "noise currents are drawn for memristors at virtual grounds",
    "nonlinear-iv": "curved cells make the mean of a floating bit line another one",
    "open-line": "an open bit line leaves the amplifier's input without any path",
}
"""Why `readout = "voltage"` does not go with a part of a design."""
SELECTOR = {
    "moving": "cells with a moving state have no switch",
    "remap": "remapping adds conductances, which a resistance in series does not leave additive",
    "conductances": "such files hold memristors without a switch",
    "compensation": "the conductances it programs are those of memristors without a switch",
    "read-noise": "noise is that of memristors without a switch",
    "nonlinear-iv": "curved cells have no switch",
}
"""Why `selector = "1t1r"` does not go with a part of a design."""


def refuse_combinations(design: Design) -> None:
    """Refuse what cannot be drawn or would be computed wrongly.

    Raises:
        ValueError: naming both keys.
    """
    crossbar, parts = design.crossbar, _parts(design)
    if crossbar.has_reference:
        _refuse('crossbar.topology = "reference-column"', "dual-row", REFERENCE, parts)
    if crossbar.voltage:
        _refuse('crossbar.readout = "voltage"', "current", VOLTAGE, parts)
    if crossbar.selector != "1t1r":
        return
    _refuse('crossbar.selector = "1t1r"', "none", SELECTOR, parts)
    g_max = design.device.g_max_siemens
    if crossbar.r_select_ohm * g_max >= 1:
        raise ValueError(
            "crossbar.r_select_ohm must be below that of the best conducting memristor, "
            f"1 / device.g_max_siemens = {1 / g_max:g} ohm, got {crossbar.r_select_ohm:g}; the "
            "switch would set the largest weights: lower it, or device.g_max_siemens"
        )


def _refuse(what: str, other: str, reasons: dict[str, str], parts: dict[str, str]) -> None:
    for part, given in parts.items():
        if part in reasons:
            raise ValueError(
                f"{what} does not go with {given}: {reasons[part]}; leave out the latter, or set "
                f'{what.split(" = ")[0]} = "{other}"'
            )


def _parts(design: Design) -> dict[str, str]:
    """What a design has beside plain arrays, and the key that says so."""
    crossbar, wires, mapping = design.crossbar, design.crossbar.wires, design.mapping
    found: dict[str, object] = {
        "voltage": crossbar.voltage and 'crossbar.readout = "voltage"',
        "wires": wires.model != "ideal" and f'crossbar.wires.model = "{wires.model}"',
        "compensation": wires.compensation == "conductance"
        and 'crossbar.wires.compensation = "conductance"',
        "tiles": (crossbar.tile_rows or crossbar.tile_columns) and "crossbar.tile_rows or columns",
        "serial": design.timing.serial > 1 and f"timing.serial = {design.timing.serial}",
        "moving": design.device.moving and f'device.form = "{design.device.form}"',
        "transconductance": mapping.cells == "transconductance"
        and 'mapping.cells = "transconductance"',
        "remap": mapping.remap != "none" and f'mapping.remap = "{mapping.remap}"',
        "conductances": mapping.conductances is not None and "mapping.conductances",
        "cost": design.cost.enabled and "cost.enabled",
    }
    found |= {
        "read-noise": design.active(ReadNoise) and "read-noise",
        "nonlinear-iv": design.active(NonlinearIv) and "nonlinear-iv",
        "open-line": design.active(OpenLine) and "open-line",
    }
    return {part: str(given) for part, given in found.items() if given}
