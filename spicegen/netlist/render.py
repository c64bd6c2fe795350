"""The graph becomes text: one Jinja template per block, and the deck around them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from spicegen.circuit import Circuit
from spicegen.circuit.graph import FileSource, Foundry, Instance, Subcircuit
from spicegen.netlist.memristor import model_lines
from spicegen.netlist.numbers import cells, mos, pairs, repeated, si, spice, table, wrap
from spicegen.netlist.size import BlockSize, measure, measure_array, measure_block
from spicegen.paths import packaged
from spicegen.pdk import kits, load_kit, model_text


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
    made.globals |= {"cells": cells, "repeated": repeated, "pairs": pairs, "mos": mos}
    return made


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that a deck reads: its name, and the sha256 of its bytes, in hexadecimal."""

    name: str
    sha256: str


def write_deck(circuit: Circuit, path: Path) -> Deck:
    """Render a circuit into a file, piece by piece, with the files of its inputs beside it.

    Args:
        circuit: a checked graph.
        path: file to write.
    """
    sizes: dict[str, BlockSize] = {}
    files = [(source, _write_file(source, path)) for source in circuit.files]
    pieces = (
        environment()
        .get_template("deck.cir.j2")
        .generate(
            circuit=circuit,
            file=path.name,
            blocks=(_block(block, sizes) for block in circuit.subcircuits if not block.in_place),
            in_place={
                block.name: partial(_drawn_in_place, block, sizes)
                for block in circuit.subcircuits
                if block.in_place
            },
            saved=circuit.saved,
            files=files,
            model=model_lines(circuit.memristor) if circuit.memristor else "",
        )
    )
    if circuit.foundry and circuit.foundry.models:
        _write_models(circuit.foundry, path)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in pieces:
            encoded = piece.encode("ascii")
            digest.update(encoded)
            file.write(encoded)
    return Deck(path, digest.hexdigest(), measure(circuit, sizes))


def _write_file(source: FileSource, deck: Path) -> InputFile:
    """The file of a source, beside the deck."""
    content = table(source.t_s, source.volts).encode("ascii")
    path = deck.with_name(f"{deck.stem}.{source.name}.txt")
    path.write_bytes(content)
    return InputFile(path.name, hashlib.sha256(content).hexdigest())


def _write_models(foundry: Foundry, deck: Path) -> None:
    """The model cards of a deck's transistors, beside it."""
    text = model_text(load_kit(foundry.kit), foundry.corner, foundry.mismatch_seed is not None)
    deck.with_name(foundry.file).write_text(text, encoding="ascii", errors="replace")


def block_text(block: Subcircuit) -> str:
    """The `.subckt` of one block; of one that is drawn in place, its devices between its ports."""
    template = environment().get_template(f"{block.template}.cir.j2")
    if block.in_place:
        return template.render(block=block, nodes=block.ports, at="")
    return template.render(block=block)


def _block(block: Subcircuit, sizes: dict[str, BlockSize]) -> str:
    """One block's text; its size goes into `sizes`."""
    text = block_text(block)
    sizes[block.name] = _size(block, text)
    return text


def _drawn_in_place(block: Subcircuit, sizes: dict[str, BlockSize], instance: Instance) -> str:
    """The devices of a block between the nodes of its instance; its size goes into `sizes`."""
    template = environment().get_template(f"{block.template}.cir.j2")
    text = template.render(block=block, nodes=instance.nodes, at=f"{instance.name}_")
    sizes[block.name] = _size(block, text)
    return text


def _size(block: Subcircuit, text: str) -> BlockSize:
    memristors = block.values.get("memristors")
    if isinstance(memristors, int):
        size = measure_array(text, memristors, _count(block, "inner_nodes"))
    else:
        size = measure_block(text, _transistor_models())
    size.tiles, size.padding_cells = _count(block, "tiles"), _count(block, "padding_cells")
    return size


@cache
def _transistor_models() -> tuple[str, ...]:
    """Names of the transistor models of every kit."""
    return tuple(model for name in kits() for model in load_kit(name).models)


def _count(block: Subcircuit, name: str) -> int:
    """A count among a block's values; 0 where it has none."""
    value = block.values.get(name, 0)
    assert isinstance(value, int)
    return value
