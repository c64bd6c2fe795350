"""Foundry devices of a design whose blocks are drawn with transistors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from spicegen.design.base import Positive, Section
from spicegen.design.blocks import Block
from spicegen.errors import DesignError
from spicegen.pdk import load_kit

MOST_SUPPLY = 1.2
"""Of the nominal supply: beyond it devices break, which their models do not tell."""

COMMON_VOLTS = 0.1
"""How far signals may lie from where the kit has them: gates and wells of multipliers do not move
along."""

LEAST_CLOCK = 0.8
"""Of the supply: a lower level might not switch clock drivers."""

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
    """Supply, at most 1.2 times the kit's nominal one; absent = the latter."""
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
    sections = [given.get(block) for block in get_args(Block)]
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
        if section == "device" and isinstance(own, Mapping) and "model" in own:
            continue  # memristors of a model have its window
        if isinstance(own, Mapping):
            complete[section] = {**values, **own}
    return complete


def check_process(
    pdk: Pdk, v_common_volts: float, v_signal_volts: float, v_clock_volts: float | None
) -> None:
    """Refuse what a kit does not have, and voltages at which its cells cannot work.

    Args:
        pdk: the section of a design with transistors.
        v_common_volts: reference of its signals, V.
        v_signal_volts: how far they go either side of it, V.
        v_clock_volts: high level of clocks, V; None where they switch no transistors.
    Raises:
        DesignError: naming the key.
    """
    kit = load_kit(pdk.name)
    kit.check_corner(pdk.corner)
    if pdk.mismatch_seed is not None and not kit.mismatch:
        raise DesignError(
            "pdk.mismatch_seed",
            f"the models of {kit.name} know no differences between devices",
            pdk.mismatch_seed,
            "leave it out or use pdk.name = gf180mcu",
        )
    supply, most = kit.supply(pdk.v_supply_volts), MOST_SUPPLY * kit.v_supply_volts
    common = float(kit.design["signal"]["v_common_volts"])
    if abs(v_common_volts - common) > COMMON_VOLTS:
        raise DesignError(
            "signal.v_common_volts",
            f"cells of {kit.name} are made for signals around {common:g} V, within "
            f"{COMMON_VOLTS:g} V",
            f"{v_common_volts:g} V",
            "leave it out",
        )
    least = v_common_volts + v_signal_volts
    if not least <= supply <= most:
        raise DesignError(
            "pdk.v_supply_volts",
            f"the supply of {kit.name} must lie between {least:.3g} V, where signals end "
            f"(v_common + headroom v_rail), and {most:.3g} V",
            f"{supply:g} V",
            f"its nominal supply is {kit.v_supply_volts:g} V",
        )
    least = LEAST_CLOCK * supply
    if v_clock_volts is not None and not least <= v_clock_volts <= most:
        raise DesignError(
            "timing.v_clock_volts",
            f"clock drivers at {supply:g} V switch with levels from {least:.3g} to {most:.3g} V",
            f"{v_clock_volts:g} V",
            "leave it out, or set it to the supply",
        )
