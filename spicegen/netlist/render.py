"""The graph becomes text: one Jinja template per block, and the deck around them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from spicegen.circuit import Circuit
from spicegen.circuit.graph import Subcircuit
from spicegen.netlist.numbers import cells, lookup, pairs, si, spice, wrap
from spicegen.netlist.size import BlockSize, measure, measure_array, measure_block
from spicegen.paths import packaged


@dataclass(frozen=True, slots=True)
class Deck:
    """A rendered deck.

    Attributes:
        path: the file.
        sha256: of its bytes, in hexadecimal.
        size: unfolded counts: devices, nodes, op-amps, ...
    """

    path: Path
    sha256: str
    size: dict[str, int]


@cache
def environment() -> Environment:
    """Jinja with the netlist's filters; an undefined name is an error."""
    made = Environment(
        loader=FileSystemLoader(packaged("templates")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  netlists are not HTML; names are made safe in circuit/names.py
    )
    made.filters |= {"spice": spice, "si": si, "wrap": wrap}
    made.globals |= {"cells": cells, "pairs": pairs, "lookup": lookup}
    return made


def write_deck(circuit: Circuit, path: Path) -> Deck:
    """Render a circuit into a file, piece by piece.

    Args:
        circuit: a checked graph.
        path: file to write.
    """
    sizes: dict[str, BlockSize] = {}
    pieces = (
        environment()
        .get_template("deck.cir.j2")
        .generate(
            circuit=circuit,
            blocks=(_block(block, sizes) for block in circuit.subcircuits),
            saved=circuit.saved,
        )
    )
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in pieces:
            encoded = piece.encode("ascii")
            digest.update(encoded)
            file.write(encoded)
    return Deck(path, digest.hexdigest(), measure(circuit, sizes))


def _block(block: Subcircuit, sizes: dict[str, BlockSize]) -> str:
    """One block's text; its size goes into `sizes`."""
    text = environment().get_template(f"{block.template}.cir.j2").render(block=block)
    memristors = block.values.get("memristors")
    if isinstance(memristors, int):
        sizes[block.name] = measure_array(text, memristors)
    else:
        sizes[block.name] = measure_block(text)
    return text
