"""Files, labels and units of figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from matplotlib.figure import Figure

from spicegen.errors import InputError
from spicegen.report import FORMATS, save_figure
from spicegen.report.style import CYCLE, house_style, label, new_figure
from spicegen.report.units import MICRO, Scale, axis_scale

MAGIC = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


def small_figure(title: str = "title") -> Figure:
    with house_style():
        figure = new_figure(3.0, 2.0, title)
        figure.subplots().plot([0.0, 1.0], [0.0, 1e-7])
    return figure


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_suffix_chooses_the_format_and_equal_figures_give_equal_files(
    tmp_path: Path, suffix: str
) -> None:
    first = save_figure(small_figure(), tmp_path / f"first{suffix}")
    second = save_figure(small_figure(), str(tmp_path / f"second{suffix.upper()}"))
    assert first.read_bytes().startswith(MAGIC[suffix])
    assert first.read_bytes() == second.read_bytes()


def test_a_figure_can_be_saved_again(tmp_path: Path) -> None:
    figure = small_figure()
    first = save_figure(figure, tmp_path / "a.png").read_bytes()
    assert save_figure(figure, tmp_path / "b.png").read_bytes() == first
    assert figure.get_layout_engine() is not None


@pytest.mark.parametrize("name", ["figure.jpg", "figure", "figure.png.txt"])
def test_another_suffix_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"suffix must name a format.*\.png, \.svg, \.pdf"):
        save_figure(small_figure(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere.a\.png: the file must be writable"):
        save_figure(small_figure(), tmp_path / "nowhere" / "a.png")


def test_settings_of_the_user_stay_as_they_were() -> None:
    with matplotlib.rc_context({"font.size": 33.0}):
        before = dict(matplotlib.rcParams)
        figure = small_figure()
        assert dict(matplotlib.rcParams) == before
    assert figure.axes[0].xaxis.get_ticklabels()[0].get_fontsize() == 9.0


def test_no_text_is_smaller_than_nine_points(tmp_path: Path) -> None:
    figure = small_figure()
    figure.axes[0].plot([0.0], [0.0], label="line")
    with house_style():
        figure.axes[0].legend()
        figure.axes[0].set_ylabel("voltage (V)")
    save_figure(figure, tmp_path / "a.png")
    texts = figure.findobj(matplotlib.text.Text)
    assert min(text.get_fontsize() for text in texts) >= 9.0


def test_pyplot_is_never_imported() -> None:
    program = "import sys, spicegen.report; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_colours_differ() -> None:
    assert len(set(CYCLE)) == len(CYCLE)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("lstm", "lstm"),
        ("a$b$", "a$b$"),
        ("größe µ", "größe µ"),
        ("two\nlines\x00", r"two\nlines\x00"),
        ("脑电", r"\u8111\u7535"),
        ("x" * 60, "x" * 37 + "..."),
    ],
)
def test_any_name_can_be_shown(tmp_path: Path, text: str, shown: str) -> None:
    assert label(text) == shown
    save_figure(small_figure(label(text)), tmp_path / "a.png")  # warnings are errors


@pytest.mark.parametrize(
    ("largest", "unit", "lowest", "expected"),
    [
        (0.9, "V", 0.1, Scale(1.0, "V")),
        (0.05, "V", 0.1, Scale(1e-3, "mV")),
        (2e-5, "A", 0.1, Scale(1e-6, f"{MICRO}A")),
        (114e-6, "s", 1.0, Scale(1e-6, f"{MICRO}s")),
        (1e-3, "s", 1.0, Scale(1e-3, "ms")),
        (2e4, "V", 0.1, Scale(1e3, "kV")),
        (1e-30, "A", 0.1, Scale(1e-15, "fA")),
        (0.0, "V", 0.1, Scale(1.0, "V")),
        (float("inf"), "V", 0.1, Scale(1.0, "V")),
        (1e-5, "", 0.1, Scale(1.0, "")),
    ],
)
def test_the_prefix_fits_the_largest_value(
    largest: float, unit: str, lowest: float, expected: Scale
) -> None:
    scale = axis_scale(largest, unit, lowest)
    assert scale.unit == expected.unit
    assert scale.factor == pytest.approx(expected.factor)
