"""Names from a user's file as SPICE names: safe, unique, and never two layers on one node."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from small_networks import chain, dense, lstm, signal

from spicegen.circuit import BuiltCircuit, build_circuit
from spicegen.circuit.graph import Group
from spicegen.circuit.names import numbered, spice_names
from spicegen.design import design_from
from spicegen.mapping import map_network
from spicegen.network import Network

SAFE = re.compile(r"[a-z][a-z0-9]*\Z")
NODE = re.compile(r"[a-z][a-z0-9_]*\Z")
GLOBAL = re.compile(
    r"(input|input_inv|output|phi_reset)\d+\Z|(bias|bias_inv|cm|phi_track|phi_transfer|gnd|\d+)\Z"
)
# names that look like what the circuit builds from other names
ALIKE = st.builds(
    str.__add__,
    st.sampled_from(["a", "b", "l0", "l1", "l10"]),
    st.sampled_from(["", "_pre", "_out0", "_act", "_inv1", "_h", "_bl2", "_c_ref", "_unit0", "0"]),
)


@given(st.lists(st.text(max_size=36) | ALIKE, min_size=1, max_size=8, unique=True))
@example(["gnd", "0", "input", "bias", "cm", "phi", "time"])
@example(["l1_a", "a"])
@example(["a", "A", "á", "a ", "a_"])
@example(["", " ", "\n", "\x00"])
@example(["K", "k"])  # the Kelvin sign's lower case is an ordinary k
@example(["x" * 40, "x" * 41, "x" * 32])
def test_any_text_becomes_a_safe_unique_name(names: list[str]) -> None:
    spice = spice_names(names)
    assert list(spice) == names
    assert len(set(spice.values())) == len(names)
    for name in spice.values():
        assert SAFE.match(name), name
        assert len(name) <= 40
        assert name not in {"gnd", "input", "bias", "cm", "phi", "time"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lstm", "lstm"),
        ("Dense_1", "dense1"),
        ("x .control shell", "l0xxcontrolshell"),
        ("x\n.control\nshell rm -rf ~\n.endc", "l0xxcontrolshellrmrfendc"),
        ("x\r.include /etc/passwd", "l0xxincludeetcpasswd"),
        ("a;b$c*d'e\"f{g}(h)=1", "l0xabcdefgh1"),
        ("größe", "l0xgre"),
        ("层", "l0x"),
        ("0", "l0x0"),
        ("gnd", "l0xgnd"),
        ("1st", "l0x1st"),
        ("_", "l0x"),
        ("l0_a", "l0xl0a"),
        ("l7", "l0xl7"),
        ("lstm7", "lstm7"),
    ],
)
def test_by_hand(name: str, expected: str) -> None:
    assert spice_names([name]) == {name: expected}


def test_numbered() -> None:
    assert numbered("bl", 3) == ("bl0", "bl1", "bl2")
    assert numbered("bl", 0) == ()


def built(network: Network, table: dict[str, object]) -> BuiltCircuit:
    design = design_from(table)
    shape = (1, 2, network.input_size) if network.recurrent else (2, network.input_size)
    trace = network.forward(signal(*shape, seed=0))
    return build_circuit(map_network(network, trace, design), trace.inputs, design)


KINDS = ("dense", "relu", "lstm")
SUFFIXES = (
    "pre", "pre_i", "out", "out1", "act", "inv", "h", "h0", "bl", "bl_pos", "c", "c_ref", "ref",
    "crossbar", "readout", "readout0", "relu", "relu0", "follower", "inverter0", "unit", "unit0",
    "replica", "i", "0",
)  # fmt: skip


@pytest.mark.parametrize("topology", ["dual-row", "dual-column"])
@pytest.mark.parametrize(("first", "second"), list(itertools.product(KINDS, KINDS)))
def test_layers_with_names_alike_share_no_node(first: str, second: str, topology: str) -> None:
    """Layers `a` and `a_<anything the circuit appends>`, in every pair of kinds.

    Nodes of the first layer reappear in the second only where they drive its word lines.
    """
    widths = 2
    for suffix in SUFFIXES:
        layers = []
        for name, kind, seed in (("a", first, 1), (f"a_{suffix}", second, 2)):
            make = lstm(name, widths, widths, seed=seed) if kind == "lstm" else None
            activation = "relu" if kind == "relu" else "linear"
            layers.append(make or dense(name, widths, widths, activation, seed=seed))
        circuit = built(chain(*layers), {"crossbar": {"topology": topology}}).circuit
        # check_circuit has passed: instance and subcircuit names are unique; now the nodes
        of_all = {"0", "bias", "bias_inv", "phi_track", "phi_transfer"}
        met = _nodes_of(circuit.groups[0]) & _nodes_of(circuit.groups[1]) - of_all
        ends = itertools.chain(
            *(numbered(f"a_{end}", widths) for end in ("out", "inv", "h", "h_inv"))
        )
        assert met <= set(ends), (suffix, met)
        assert len(met) == (2 * widths if topology == "dual-row" else widths)


def _nodes_of(group: Group) -> set[str]:
    return {node for instance in group.instances for node in instance.nodes}


@pytest.mark.parametrize(
    "names",
    [
        ["x .control shell", "y\n.control\nquit\n.endc", "gnd"],
        ["0", "input", "bias"],
        ["cm", "phi", "crossbar"],
        ["opamp", "readout", "follower"],
        ["sigmoid", "tanh", "sample_hold"],
        ["output0", "phi_track", "bias_inv"],
        ["a", "A", "ä"],
    ],
)
def test_hostile_names_make_a_whole_circuit(names: list[str]) -> None:
    network = chain(
        dense(names[0], 2, 2, "relu", seed=1),
        lstm(names[1], 2, 2, seed=2),
        dense(names[2], 2, 2, "sigmoid", seed=3),
    )
    circuit = built(network, {"signal": {"v_common_volts": 1.2}}).circuit
    words = [instance.name for group in circuit.groups for instance in group.instances]
    words += [node for group in circuit.groups for i in group.instances for node in i.nodes]
    words += [block.name for block in circuit.subcircuits]
    for word in words:
        assert NODE.match(word), word
    assert re.fullmatch(r"spicegen: [a-z][a-z0-9_]*", circuit.title)
    # signals keep the user's names, and every one has its own
    probes = [probe.name for probe in circuit.probes]
    assert len(set(probes)) == len(probes)
    assert f"{names[1]}.h1" in probes
    own = {node for node in words if GLOBAL.match(node)}
    assert own <= {"cm", "bias", "bias_inv", "input0", "input1", "input_inv0", "input_inv1"} | {
        "phi_track", "phi_transfer", "phi_reset0"
    }  # fmt: skip


def test_word_lines_of_one_layer_are_the_inputs_of_the_next_in_order() -> None:
    network = chain(dense("a", 2, 3, "tanh", seed=1), dense("b", 3, 1, bias=False, seed=2))
    circuit = built(network, {}).circuit
    (crossbar,) = [i for i in circuit.groups[1].instances if i.subcircuit == "crossbar_b"]
    assert crossbar.nodes == (
        "a_out0", "a_out1", "a_out2", "a_inv0", "a_inv1", "a_inv2", "b_bl0"
    )  # fmt: skip
    assert [probe.node for probe in circuit.outputs] == ["b_out0"]
    assert np.all([probe.volts_per_unit > 0 for probe in circuit.outputs])
