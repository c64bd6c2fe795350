"""Every benchmark runs, with as few steps as it takes; what they measure is theirs to say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import va_models

from benchmarks import (
    ablation,
    batch,
    eeg,
    emission,
    engines,
    mapping,
    markdown,
    overhead,
    sensitivity,
    speed,
    startup,
    veriloga,
)
from benchmarks.__main__ import NAMES, main
from benchmarks.measure import example
from benchmarks.report import Bar, Report, table
from spicegen.design import Design

DOCS = Path(__file__).resolve().parents[2] / "docs"

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


def test_engines_are_compared_pairwise() -> None:
    report = engines.measure(2)
    count = len(report.tables[0].rows)
    assert len(report.bars) == count * (count - 1)
    assert all(bar.met for bar in report.bars)


def test_emission_counts_every_memristor() -> None:
    report = emission.measure(sizes=(8,))
    assert report.tables[0].rows[0][:2] == ("8 x 8", 2 * 8 * 8)


def test_overhead_parts_make_up_the_whole() -> None:
    *parts, whole = (row[1] for row in overhead.measure(1).tables[0].rows)
    assert sum(parts) == pytest.approx(whole)  # type: ignore[arg-type]


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


def test_the_command_line_writes_page_and_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, numbers = tmp_path / "page.md", tmp_path / "numbers.json"
    page.write_text("Text.\n<!-- begin sensitivity -->\nold\n<!-- end sensitivity -->\nMore.\n")
    arguments = ["sensitivity", "--steps", "2", "--markdown", str(page), "--json", str(numbers)]
    assert main(arguments) == 0
    written = page.read_text()
    assert written.startswith("Text.\n<!-- begin sensitivity -->\n`python benchmarks/run.py")
    assert written.endswith("<!-- end sensitivity -->\nMore.\n")
    assert "old" not in written
    stored = json.loads(numbers.read_text())
    assert stored["machine"]["cpus"] >= 1
    assert stored["benchmarks"][0]["name"] == "sensitivity"
    assert "EEG LSTM, 2 steps" in capsys.readouterr().out


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["sped"])
    assert "there is no benchmark sped" in capsys.readouterr().err


def test_veriloga_compares_both_forms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    va_models.need_compilers()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(veriloga, "ROWS", 2)
    monkeypatch.setattr(veriloga, "COLUMNS", 2)
    monkeypatch.setattr(veriloga, "TURNS", ("Verilog-A", "B sources"))
    report = veriloga.measure(60)
    assert [row[0] for row in report.tables[0].rows] == ["Verilog-A", "B sources"]
    assert all(row[1] >= 60 for row in report.tables[0].rows)  # type: ignore[operator]
    agreement = report.bars[1]
    assert agreement.met and agreement.measured < 1e-6


@pytest.mark.skipif("nonideality" not in Design.model_fields, reason="needs [[nonideality]]")
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


def test_every_benchmark_has_a_place_in_a_page() -> None:
    pages = [path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")]
    places = [name for page in pages for name in markdown.places(page)]
    assert sorted(places) == sorted(NAMES)
    for page in pages:
        filled = markdown.fill(page, dict.fromkeys(markdown.places(page), "new"))
        assert filled.count("new\n<!-- end") == len(markdown.places(page))


def test_a_page_without_a_place_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    assert main(["eeg", "--markdown", str(page)]) == 1
    assert "there is no such page to fill" in capsys.readouterr().err
    page.write_text("<!-- begin speed -->\n")
    assert main(["eeg", "--markdown", str(page)]) == 1
    assert "the page has no place for eeg" in capsys.readouterr().err
    with pytest.raises(markdown.MarkError, match="no '<!-- begin speed -->'"):
        markdown.fill(page.read_text(), {"speed": "new"})


def test_a_report_shows_missed_bars() -> None:
    bars = (Bar("mean", 0.5, 0.2, "%"), Bar("ratio", 25.0, 20.0, "times", at_least=True))
    made = table("A|B", ["a|b", "n:.1f"], [["x", 1.25], ["y", None]])
    report = Report("name", "command", (made,), bars)
    assert [bar.met for bar in bars] == [False, True]
    assert "mean: 0.5 %, bar <= 0.2: MISSED" in report.as_text()
    assert "ratio: 25 times, bar >= 20: met" in report.as_markdown()
    assert "| a\\|b | n |\n| --- | ---: |\n| x | 1.2 |\n| y | - |" in report.as_markdown()
    assert [entry["met"] for entry in report.as_dict()["bars"]] == [False, True]
