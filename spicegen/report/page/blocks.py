"""The network as blocks with sizes, in the order of the signal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, GAP, TOP = 150, 64, 56, 14
LONGEST = 18


@dataclass(frozen=True, slots=True)
class Block:
    """One box: left edge in pixels, texts, and how many signals leave it."""

    x: int
    title: str
    kind: str
    detail: str
    out: str
    full: str


@dataclass(frozen=True, slots=True)
class Blocks:
    """A drawing of boxes in a row."""

    boxes: tuple[Block, ...]
    width: int
    height: int


def network_blocks(layers: Sequence[Mapping[str, Any]]) -> Blocks | None:
    """Boxes of the layers between input and output; None where the result tells of none.

    Args:
        layers: of result.json: name, kind, inputs, outputs, detail.
    """
    if not layers:
        return None
    boxes = [Block(0, "input", "", "", str(layers[0]["inputs"]), "input")]
    for index, layer in enumerate(layers, 1):
        size = f"{layer['inputs']} → {layer['outputs']}"
        detail = str(layer["detail"])
        boxes.append(
            Block(
                index * (WIDTH + GAP),
                _short(str(layer["name"])),
                _short(f"{layer['kind']} {size}", LONGEST + 6),
                _short(detail, LONGEST + 4),
                str(layer["outputs"]),
                f"{layer['name']}: {layer['kind']}, {size}{', ' if detail else ''}{detail}",
            )
        )
    boxes.append(Block(len(boxes) * (WIDTH + GAP), "output", "", "", "", "output"))
    return Blocks(tuple(boxes), len(boxes) * (WIDTH + GAP) - GAP + 2, HEIGHT + 2 * TOP)


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
