"""Plans that are none: each message says where, which rule, which value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spicegen.errors import InputError
from spicegen.training import load_plan
from spicegen.training.plan import plan_from

PERCEPTRON: dict[str, Any] = {
    "kind": "perceptron",
    "device": {"kind": "table", "order": "measured"},
    "rule": {"name": "manhattan"},
}
NETWORK: dict[str, Any] = {
    "kind": "network",
    "network": "n.toml",
    "inputs": "x.npy",
    "targets": "y.npy",
    "device": {"kind": "pulsed", "levels": 10},
    "rule": {"name": "gradient"},
}


@pytest.mark.parametrize(
    ("base", "changes", "message"),
    [
        (
            PERCEPTRON,
            {"kind": "percepton"},
            "must be one of 'perceptron', 'network', got percepton",
        ),
        ({}, {}, "the key 'kind' is needed"),
        (PERCEPTRON, {"epoch": 3}, "plan, epoch: there is no such key; did you mean epochs"),
        (PERCEPTRON, {"epochs": 0}, "plan, epochs: .*greater than or equal to 1, got 0"),
        (PERCEPTRON, {"device": {"kind": "table", "gian": 3}}, "device.gian: .*did you mean gain"),
        (PERCEPTRON, {"device": {"kind": "tabel"}}, "plan, device: must be one of .*got tabel"),
        (PERCEPTRON, {"device": {"kind": "model"}}, "device.model: this key is needed"),
        (PERCEPTRON, {"perceptron": {"target": 1.2}}, "within the range of tanh, below 1, got 1.2"),
        (PERCEPTRON, {"perceptron": {"target": 1.0}}, "within the range of tanh, below 1, got 1"),
        (PERCEPTRON, {"perceptron": {"aim": 1.0}}, "aim must lie .* below 1, got 1"),
        (PERCEPTRON, {"perceptron": {"aim": 0.7}}, "aim must not lie below target, got 0.7 < 0.8"),
        (PERCEPTRON, {"perceptron": {"patterns": ["01"]}}, "one target per pattern"),
        (PERCEPTRON, {"perceptron": {"patterns": ["0121"] * 6}}, "pattern"),
        (PERCEPTRON, {"perceptron": {"patterns": ["0101"] * 6}}, "each pattern may stand there"),
        (
            PERCEPTRON,
            {"perceptron": {"patterns": ["01", "100"], "targets": ["1", "0"]}},
            "equal lengths",
        ),
        (PERCEPTRON, {"perceptron": {"v_one_volts": -0.1}}, "must differ, got -0.1"),
        (PERCEPTRON, {"perceptron": {"v_zero_volts": float("nan")}}, "v_zero_volts: .*finite"),
        (
            PERCEPTRON,
            {"rule": {"name": "manhattan", "learning_rate": 1}},
            "rule.learning_rate: there is no such key; known are name",
        ),
        (
            PERCEPTRON,
            {"device": {"kind": "table", "levels": 5}},
            "device.levels: there is no such key; known are gain, kind, order, shift, table",
        ),
        (
            PERCEPTRON,
            {"device": {"kind": "table", "shift": {"low_siemens": 1e-6}}},
            "low_siemens must be below high_siemens, got 1e-06 >= 1e-07",
        ),
        (
            PERCEPTRON,
            {"device": {"kind": "pulsed", "g_min_siemens": 1e-3}},
            "g_min_siemens must be below g_max_siemens",
        ),
        (
            PERCEPTRON,
            {"device": {"kind": "pulsed", "asymmetry": 0.1}},
            "asymmetry and variation are those of pulses; set levels",
        ),
        (
            PERCEPTRON,
            {"rule": {"name": "delta"}, "device": {"kind": "model", "model": "vteam"}},
            'cannot; set device.pulses = "numpy"',
        ),
        (PERCEPTRON, {"rule": {"name": "gradient", "batch": 2}}, "sees all patterns, got .* 2"),
        (PERCEPTRON, {"rule": {"name": "delta", "tolerance": 2}}, "rule.tolerance: .*less than 1"),
        (NETWORK, {"device": {"kind": "table"}}, 'move both ways, got device.kind = "table"'),
        (NETWORK, {"rule": {"name": "manhattan"}}, 'rule.name = "gradient", got "manhattan"'),
        (NETWORK, {"test_inputs": "t.npy"}, "test_inputs and test_targets go together"),
    ],
)
def test_plans_that_are_none(base: dict[str, Any], changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        plan_from(base | changes, Path())


def test_a_design_that_is_none() -> None:
    from spicegen.training.perceptron import perceptron_task

    plan = plan_from(PERCEPTRON | {"design": {"opamp": {"gian": 3}}}, Path())
    with pytest.raises(InputError, match=r"opamp.*gian"):
        perceptron_task(plan, 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("design", "message"),
    [
        ({"simulation": {"engine": "neospice"}}, r"simulation\.engine: .*libngspice.*'neospice'"),
        ({"crossbar": {"topology": "reference-column"}}, r"crossbar\.topology: .*pairs"),
        ({"timing": {"serial": 2}, "simulation": {"analysis": "transient"}}, r"timing\.serial"),
        ({"device": {"levels": 8}}, r"device\.levels: steps .* got 8"),
        ({"mapping": {"remap": "pair"}}, r"mapping\.remap"),
        (
            {"nonideality": [{"kind": "variation", "sigma": 0.1}]},
            r"nonideality: .* got variation; .*start\.variation",
        ),
    ],
)
def test_designs_that_cannot_be_trained(design: dict[str, Any], message: str) -> None:
    from spicegen.training.perceptron import perceptron_task

    plan = plan_from(PERCEPTRON | {"design": design}, Path())
    with pytest.raises(InputError, match=message):
        perceptron_task(plan, 0)  # type: ignore[arg-type]


def test_files_that_are_no_plans(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be readable"):
        load_plan(tmp_path / "missing.toml")
    (tmp_path / "plan.toml").write_text("kind = ")
    with pytest.raises(InputError, match="must be TOML"):
        load_plan(tmp_path / "plan.toml")


def test_file_names_are_relative_to_the_plan(tmp_path: Path) -> None:
    plan = plan_from(NETWORK, tmp_path)
    assert plan.network == tmp_path / "n.toml"  # type: ignore[union-attr]
    table = PERCEPTRON | {"device": {"kind": "table", "table": "t.csv", "shift": {"file": "s.npy"}}}
    device = plan_from(table, tmp_path).device
    assert device.table == tmp_path / "t.csv"  # type: ignore[union-attr]
    assert device.shift.file == tmp_path / "s.npy"  # type: ignore[union-attr]
