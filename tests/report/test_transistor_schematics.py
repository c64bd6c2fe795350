"""Schematics of transistor cells and fitted models are the netlists of their templates."""

from __future__ import annotations

import re

import numpy as np
import pytest
from drawn_netlist import Part, crowded, deck_netlist, drawn_netlist, same_nodes
from schemdraw import elements as elm

from spicegen.circuit.fitted import MODELS, fitted_blocks
from spicegen.circuit.graph import Subcircuit
from spicegen.circuit.transistor import PORTS, transistor_cell
from spicegen.design import load_design
from spicegen.netlist import block_text
from spicegen.paths import packaged
from spicegen.pdk.fitted import FittedCells, FittedCurve, FittedHold, FittedOpamp, FittedProduct
from spicegen.report.schematics import drawing_of, svg_of
from spicegen.report.schematics.sheet import Sheet
from spicegen.report.schematics.units import box

CURVE = FittedCurve(0.01, 0.002, np.array([[0.3, 5.0, 0.1], [0.2, 7.0, -0.1]]), (0.4, 0.1))
FITTED = FittedCells(
    FittedOpamp(2e4, 1.3e-4, 11e6, -1.7, 0.6, 0.02, 0.03, 12.0, 4e3, 1e-5),
    CURVE,
    CURVE,
    CURVE,
    FittedProduct((2e-6, 1e-7), (3e-6,), (4e-7,), 2.1e-6, 1.9e-6, (0.5, 0.2)),
    FittedHold((2.5e-3, 1e-3), 0.06, 1e-5),
)
"""Parameters as a calibration finds them, about."""

KITS = {"gf180mcu": "X", "sky130": "M"}
PREFIXES = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "µ": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "": 1.0}


def blocks(kit: str) -> dict[str, Subcircuit]:
    design = load_design(None, ["fidelity=transistor", f"pdk.name={kit}"])
    drawn = [transistor_cell(name, design) for name in PORTS]
    fitted = fitted_blocks([b for b in drawn if b.name in MODELS], FITTED, design)
    return {f"{b.template}:{b.name}": b for b in (*drawn, *fitted)}


BLOCKS = {f"{kit}:{name}": b for kit in KITS for name, b in blocks(kit).items()}


def elements(block: Subcircuit) -> list[object]:
    sheet = Sheet("svg")
    drawing_of(block.template)[0](sheet, block)
    return list(sheet.drawing.elements)


def test_every_template_is_among_them_and_drawn() -> None:
    templates = {block.template for block in BLOCKS.values()}
    for folder in ("transistor", "fitted"):
        for path in (packaged("templates") / folder).glob("*.cir.j2"):
            template = f"{folder}/{path.name.removesuffix('.cir.j2')}"
            assert template in templates
            assert drawing_of(template)[0] is not box


@pytest.mark.parametrize("name", BLOCKS)
def test_the_drawing_is_the_netlist(name: str) -> None:
    block = BLOCKS[name]
    deck, parameters = deck_netlist(block_text(block))
    drawn, nodes = drawn_netlist(elements(block))
    assert set(drawn) == set(deck)
    for part, found in drawn.items():
        assert same_nodes(part, found, deck[part]), (part, found.nodes, deck[part].nodes)
    for part, found in drawn.items():
        check_value(part, found, deck[part], parameters)
    assert set(block.ports) - {"cm"} <= nodes


@pytest.mark.parametrize("cell", ["opamp", "tanh", "sample_hold", "clock_driver", "bias"])
def test_a_wire_left_out_is_noticed(cell: str) -> None:
    block = BLOCKS[f"gf180mcu:transistor/{cell}:{cell}"]
    deck, whole = deck_netlist(block_text(block))[0], elements(block)
    for wire in (each for each in whole if isinstance(each, elm.Line)):
        try:
            drawn, _ = drawn_netlist([each for each in whole if each is not wire])
        except AssertionError:
            continue  # a node without its name
        same = all(same_nodes(part, found, deck[part]) for part, found in drawn.items())
        assert not same, wire.absanchors


@pytest.mark.parametrize("name", BLOCKS)
def test_texts_stand_apart(name: str) -> None:
    assert crowded(elements(BLOCKS[name])) == []


@pytest.mark.parametrize("name", [name for name in BLOCKS if name.startswith("gf180mcu")])
def test_drawings_are_small(name: str) -> None:
    block = BLOCKS[name]
    assert len(svg_of(drawing_of(block.template)[0], block)) < 20_000


def check_value(name: str, drawn: Part, deck: Part, parameters: dict[str, str]) -> None:
    """What is written at a device against the words of its line."""
    if " w=" in deck.text:
        assert drawn.text == size(deck.text), name
    elif name[0] == "X":
        assert drawn.text in ("", deck.text), name
    elif name[0] in "RCI":
        check_quantity(name, drawn.text, deck.text.removeprefix("DC "), parameters)
    elif name[0] == "G":
        shown = re.match(r"[-\d.]+ ?\w*(?=S)", drawn.text)
        assert shown
        assert number(shown.group()) == pytest.approx(float(deck.text), rel=1e-3), name


def size(words: str) -> str:
    """Width and length in um from w= and l=, as a label gives them."""
    found = dict(word.split("=") for word in words.split()[1:])
    w = found["w"].strip("{}").partition("*")
    nf = found["nf"].strip("{}").partition("*")[0]
    wide = f"·{w[2]}" if w[2] else ""
    fingers = "" if nf == "1" else f" nf={nf}"
    return f"{float(w[0]) * 1e6:g}{wide}/{float(found['l']) * 1e6:g}{fingers}"


def check_quantity(name: str, label: str, words: str, parameters: dict[str, str]) -> None:
    """A number with its unit, a parameter, or an expression of both."""
    value, _, extra = words.partition(" ")
    shown = label.replace("\n", " ").replace(",", "").replace("·", "*")
    if extra:
        assert shown.endswith(extra.replace("{", "").replace("}", "")), name
        shown = shown.removesuffix(extra.replace("{", "").replace("}", "")).strip()
    value = value.strip("{}")
    if " = " in shown:  # a parameter and what it is where it is not set
        parameter, _, shown = shown.partition(" = ")
        assert parameter == value, name
        value = parameters[parameter]
    parts = re.split(r"(?<=[ΩFA])|(?=[*/])", shown, maxsplit=1)
    if not re.match(r"-?[\d.]", shown):
        assert shown == value, name
        return
    literal = re.match(r"-?[\d.]+(e[-+]?\d+)?", value)
    assert literal
    assert number(parts[0].rstrip("ΩFA")) == pytest.approx(float(literal.group()), rel=1e-3), name
    assert "".join(parts[1:]) == value[literal.end() :], name


def number(text: str) -> float:
    """Such as "3.5 k"."""
    figures, _, prefix = text.strip().partition(" ")
    return float(figures) * PREFIXES[prefix]
