"""Draw docs/images/effect_*.png: what each non-ideality does, from simulations of the EEG network.

python scripts/make_effect_figures.py [NAME ...]     # settling, hold, amplifiers, cells, outputs
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

import spicegen as sg
from spicegen.demo.eeg_signal import eeg_like
from spicegen.report.style import (
    ANALOG,
    BLUE,
    CYCLE,
    QUIET,
    REFERENCE,
    VERMILLION,
    house_style,
    new_figure,
)

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "images"
SEEDS = 5
"""Sets of devices where something is drawn at random."""
STEPS = {"static": 40, "transient": 25}

Panel = tuple[str, str, Callable[[float], list[str]], Sequence[float]]


def simulated(settings: Sequence[str], steps: int, seed: int = 0) -> sg.RunResult:
    """One run of the EEG network with some keys of the design changed."""
    design = sg.load_design(None, [*settings, f"simulation.seed={seed}"])
    folder = tempfile.mkdtemp()
    network = sg.load_network(ROOT / "examples" / "eeg_lstm")
    return sg.run(network, eeg_like(steps, seed=1), design=design, out=folder, force=True)


def settling() -> Figure:
    """One pre-activation within a step of given length, for three op-amps."""
    figure = new_figure(8.0, 3.2)
    axes = figure.subplots()
    t_s = np.linspace(140e-6, 159e-6, 1000)
    for gbw, colour in zip((50e6, 10e6, 3e6, 1.5e6), CYCLE, strict=False):
        run = simulated([f"opamp.gbw_hertz={gbw:g}", "timing.t_step_s=20e-6"], 12)
        label = f"{gbw / 1e6:g} MHz: mean error {run.accuracy.mean_error_pct:.2g} %"
        volts = run.waveforms.at("lstm.pre_f2", t_s)
        axes.plot(1e6 * (t_s - t_s[0]), volts, color=colour, label=label)
    axes.axvline(19, color=QUIET, linestyle=":")
    axes.annotate("held here", (18.9, -0.9), ha="right")
    axes.set_xlabel("time within the step (us)")
    axes.set_ylabel("lstm.pre_f2 (V)")
    axes.set_title("Gain-bandwidth of the op-amps: a pre-activation in a step of 20 us")
    axes.legend(loc=(0.6, 0.3))
    return figure


def hold() -> Figure:
    """A held state over two steps, against the cell that neither injects nor leaks."""
    kinds = {
        "injected charge 2 fC": ["sample_hold.q_injection_coulomb=2e-15"],
        "leakage 100 pA": ["sample_hold.i_leak_ampere=1e-10"],
        "both, 0.12 fC and 10 fA (default)": [],
    }
    still = ["sample_hold.q_injection_coulomb=0", "sample_hold.i_leak_ampere=0"]
    figure = new_figure(8.0, 3.2)
    axes = figure.subplots()
    clean = simulated([*still, "timing.t_step_s=20e-6"], 4).waveforms
    t_s = np.linspace(21e-6, 79e-6, 2000)
    for (name, settings), colour in zip(kinds.items(), CYCLE, strict=False):
        chosen = [each for each in still if settings and each.split("=")[0] not in settings[0]]
        run = simulated([*chosen, *settings, "timing.t_step_s=20e-6"], 4)
        gap = run.waveforms.at("lstm.h2", t_s) - clean.at("lstm.h2", t_s)
        axes.plot(1e6 * t_s, 1e6 * gap, color=colour, label=name)
    axes.set_xlabel("time (us)")
    axes.set_ylabel("deviation of lstm.h2 (uV)")
    axes.set_title("A hidden state in its hold cells, 10 pF")
    axes.legend(loc="best")
    return figure


def key(name: str) -> Callable[[float], list[str]]:
    """A panel that sweeps one key."""
    return lambda value: [f"{name}={value:g}"]


def listed(kind: str, name: str, *more: str) -> Callable[[float], list[str]]:
    """A panel that sweeps a parameter of one non-ideality."""
    fixed = [f"nonideality.0.{each}" for each in more]
    return lambda value: [f"nonideality.0.kind={kind}", f"nonideality.0.{name}={value:g}", *fixed]


def wires(value: float) -> list[str]:
    """Segments of a resistance, folded onto the ports."""
    return ["crossbar.wires.model=reduced", f"crossbar.wires.r_segment_ohm={value:g}"]


AMPLIFIERS: list[Panel] = [
    ("op-amp gain", "", key("opamp.gain"), (1e3, 1e4, 1e5, 1e6, 1e7)),
    ("op-amp gain-bandwidth, 20 us steps", "Hz",
     lambda v: [f"opamp.gbw_hertz={v:g}", "timing.t_step_s=20e-6"], (3e6, 1e7, 2e7, 5e7, 1e8)),
    ("offset of all op-amps", "V", key("opamp.v_offset_volts"), (1e-6, 1e-5, 1e-4, 1e-3)),
    ("offsets at random", "V", listed("opamp-mismatch", "sigma_offset_volts"),
     (1e-6, 1e-5, 1e-4, 1e-3)),
    ("injected charge", "C", key("sample_hold.q_injection_coulomb"), (1e-17, 1e-16, 1e-15, 1e-14)),
    ("leakage of hold cells", "A", key("sample_hold.i_leak_ampere"), (1e-14, 1e-12, 1e-11, 1e-10)),
    ("gain error of multipliers", "", key("multiplier.gain_error"), (1e-5, 1e-4, 1e-3, 1e-2)),
    ("settling error of a step", "", key("timing.settle_error"), (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)),
]  # fmt: skip
CELLS: list[Panel] = [
    ("levels", "", key("device.levels"), (8, 32, 128, 512, 2048)),
    ("programming error", "share of g", listed("programming", "sigma"), (1e-3, 1e-2, 3e-2, 1e-1)),
    ("variation", "share of g", listed("variation", "sigma"), (1e-3, 1e-2, 3e-2, 1e-1)),
    ("stuck off", "share of devices", listed("stuck", "p_off"), (1e-3, 1e-2, 3e-2, 1e-1)),
    ("stuck on", "share of devices", listed("stuck", "p_on"), (1e-3, 1e-2, 3e-2, 1e-1)),
    ("drift, nu = 0.05 +- 0.02", "s", listed("drift", "t_s", "nu=0.05", "nu_sigma=0.02"),
     (10, 1e3, 1e5, 1e7)),
    ("curved cells, sinh(k V)", "k, 1/V", listed("nonlinear-iv", "k_per_volt"), (0.1, 0.3, 1, 3)),
    ("read noise", "share of g", listed("read-noise", "sigma"), (1e-4, 1e-3, 1e-2, 1e-1)),
    ("wires", "ohm per segment", wires, (0.1, 0.3, 1, 3, 10)),
]  # fmt: skip


def amplifiers() -> Figure:
    """Error over the magnitude of what amplifiers and cells do; transient."""
    return _grid(AMPLIFIERS, "transient", 4)


def cells() -> Figure:
    """Error over the magnitude of what memristors and wires do; static."""
    return _grid(CELLS, "static", 3)


def _grid(panels: list[Panel], analysis: str, columns: int) -> Figure:
    rows = -(-len(panels) // columns)
    figure = new_figure(3.1 * columns, 2.5 * rows)
    for axes, panel in zip(figure.subplots(rows, columns, sharey=True).flat, panels, strict=True):
        _errors(axes, panel, analysis)
    figure.axes[0].legend(loc="best")
    for axes in figure.axes[::columns]:
        axes.set_ylabel("error (% of full scale)")
    return figure


def _errors(axes: Axes, panel: Panel, analysis: str) -> None:
    title, unit, settings, magnitudes = panel
    seeds = range(SEEDS) if "nonideality" in settings(1.0)[0] else range(1)
    mean, largest = [], []
    for magnitude in magnitudes:
        chosen = [*settings(magnitude), f"simulation.analysis={analysis}"]
        found = [simulated(chosen, STEPS[analysis], seed).accuracy for seed in seeds]
        mean.append(np.median([each.mean_error_pct for each in found]))
        largest.append(np.median([each.max_error_pct for each in found]))
    axes.loglog(magnitudes, mean, "o-", color=BLUE, label="mean", markersize=4)
    axes.loglog(magnitudes, largest, "o--", color=VERMILLION, label="largest", markersize=4)
    axes.set_title(title)
    axes.set_xlabel(unit)
    axes.xaxis.set_major_locator(LogLocator(numticks=6))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_minor_formatter(NullFormatter())


def outputs() -> Figure:
    """One output over time, with one non-ideality at a time."""
    kinds: dict[str, list[str]] = {
        "16 levels": ["device.levels=16"],
        "variation 10 %": listed("variation", "sigma")(0.1),
        "read noise 5 %": listed("read-noise", "sigma")(0.05),
        "5 % stuck off": listed("stuck", "p_off")(0.05),
        "wires of 5 ohm": wires(5),
        "offsets of 1 mV": listed("opamp-mismatch", "sigma_offset_volts")(1e-3),
    }
    figure = new_figure(8.0, 5.4)
    for axes, (title, settings) in zip(figure.subplots(3, 2, sharex=True, sharey=True).flat,
                                       kinds.items(), strict=True):  # fmt: skip
        run: Any = simulated([*settings, "simulation.analysis=static"], 120)
        axes.plot(run.reference[:, 0], color=REFERENCE, label="network")
        axes.plot(run.outputs[:, 0], color=ANALOG, label="circuit")
        axes.set_title(f"{title}: mean error {run.accuracy.mean_error_pct:.2g} %")
    figure.axes[0].legend(loc="best")
    for axes in figure.axes[-2:]:
        axes.set_xlabel("step")
    for axes in figure.axes[::2]:
        axes.set_ylabel("first output")
    return figure


FIGURES = (settling, hold, amplifiers, cells, outputs)


def main(names: Sequence[str]) -> None:
    """Draw those that are named, or all."""
    for draw in FIGURES:
        if not names or draw.__name__ in names:
            with house_style():
                draw().savefig(FOLDER / f"effect_{draw.__name__}.png", dpi=110)
            print(draw.__name__)


if __name__ == "__main__":
    main(sys.argv[1:])
