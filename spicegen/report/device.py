"""Figures of memristors: the loop, the pulse curve, a programmed array."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from spicegen.report.style import BLUE, CYCLE, QUIET, VERMILLION, house_style, label, new_figure

if TYPE_CHECKING:
    from spicegen.devices import Programmed, PulseCurve, Trace

DASHES = ("-", "--", ":")


def draw_loop(traces: Mapping[str, Trace], title: str) -> Figure:
    """Current against voltage, and the state over time; one line per form."""
    with house_style():
        figure = new_figure(9.0, 4.0, label(title))
        loop, state = figure.subplots(1, 2)
        for (form, trace), colour, dash in zip(traces.items(), CYCLE, DASHES, strict=False):
            loop.plot(trace.v_volts[:, 0], trace.i_ampere[:, 0], dash, color=colour, label=form)
            state.plot(trace.t_s, trace.state[:, 0], dash, color=colour)
        loop.set(xlabel="voltage (V)", ylabel="current (A)")
        state.set(xlabel="time (s)", ylabel="state x", ylim=(-0.05, 1.05))
        if len(traces) > 1:
            loop.legend()
    return figure


def draw_pulses(curve: PulseCurve, title: str) -> Figure:
    """Conductance against pulse number: potentiation, then depression."""
    with house_style():
        figure = new_figure(6.0, 4.0, label(title))
        axes = figure.subplots()
        count = len(curve.g_up_siemens)
        axes.plot(range(count), curve.g_up_siemens, ".-", color=BLUE, label="potentiation")
        later = range(count - 1, 2 * count - 1)
        axes.plot(later, curve.g_down_siemens, ".-", color=VERMILLION, label="depression")
        axes.set(xlabel="pulse", ylabel="conductance (S)")
        axes.legend()
    return figure


def draw_programmed(reached: Programmed, title: str) -> Figure:
    """Reached against wanted conductance, and how many pulses it took."""
    with house_style():
        figure = new_figure(9.0, 4.0, label(title))
        scatter, pulses = figure.subplots(1, 2)
        ends = [reached.target_siemens.min(), reached.target_siemens.max()]
        scatter.plot(ends, ends, color=QUIET)
        for mask, colour, name in (
            (~reached.failed, BLUE, "ok"),
            (reached.failed, VERMILLION, "failed"),
        ):
            x, y = reached.target_siemens[mask], reached.reached_siemens[mask]
            scatter.plot(x, y, ".", color=colour, label=name)
        scatter.set(xlabel="target (S)", ylabel="reached (S)")
        scatter.legend()
        pulses.hist(reached.pulses, bins=30, color=BLUE)
        pulses.set(xlabel="pulses per device", ylabel="devices")
    return figure
