"""What transistor cells are not drawn for, refused before anything is done."""

from __future__ import annotations

from spicegen.design import Block, Design
from spicegen.errors import DesignError
from spicegen.network import Bidirectional, Lstm, Network, Reversed

OF_ONE_CHIP: tuple[Block, ...] = ("opamp", "activation", "multiplier")
"""Blocks that are drawn with transistors together: cells stand on the op-amp of their kit, sigmoids
drive gates of multipliers."""

OTHER_MISMATCH = ("opamp-mismatch", "hold-mismatch")
"""Non-idealities of behavioural blocks; those of transistors are the kit's own."""


def refuse_transistors(network: Network, design: Design, budget: bool = False) -> None:
    """Refuse what transistor cells are not drawn for.

    Args:
        network: its layers.
        design: the design.
        budget: an error budget was asked for.
    Raises:
        DesignError: naming the key.
    """
    if not design.transistors:
        if design.pdk.mismatch_seed is not None:
            raise DesignError(
                "pdk.mismatch_seed",
                "only transistors differ by it",
                design.pdk.mismatch_seed,
                'set fidelity = "transistor", or use [[nonideality]] kind = "opamp-mismatch"',
            )
        return
    _refuse_keys(design, budget)
    _refuse_mixtures(design)
    _refuse_layers(network)


def _refuse_keys(design: Design, budget: bool) -> None:
    crossbar, asked = design.crossbar, design.simulation
    reasons: dict[str, tuple[bool, object]] = {
        "crossbar.topology": (crossbar.topology != "dual-row", crossbar.topology),
        "crossbar.readout": (crossbar.voltage, crossbar.readout),
        "sample_hold.replica": (design.sample_hold.replica, design.sample_hold.replica),
        "timing.serial": (design.timing.serial > 1, design.timing.serial),
        "simulation.analysis": (design.static, asked.analysis),
        "simulation.engine": (asked.engine in ("neospice", "shared"), asked.engine),
        "cost.enabled": (design.cost.enabled, design.cost.enabled),
        "run --budget": (budget, "on"),
    }
    listed = [entry.kind for entry in design.nonideality if entry.enabled]
    others = ", ".join(kind for kind in listed if kind in OTHER_MISMATCH)
    reasons["nonideality"] = (bool(others), others)
    for key, (refused, value) in reasons.items():
        if refused:
            raise DesignError(
                key, "transistor cells are not drawn for this", repr(value), f"leave {key} out"
            )


def _refuse_mixtures(design: Design) -> None:
    """Cells of a chip that would stand on op-amps of another kind."""
    found = {block: design.fidelity_of(block) for block in OF_ONE_CHIP}
    others = {block: kind for block, kind in found.items() if kind != "transistor"}
    if not others:
        return
    block, kind = next(iter(others.items()))
    raise DesignError(
        f"{block}.fidelity",
        f"{', '.join(OF_ONE_CHIP)} are drawn with transistors all together or not at all",
        repr(kind),
        f'leave {block}.fidelity out, or set fidelity = "behavioural"',
    )


def _refuse_layers(network: Network) -> None:
    for layer in network.layers:
        reason = ""
        if isinstance(layer, Bidirectional | Reversed):
            reason = "layers that read backwards are not drawn with transistors"
        elif isinstance(layer, Lstm) and layer.gates_hh is not None:
            reason = (
                "gates of transistor cells drive gates of multipliers and no word lines, which "
                "variant fgr asks for"
            )
        if reason:
            raise DesignError(f"layer {layer.name!r}", reason, None, 'set fidelity = "behavioural"')
