"""The rules between design values, and what a design says where they are broken."""

from __future__ import annotations

import math

import pytest
from pydantic import ValidationError

from spicegen.design import Design, design_from
from spicegen.errors import DesignError


def test_default_design_is_possible() -> None:
    design = Design()
    assert design.fidelity == "behavioural"
    assert design.signal.v_read_volts <= design.signal.headroom * design.signal.v_rail_volts
    assert design.device.g_min_siemens < design.device.g_max_siemens
    assert design.device.levels is None


@pytest.mark.parametrize("block", ["opamp", "activation", "multiplier", "sample_hold"])
def test_a_block_may_override_the_fidelity(block: str) -> None:
    design = design_from({"fidelity": "behavioural", block: {"fidelity": "ideal"}})
    others = {"opamp", "activation", "multiplier", "sample_hold"} - {block}
    assert design.fidelity_of(block) == "ideal"  # type: ignore[arg-type]
    assert {design.fidelity_of(other) for other in others} == {"behavioural"}  # type: ignore[arg-type]


BROKEN = [
    (
        {"device": {"g_min_siemens": 1e-4, "g_max_siemens": 1e-4}},
        r"design, device: g_min_siemens must be below g_max_siemens, got 0.0001 >= 0.0001; widen",
    ),
    (
        {"sample_hold": {"r_on_ohm": 1e6, "r_off_ohm": 1e3}},
        r"design, sample_hold: r_on_ohm must be below r_off_ohm, got 1e\+06 >= 1000; raise",
    ),
    (
        {"signal": {"v_read_volts": 0.8}},
        r"design, signal: v_read_volts must not exceed headroom \* v_rail_volts \(0.72 V\), "
        r"got 0.8; lower signal.v_read_volts",
    ),
    ({"sample_hold": {"c_hold_farad": 0}}, r"sample_hold.c_hold_farad: .*greater than 0, got 0"),
    ({"sample_hold": {"c_hold_farad": -1e-12}}, r"c_hold_farad: .*greater than 0, got -1e-12"),
    ({"device": {"g_min_siemens": 0.0}}, r"device.g_min_siemens: .*greater than 0"),
    ({"device": {"levels": 1}}, r"device.levels: .*greater than or equal to 2, got 1"),
    ({"device": {"levels": 2.5}}, r"device.levels: .*valid integer"),
    ({"opamp": {"gain": 1.0}}, r"opamp.gain: .*greater than 1"),
    ({"opamp": {"gain": math.inf}}, r"opamp.gain: .*finite number, got inf"),
    ({"opamp": {"v_offset_volts": math.nan}}, r"opamp.v_offset_volts: .*finite number, got nan"),
    ({"signal": {"headroom": 1.1}}, r"signal.headroom: .*less than or equal to 1"),
    ({"timing": {"settle_error": 0.1}}, r"timing.settle_error: .*less than 0.1"),
    ({"timing": {"t_edge_s": 0}}, r"timing.t_edge_s: .*greater than 0"),
    ({"sample_hold": {"q_injection_coulomb": -1e-15}}, r"q_injection_coulomb: .*or equal to 0"),
    ({"multiplier": {"gain_error": -1.0}}, r"multiplier.gain_error: .*greater than -1"),
    ({"mapping": {"ranges": {"input": -1.0}}}, r"mapping.ranges.input: .*greater than 0"),
    ({"mapping": {"scale": "units"}}, r"mapping.scale: .*'signal-range' or 'unit', got 'units'"),
    (
        {"crossbar": {"topology": "single"}},
        r"crossbar.topology: .*'dual-row', 'dual-column' or 'reference-column'",
    ),
    ({"simulation": {"engine": "hspice"}}, r"simulation.engine: .*'auto'.*got 'hspice'"),
    ({"simulation": {"seed": -1}}, r"simulation.seed: .*or equal to 0, got -1"),
    ({"fidelity": "perfect"}, r"fidelity: .*'ideal', 'behavioural' or 'transistor', got 'perfect'"),
]


@pytest.mark.parametrize(("table", "message"), BROKEN)
def test_impossible_values_are_refused(table: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        design_from(table)


def test_read_voltage_may_use_the_whole_headroom() -> None:
    design = design_from({"signal": {"v_rail_volts": 1.0, "headroom": 0.5, "v_read_volts": 0.5}})
    assert design.signal.v_read_volts == 0.5


def test_a_design_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Design().fidelity = "ideal"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        Design().opamp.gain = 1e3  # type: ignore[misc]
