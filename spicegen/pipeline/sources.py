"""What can be switched off in a design: the sources of an error budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from spicegen.design import Block, Design
from spicegen.design.nonideality import HoldMismatch, Listed, OpampMismatch

NAMES: dict[Block, str] = {
    "opamp": "op-amps",
    "activation": "activations",
    "multiplier": "multipliers",
    "sample_hold": "sample-and-holds",
}
FAR_RAIL = 100.0
"""Multiple of v_rail that no signal reaches."""
FINER = 10.0
"""Divides the solver's tolerances."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source of error.

    Attributes:
        name: in tables.
        off: the design without it.
        needs: sources that it is an attribute of.
        circuit_only: the mapping of weights and volts stays as it was with it.
        last: it is measured on the complete circuit, as it belongs to no block.
    """

    name: str
    off: Callable[[Design], Design]
    needs: frozenset[str] = frozenset()
    circuit_only: bool = False
    last: bool = False


def sources_of(design: Design, recurrent: bool) -> tuple[Source, ...]:
    """Every source of a design that is on, in the order of the signal.

    Args:
        design: the design.
        recurrent: the network has multipliers and state cells.
    """
    found = list[Source]()
    if design.device.levels is not None:
        found.append(Source("levels", partial(_with, section="device", key="levels", value=None)))
    found += _listed(design)
    if design.device.moving:
        off = partial(_with, section="device", key="form", value="resistor")
        found.append(Source("memristor states", off))
    if design.crossbar.wires.model != "ideal":
        found.append(Source("wires", _no_wires))
    blocks: list[Block] = ["opamp", "activation"]
    if recurrent:
        blocks += ["multiplier"] if design.static else ["multiplier", "sample_hold"]
    for block in (block for block in blocks if _real(design, block)):
        found.append(Source(NAMES[block], partial(_ideal, block=block)))
        if block == "opamp":
            needs = frozenset({NAMES[block]})
            found.append(Source("clipping", _no_rails, needs, circuit_only=True))
    found.append(Source("solver", _finer, circuit_only=True, last=True))
    return tuple(found)


def _listed(design: Design) -> list[Source]:
    """The enabled entries of [[nonideality]]; numbered where several are of one kind."""
    kinds = [entry.kind for entry in design.nonideality]
    found = list[Source]()
    for index, entry in enumerate(design.nonideality):
        block = _attribute_of(entry)
        if not entry.enabled or (block and not _real(design, block)):
            continue
        if isinstance(entry, HoldMismatch) and design.static:
            continue
        number = f" {kinds[:index].count(entry.kind)}" if kinds.count(entry.kind) > 1 else ""
        needs = frozenset({NAMES[block]}) if block else frozenset[str]()
        found.append(Source(f"{entry.kind}{number}", partial(_disabled, index=index), needs))
    return found


def _attribute_of(entry: Listed) -> Block | None:
    """The block that an entry is an attribute of: without it, it is nothing."""
    if isinstance(entry, OpampMismatch):
        return "opamp"
    return "sample_hold" if isinstance(entry, HoldMismatch) else None


def _real(design: Design, block: Block) -> bool:
    return design.fidelity_of(block) != "ideal"


def _with(design: Design, section: str, key: str, value: object) -> Design:
    changed = getattr(design, section).model_copy(update={key: value})
    return design.model_copy(update={section: changed})


def _ideal(design: Design, block: Block) -> Design:
    return _with(design, block, "fidelity", "ideal")


def _no_wires(design: Design) -> Design:
    """Ideal lines, and nothing in the conductances that makes up for others."""
    wires = design.crossbar.wires.model_copy(update={"model": "ideal", "compensation": "none"})
    return _with(design, "crossbar", "wires", wires)


def _disabled(design: Design, index: int) -> Design:
    entries = list(design.nonideality)
    entries[index] = entries[index].model_copy(update={"enabled": False})
    return design.model_copy(update={"nonideality": tuple(entries)})


def _no_rails(design: Design) -> Design:
    return _with(design, "signal", "v_rail_volts", FAR_RAIL * design.signal.v_rail_volts)


def _finer(design: Design) -> Design:
    simulation = design.simulation
    values = {
        "reltol": design.reltol / FINER,
        "vntol_volts": simulation.vntol_volts / FINER,
        "abstol_ampere": simulation.abstol_ampere / FINER,
        "trtol": max(design.trtol / FINER, 1.0),
    }
    return design.model_copy(update={"simulation": simulation.model_copy(update=values)})
