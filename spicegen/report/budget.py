"""Figure of the error budget: what each source makes alone, and its share of the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from spicegen.report.panels import legend_above
from spicegen.report.source import FloatArray
from spicegen.report.style import BLUE, ORANGE, QUIET, REFERENCE, house_style, label, new_figure

DECADES = 6.0
"""Shown below the largest error; what is smaller is drawn at the end of the axis."""

Rows = Sequence[Mapping[str, Any]]


def budget_figure(budget: Mapping[str, Any]) -> Figure:
    """A bar per source: root mean square error alone and what is left without it; shares, which
    add to 100 %.

    Args:
        budget: as in result.json.
    """
    rows = [*budget["parts"], budget["interaction"], budget["floor"], budget["total"]]
    colours = [BLUE] * len(budget["parts"]) + [QUIET, QUIET, REFERENCE]
    places = np.arange(len(rows), dtype=np.float64)[::-1]
    title = f"Error budget: most is due to {label(budget['culprit'])}"
    with house_style():
        figure = new_figure(10.0, 1.4 + 0.32 * len(rows), title)
        alone, share = figure.subplots(1, 2, sharey=True, width_ratios=[3, 2])
        _draw_alone(alone, places, rows, colours)
        _draw_share(share, places, rows, colours)
        alone.set_yticks(places, [label(str(row["name"])) for row in rows])
        for axes in (alone, share):
            axes.grid(visible=False, axis="y")
    return figure


def _draw_alone(axes: Axes, places: FloatArray, rows: Rows, colours: list[str]) -> None:
    """Errors over decades."""
    rms = np.array([row["rms_pct"] for row in rows])
    least = max(rms.max(), 1e-12) * 10**-DECADES
    axes.barh(places, np.maximum(rms, least), 0.62, color=colours, label="alone")
    rest = [(p, row["rms_without_pct"]) for p, row in zip(places, rows, strict=True)]
    left = np.array([each for each in rest if each[1] is not None]).reshape(-1, 2)
    axes.plot(
        np.maximum(left[:, 1], least), left[:, 0], "D", color=ORANGE, markersize=5,
        label="left without it",
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(0.8 * least, 3 * max(rms.max(), left[:, 1].max(initial=least)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda error, _: f"{error:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("root mean square error (% of full scale)")
    legend_above(axes)


def _draw_share(axes: Axes, places: FloatArray, rows: Rows, colours: list[str]) -> None:
    """Shares on a linear axis, with their numbers."""
    share = np.array([row["share_pct"] for row in rows])
    axes.barh(places, share, 0.62, color=colours)
    for place, value in zip(places, share, strict=True):
        text = f"{value:.1f} %" if abs(value) >= 0.05 else "0"
        axes.annotate(
            text, (max(value, 0.0), place), (4, 0), textcoords="offset points", va="center",
            fontsize=8,
        )  # fmt: skip
    axes.axvline(0.0, color=QUIET, linewidth=0.8)
    axes.set_xlim(min(1.15 * share.min(), 0.0), 1.2 * share.max())
    axes.set_xlabel("share of the total (%)")
