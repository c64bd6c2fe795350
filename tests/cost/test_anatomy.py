"""What the cost knows of each block is what its template draws."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bench import block_text
from small_networks import chain, dense, lstm, signal

from spicegen.circuit.graph import Instance, Subcircuit
from spicegen.cost.anatomy import _BLOCKS, inside
from spicegen.cost.elements import Array, Capacitor, CurrentStage, OutputStage, Resistor, Switch
from spicegen.design import load_design
from spicegen.pipeline import prepare

NETWORK = chain(
    dense("in", 2, 3, "relu", seed=1), lstm("lstm", 3, 2, seed=2), dense("o", 2, 2, "tanh", seed=4)
)
COMPUTE_ONLY = {("opamp", "Rgain"), ("sample_hold", "Rgate")}
"""Resistors inside models, which carry no current of the circuit's."""
PARAMETERS = {"gain": 0.5, "r_f": 33e3, "k": 1.0}


def blocks() -> Iterator[Subcircuit]:
    """Every block of both topologies, parallel and serial, by its template once."""
    seen: set[str] = set()
    for topology in ("dual-row", "dual-column"):
        for serial in (1, 2):
            settings = [f"crossbar.topology={topology}", f"timing.serial={serial}"]
            prepared = prepare(NETWORK, signal(3, 2, seed=3), load_design(None, settings))
            for block in prepared.circuit().circuit.subcircuits:
                if block.template not in seen and not block.template.endswith("unit"):
                    seen.add(block.template)
                    yield block


ALL = {block.template: block for block in blocks()}


def test_every_block_is_known() -> None:
    assert set(ALL) == set(_BLOCKS)


def evaluated(text: str) -> float:
    """A number of a deck, or an expression in braces over this test's parameters."""
    if text.startswith("{"):
        return float(eval(text[1:-1], {}, PARAMETERS))  # noqa: S307  our own templates
    return float(text)


@pytest.mark.parametrize("template", sorted(ALL))
def test_a_block(template: str) -> None:
    block = ALL[template]
    text = re.sub(r"\n\+", " ", block_text(block))
    lines = [line.split() for line in text.splitlines()]
    drawn = {
        (*sorted(words[1:3]), round(1.0 / evaluated(words[3]), 18))
        for words in lines
        if words[0][0] == "R" and (block.name, words[0]) not in COMPUTE_ONLY
    }
    content = inside(block, PARAMETERS)
    assert content is not None
    known: set[tuple[object, ...]] = set()
    for item in content:
        match item:
            case Resistor(_, a, b, g):
                known.add((*sorted((a, b)), round(g, 18)))
            case OutputStage(_, out, g) | CurrentStage(_, out, g, _):
                known.add((*sorted((out, "cm")), round(g, 18)))
            case Array(word, bit, g):
                known |= {
                    (*sorted((word[row], bit[column])), round(float(g[row, column]), 18))
                    for row, column in zip(*g.nonzero(), strict=True)
                }
    assert same(known, drawn)
    instances = {(item.subcircuit, item.nodes) for item in content if isinstance(item, Instance)}
    assert instances == {(w[-1], tuple(w[1:-1])) for w in lines if w[0][0] == "X"}
    switches = {(item.a, item.b) for item in content if isinstance(item, Switch)}
    assert switches == {
        (words[1], words[2]) for words in lines if words[0] in ("Bswitch", "Breset")
    }
    capacitors = {(c.node, c.c_farad) for c in content if isinstance(c, Capacitor)}
    capacitors |= {(c.out, c.c_farad) for c in content if isinstance(c, CurrentStage) if c.c_farad}
    assert {(w[1], float(w[3])) for w in lines if w[0] in ("Chold", "Cwire")} | {
        (w[1], float(w[3])) for w in lines if w[0] == "Cpole" and block.name != "opamp"
    } == capacitors


def same(known: set[tuple[object, ...]], drawn: set[tuple[object, ...]]) -> bool:
    """Equal ends and conductances to 12 digits."""

    def by_ends(pairs: set[tuple[object, ...]]) -> list[tuple[object, ...]]:
        return sorted((a, b, f"{g:.11e}") for a, b, g in pairs)

    return by_ends(known) == by_ends(drawn)
