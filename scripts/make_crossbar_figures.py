"""Draw docs/images/crossbar_*.png: what wires do to arrays, from the reduced matrix.

python scripts/make_crossbar_figures.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter
from numpy.typing import NDArray

from spicegen.design import Design, Wires, design_from
from spicegen.mapping import map_crossbar
from spicegen.mapping.wires import cell_volts, effective, reduce_array
from spicegen.report.style import BLUE, CYCLE, house_style, new_figure

FOLDER = Path(__file__).parent.parent / "docs" / "images"
Array = NDArray[np.float64]

TICKS = (8, 16, 32, 64, 128)
SIZES = (8, 16, 24, 32, 48, 64, 96, 128)
KINDS = {
    "no remedy": {},
    "driven at both ends": {"wires": {"drive": "two-sided"}},
    "column-scale": {"wires": {"compensation": "column-scale"}},
    "tiles of 32 x 32": {"tile_rows": 32, "tile_columns": 32},
}


def random_cells(rows: int, columns: int) -> Array:
    return np.random.default_rng(0).uniform(1e-6, 1e-4, (rows, columns))


def drop_map() -> Figure:
    """Voltage that cells of a 64 x 64 array are left with."""
    size = 64
    g, volts = random_cells(size, size), np.full(size, 0.3)
    figure = new_figure(8.0, 3.6)
    axes = figure.subplots(1, 2, sharey=True)
    for axis, drive, where in zip(
        axes, ("one-sided", "two-sided"), ("from the left", "from both sides"), strict=True
    ):
        wires = Wires(model="reduced", r_segment_ohm=1.0, drive=drive)
        lost = 100 * (1 - cell_volts(g, wires, volts) / 0.3)
        image = axis.imshow(lost, cmap="viridis", vmin=0, vmax=20, interpolation="nearest")
        axis.set_title(f"{drive} drive: up to {lost.max():.1f} % lost")
        axis.set_xlabel(f"bit line (word lines are driven {where})")
        axis.grid(visible=False)
    axes[0].set_ylabel("word line (bit lines are sensed below)")
    bar = figure.colorbar(image, ax=axes, shrink=0.9)
    bar.set_label("loss of cell voltage, %")
    return figure


def error_by_size() -> Figure:
    """Loss of column currents, and what remedies leave of the error of weights."""
    figure = new_figure(8.0, 3.6)
    left, right = figure.subplots(1, 2)
    wires = Wires(model="reduced", r_segment_ohm=1.0)
    lost = []
    for size in SIZES:
        g = random_cells(size, size)
        share = 1 - reduce_array(g, wires).transfer.sum(axis=0) / g.sum(axis=0)
        lost.append((100 * share.max(), 100 * share.mean()))
    worst, mean = zip(*lost, strict=True)
    left.loglog(SIZES, worst, "o-", color=BLUE, label="worst column")
    left.loglog(SIZES, mean, "o--", color=BLUE, label="mean")
    left.set_title("all word lines driven alike")
    left.set_ylabel("current lost, %")
    for (name, kind), colour in zip(KINDS.items(), CYCLE, strict=False):
        right.loglog(
            SIZES, [weight_error(size, kind) for size in SIZES], "o-", label=name, color=colour
        )
    right.set_title("weights in pairs, dual-row")
    right.set_ylabel("rms error of the worst output, %")
    for axis, what in ((left, "lines of a square array"), (right, "signals and outputs")):
        axis.set_xlabel(f"{what}, 1 ohm segments")
        axis.set_xticks(TICKS, [str(size) for size in TICKS])
        axis.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.minorticks_off()
    left.legend()
    right.legend(loc="lower right")
    right.set_ylim(bottom=0.01)
    return figure


def weight_error(size: int, kind: dict[str, object]) -> float:
    """Of a layer with as many signals as outputs, percent."""
    made = design(kind)
    weight = np.random.default_rng(0).normal(0, 1, (size, size))
    mapped = map_crossbar("x", weight, np.full(size, 0.3), np.full(size, 3.0), made)
    found = effective(mapped.g_pos_siemens, mapped.g_neg_siemens, made) * mapped.r_feedback_ohm
    wanted = weight.T * 10
    wrong = np.linalg.norm(found - wanted, axis=0) / np.linalg.norm(wanted, axis=0)
    return float(100 * wrong.max())


def design(kind: dict[str, object]) -> Design:
    wires = {"model": "reduced", "r_segment_ohm": 1.0, **kind.get("wires", {})}  # type: ignore[dict-item]
    return design_from({"crossbar": {**kind, "wires": wires}})


if __name__ == "__main__":
    with house_style():
        for name, figure in (("drop", drop_map()), ("error", error_by_size())):
            figure.savefig(FOLDER / f"crossbar_{name}.png")
