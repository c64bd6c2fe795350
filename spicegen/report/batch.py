"""Figures of a batch: a metric over a key, as quantiles, boxes, a heat map or distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from spicegen.report.style import CYCLE, house_style, label, new_figure

FloatArray = NDArray[np.float64]
LOW, HIGH = 0.05, 0.95
WIDE = 30.0
"""Ratio of largest to smallest value from which on an axis is logarithmic."""
MOST_CELLS_WITH_NUMBERS = 150


@dataclass(frozen=True, slots=True)
class Series:
    """What is drawn.

    Attributes:
        x_name, y_name, by_name: columns; `by_name` may be empty.
        x: (runs,) values of the key, numbers or texts.
        y: (runs,) the metric; NaN where a run failed.
        by: (runs,) values of the second key; empty where there is none.
    """

    x_name: str
    y_name: str
    by_name: str
    x: Sequence[Any]
    y: FloatArray
    by: Sequence[Any]

    def groups(self) -> list[tuple[str, NDArray[np.bool_]]]:
        """Label and members, (runs,), of each value of the second key."""
        if not self.by_name:
            return [("", np.ones(len(self.y), dtype=bool))]
        return [(label(_text(value)), _members(self.by, value)) for value in ordered(self.by)]


def quantile_figure(series: Series) -> Figure:
    """Median over the key, with the band from 5 % to 95 %."""
    with house_style():
        figure, axes = _axes(series)
        values = ordered(series.x)
        at = _positions(axes, values, series.x_name)
        for colour, (name, members) in zip(_colours(), series.groups(), strict=False):
            parts = [_finite(series.y[members & _members(series.x, value)]) for value in values]
            known = [k for k, part in enumerate(parts) if len(part)]
            low, middle, high = (
                [float(np.quantile(parts[k], q)) for k in known] for q in (LOW, 0.5, HIGH)
            )
            where = [at[k] for k in known]
            axes.plot(where, middle, "o-", color=colour, label=name, markersize=4)
            if any(len(part) > 1 for part in parts):
                axes.fill_between(where, low, high, color=colour, alpha=0.2, linewidth=0)
        _finish(axes, series)
    return figure


def box_figure(series: Series) -> Figure:
    """A box per value of the key: quartiles, whiskers at 5 % and 95 %, the rest as dots."""
    with house_style():
        figure, axes = _axes(series)
        values, groups = ordered(series.x), series.groups()
        width = 0.8 / len(groups)
        for number, (colour, (name, members)) in enumerate(zip(_colours(), groups, strict=False)):
            parts = [_finite(series.y[members & _members(series.x, value)]) for value in values]
            shift = (number - (len(groups) - 1) / 2) * width
            axes.boxplot(
                parts,
                positions=np.arange(len(values)) + shift,
                widths=0.9 * width,
                whis=(100 * LOW, 100 * HIGH),
                manage_ticks=False,
                patch_artist=True,
                boxprops={"facecolor": colour, "alpha": 0.4},
                medianprops={"color": "black"},
                flierprops={"markersize": 2, "markerfacecolor": colour, "markeredgewidth": 0},
            )
            axes.plot([], [], color=colour, linewidth=6, alpha=0.4, label=name)
        axes.set_xticks(range(len(values)), [label(_text(value)) for value in values])
        axes.set_xlabel(label(series.x_name))
        _finish(axes, series)
    return figure


def cdf_figure(series: Series) -> Figure:
    """Share of runs up to each value of the metric: the yield at any limit."""
    with house_style():
        figure = new_figure(7.0, 4.2)
        axes = figure.subplots()
        for colour, (name, members) in zip(_colours(), series.groups(), strict=False):
            own = np.sort(_finite(series.y[members]))
            share = 100.0 * np.arange(1, len(own) + 1) / max(1, int(members.sum()))
            axes.step(own, share, where="post", color=colour, label=name)
        if _wide(series.y):
            _logarithmic(axes, "x")
        axes.set_xlabel(label(series.y_name))
        axes.set_ylabel("runs (%)")
        axes.set_ylim(0, 101)
        if series.by_name:
            _legend(axes, series)
    return figure


def heat_map_figure(series: Series) -> Figure:
    """Median of the metric over two keys."""
    with house_style():
        columns, rows = ordered(series.x), ordered(series.by)
        medians = np.array(
            [
                [_median(series.y[_members(series.x, x) & _members(series.by, y)]) for x in columns]
                for y in rows
            ]
        )
        figure = new_figure(min(14.0, 3.0 + 0.62 * len(columns)), min(9.0, 1.8 + 0.42 * len(rows)))
        axes = figure.subplots()
        norm: Any = "log" if _wide(medians) else "linear"
        image = axes.imshow(medians, aspect="auto", origin="lower", cmap="viridis_r", norm=norm)
        bar = figure.colorbar(image, label=label(series.y_name), ax=axes)
        if norm == "log":
            _plain_numbers(bar.ax.yaxis)
        axes.set_xticks(range(len(columns)), [_text(value) for value in columns])
        axes.set_yticks(range(len(rows)), [_text(value) for value in rows])
        axes.set_xlabel(label(series.x_name))
        axes.set_ylabel(label(series.by_name))
        axes.grid(visible=False)
        if medians.size <= MOST_CELLS_WITH_NUMBERS:
            _write_numbers(axes, medians, image)
    return figure


def ordered(values: Sequence[Any]) -> list[Any]:
    """Each value once: numbers by size, texts as they first occur."""
    once = list(dict.fromkeys(value for value in values if value is not None))
    numeric = all(isinstance(value, int | float) for value in once)
    return sorted(once) if numeric else once


def _axes(series: Series) -> tuple[Figure, Axes]:
    figure = new_figure(7.0, 4.2)
    return figure, figure.subplots()


def _colours() -> tuple[str, ...]:
    return CYCLE * 4


def _positions(axes: Axes, values: list[Any], name: str) -> list[float]:
    """Where values stand on the axis: numbers by size, texts side by side."""
    axes.set_xlabel(label(name))
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        if _wide(np.array(values, dtype=np.float64)):
            _logarithmic(axes, "x")
        return [float(value) for value in values]
    axes.set_xticks(range(len(values)), [label(_text(value)) for value in values])
    return [float(k) for k in range(len(values))]


def _finish(axes: Axes, series: Series) -> None:
    if _wide(series.y):
        _logarithmic(axes, "y")
    axes.set_ylabel(label(series.y_name))
    if series.by_name:
        _legend(axes, series)


def _legend(axes: Axes, series: Series) -> None:
    """Beside the axes, where no curve can be."""
    axes.legend(title=label(series.by_name), loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _logarithmic(axes: Axes, direction: Literal["x", "y"]) -> None:
    if direction == "x":
        axes.set_xscale("log")
        _plain_numbers(axes.xaxis)
    else:
        axes.set_yscale("log")
        _plain_numbers(axes.yaxis)


def _plain_numbers(axis: Axis) -> None:
    """1, 2, 5, 10, ... in digits, as powers would need a mathematical font."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _write_numbers(axes: Axes, medians: FloatArray, image: Any) -> None:
    for (row, column), value in np.ndenumerate(medians):
        if np.isfinite(value):
            dark = image.norm(value) > 0.5
            axes.text(
                column,
                row,
                f"{value:.2g}",
                ha="center",
                va="center",
                fontsize=7,
                color="white" if dark else "black",
            )


def _members(values: Sequence[Any], value: Any) -> NDArray[np.bool_]:
    return np.array([other == value for other in values], dtype=bool)


def _finite(values: FloatArray) -> FloatArray:
    return values[np.isfinite(values)]


def _median(values: FloatArray) -> float:
    own = _finite(values)
    return float(np.median(own)) if len(own) else float("nan")


def _wide(values: FloatArray) -> bool:
    """Whether values span so much that only a logarithmic axis shows them all."""
    own = _finite(np.asarray(values))
    return bool(len(own) and own.min() > 0 and own.max() > WIDE * own.min())


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
