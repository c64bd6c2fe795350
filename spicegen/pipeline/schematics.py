"""Schematics of an emitted circuit, beside its deck."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spicegen.circuit import Circuit


def write_schematics(circuits: Sequence[Circuit], folder: Path) -> list[Path]:
    """One SVG per kind of block, with the values of the circuit.

    Args:
        circuits: of the run.
        folder: made if it is not there.
    Raises:
        InputError: a file cannot be written.
    """
    from spicegen.report.schematics import drawing_of, save_schematic  # schemdraw takes 0.3 s

    folder.mkdir(exist_ok=True)
    blocks = {block.name: block for circuit in circuits for block in circuit.subcircuits}
    return [
        save_schematic(drawing_of(block.template)[0], block, folder / f"{name}.svg")
        for name, block in blocks.items()
    ]
