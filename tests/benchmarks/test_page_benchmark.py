"""The benchmark of pages on short runs."""

from __future__ import annotations

import shutil

import pytest

from benchmarks import page


def test_pages_are_measured(monkeypatch: pytest.MonkeyPatch, ngspice_program: str) -> None:
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not any(map(shutil.which, page.PROGRAMS)):
        pytest.skip("no Chromium is installed")
    monkeypatch.setattr(page, "REPEATS", 1)
    monkeypatch.setattr(page, "RUNS", 4)
    monkeypatch.setattr(page, "LONG_POINTS", 20_000)
    report = page.measure(10)
    sizes, answers = report.tables
    assert len(sizes.rows) == 3
    assert all(0 < row[3] < 30 for row in sizes.rows)  # type: ignore[operator]
    assert len(answers.rows) == 2 * len(page.INPUTS) + len(page.BATCH_INPUTS)
    assert all(0 < row[2] < 10_000 for row in answers.rows)  # type: ignore[operator]


def test_without_a_browser_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "PROGRAMS", ("no-such-browser",))
    report = page.measure()
    assert report.notes == ("no Chromium is installed",)
    assert report.bars == ()
