"""Figure of the errors: over time, and how often each size occurs."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, NullFormatter

from spicegen.accuracy import error_pct
from spicegen.report.outputs import DOTS, FEW
from spicegen.report.panels import legend_above
from spicegen.report.source import FloatArray, Source, rows
from spicegen.report.style import (
    BLUE,
    BUCKETS,
    QUIET,
    VERMILLION,
    house_style,
    new_figure,
    whole_numbers,
)
from spicegen.waveforms import min_max

BINS = 40
LEAST_PERCENTILE = 1.0
"""Errors below this one are drawn at the lower end of the axis."""


def error_figure(source: Source) -> Figure:
    """Mean and largest error over outputs at each step, and a histogram of all errors."""
    accuracy = source.run.accuracy
    errors = error_pct(rows(source.run.outputs), rows(source.run.reference))
    floor = _floor(errors)
    visible = np.maximum(errors, floor)
    with house_style():
        figure = new_figure(
            10.0,
            4.2,
            f"Output error: mean {accuracy.mean_error_pct:.2g} %, "
            f"max {accuracy.max_error_pct:.2g} % of full scale",
        )
        over_time, histogram = figure.subplots(1, 2, sharey=True, width_ratios=[3, 1])
        mean = np.maximum(errors.mean(axis=1), floor)
        joined = source.outputs_per_sample > 1 or mean.size > FEW
        _draw_over_time(over_time, visible, mean, {"linewidth": 0.9} if joined else DOTS)
        over_time.axhline(
            max(accuracy.mean_error_pct, floor), color=QUIET, linestyle="--", label="overall mean"
        )
        over_time.set_xlabel(source.step_word)
        legend_above(over_time)
        _draw_histogram(histogram, errors)
        if (errors < floor).any():
            _name_lowest_bar(histogram, floor)
        histogram.set_title(f"all outputs and {source.step_word.split()[-1]}s")
    return figure


def _floor(errors: FloatArray) -> float:
    """The lower end of the logarithmic axis, %: above zero, whatever the errors are."""
    positive = errors[errors > 0]
    if not positive.size:
        return 1e-12
    return float(np.percentile(positive, LEAST_PERCENTILE))


def _draw_over_time(
    axes: Axes, visible: FloatArray, mean: FloatArray, look: dict[str, Any]
) -> None:
    step = np.arange(mean.size, dtype=np.float64)
    axes.plot(
        *min_max(step, visible.max(axis=1), BUCKETS),
        color=VERMILLION,
        label="largest over outputs",
        **look,
    )
    axes.plot(
        *min_max(step, mean, BUCKETS),
        color=BLUE,
        label="mean over outputs",
        **look,
    )
    axes.set_yscale("log")
    top = 10.0 ** np.ceil(np.log10(visible.max()))
    axes.set_ylim(0.8 * visible.min(), max(top, 10 * visible.min()))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda error, _: f"{error:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(*((-0.7, mean.size - 0.3) if mean.size <= FEW else (0, mean.size)))
    axes.xaxis.set_major_locator(whole_numbers())
    axes.set_ylabel("error (% of full scale)")


def histogram_of(errors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Edges of bins of equal ratio, %, (bins + 1,), and the share of all errors in each, %.

    The lowest bin also counts what is smaller.
    """
    floor = _floor(errors)
    visible = np.maximum(errors, floor)
    top = max(float(visible.max()), floor * 10.0)
    edges = np.geomspace(floor * (1 - 1e-9), top * (1 + 1e-9), BINS + 1)
    return edges, np.histogram(visible, edges)[0] * (100.0 / visible.size)


def _draw_histogram(axes: Axes, errors: FloatArray) -> None:
    edges, counts = histogram_of(errors)
    axes.barh(edges[:-1], counts, np.diff(edges), align="edge", color=BLUE, alpha=0.7, linewidth=0)
    axes.set_xlabel("share of values")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:g} %"))


def _name_lowest_bar(axes: Axes, floor: float) -> None:
    """Say that the lowest bar also counts what is too small for the axis."""
    bar = axes.patches[0]
    assert isinstance(bar, Rectangle)
    axes.annotate(
        f"up to {floor:.1g} %",
        (bar.get_width(), bar.get_y()),
        (4, -1),
        textcoords="offset points",
        fontsize=9,
    )
