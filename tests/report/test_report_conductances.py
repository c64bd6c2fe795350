"""Conductance pairs as heat maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hand_made import hand_made_run, write_crossbars
from matplotlib.colors import LogNorm

from spicegen.errors import InputError
from spicegen.report import save_figure
from spicegen.report.conductances import conductance_figure
from spicegen.report.source import Crossbar, Source
from spicegen.report.units import MICRO

G = np.random.default_rng(0).uniform(1e-6, 1e-4, (4, 3))


def crossbar(name: str, positive: np.ndarray, negative: np.ndarray) -> Crossbar:
    return Crossbar(name, positive, negative, np.full(positive.shape[1], 1e5))


def test_pairs_are_shown_in_microsiemens_word_lines_downwards() -> None:
    figure = conductance_figure([crossbar("in", G, 2 * G), crossbar("out", 3 * G, G)])
    *maps, bar = figure.axes
    shown = [axes.get_images()[0].get_array() for axes in maps]
    for image, siemens in zip(shown, (G, 2 * G, 3 * G, G), strict=True):
        np.testing.assert_allclose(image, siemens * 1e6)
        assert image.shape == (4, 3)
    assert [axes.get_title(loc="left") for axes in maps] == [
        "in, g_pos: 4 word lines, 3 bit lines",
        "in, g_neg",
        "out, g_pos: 4 word lines, 3 bit lines",
        "out, g_neg",
    ]
    assert [axes.get_ylabel() for axes in maps] == ["word line", "", "word line", ""]
    assert [axes.get_xlabel() for axes in maps] == ["", "", "bit line", "bit line"]
    assert bar.get_ylabel() == f"conductance ({MICRO}S)"
    norms = {axes.get_images()[0].norm for axes in maps}
    assert len(norms) == 1, "one colour means one conductance everywhere"


@pytest.mark.parametrize(("g_min", "logarithmic"), [(1e-6, True), (5e-5, False)])
def test_a_wide_window_has_logarithmic_colours(
    tmp_path: Path, g_min: float, logarithmic: bool
) -> None:
    siemens = np.array([[g_min, 1e-4]])
    figure = conductance_figure([crossbar("a", siemens, siemens)])
    assert isinstance(figure.axes[0].get_images()[0].norm, LogNorm) is logarithmic
    assert figure.axes[0].get_images()[0].norm.vmax == pytest.approx(100.0)
    save_figure(figure, tmp_path / "a.png")


def test_places_without_a_device_are_left_grey(tmp_path: Path) -> None:
    siemens = np.array([[1e-6, 0.0, 1e-4]])
    figure = conductance_figure([crossbar("a", siemens, siemens)])
    image = figure.axes[0].get_images()[0]
    assert image.get_array().mask.tolist() == [[False, True, False]]
    assert image.norm.vmin == pytest.approx(1.0), "the scale begins at the smallest device"
    nothing = conductance_figure([crossbar("a", 0 * siemens, 0 * siemens)])
    save_figure(nothing, tmp_path / "a.png")


def test_no_crossbar_is_refused() -> None:
    with pytest.raises(InputError, match=r"conductances: there must be at least one crossbar"):
        conductance_figure([])


def test_layers_of_any_name_come_back_from_the_run_directory(tmp_path: Path) -> None:
    names = ["../in", "a/b", ".", "names", "g_pos_siemens_0", "größe", "two\nlines", "脑"]
    run = hand_made_run(tmp_path / "run")
    write_crossbars(run.directory, *((name, G * (k + 1), G) for k, name in enumerate(names)))
    found = Source(run).crossbars
    assert [each.name for each in found] == names
    for k, each in enumerate(found):
        np.testing.assert_array_equal(each.g_pos_siemens, G * (k + 1))
    assert list(tmp_path.iterdir()) == [run.directory]
    save_figure(conductance_figure(found[5:]), tmp_path / "a.png")


def test_deviations_stand_beside_the_pairs_they_belong_to(tmp_path: Path) -> None:
    wanted = np.stack([G, 2 * G])
    moved = G.copy()
    moved[1, 2] += 5e-6
    off = Crossbar("in", moved, 2 * G, np.full(3, 1e5), wanted)
    as_wanted = Crossbar("out", G, 2 * G, np.full(3, 1e5), wanted)
    figure = conductance_figure([off, as_wanted])
    images = [axes.get_images()[0] for axes in figure.axes[:6]]
    deviation = np.zeros((4, 3))
    deviation[1, 2] = 5.0
    np.testing.assert_allclose(images[2].get_array(), deviation, atol=1e-12)
    np.testing.assert_array_equal(images[5].get_array(), 0.0)
    assert (images[2].norm.vmin, images[2].norm.vmax) == pytest.approx((-5.0, 5.0))
    assert len(conductance_figure([as_wanted]).axes) == 3, "two maps and a bar"
    save_figure(figure, tmp_path / "a.png")
