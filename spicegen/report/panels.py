"""What figures over simulated time share: phases, read-out marks, network units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spicegen.report.source import Source
from spicegen.report.style import PHASES, QUIET, REFERENCE
from spicegen.report.traces import cut, time_axis, time_scale
from spicegen.report.units import Scale
from spicegen.report.window import Window

STRIP_HEIGHT = 0.55
"""Of the clock phases, in heights of a panel."""
READ_OUT = REFERENCE


@dataclass(frozen=True, slots=True)
class Line:
    """One signal of a panel.

    Attributes:
        name: as it was saved.
        text: in the legend.
        style: keywords of `Axes.plot`.
        dots: mark its values at the read-outs; a signal that several units share in turn
            belongs to another one by then.
    """

    name: str
    text: str
    style: dict[str, Any]
    dots: bool = True


@dataclass(frozen=True, slots=True)
class Panel:
    """Signals that share a vertical axis, and with one scale also network units."""

    title: str
    lines: Sequence[Line]


def draw_panels(figure: Figure, source: Source, window: Window, panels: Sequence[Panel]) -> None:
    """Clock phases on top, one panel below the other, one time axis for all."""
    heights = [STRIP_HEIGHT, *[1.0] * len(panels)]
    strip, *axes = figure.subplots(
        len(heights), sharex=True, height_ratios=heights, squeeze=False
    ).ravel()
    scale = time_scale(window.t_from_s, window.t_to_s)
    _phase_strip(strip, window, scale)
    for place, panel in zip(axes, panels, strict=True):
        _draw_panel(place, source, window, panel, scale)
    figure.align_ylabels(axes)
    time_axis(axes[-1], window.t_from_s, window.t_to_s, scale)


def _draw_panel(axes: Axes, source: Source, window: Window, panel: Panel, scale: Scale) -> None:
    waveforms = source.waveforms
    for line in panel.lines:
        t_s, volts = cut(waveforms, line.name, window.t_from_s, window.t_to_s)
        (drawn,) = axes.plot(t_s / scale.factor, volts, label=line.text, **line.style)
        if line.dots:
            axes.plot(
                window.reads_s / scale.factor,
                waveforms.at(line.name, window.reads_s)[:, 0],
                linestyle="none",
                marker="o",
                markersize=3.5,
                color=drawn.get_color(),
            )
    for start, end in window.phases()["transfer"]:
        span = start / scale.factor, end / scale.factor
        axes.axvspan(*span, color=PHASES["transfer"], alpha=0.15, linewidth=0)
    _mark_reads(axes, window, scale)
    axes.set_title(panel.title)
    axes.set_ylabel("voltage (V)")
    legend_above(axes)
    _network_units(axes, source, panel)


def _network_units(axes: Axes, source: Source, panel: Panel) -> None:
    """A second axis in network units, where all signals of the panel have one scale."""
    scales = {source.volts_per_unit[line.name] for line in panel.lines}
    if len(scales) != 1 or not all(scales):
        return
    volts, common = scales.pop(), source.v_common_volts

    def to_units(v: Any) -> Any:
        return (v - common) / volts

    def to_volts(u: Any) -> Any:
        return u * volts + common

    right = axes.secondary_yaxis("right", functions=(to_units, to_volts))
    right.set_ylabel("network units")


def _phase_strip(axes: Axes, window: Window, scale: Scale) -> None:
    """One lane per phase, bars where its switches conduct; read-outs; the steps named above."""
    phases = window.phases()
    lanes = [*phases, "read-out"]
    for lane, (name, spans) in enumerate(phases.items()):
        bars = [(start / scale.factor, (end - start) / scale.factor) for start, end in spans]
        axes.broken_barh(bars, (lane - 0.35, 0.7), facecolors=PHASES[name])
    reads = window.reads_s / scale.factor
    axes.plot(
        reads,
        [len(phases)] * reads.size,
        linestyle="none",
        marker="v",
        color=READ_OUT,
        clip_on=False,
        zorder=3,
    )
    axes.set_yticks(range(len(lanes)), lanes)
    axes.set_ylim(len(lanes) - 0.45, -0.55)
    axes.grid(visible=False)
    axes.tick_params(left=False, bottom=False)
    axes.spines[:].set_visible(False)
    _mark_reads(axes, window, scale)
    half = window.clock.t_step_s / 2
    for index, start in enumerate(window.starts_s):
        axes.annotate(
            f"step {window.step + index}",
            ((start + half) / scale.factor, 1.0),
            xycoords=axes.get_xaxis_transform(),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9,
        )


def _mark_reads(axes: Axes, window: Window, scale: Scale) -> None:
    for instant in window.reads_s:
        axes.axvline(instant / scale.factor, color=QUIET, linestyle=":", linewidth=1.0)


def legend_above(axes: Axes) -> None:
    """A legend in one line above the right end of the axes, where no curve can be."""
    _, texts = axes.get_legend_handles_labels()
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=len(texts),
        borderaxespad=0.1,
        handlelength=1.6,
        columnspacing=1.2,
    )
