"""Reference column, voltage read-out and selectors: every combination that is refused."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from small_networks import chain, dense

from spicegen.design import combinations, design_from, design_text
from spicegen.errors import DesignError
from spicegen.pipeline.device_targets import network_targets

REFERENCE = {"topology": "reference-column"}
VOLTAGE = {"readout": "voltage"}
SELECTOR = {"selector": "1t1r"}
WIRES = {"model": "full", "r_segment_ohm": 1.0}
PARTS: dict[str, tuple[dict[str, Any], str]] = {
    "voltage": ({"crossbar": VOLTAGE}, r'crossbar\.readout = "voltage"'),
    "wires": ({"crossbar": {"wires": WIRES}}, r'crossbar\.wires\.model = "full"'),
    "compensation": (
        {"crossbar": {"wires": WIRES | {"compensation": "conductance"}}},
        r'crossbar\.wires\.compensation = "conductance"',
    ),
    "tiles": ({"crossbar": {"tile_rows": 4}}, r"crossbar\.tile_rows or columns"),
    "serial": ({"timing": {"serial": 2}}, r"timing\.serial = 2"),
    "moving": (
        {"device": {"model": "analog_threshold", "form": "behavioural"}},
        r'device\.form = "behavioural"',
    ),
    "transconductance": (
        {"mapping": {"cells": "transconductance"}},
        r'mapping\.cells = "transconductance"',
    ),
    "remap": ({"mapping": {"remap": "pair"}}, r'mapping\.remap = "pair"'),
    "conductances": ({"mapping": {"conductances": "given.npz"}}, r"mapping\.conductances"),
    "cost": ({"cost": {"enabled": True}}, r"cost\.enabled"),
    "read-noise": ({"nonideality": [{"kind": "read-noise", "sigma": 0.01}]}, "read-noise"),
    "nonlinear-iv": (
        {"nonideality": [{"kind": "nonlinear-iv", "k_per_volt": 2.0}]},
        "nonlinear-iv",
    ),
    "open-line": ({"nonideality": [{"kind": "open-line", "p_bit_line": 0.1}]}, "open-line"),
}
CASES = [
    (crossbar, part, what)
    for crossbar, reasons, what in (
        (REFERENCE, combinations.REFERENCE, r'crossbar\.topology = "reference-column"'),
        (VOLTAGE, combinations.VOLTAGE, r'crossbar\.readout = "voltage"'),
        (SELECTOR, combinations.SELECTOR, r'crossbar\.selector = "1t1r"'),
    )
    for part in reasons
]


@pytest.mark.parametrize(("crossbar", "part", "what"), CASES)
def test_refused_together(crossbar: dict[str, Any], part: str, what: str) -> None:
    table, given = PARTS[part]
    table = table | {"crossbar": crossbar | table.get("crossbar", {})}
    with pytest.raises(DesignError, match=f"{what} does not go with {given}: .*; leave out"):
        design_from(table)


@pytest.mark.parametrize(
    ("crossbar", "device", "message"),
    [
        (SELECTOR | {"r_select_ohm": 1e4}, {}, r"g_max_siemens = 10000 ohm, got 10000; .*lower it"),
        (SELECTOR | {"r_select_ohm": 0.0}, {}, r"crossbar\.r_select_ohm: .*greater than 0, got 0"),
        (SELECTOR | {"r_select_ohm": 600.0}, {"g_max_siemens": 2e-3}, r"500 ohm, got 600"),
        ({"selector": "1t1m"}, {}, r"crossbar\.selector: .*got '1t1m'"),
        ({"readout": "charge"}, {}, r"crossbar\.readout: .*got 'charge'"),
        ({"topology": "triple"}, {}, r"crossbar\.topology: .*got 'triple'"),
    ],
)
def test_impossible_values(crossbar: dict[str, Any], device: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        design_from({"crossbar": crossbar, "device": device})


def test_a_resistance_without_a_selector_is_not_used() -> None:
    assert design_from({"crossbar": {"r_select_ohm": 1e6}}).crossbar.r_series_ohm == 0.0


@pytest.mark.parametrize("crossbar", [REFERENCE, VOLTAGE, SELECTOR | {"r_select_ohm": 5e3}])
def test_written_designs_read_back_the_same(crossbar: dict[str, Any]) -> None:
    design = design_from({"crossbar": crossbar})
    assert design_from(tomllib.loads(design_text(design))) == design


def test_disabled_entries_are_no_hindrance() -> None:
    noise = {"kind": "read-noise", "sigma": 0.01, "enabled": False}
    design_from({"crossbar": REFERENCE, "nonideality": [noise]})


@pytest.mark.parametrize("crossbar", [REFERENCE, SELECTOR])
def test_only_pairs_are_programmed(crossbar: dict[str, Any]) -> None:
    network = chain(dense("a", 2, 2, seed=1))
    with pytest.raises(DesignError, match=r"programmed as pairs without switches, got .*; set"):
        network_targets(network, design_from({"crossbar": crossbar}))
