"""Figure of the crossbars: conductance pairs as heat maps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from spicegen.errors import InputError
from spicegen.report.source import Crossbar, FloatArray
from spicegen.report.style import house_style, label, new_figure, whole_numbers
from spicegen.report.units import MICRO

PER_FIGURE = 6
"""Crossbars on one page."""
MICRO_SIEMENS = 1e-6
SPAN = 5.0
NO_DEVICE = "#d8d8d8"


def conductance_figure(crossbars: Sequence[Crossbar]) -> Figure:
    """g_pos and g_neg of each crossbar, word lines downwards, one colour scale for all.

    With a reference column these are the reference, the same for every bit line, and the weights.
    Where no device stands, the map is grey. Where finite levels or non-idealities moved the
    devices, a third column shows by how much the difference of each pair is off.

    Args:
        crossbars: from input to output.
    Raises:
        InputError: there are none.
    """
    if not crossbars:
        raise InputError("conductances", "there must be at least one crossbar to draw")
    arrays = [g for each in crossbars for g in (each.g_pos_siemens, each.g_neg_siemens)]
    norm = _colour_scale(np.concatenate([g[g > 0] for g in arrays]) / MICRO_SIEMENS)
    with house_style():
        deviations = [each.deviation_siemens for each in crossbars]
        off = any(deviation is not None for deviation in deviations)
        height = 0.9 + 2.3 * len(crossbars)
        figure = new_figure(13.5 if off else 10.0, height, "Conductance pairs of the crossbars")
        grid = figure.subplots(len(crossbars), 3 if off else 2, squeeze=False)
        for (left, right, *_), each in zip(grid, crossbars, strict=True):
            size = "{} word lines, {} bit lines".format(*each.g_pos_siemens.shape)
            name = label(each.name)
            first, second = ("reference", "weights") if each.shared else ("g_pos", "g_neg")
            image = _heat_map(left, each.g_pos_siemens, norm, f"{name}, {first}: {size}")
            _heat_map(right, each.g_neg_siemens, norm, f"{name}, {second}")
            left.set_ylabel("word line")
        for axes in grid[-1]:
            axes.set_xlabel("bit line")
        if off:
            _deviation_maps(figure, list(grid[:, 2]), crossbars, deviations)
        bar = figure.colorbar(image, ax=grid[:, :2], pad=0.02, aspect=15 * len(crossbars))
        bar.set_label(f"conductance ({MICRO}S)")
        bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda g, _: f"{g:g}"))
        if isinstance(norm, LogNorm):
            bar.ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            bar.ax.yaxis.set_minor_formatter(NullFormatter())
    return figure


def _colour_scale(present: FloatArray) -> Normalize:
    """Logarithmic over a window that spans much, so that small weights can be seen."""
    if not present.size:
        return Normalize(0.0, 1.0)
    least, most = float(present.min()), float(present.max())
    return LogNorm(least, most) if least * SPAN < most else Normalize(0.0, most)


def _deviation_maps(
    figure: Figure,
    column: Sequence[Axes],
    crossbars: Sequence[Crossbar],
    deviations: Sequence[FloatArray | None],
) -> None:
    """Deviations of the pairs, red above and blue below what was wanted."""
    known = [d / MICRO_SIEMENS for d in deviations if d is not None]
    largest = max(float(np.abs(d).max()) for d in known)
    norm = Normalize(-largest, largest)
    for axes, each, deviation in zip(column, crossbars, deviations, strict=True):
        if deviation is None:
            deviation = np.zeros_like(each.g_pos_siemens)
        missing = (each.g_pos_siemens == 0) & (each.g_neg_siemens == 0) & (deviation == 0)
        image = axes.imshow(
            np.ma.array(deviation / MICRO_SIEMENS, mask=missing),
            norm=norm,
            cmap="RdBu_r",
            aspect="auto",
            interpolation="nearest",
        )
        axes.set_facecolor(NO_DEVICE)
        axes.set_title(f"{label(each.name)}, difference: off by")
        axes.grid(visible=False)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(whole_numbers())
    bar = figure.colorbar(image, ax=column, pad=0.03, aspect=15 * len(crossbars))
    bar.set_label(f"deviation of g_pos - g_neg ({MICRO}S)")


def _heat_map(axes: Axes, g_siemens: FloatArray, norm: Normalize, title: str) -> AxesImage:
    image = axes.imshow(
        np.ma.masked_less_equal(g_siemens / MICRO_SIEMENS, 0.0),
        norm=norm,
        cmap="viridis",
        aspect="auto",
        interpolation="nearest",
    )
    axes.set_facecolor(NO_DEVICE)
    axes.set_title(title)
    axes.grid(visible=False)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(whole_numbers())
    return image
