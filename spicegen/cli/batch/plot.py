"""`spicegen plot DIR --x KEY --y METRIC` where DIR is that of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spicegen.cli.terminal import one_line, printed
from spicegen.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from spicegen.report.batch import Series

METRIC = "max_error_pct"


@dataclass(frozen=True, slots=True)
class BatchPlot:
    """What is asked for.

    Attributes:
        x, y, by: columns; x may be absent for distributions.
        box, heatmap, cdf: the kind of figure; quantiles where none is chosen.
    """

    x: str | None
    y: str | None
    by: str | None
    box: bool
    heatmap: bool
    cdf: bool

    @property
    def wanted(self) -> bool:
        """Whether anything was asked for that only a batch has."""
        return any((self.x, self.y, self.by, self.box, self.heatmap, self.cdf))

    @property
    def kind(self) -> str:
        """What the figure is called."""
        return "box" if self.box else "heatmap" if self.heatmap else "cdf" if self.cdf else "over"


def plot_batch(directory: Path, asked: BatchPlot, out: Path | None) -> None:
    """Draw a metric of a batch.

    Raises:
        InputError: no batch, no such column, or options that do not go together.
    """
    if sum((asked.box, asked.heatmap, asked.cdf)) > 1:
        raise InputError("plot", "choose one of --box, --heatmap and --cdf")
    if not asked.x and not asked.cdf:
        raise InputError("plot", "a batch is drawn over a key", None, "add --x KEY")
    if asked.heatmap and not asked.by:
        raise InputError("plot", "a heat map needs two keys", None, "add --by KEY")
    from spicegen.report import save_figure

    figure = _drawer(asked)(_series(directory, asked))
    if out is None:
        names = (asked.y or METRIC, asked.kind, asked.x or "", asked.by or "")
        stem = "-".join(name.replace(".", "_") for name in names if name)
        out = directory / "figures" / f"{stem}.png"
        out.parent.mkdir(exist_ok=True)
    printed(one_line(str(save_figure(figure, out))))


def _series(directory: Path, asked: BatchPlot) -> Series:
    import numpy as np

    from spicegen.batch.summary import load_results
    from spicegen.report.batch import Series

    results, metric = load_results(directory), asked.y or METRIC
    y = np.where(results.done, results.numbers(metric), np.nan)
    if not np.isfinite(y).any():
        raise InputError(str(directory), "at least one run must be done", f"no {metric}")
    x = results.column(asked.x) if asked.x else []
    by = results.column(asked.by) if asked.by else []
    return Series(asked.x or "", metric, asked.by or "", x, y, by)


def _drawer(asked: BatchPlot) -> Callable[[Series], Figure]:
    from spicegen.report import batch

    return {
        "box": batch.box_figure,
        "heatmap": batch.heat_map_figure,
        "cdf": batch.cdf_figure,
        "over": batch.quantile_figure,
    }[asked.kind]
