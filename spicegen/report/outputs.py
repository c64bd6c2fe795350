"""Figure of the outputs: inputs, and analog outputs over the reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spicegen.accuracy import error_pct
from spicegen.errors import InputError
from spicegen.report.panels import legend_above
from spicegen.report.source import FloatArray, Source, rows
from spicegen.report.style import (
    ANALOG,
    BUCKETS,
    CYCLE,
    REFERENCE,
    house_style,
    new_figure,
    whole_numbers,
)
from spicegen.waveforms import min_max

ZOOM_STEPS = 60
FEW = 100
"""Up to so many values on an axis, each gets a dot."""
_SHOWN_INPUTS = 3
DOTS = {"linestyle": "none", "marker": "o", "markersize": 3.5}
_RINGS = {"linestyle": "none", "marker": "o", "markersize": 7.0, "markerfacecolor": "none"}
_LINES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "many": ({"linewidth": 2.2}, {"linewidth": 0.9}),
    "few": ({"linewidth": 1.2}, DOTS),
    "samples": (_RINGS, DOTS),
}
"""Looks of reference and analog values."""


def outputs_figure(source: Source, channels: Sequence[int] | None = None) -> Figure:
    """Inputs, and analog outputs over the reference: the whole run, and a part of it.

    Args:
        source: the run.
        channels: outputs to show; by default the worst, the median and the best one.
    Raises:
        InputError: no such output.
    """
    ranks = ranked_channels(source) if channels is None else _named(source, channels)
    inputs = _shown_inputs(source, list(ranks))
    total, (first, last) = rows(source.run.reference).shape[0], _zoom(source)
    columns = [(0, total), (first, last)] if last - first < total else [(0, total)]
    panels = len(ranks) + (inputs is not None)
    with house_style():
        figure = new_figure(11.0, 1.2 + 1.65 * panels, "Analog outputs over the reference")
        grid = figure.subplots(
            panels,
            len(columns),
            squeeze=False,
            sharex="col",
            sharey="row",
            width_ratios=[2, 1][: len(columns)],
        )
        for place, (start, end) in zip(grid.T, columns, strict=True):
            if inputs is not None:
                _draw_inputs(place[0], source, inputs, start, end)
            for axes, channel in zip(place[panels - len(ranks) :], ranks, strict=True):
                _draw_output(axes, source, channel, start, end)
            place[-1].set_xlabel(source.step_word)
            place[-1].set_xlim(*((start - 0.7, end - 0.3) if end - start <= FEW else (start, end)))
            place[-1].xaxis.set_major_locator(whole_numbers())
        _titles(grid, source, ranks, inputs, columns)
    return figure


def ranked_channels(source: Source) -> dict[int, str]:
    """Worst, median and best output by mean error, with that word; fewer where there are fewer."""
    errors = np.array([output.mean_error_pct for output in source.run.accuracy.per_output])
    order = np.argsort(-errors, kind="stable")
    places = {"worst": 0, "median": (order.size - 1) // 2, "best": order.size - 1}
    ranks: dict[int, str] = {}
    for word, place in places.items():
        ranks.setdefault(int(order[place]), word if order.size > 1 else "")
    return ranks


def _named(source: Source, channels: Sequence[int]) -> dict[int, str]:
    count = len(source.run.accuracy.per_output)
    for channel in channels:
        if not 0 <= channel < count:
            raise InputError("output", f"must lie in 0 to {count - 1}", repr(channel))
    if not channels:
        raise InputError("outputs", "there must be at least one to draw")
    return dict.fromkeys(channels, "")


def _shown_inputs(source: Source, channels: list[int]) -> list[int] | None:
    """Inputs of the same numbers where inputs and outputs are equally many, else a spread."""
    inputs, outputs = source.inputs, rows(source.run.reference)
    if inputs is None or inputs.shape[0] != outputs.shape[0]:
        return None
    if inputs.shape[1] == outputs.shape[1]:
        return sorted(channels[:_SHOWN_INPUTS])
    spread = np.linspace(0, inputs.shape[1] - 1, min(_SHOWN_INPUTS, inputs.shape[1]))
    return [int(channel) for channel in spread]


def _zoom(source: Source) -> tuple[int, int]:
    """First and behind the last of the values around the largest error."""
    errors = error_pct(rows(source.run.outputs), rows(source.run.reference)).max(axis=1)
    first = int(np.argmax(errors)) - ZOOM_STEPS // 2
    first = max(0, min(first, errors.size - ZOOM_STEPS))
    return first, min(first + ZOOM_STEPS, errors.size)


def _draw_inputs(axes: Axes, source: Source, inputs: list[int], start: int, end: int) -> None:
    assert source.inputs is not None
    joined = source.outputs_per_sample > 1 or end - start > FEW
    look: dict[str, Any] = {"linewidth": 1.0} if joined else DOTS
    for channel, colour in zip(inputs, (CYCLE[0], CYCLE[2], CYCLE[3]), strict=False):
        step, value = _thinned(source.inputs[:, channel], start, end)
        axes.plot(step, value, color=colour, label=f"input {channel}", **look)


def _draw_output(axes: Axes, source: Source, channel: int, start: int, end: int) -> None:
    few = end - start <= FEW
    reference = _thinned(rows(source.run.reference)[:, channel], start, end)
    analog = _thinned(rows(source.run.outputs)[:, channel], start, end)
    line = _LINES["many"]
    if few:  # between samples there is nothing
        line = _LINES["few" if source.outputs_per_sample > 1 else "samples"]
    axes.plot(*reference, color=REFERENCE, label="reference", **line[0])
    axes.plot(*analog, color=ANALOG, label="analog", **line[1])


def _thinned(values: FloatArray, start: int, end: int) -> tuple[FloatArray, FloatArray]:
    return min_max(np.arange(start, end, dtype=np.float64), values[start:end], BUCKETS)


def _titles(
    grid: FloatArray,
    source: Source,
    ranks: dict[int, str],
    inputs: list[int] | None,
    columns: list[tuple[int, int]],
) -> None:
    offset = int(inputs is not None)
    if inputs is not None:
        grid[0, 0].set_title("inputs")
        grid[0, 0].set_ylabel("network units")
        legend_above(grid[0, 0])
    for row, (channel, rank) in enumerate(ranks.items(), start=offset):
        errors = source.run.accuracy.per_output[channel]
        grid[row, 0].set_title(
            f"output {channel}{f' ({rank})' if rank else ''}: error mean "
            f"{errors.mean_error_pct:.2g} %, max {errors.max_error_pct:.2g} % of full scale"
        )
        grid[row, 0].set_ylabel("network units")
    for axes in grid[offset]:
        legend_above(axes)
    if len(columns) > 1:
        start, end = columns[1]
        grid[0, 1].set_title(f"{source.step_word}s {start} to {end - 1}")
