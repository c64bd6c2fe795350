"""Foundry devices of a design whose blocks are drawn with transistors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from spicegen.design.base import Positive, Section
from spicegen.pdk import load_kit

BLOCKS = ("opamp", "activation", "multiplier", "sample_hold")
"""Sections with a fidelity of their own."""

KIT = "gf180mcu"
"""The kit of a design that names none."""


class Pdk(Section):
    """Process, corner and temperature of fidelity = "transistor"."""

    name: str = KIT
    """Kit: gf180mcu (180 nm, 3.3 V devices) or sky130 (130 nm, 1.8 V devices)."""
    corner: str = "typical"
    """Process corner of the transistors: typical, ff, ss, fs or sf."""
    temperature_celsius: Annotated[float, Field(ge=-55, le=150)] = 27.0
    """Temperature of the whole circuit."""
    v_supply_volts: Positive | None = None
    """Supply; absent = the kit's nominal one."""
    mismatch_seed: Annotated[int, Field(ge=1, lt=1 << 31)] | None = None
    """Seed of random differences between devices of one chip; absent = none. ngspice takes no other
    whole numbers: it would go on without a seed."""
    opamp: Literal["opamp", "opamp_low_offset"] = "opamp"
    """Which of the kit's op-amps stands everywhere."""
    ptat: bool = False
    """Feedback resistors in front of activation cells rise with temperature as the cells' input
    scale does."""
    models: Literal["transistor", "behavioural"] = "transistor"
    """behavioural: the same circuit, its cells replaced by models fitted to their data sheets."""

    @property
    def fitted(self) -> bool:
        """Whether fitted models stand for transistors."""
        return self.models == "behavioural"


def transistors_in(given: Mapping[str, Any]) -> bool:
    """Whether any block of a design, as it was read, is drawn with transistors."""
    sections = [given.get(block) for block in BLOCKS]
    asked = [given, *(each for each in sections if isinstance(each, Mapping))]
    return any(each.get("fidelity") == "transistor" for each in asked)


def with_kit(given: Any) -> Any:
    """A design as it was read, with the kit's values where it leaves them out.

    Values of a wrong type pass unchanged: the sections' own rules refuse them.

    Raises:
        DesignError: there is no such kit.
    """
    if not isinstance(given, Mapping) or not transistors_in(given):
        return given
    asked = given.get("pdk", {})
    name = asked.get("name", KIT) if isinstance(asked, Mapping) else KIT
    if not isinstance(name, str):
        return given
    complete = dict(given)
    for section, values in load_kit(name).design.items():
        own = complete.get(section, {})
        if isinstance(own, Mapping):
            complete[section] = {**values, **own}
    return complete
