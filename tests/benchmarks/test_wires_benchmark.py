"""The wires benchmark: every table, small."""

from __future__ import annotations

import pytest

from benchmarks import wires

pytestmark = pytest.mark.usefixtures("ngspice_program")


def test_wires_compares_both_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wires, "DROP_SIZES", {16: 1.2})
    monkeypatch.setattr(wires, "SPEED", ((8, 1, 0.0),))
    monkeypatch.setattr(wires, "FOLD_SIZES", (8,))
    monkeypatch.setattr(wires, "SOLVED", 16)
    monkeypatch.setattr(wires, "TURNS", 1)
    monkeypatch.setattr(wires, "COMPENSATED", 8)
    report = wires.measure(2)
    drop, *_, compensated, speed = report.tables
    assert drop.rows[0][2] == pytest.approx(1.2, abs=0.1)  # the loss that was known
    assert [row[0] for row in compensated.rows[:2]] == ["no wires", "wires"]
    assert [row[1] for row in speed.rows] == ["reduced", "full"]
    exact = [bar for bar in report.bars if "against" in bar.what]
    assert len(exact) >= 2
    assert all(bar.met for bar in exact)
