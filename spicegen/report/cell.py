"""Figures of data sheets of cells: one panel per curve."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from spicegen.report.style import CYCLE, house_style, new_figure

if TYPE_CHECKING:
    from spicegen.cells import Curve, DataSheet

PANEL_INCH = 4.5
MOST_LINES = 6
MICRO, MILLI, NANO = 1e6, 1e3, 1e9


def draw_sheet(sheet: DataSheet) -> Figure:
    """All curves of a data sheet, under the conditions that they were measured in."""
    with house_style():
        chip = "" if sheet.mismatch_seed is None else f", mismatch seed {sheet.mismatch_seed}"
        title = (
            f"{sheet.cell}: {sheet.kit}, {sheet.corner}, {sheet.temperature_celsius:g} °C, "
            f"{sheet.v_supply_volts:g} V{chip}"
        )
        panels = [(name, curve) for name, curve in sheet.curves.items() if name in PANELS]
        count = max(1, len(panels))
        figure = new_figure(PANEL_INCH * count, 4.0, title)
        axes = figure.subplots(1, count, squeeze=False)[0]
        for place, (name, curve) in zip(axes, panels, strict=False):
            PANELS[name](place, curve)
        if not panels:
            _values(axes[0], sheet)
    return figure


def _values(axes: Axes, sheet: DataSheet) -> None:
    """A cell without curves: its values as text."""
    axes.set_axis_off()
    lines = "\n".join(f"{key}  {value:.5g}" for key, value in sheet.values.items())
    axes.text(0.0, 1.0, lines, va="top", family="monospace", transform=axes.transAxes)


def _line(x: str, y: str, x_label: str, y_label: str) -> Callable[[Axes, Curve], None]:
    """A panel with one line."""

    def draw(axes: Axes, curve: Curve) -> None:
        axes.plot(curve[x], curve[y], color=CYCLE[0])
        axes.set(xlabel=x_label, ylabel=y_label)

    return draw


def _surface(z: str, y_label: str, factor: float) -> Callable[[Axes, Curve], None]:
    """A panel with some lines over x, each at one y."""

    def draw(axes: Axes, curve: Curve) -> None:
        y = curve["y_volts"]
        for place, colour in zip(
            np.linspace(0, len(y) - 1, MOST_LINES).round().astype(int), CYCLE, strict=True
        ):
            axes.plot(
                curve["x_volts"],
                curve[z][:, place] * factor,
                color=colour,
                label=f"{y[place]:.2f} V",
            )
        axes.set(xlabel="x - common (V)", ylabel=y_label)
        axes.legend(title="gate - vy")

    return draw


def _over_input(y: str, y_label: str, factor: float) -> Callable[[Axes, Curve], None]:
    """A panel over the cell's input, a voltage or a current."""

    def draw(axes: Axes, curve: Curve) -> None:
        by_current = "i_ampere" in curve
        x = curve["i_ampere"] * MICRO if by_current else curve["x_volts"]
        axes.plot(x, curve[y] * factor, color=CYCLE[0])
        axes.set(xlabel="input (µA)" if by_current else "input (V)", ylabel=y_label)

    return draw


def _input_error(axes: Axes, curve: Curve) -> None:
    axes.plot(curve["v_out_volts"], curve["v_error_volts"] * MICRO, color=CYCLE[0])
    axes.set(xlabel="output (V)", ylabel="input error (µV)", ylim=(-200, 200))


def _injection(title: str) -> Callable[[Axes, Curve], None]:
    def draw(axes: Axes, curve: Curve) -> None:
        axes.plot(curve["x_volts"], curve["injection_volts"] * MILLI, ".-", color=CYCLE[0])
        axes.set(xlabel="input - common (V)", ylabel="held - input (mV)", title=title)

    return draw


def _gain(axes: Axes, curve: Curve) -> None:
    axes.semilogx(curve["f_hertz"], curve["gain_db"], color=CYCLE[0], label="gain (dB)")
    axes.semilogx(curve["f_hertz"], curve["phase_deg"], color=CYCLE[1], label="phase (degrees)")
    axes.set(xlabel="frequency (Hz)", ylabel="open loop, 2 pF")
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))  # powers need the mathematical text
    axes.legend()


def _clock(axes: Axes, curve: Curve) -> None:
    for name, colour in zip(("in", "phi", "phi_n"), CYCLE, strict=False):
        axes.plot(curve["t_s"] * NANO, curve[f"{name}_volts"], color=colour, label=name)
    axes.set(xlabel="time (ns)", ylabel="voltage (V)")
    axes.legend()


PANELS: dict[str, Callable[[Axes, Curve], None]] = {
    "transfer": _over_input("y_volts", "output (V)", 1.0),
    "deviation": _over_input("error_volts", "error (mV)", MILLI),
    "shape_error": _line("x", "error_pct", "input (units of the scale)", "error of the fit (%)"),
    "product": _surface("i_ampere", "i(a) - i(b) (µA)", MICRO),
    "linearity_error": _surface("error_pct", "error (% of full scale)", 1.0),
    "error": _input_error,
    "gain": _gain,
    "injection": _injection("hold capacitor of the design"),
    "injection_1pf": _injection("1 pF"),
    "r_on": _line("v_volts", "r_ohm", "voltage (V)", "resistance (ohm)"),
    "clock": _clock,
}
"""By name of the curve."""
