"""The layers benchmark: one kind of each table, short."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import layers


def test_two_kinds_give_their_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ngspice_program: str
) -> None:
    few = [kind for kind in layers.kinds() if kind[0] in ("rnn tanh", "gru reset after")]
    monkeypatch.setattr(layers, "kinds", lambda: few)
    monkeypatch.setattr(layers, "SERIAL", ("gru reset after",))
    report = layers.measure(2)
    accuracy, serial = report.tables
    assert [row[0] for row in accuracy.rows] == ["gru reset after", "rnn tanh"]
    assert [row[1] for row in serial.rows] == [1, 2, 4]
    tias = [row[3] for row in serial.rows]
    assert tias == [32, 16, 8]
    assert all(bar.met for bar in report.bars)
