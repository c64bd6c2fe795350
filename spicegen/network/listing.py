"""A network in a few words per layer, for results and notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from spicegen.network.bidirectional import Bidirectional, Reversed
from spicegen.network.layer import Layer


@dataclass(frozen=True, slots=True)
class LayerEntry:
    """One layer as tables show it.

    Attributes:
        name: any text.
        kind: dense, rnn, lstm, gru, bidirectional lstm, reversed gru, ...
        inputs, outputs: features per step that it takes and gives.
        detail: activation, variant, and what it returns where that is not every step.
    """

    name: str
    kind: str
    inputs: int
    outputs: int
    detail: str


def listed(layers: Sequence[Layer]) -> tuple[LayerEntry, ...]:
    """Layers from input to output."""
    return tuple(
        LayerEntry(layer.name, _kind(layer), layer.input_size, layer.output_size, _detail(layer))
        for layer in layers
    )


def network_html(name: str, inputs: int, layers: Sequence[Layer]) -> str:
    """A table for a notebook; every text is escaped."""
    head = "<tr><th>layer<th>kind<th>inputs<th>outputs<th>"
    rows = "".join(
        f"<tr><td>{escape(e.name)}<td>{escape(e.kind)}<td>{e.inputs}<td>{e.outputs}"
        f"<td>{escape(e.detail)}"
        for e in listed(layers)
    )
    return (
        f"<table><caption>network {escape(name)}, {inputs} inputs</caption>"
        f"<thead>{head}</thead><tbody>{rows}</tbody></table>"
    )


def _kind(layer: Layer) -> str:
    match layer:
        case Bidirectional():
            return f"bidirectional {_kind(layer.forward_layer)}"
        case Reversed():
            return f"reversed {_kind(layer.layer)}"
    return type(layer).__name__.lower()


def _detail(layer: Layer) -> str:
    inner = layer
    if isinstance(layer, Bidirectional):
        inner = layer.forward_layer
    elif isinstance(layer, Reversed):
        inner = layer.layer
    words: Mapping[str, str] = {
        key: str(getattr(inner, key)) for key in ("activation", "variant") if hasattr(inner, key)
    }
    told = list(words.values())
    if getattr(layer, "readout", "none") != "none":
        told.append(f"{getattr(layer, 'readout', '')} read-out")
    if not layer.keeps_steps:
        told.append("last step only")
    return ", ".join(told)
