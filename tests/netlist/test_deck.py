"""Decks as text: deterministic, readable, complete; sizes counted from what is in them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench import block_text
from jinja2 import UndefinedError
from small_networks import chain, dense, lstm, signal

from spicegen.circuit import Circuit, build_circuit
from spicegen.circuit.graph import Subcircuit
from spicegen.circuit.transistor import PORTS, transistor_cell
from spicegen.design import Design, design_from
from spicegen.mapping import map_network
from spicegen.netlist import Deck, write_deck
from spicegen.network import Network
from spicegen.paths import packaged

NETWORK = chain(
    dense("in", 3, 4, "relu", seed=1), lstm("m", 4, 2, seed=2), dense("out", 2, 3, "tanh", seed=3)
)
REFERENCE = "reference-column"
VARIANTS = [
    {"fidelity": fidelity, "crossbar": {"topology": topology}, "signal": {"v_common_volts": cm}}
    for fidelity, topology, cm in [
        ("behavioural", "dual-row", 0.0),
        ("behavioural", "dual-column", 1.2),
        ("ideal", "dual-row", 1.2),
        ("ideal", "dual-column", 0.0),
    ]
]
VARIANTS += [{**VARIANTS[1], "timing": {"serial": 2}}, {**VARIANTS[2], "timing": {"serial": 2}}]


def circuit(network: Network = NETWORK, table: dict[str, object] | None = None) -> Circuit:
    design = design_from(table or {})
    shape = (1, 4, 3) if network.recurrent else (4, 3)
    trace = network.forward(signal(*shape, seed=0))
    return build_circuit(map_network(network, trace, design), trace.inputs, design).circuit


def deck(folder: Path, made: Circuit) -> tuple[Deck, str]:
    written = write_deck(made, folder / "circuit.cir")
    return written, written.path.read_text(encoding="ascii")


def logical_lines(text: str) -> list[str]:
    joined = text.replace("\n+", " ")
    return [line for line in joined.split("\n") if line.strip() and not line.startswith("*")]


@pytest.mark.parametrize("table", VARIANTS)
def test_deck_is_the_same_every_time(tmp_path: Path, table: dict[str, object]) -> None:
    made = circuit(table=table)
    written, text = deck(tmp_path, made)
    assert written.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert deck(tmp_path, circuit(table=table))[1] == text
    other = deck(tmp_path, circuit(table=table | {"signal": {"v_read_volts": 0.2}}))
    assert other[0].sha256 != written.sha256


@pytest.mark.parametrize("table", VARIANTS)
def test_every_block_is_explained_and_every_call_is_defined(
    tmp_path: Path, table: dict[str, object]
) -> None:
    _, text = deck(tmp_path, circuit(table=table))
    defined = re.findall(r"^\.subckt (\S+)", text, re.M)
    assert len(set(defined)) == len(defined)
    assert re.findall(r"^\.ends (\S+)", text, re.M) == defined
    assert len(re.findall(r"^\* .*\n\.subckt|^\* .*\n(?:\*.*\n)*\.subckt", text, re.M)) == len(
        defined
    )
    called = set()
    for line in logical_lines(text):
        if line[0] == "X":
            called.add([word for word in line.split() if "=" not in word][-1])
    assert called <= set(defined)
    assert not re.search(r"\bnan\b|\binf\b|None|Undefined|\{\{|\}\}|%\}|0x", text)
    assert text.isascii()
    assert text.endswith(".end\n")


@pytest.mark.parametrize("table", VARIANTS)
def test_every_probe_is_saved_once(tmp_path: Path, table: dict[str, object]) -> None:
    made = circuit(table=table)
    _, text = deck(tmp_path, made)
    (save,) = [line for line in logical_lines(text) if line.startswith(".save")]
    assert Counter(save.split()[1:]) == Counter({probe.vector for probe in made.probes})
    assert ".save all" in deck(tmp_path, replace(made, save_all=True))[1]


@pytest.mark.parametrize("table", VARIANTS)
def test_sizes_are_those_of_the_unfolded_text(tmp_path: Path, table: dict[str, object]) -> None:
    """Unfold the deck line by line, element by element, and count."""
    written, text = deck(tmp_path, circuit(table=table))
    bodies: dict[str, list[str]] = {"": []}
    ports: dict[str, list[str]] = {"": []}
    place = ""
    for line in logical_lines(text):
        words = [word for word in line.split() if "=" not in word]
        if line.startswith(".subckt"):
            place = words[1]
            bodies[place], ports[place] = [], words[2:]
        elif line.startswith(".ends"):
            place = ""
        elif line[0] != ".":
            bodies[place].append(line)
    called: Counter[str] = Counter()
    nodes: set[str] = set()
    devices = 0

    def unfold(body: str, names: dict[str, str], prefix: str) -> None:
        nonlocal devices
        called[body] += 1
        for line in bodies[body]:
            words = [word for word in line.split() if "=" not in word]
            outside = {
                word: "0" if word == "0" else names.get(word, f"{prefix}{word}") for word in words
            }
            if line[0] == "X":
                inner = zip(ports[words[-1]], words[1:-1], strict=True)
                unfold(
                    words[-1],
                    {port: outside[node] for port, node in inner},
                    f"{prefix}{words[0]}.",
                )
                continue
            devices += 1
            count = 4 if line[0] in "EG" else 2
            nodes.update(outside[word] for word in words[1 : 1 + count])

    unfold("", {}, "")
    size = written.size
    assert size["devices"] == devices
    assert size["nodes"] == len(nodes - {"0"})
    assert size["opamps"] == called["opamp"]
    # two units, each with its own cells or taking turns at one set of them
    sets = 1 if "timing" in table else 2
    assert size["multipliers"] == called["multiplier"] == 3 * sets
    # two hold cells each for c and h of two units, and those of the replica
    replica = 0 if table["fidelity"] == "ideal" else 2
    assert size["hold_cells"] == called["sample_hold"] == 2 * 2 * 2 + replica
    # relu 4; i f g o and tanh of c in each set; tanh 3
    assert size["activations"] == 4 + 5 * sets + 3
    # in: 3 + bias onto 4; m: 4 + 2 + bias onto 8; out: 2 + bias onto 3; two of each pair
    assert size["memristors"] == 2 * (4 * 4 + 7 * 8 + 3 * 3)


def test_opamps_by_hand(tmp_path: Path) -> None:
    network = chain(dense("a", 3, 4, "tanh", seed=1), dense("b", 4, 2, seed=2))
    row = deck(tmp_path, circuit(network))[0].size
    column = deck(tmp_path, circuit(network, {"crossbar": {"topology": "dual-column"}}))[0].size
    assert row["opamps"] == 4 + 4 + 4 + 2  # read-outs, followers, inverters, read-outs
    assert column["opamps"] == 2 * 4 + 4 + 2 * 2  # two in each read-out, no inverter
    voltage = {"topology": "dual-column", "readout": "voltage"}
    assert deck(tmp_path, circuit(network, {"crossbar": voltage}))[0].size["opamps"] == 16
    assert (
        deck(tmp_path, circuit(network, {"crossbar": {"readout": "voltage"}}))[0].size["opamps"]
        == (row["opamps"])
    )


def test_a_reference_column_by_hand(tmp_path: Path) -> None:
    network = chain(dense("a", 3, 4, "tanh", seed=1), dense("b", 4, 2, seed=2))
    pairs = deck(tmp_path, circuit(network))[0].size
    size = deck(tmp_path, circuit(network, {"crossbar": {"topology": REFERENCE}}))[0].size
    assert pairs["memristors"] == 2 * (4 * 4 + 5 * 2)
    assert size["memristors"] == 4 * 4 + 4 + 5 * 2 + 5  # one per weight, one per word line
    assert size["opamps"] == 4 + 1 + 4 + 2 + 1  # a TIA more per array, no inverter
    assert size["tias"] == 4 + 1 + 2 + 1
    assert (size["tiles"], size["padding_cells"]) == (2, 0)


def test_an_undefined_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="r_ohm"):
        block_text(Subcircuit("inverter", "behavioural/inverter", ("in", "out", "cm"), {}))


def test_conductances_appear_digit_by_digit(tmp_path: Path) -> None:
    network = chain(dense("a", 3, 2, bias=False, seed=4))
    design = design_from({})
    trace = network.forward(signal(4, 3, seed=0))
    mapped = map_network(network, trace, design)
    _, text = deck(tmp_path, build_circuit(mapped, trace.inputs, design).circuit)
    crossbar = mapped.layers[0].crossbar
    for half, g_siemens in (("p", crossbar.g_pos_siemens), ("n", crossbar.g_neg_siemens)):
        found = re.findall(rf"^R{half}(\d+)_(\d+) \S+ \S+ (\S+)$", text, re.M)
        read = np.zeros(g_siemens.shape)
        for row, column, ohm in found:
            read[int(row), int(column)] = float(ohm)
        np.testing.assert_array_equal(read, 1.0 / g_siemens)


def test_every_template_has_a_header_comment_and_is_used() -> None:
    folder = packaged("templates")
    templates = {
        str(path.relative_to(folder)).removesuffix(".cir.j2") for path in folder.rglob("*.cir.j2")
    }
    used = {"deck"}
    for fidelity in ("ideal", "behavioural"):
        for topology in ("dual-row", "dual-column"):
            table = {"fidelity": fidelity, "crossbar": {"topology": topology}}
            table["timing"] = {"serial": 2}
            for cells in ("resistor", "transconductance"):
                table["mapping"] = {"cells": cells}
                used |= {block.template for block in circuit(table=table).subcircuits}
            table["mapping"] = {}
            table["device"] = {"model": "analog_threshold", "form": "behavioural"}
            used |= {block.template for block in circuit(table=table).subcircuits}
    for topology in ("dual-row", "dual-column"):
        listed = [
            {"kind": "nonlinear-iv", "k_per_volt": 2.0},
            {"kind": "read-noise", "sigma": 0.01},
        ]
        table = {"crossbar": {"topology": topology}, "nonideality": listed}
        used |= {block.template for block in circuit(table=table).subcircuits}
        for other in ({"topology": topology, "readout": "voltage"}, {"topology": REFERENCE}):
            table = {"fidelity": "ideal", "crossbar": other}
            used |= {block.template for block in circuit(table=table).subcircuits}
            used |= {block.template for block in circuit(table={"crossbar": other}).subcircuits}
    for model in ("full", "reduced"):
        wires = {"model": model, "r_segment_ohm": 1.0}
        for tiles in ({}, {"tile_rows": 2}):
            table = {"crossbar": {"wires": wires, **tiles}}
            used |= {block.template for block in circuit(table=table).subcircuits}
    kit = Design(fidelity="transistor")
    used |= {transistor_cell(name, kit).template for name in PORTS}
    used |= {
        f"fitted/{path.name.removesuffix('.cir.j2')}" for path in (folder / "fitted").iterdir()
    }
    used |= {"bench/loop", "bench/load"}  # of data sheets, drawn by spicegen/cells
    assert used == templates
