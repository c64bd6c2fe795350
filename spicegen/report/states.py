"""Figures of recurrent layers: states over a few steps, and one unit from the inside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from spicegen.report.panels import Line, Panel, draw_panels
from spicegen.report.recurrent import RecurrentLayer
from spicegen.report.source import Source
from spicegen.report.style import BLUE, CYCLE, VERMILLION, house_style, label, new_figure
from spicegen.report.window import Window, choose_window

MOST_UNITS = len(CYCLE) - 1
_HELD, _NEW = BLUE, VERMILLION
_LSTM, _GRU = (dict(zip(gates, CYCLE, strict=False)) for gates in ("ifgo", "rzn"))
_INSIDE: dict[str, dict[str, str]] = {
    "pre-activations": {"pre": CYCLE[0]}
    | {f"pre_{gate}": colour for gate, colour in (_LSTM | _GRU).items()}
    | {"in_n": CYCLE[3], "rec_n": CYCLE[4]},
    "gates": _LSTM | _GRU,
    "cell state: c_next new, c held from the step before": {"c_next": _NEW, "c": _HELD},
    "tanh of the new cell state": {"tanh_c": _NEW},
    "hidden state: h_next new, h held from the step before": {"h_next": _NEW, "h": _HELD},
}
"""Signals inside a unit and their colours, panel by panel; no layer has all of them."""


def states_figure(
    source: Source,
    layer: RecurrentLayer,
    *,
    units: Sequence[int] | None = None,
    steps: int = 6,
    first_step: int | None = None,
) -> Figure:
    """Hidden and cell states over a few steps, with the clock phases.

    Args:
        source: the circuit that the layer is in.
        layer: the layer.
        units: which ones; by default up to five that move most.
        steps: how many.
        first_step: of the first sample; by default where the outputs move most.
    Raises:
        InputError: no such unit or step.
    """
    window = choose_window(source, layer.depth, steps, first_step)
    chosen = _movers(source, layer, window)[:MOST_UNITS] if units is None else units
    panels = [_state_panel(layer, "hidden state", "h", chosen)]
    if layer.has_cell:
        panels.append(_state_panel(layer, "cell state", "c", chosen))
    with house_style():
        title = f"Layer {label(layer.name)}: states over time"
        figure = new_figure(9.0, 2.2 + 2.0 * len(panels), title)
        draw_panels(figure, source, window, panels)
    return figure


def unit_figure(
    source: Source,
    layer: RecurrentLayer,
    *,
    unit: int | None = None,
    steps: int = 3,
    first_step: int | None = None,
) -> Figure:
    """Every saved waveform inside one unit over a few steps.

    Args:
        source: the circuit that the layer is in.
        layer: the layer.
        unit: which one; by default the one that moves most.
        steps: how many.
        first_step: of the first sample; by default where the outputs move most.
    Raises:
        InputError: no such unit or step.
    """
    window = choose_window(source, layer.depth, steps, first_step)
    unit = _movers(source, layer, window)[0] if unit is None else unit
    layer.state("h", unit)
    panels = _unit_panels(layer, unit)
    title = f"Layer {label(layer.name)}, unit {unit}"
    if source.clock.turns > 1:
        title += ", on hardware that other units use in turn"
    with house_style():
        figure = new_figure(8.0, 1.9 + 1.55 * len(panels), title)
        draw_panels(figure, source, window, panels)
    return figure


def _state_panel(layer: RecurrentLayer, title: str, kind: str, units: Sequence[int]) -> Panel:
    lines = [
        Line(layer.state(kind, unit), f"{kind}{unit}", {"color": CYCLE[index % len(CYCLE)]})
        for index, unit in enumerate(sorted(units))
    ]
    return Panel(f"{title} {kind}, held from the step before", lines)


def _unit_panels(layer: RecurrentLayer, unit: int) -> list[Panel]:
    """Panels from the crossbar's columns to the hidden state, of the signals that there are."""
    panels = []
    for title, kinds in _INSIDE.items():
        names = {kind: layer.signal(kind, unit) for kind in kinds}
        lines = [
            Line(
                name,
                kind,
                {"color": kinds[kind], "linestyle": "--" if "_next" in kind else "-"},
                dots=name == layer.own(kind, unit),
            )
            for kind, name in names.items()
            if name is not None
        ]
        if lines:
            panels.append(Panel(title, lines))
    return panels


def _movers(source: Source, layer: RecurrentLayer, window: Window) -> list[int]:
    """Units in falling order of how far h moves over the window's read-outs."""
    names = [layer.state("h", unit) for unit in range(layer.units)]
    moved = np.ptp(source.waveforms.at(names, window.reads_s), axis=0)
    return [int(unit) for unit in np.argsort(-moved, kind="stable")]
