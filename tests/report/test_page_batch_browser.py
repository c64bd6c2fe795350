"""The page of a batch: complete, quiet, and it filters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from browser_pages import Open
from page_runs import HOPELESS

from spicegen.batch.summary import load_results, summarise

ROWS = "document.querySelectorAll('#rows tbody tr').length"
SECTIONS = ("overview", "plan", "summary", "distributions", "sensitivity", "runs", "failures")


def test_it_is_complete_and_quiet(batch_report: Path, opened: Open) -> None:
    found = opened(batch_report)
    page = found.page
    for section in SECTIONS:
        assert page.locator(f"section#{section}").is_visible(), section
    assert page.locator("#distributions canvas").count() == 2
    assert page.locator("#parallel canvas").count() == 1
    assert page.locator("#failures tbody tr").count() == 4
    assert "TimeLimitError" in page.locator("#failures").inner_text()
    assert HOPELESS in page.locator("#failures tbody tr").first.inner_text()
    assert page.locator("main b:text('hopeless')").count() == 0
    assert found.complaints == []
    assert found.requests == [batch_report.absolute().as_uri()]


def test_values_equal_the_summary(batch: Path, batch_report: Path, opened: Open) -> None:
    page = opened(batch_report).page
    summary = summarise(load_results(batch))
    rows = page.locator("#summary [data-metric='max_error_pct'] tr")
    for index, group in enumerate(summary.groups):
        cells = rows.nth(index + 1).locator("data")
        told = [float(cells.nth(k).get_attribute("value") or "") for k in range(cells.count())]
        expected = [group.low, group.median, group.high, group.mean, group.worst, group.yield_pct]
        assert told == [value for value in expected if np.isfinite(value)]
    ranked = page.locator("#sensitivity [data-metric='max_error_pct'] td.mono").all_inner_texts()
    assert ranked == [key for key, _ in summary.sensitivity]


def test_the_yield_curve_is_the_share_of_runs(
    batch: Path, batch_report: Path, opened: Open
) -> None:
    page = opened(batch_report).page
    limits, shares = page.evaluate("charts.shares.data.map((column) => Array.from(column))")
    results = load_results(batch)
    errors = np.sort(results.numbers("max_error_pct")[results.done])
    assert limits == pytest.approx(errors)
    assert shares == pytest.approx(100 * np.arange(1, len(errors) + 1) / len(results.done))


def test_a_range_of_an_axis_keeps_its_runs(batch: Path, batch_report: Path, opened: Open) -> None:
    found = opened(batch_report)
    page = found.page
    found.until(f"{ROWS} === 8")
    page.locator("#parallel").scroll_into_view_if_needed()
    axis = "parallel.axes.findIndex((axis) => axis.name === 'max_error_pct')"
    box = page.locator("#parallel canvas").bounding_box()
    x, top, bottom = page.evaluate(f"[parallel.x({axis}), parallel.y(1), parallel.y(0.5)]")
    page.mouse.move(box["x"] + x, box["y"] + top - 2)
    page.mouse.down()
    page.mouse.move(box["x"] + x, box["y"] + bottom, steps=3)
    page.mouse.up()
    results = load_results(batch)
    errors = results.numbers("max_error_pct")[results.done]
    kept = int((errors >= (errors.min() + errors.max()) / 2).sum())
    found.until(f"{ROWS} === {kept}")  # a failed run has no place there
    assert page.locator("#kept").inner_text() == f"{kept} of 8 runs"
    page.locator("#release").click()
    found.until(f"{ROWS} === 8")
    assert found.complaints == []


def test_another_metric_and_groups(batch_report: Path, opened: Open) -> None:
    found = opened(batch_report)
    page = found.page
    page.locator("#by").select_option("nonideality.0.sigma")
    legend = page.locator("#charts .shares .u-legend").inner_text()
    assert "nonideality.0.sigma = 0.01" in legend
    assert "nonideality.0.sigma = 0.05" in legend
    page.locator("#metric").select_option("rmse")
    assert not page.locator("#summary [data-metric='max_error_pct']").is_visible()
    assert page.locator("#summary [data-metric='rmse']").is_visible()
    assert "rmse" in page.locator("#charts .counts").inner_text()
    assert found.complaints == []
