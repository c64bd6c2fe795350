"""Sums of a batch against numbers counted by hand, and its figures."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spicegen.batch.store import DATABASE, LOCK, open_locked
from spicegen.batch.summary import Results, load_results, sensitivity, summarise
from spicegen.cli.app import main
from spicegen.errors import InputError


def results(columns: dict[str, list[Any]], *keys: str) -> Results:
    return Results(columns, keys, len(next(iter(columns.values()))))


def test_quantiles_yield_and_worst_corner_counted_by_hand() -> None:
    errors = [1.0, 2.0, 3.0, 4.0, None, 5.0, 6.0, 7.0, 8.0, 9.0]
    table = results(
        {
            "corner": ["fast"] * 5 + ["slow"] * 5,
            "status": ["failed" if error is None else "done" for error in errors],
            "max_error_pct": errors,
            "error": ["TimeLimitError" if error is None else None for error in errors],
        },
        "corner",
    )
    found = summarise(table, limit=3.0)
    whole, fast, slow = found.groups
    assert (whole.runs, whole.median, whole.mean, whole.worst) == (9, 5.0, 5.0, 9.0)
    assert whole.yield_pct == pytest.approx(30.0)  # 3 of 10: what failed is no good device
    assert (fast.runs, fast.median, fast.yield_pct) == (4, 2.5, 60.0)
    assert (slow.runs, slow.median, slow.yield_pct) == (5, 7.0, 0.0)
    assert slow.low == pytest.approx(5.2) and slow.high == pytest.approx(8.8)
    assert found.worst_corner == "slow"
    assert (found.done, found.failed, dict(found.failures)) == (9, 1, {"TimeLimitError": 1})


def test_sensitivity_of_a_sum_is_the_share_of_each_term() -> None:
    """y = 3 a + b + 10 on a full grid: variances of the terms 9 V and V."""
    grid = list(itertools.product(range(5), range(5), range(2)))
    a, b, nothing = (list(column) for column in zip(*grid, strict=True))
    table = results({"a": a, "b": b, "nothing": nothing}, "nothing", "a", "b")
    y = 3.0 * np.array(a) + np.array(b) + 10.0
    found = sensitivity(table, y)
    assert [name for name, _ in found] == ["a", "b", "nothing"]
    assert [share for _, share in found] == pytest.approx([0.9, 0.1, 0.0])
    assert sensitivity(table, np.ones(len(y)))[0][1] == 0.0


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """A directory of a batch with made-up rows."""
    with open_locked(tmp_path / "b") as store:
        store.begin({"sweep": {"device.levels": [2, 4, 8], "form": ["x", "y"]}, "runs": 13})
        generator = np.random.default_rng(1)
        for run, (levels, form, _) in enumerate(itertools.product([2, 4, 8], "xy", range(2))):
            error = float(generator.uniform(1, 2)) * 100.0 / levels
            row = {"run": run, "key": "k", "device.levels": levels, "form": form}
            store.add(row | {"status": "done", "max_error_pct": error, "engine": "e"}, {})
    return tmp_path / "b"


def test_a_batch_that_is_not_complete(batch: Path) -> None:
    found = summarise(load_results(batch), by=["device.levels", "form"])
    assert (found.total, found.done, len(found.groups)) == (13, 12, 7)
    assert found.groups[1].values == {"device.levels": 2, "form": "x"}
    with pytest.raises(InputError, match=r"no such column, got levels; did you mean device.levels"):
        summarise(load_results(batch), by=["levels"])
    with pytest.raises(InputError, match="engine must be a column of numbers, got str"):
        summarise(load_results(batch), "engine")


def test_a_directory_without_a_batch(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this must be the directory of a batch"):
        load_results(tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / DATABASE).touch()  # killed before there was a table
    with pytest.raises(InputError, match="at least one run must be done, got 0 failed"):
        summarise(load_results(tmp_path / "b"))
    (tmp_path / "b" / LOCK).touch()
    with open_locked(tmp_path / "b") as store:
        store.begin({})
    with pytest.raises(InputError, match="at least one run must be done"):
        summarise(load_results(tmp_path / "b"))


FIGURES = {
    "max_error_pct-over-device_levels": ("--x", "device.levels"),
    "max_error_pct-over-form-device_levels": ("--x", "form", "--by", "device.levels"),
    "max_error_pct-box-device_levels-form": ("--x", "device.levels", "--by", "form", "--box"),
    "max_error_pct-heatmap-device_levels-form": (
        "--x", "device.levels", "--by", "form", "--heatmap"
    ),
    "max_error_pct-cdf-form": ("--cdf", "--by", "form"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "options"), FIGURES.items())
def test_figures(
    batch: Path, name: str, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plot", str(batch), *options]) == 0
    path = batch / "figures" / f"{name}.png"
    assert capsys.readouterr().out.strip() == str(path)
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--x", "levels"), "no such column, got levels; did you mean device.levels?"),
        (("--x", "form", "--y", "engine"), "engine must be a column of numbers"),
        (("--by", "form"), "a batch is drawn over a key; add --x KEY"),
        (("--x", "form", "--heatmap"), "a heat map needs two keys; add --by KEY"),
        (("--x", "form", "--box", "--cdf"), "choose one of --box, --heatmap and --cdf"),
        (("h0", "--x", "form"), "options of a batch do not go with those of a run"),
    ],
)
def test_what_cannot_be_drawn(
    batch: Path, options: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plot", str(batch), *options]) == 2
    assert message in capsys.readouterr().err


def test_what_a_heat_map_shows_is_the_median() -> None:
    from spicegen.report.batch import Series, heat_map_figure

    y = np.array([1.0, 2.0, 9.0, 4.0, np.nan, 6.0])
    series = Series("x", "y", "by", [1, 1, 1, 2, 2, 2], y, ["a", "a", "a", "a", "b", "b"])
    axes = heat_map_figure(series).axes[0]
    shown = np.ma.filled(axes.images[0].get_array(), np.nan)
    np.testing.assert_array_equal(shown, [[2.0, 4.0], [np.nan, 6.0]])
    assert {text.get_text() for text in axes.texts} == {"2", "4", "6"}
