"""Any saved signals over time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import cycle, islice, product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spicegen.errors import InputError
from spicegen.report.source import FloatArray
from spicegen.report.style import CYCLE, house_style, label, new_figure
from spicegen.report.traces import cut, interval, time_axis, time_scale
from spicegen.report.units import Scale, axis_scale
from spicegen.waveforms import Waveforms

_QUANTITIES = {"V": "voltage", "A": "current"}
_CLOCK = re.compile(r"phi_\w+")
MOST_SIGNALS = 60
_LEGEND_ROWS = 20
Trace = tuple[str, FloatArray, FloatArray]


def plot_signals(
    waveforms: Waveforms,
    names: Sequence[str],
    t_from_s: float | None = None,
    t_to_s: float | None = None,
    *,
    stacked: bool = False,
    title: str = "",
) -> Figure:
    """Saved signals over time, without losing spikes.

    Args:
        waveforms: of a run.
        names: signals, friendly or raw, each once.
        t_from_s, t_to_s: interval, s; an open end is that of the simulation.
        stacked: one panel per signal instead of one per unit.
        title: above the panels.
    Returns:
        the figure; `save_figure` writes it.
    Raises:
        InputError: no signal or too many, an unknown one (the nearest is named), or an
            impossible interval.
    """
    names = list(dict.fromkeys(names))
    if not names:
        raise InputError("signals", "there must be at least one to draw", None, "name one")
    if len(names) > MOST_SIGNALS:
        raise InputError(
            "signals", f"at most {MOST_SIGNALS} fit into a figure", len(names), "draw fewer at once"
        )
    groups = _groups(waveforms, names, stacked)
    start, end = interval(waveforms, t_from_s, t_to_s)
    time = time_scale(start, end)
    with house_style():
        heights = [_height(len(members), stacked) for _, members in groups]
        width = 8.0 + max(_legend_width([label(n) for n in members]) for _, members in groups)
        figure = new_figure(width, 1.2 + sum(heights), label(title))
        panels = figure.subplots(len(groups), 1, sharex=True, squeeze=False, height_ratios=heights)[
            :, 0
        ]
        for axes, (unit, members) in zip(panels, groups, strict=True):
            traces = [(name, *cut(waveforms, name, start, end)) for name in members]
            _draw(axes, traces, unit, time)
        figure.align_ylabels(panels)
        time_axis(panels[-1], start, end, time)
    return figure


def _groups(
    waveforms: Waveforms, names: Sequence[str], stacked: bool
) -> list[tuple[str, list[str]]]:
    """(unit, signals) of each panel, in the order in which the units come first."""
    units = [(waveforms[name].unit, name) for name in names]
    if stacked:
        return [(unit, [name]) for unit, name in units]
    groups: dict[tuple[bool, str], list[str]] = {}
    for unit, name in units:
        # beside a clock's full swing nothing could be read
        groups.setdefault((bool(_CLOCK.fullmatch(name)), unit), []).append(name)
    return [(unit, members) for (_, unit), members in groups.items()]


def _draw(axes: Axes, traces: Sequence[Trace], unit: str, time: Scale) -> None:
    scale = axis_scale(max(_largest(values) for _, _, values in traces), unit)
    looks = islice(cycle(product(("-", "--", ":", "-."), CYCLE)), len(traces))
    for (name, t_s, values), (dash, colour) in zip(traces, looks, strict=True):
        axes.plot(
            t_s / time.factor,
            values / scale.factor,
            color=colour,
            linestyle=dash,
            label=label(name),
        )
    quantity = _QUANTITIES.get(unit, "value")
    axes.set_ylabel(f"{quantity} ({scale.unit})" if unit else quantity)
    if len(traces) == 1:
        axes.set_title(label(traces[0][0]))
        return
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        borderaxespad=0.0,
        ncols=_columns(len(traces)),
    )


def _largest(values: FloatArray) -> float:
    finite = values[np.isfinite(values)]
    return float(np.abs(finite).max()) if finite.size else 0.0


def _columns(traces: int) -> int:
    """Columns of a legend."""
    return 1 + (traces - 1) // _LEGEND_ROWS


def _height(traces: int, stacked: bool) -> float:
    """Inches of a panel whose legend stands beside it."""
    return 1.2 if stacked else max(2.8, 0.22 * min(traces, _LEGEND_ROWS))


def _legend_width(texts: Sequence[str]) -> float:
    """Inches that a legend takes, about; none where a title serves."""
    if len(texts) == 1:
        return 0.0
    return _columns(len(texts)) * (0.6 + 0.08 * max(map(len, texts)))
