"""How figures look: colours, sizes, labels, files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.style
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from spicegen.errors import InputError

# Okabe & Ito, "Color universal design" (2008): told apart with any colour vision.
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY = "#CC79A7", "#E69F00", "#56B4E9"

CYCLE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
REFERENCE = "#000000"
ANALOG = VERMILLION
QUIET = "#808080"
PHASES = {"transfer": "#606060", "track": "#b8b8b8", "reset": "#000000"}
"""Greys, so that every hue is left for signals."""

DPI = 150
FORMATS = (".png", ".svg", ".pdf")
BUCKETS = 2000
"""Stretches that a long line is reduced to, more than the pixel columns of any panel."""

_FONT = "DejaVu Sans"  # comes with matplotlib: figures look the same on every machine
_LONGEST_LABEL = 40
_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "axes.grid": True,
    "axes.labelsize": 10,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titley": 1.0,  # not searched for: a fifth of the drawing time
    "figure.titlesize": 12,
    "font.family": _FONT,
    "font.size": 10,
    "grid.color": "#e0e0e0",
    "grid.linewidth": 0.6,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "pdf.fonttype": 42,  # text stays text; journals refuse type 3
    "svg.hashsalt": "spicegen",  # equal figures give equal files
    "text.parse_math": False,  # a layer may be called a$b
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
}


@contextmanager
def house_style() -> Iterator[None]:
    """matplotlib's own defaults and ours; what the user has set is back at the end."""
    context: AbstractContextManager[None] = matplotlib.style.context(["default", _STYLE])
    with context:
        yield


def new_figure(width_inch: float, height_inch: float, title: str = "") -> Figure:
    """An empty figure that no global state knows of."""
    figure = Figure((width_inch, height_inch), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    if title:
        figure.suptitle(title)
    return figure


def whole_numbers() -> MaxNLocator:
    """Ticks for an axis that counts."""
    return MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10], min_n_ticks=1)


def save_figure(figure: Figure, path: str | Path, *, dpi: int = DPI) -> Path:
    """Write a figure in the format that the suffix names; equal figures give equal bytes.

    Args:
        figure: from this room.
        path: .png, .svg or .pdf.
        dpi: pixels per inch of a PNG.
    Raises:
        InputError: another suffix than .png, .svg or .pdf, or the file cannot be written.
    """
    path = Path(path)
    kind = check_format(path)
    date: dict[str, Any] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(kind, {})
    try:
        with house_style(), _laid_out(figure):
            figure.savefig(path, dpi=dpi, metadata=date)
    except OSError as error:
        raise InputError(f"figure {path}", "the file must be writable", error.strerror) from error
    return path


@contextmanager
def _laid_out(figure: Figure) -> Iterator[None]:
    """The layout done beforehand: for it `savefig` would draw the whole figure once more."""
    engine = figure.get_layout_engine()
    if engine is not None:
        for axes in figure.axes:
            axes.spines[:].set_in_layout(False)  # no larger than the axes, but slow to measure
        engine.execute(figure)
        figure.set_layout_engine(None)
    try:
        yield
    finally:
        figure.set_layout_engine(engine)


def check_format(path: Path) -> str:
    """The suffix of a figure file, in lower case.

    Raises:
        InputError: there is no such format.
    """
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise InputError(
            f"figure {path}",
            "the suffix must name a format",
            repr(path.suffix),
            f"choose one of {', '.join(FORMATS)}",
        )
    return kind


def label(text: str) -> str:
    """A name from a user's file as a figure can show it.

    Control characters and those the font lacks become escapes; a long name is cut.
    """
    if len(text) > _LONGEST_LABEL:
        text = text[: _LONGEST_LABEL - 3] + "..."
    known = _glyphs()
    return "".join(
        sign
        if sign.isprintable() and ord(sign) in known
        else sign.encode("unicode_escape").decode("ascii")
        for sign in text
    )


@cache
def _glyphs() -> frozenset[int]:
    path = font_manager.findfont(_FONT, fallback_to_default=True)
    return frozenset(font_manager.get_font(path).get_charmap())
