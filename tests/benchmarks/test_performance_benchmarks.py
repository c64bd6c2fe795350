"""Benchmarks of performance on tiny sizes; other programs must give the same answers."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

import spicegen as sg
from benchmarks import (
    emission,
    growth,
    naive,
    networks,
    overhead,
    partition,
    readers,
    reference,
    static,
)
from benchmarks.naive_deck import naive_lstm
from benchmarks.pyspice_circuit import crossbar_text
from benchmarks.turns import in_turns, median_ratio, peer
from spicegen.network import Lstm


def test_sides_take_turns() -> None:
    order: list[str] = []
    sides = {name: lambda name=name: order.append(name) or len(order) for name in "ab"}  # type: ignore[misc]
    assert in_turns("test", sides, 2) == {"a": [1, 3], "b": [2, 4]}
    assert order == ["a", "b", "a", "b"]
    assert median_ratio([2.0, 9.0, 8.0], [1.0, 3.0, 2.0]) == 3.0


def test_the_naive_deck_computes_the_network(ngspice_program: str) -> None:
    network, inputs = networks.lstm(3, 2, 6, 0.8)
    (layer,) = network.layers
    assert isinstance(layer, Lstm)
    deck = naive_lstm(layer, inputs, 4, sg.Design())
    *_, elements, accuracy = naive.simulate_naive(deck, network, inputs[:4])
    assert accuracy.max_error_pct < 0.05
    assert min(accuracy.full_scale) > 0.05
    # sources: inputs x steps, bias, two clocks; crossbar pairs; 20 + 5 elements per column
    assert elements > 3 * 6 + 3 + 2 * 8 * 6


def test_naive_compares_both(monkeypatch: pytest.MonkeyPatch, ngspice_program: str) -> None:
    monkeypatch.setattr(naive, "UNITS", 2)
    monkeypatch.setattr(naive, "PAIRS", 1)
    report = naive.measure(2)
    assert [row[0] for row in report.tables[0].rows] == [
        "naive deck, first 2 of 2 steps",
        "ours, as plain as the naive one, all steps",
        "ours, default design, one run",
    ]
    assert all(row[5] < 1.0 for row in report.tables[0].rows)  # type: ignore[operator]


def test_readers_read_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "SHAPES", (8,))
    report = readers.measure(size_mb=0.01)
    names = [str(row[0]).split()[0] for row in report.tables[0].rows]
    expected = ["spicegen"] + ["spicelib"] * (peer("spicelib") is not None)
    assert names[: len(expected)] == expected
    assert len(names) + len(report.notes) == len(readers.installed()) + 1


def test_a_reader_with_wrong_values_is_found() -> None:
    truth = np.zeros((2, 4))
    assert readers._complaint(lambda: (0.0, truth), truth) == ""
    assert "other values" in readers._complaint(lambda: (0.0, truth + 1.0), truth)


def test_emission_counts_every_memristor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emission, "PAIRS", 1)
    report = emission.measure(sizes=(4, 8), pyspice_size=4)
    assert [row[:2] for row in report.tables[0].rows] == [
        ("4 x 4", 2 * 4 * 4),
        ("8 x 8", 2 * 8 * 8),
    ]
    assert len(report.tables[1].rows) == 2


def test_pyspice_writes_every_memristor() -> None:
    pytest.importorskip("PySpice")
    r_ohm = np.arange(1.0, 13.0).reshape(2, 2, 3) * 1e3
    lines = [line.split() for line in crossbar_text(r_ohm).splitlines() if line[0] == "R"]
    assert len(lines) == 12
    assert lines[-1][:3] == ["Rneg1_2", "wl_neg1", "bl2"]
    assert sum(float(line[3]) for line in lines) == r_ohm.sum()


def test_static_runs_its_cases(monkeypatch: pytest.MonkeyPatch, ngspice_program: str) -> None:
    small = static.Case(
        "small",
        lambda: networks.mlp(4, 3, 2, samples=5),
        1,
        s_total=60.0,
        max_pct=1.0,
        classes=True,
    )
    monkeypatch.setitem(static.CASES, "small", small)
    found = static.case_here("small")
    assert found["points"] == 5
    assert found["max_pct"] < 1.0
    monkeypatch.setattr(static, "python_json", lambda module, name: found)
    monkeypatch.setattr(static, "PAIRS", 1)
    report = static.measure(3, ("small",))
    apart = next(bar for bar in report.bars if "settled" in bar.what)
    assert apart.measured < 0.05  # full scale is small after three steps
    assert [bar.what for bar in report.bars if "small" in bar.what] == [
        "small: everything", "small: max error", "small: argmax agrees with the reference",
    ]  # fmt: skip


def test_partition_compares_the_same_network(
    monkeypatch: pytest.MonkeyPatch, ngspice_program: str
) -> None:
    monkeypatch.setattr(networks, "TRAINING", 100)
    monkeypatch.setattr(partition, "classifier", partial(networks.classifier, hidden=4))
    monkeypatch.setattr(partition, "PAIRS", 1)
    monkeypatch.setattr(partition, "python_json", lambda _, *words: _here(*map(int, words)))
    report = partition.measure(3)
    names = [row[0] for row in report.tables[0].rows]
    assert names == [partition.WHOLE, partition.CUT, partition.PINNED]
    apart = report.bars[1]
    assert apart.met


def _here(jobs: int, *others: int) -> dict[str, object]:
    """Without a process of its own, which would not know what the test has changed."""
    return partition.run_here(jobs, None, others[-1])


def test_growth_fits_a_line_and_draws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ngspice_program: str
) -> None:
    monkeypatch.setattr(growth, "SIZES", {"transient": (2, 3)})
    monkeypatch.setattr(growth, "UNIT_STEPS", {"transient": 6})
    monkeypatch.setattr(growth, "STEPS", {"transient": (1, 2, 4, 9)})
    monkeypatch.setattr(growth, "REPEATS", 1)
    report = growth.measure(4)
    by_size, by_steps = report.tables
    assert [row[:2] for row in by_size.rows] == [("transient", 2), ("transient", 3)]
    assert [row[0] for row in by_steps.rows] == [1, 2, 4]
    growth.draw(report, tmp_path / "growth.png")
    assert (tmp_path / "growth.png").stat().st_size > 1000


def test_a_straight_line_is_found() -> None:
    steps = np.array([10.0, 100.0, 1000.0])
    np.testing.assert_allclose(growth.straight_line(steps, 0.3 + 0.01 * steps), 0.3 + 0.01 * steps)


def test_overhead_parts_make_up_the_whole(ngspice_program: str) -> None:
    report = overhead.measure(1, turns=1)
    assert [row[0] for row in report.tables[0].rows] == [overhead.OURS, overhead.BARE]
    *parts, whole = (row[1] for row in report.tables[1].rows)
    assert sum(parts) == pytest.approx(whole)  # type: ignore[arg-type]


def test_the_reference_is_that_of_other_frameworks(monkeypatch: pytest.MonkeyPatch) -> None:
    if not (peer("torch") or (peer("onnxruntime") and peer("onnx"))):
        pytest.skip("no other framework is installed")
    monkeypatch.setattr(reference, "SAMPLES", 3)
    monkeypatch.setattr(networks, "TRAINING", 100)
    monkeypatch.setattr(reference, "PAIRS", 1)
    report = reference.measure(7)
    assert report.bars
    assert all(bar.met for bar in report.bars)


def test_the_classifier_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "TRAINING", 1000)
    network, images = networks.classifier(100, hidden=32)
    assert images.shape == (100, 784)
    assert networks.accuracy(network, 100) > 0.5  # of ten classes
