"""Figures of finished runs. Draws, never computes physics."""

from spicegen.report.run import run_figures
from spicegen.report.signals import plot_signals
from spicegen.report.source import Run
from spicegen.report.style import FORMATS, save_figure

__all__ = ["FORMATS", "Run", "plot_signals", "run_figures", "save_figure"]
