"""Designs that an array cannot be trained in: what they ask for would silently not be there."""

from __future__ import annotations

from collections.abc import Mapping

from spicegen.design import Design
from spicegen.errors import DesignError
from spicegen.mapping import OF_DEVICES

RULES: Mapping[str, tuple[tuple[object, ...], str]] = {
    "simulation.engine": (("auto", "ngspice", "shared"), "training keeps one libngspice at work"),
    "timing.serial": ((1,), "gates of units that take turns cannot be read at one instant"),
    "device.form": (
        ("resistor",),
        "the forward pass draws conductances as they are; states move by the plan's device",
    ),
    "device.levels": ((None,), "steps are those of the plan's device"),
    "crossbar.topology": (("dual-row", "dual-column"), "weights are pairs of devices"),
    "crossbar.readout": (("current",), "weights are read at virtual grounds"),
    "crossbar.selector": (("none",), "conductances are those of devices without a switch"),
    "crossbar.wires.compensation": (("none",), "training finds what compensates wires"),
    "mapping.conductances": ((None,), "conductances are those of the devices under training"),
    "mapping.remap": (("none",), "word lines stay in their places"),
}
"""Key: values that can be trained, and why no others."""


def refuse_untrainable(design: Design) -> None:
    """Refuse what training would have to ignore.

    Raises:
        DesignError: naming the key.
    """
    for key, (possible, why) in RULES.items():
        value: object = design
        for part in key.split("."):
            value = getattr(value, part)
        if value not in possible:
            raise DesignError(f"plan, design.{key}", why, repr(value), "leave it out")
    for each in design.nonideality:
        if isinstance(each, OF_DEVICES) and each.enabled:
            raise DesignError(
                "plan, design.nonideality",
                "devices under training have the imperfections of the plan's device",
                each.kind,
                "use the keys of [device], or start.variation",
            )
