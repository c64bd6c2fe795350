"""Saved signals over time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hand_made import write_raw

from spicegen.errors import InputError
from spicegen.report import plot_signals, save_figure
from spicegen.report.style import BUCKETS
from spicegen.report.units import MICRO
from spicegen.waveforms import Waveforms

POINTS = 50_001
T_S = np.linspace(0.0, 1e-3, POINTS)
SPIKE = 31_337


@pytest.fixture
def waveforms(tmp_path: Path) -> Waveforms:
    spiky = 0.2 * np.sin(T_S * 2e4)
    spiky[SPIKE] = 5.0
    vectors = {
        "v(a)": ("voltage", spiky),
        "v(b)": ("voltage", 0.3 * np.cos(T_S * 2e4)),
        "i(vdd)": ("current", 2e-6 * np.cos(T_S * 2e4)),
        "v(clk)": ("voltage", np.where(T_S < 5e-4, 0.0, 1.8)),
        "x": ("notype", T_S),
    }
    write_raw(tmp_path / "w.raw", T_S, vectors)
    aliases = {"lstm.h0": "v(a)", "lstm.h1": "v(b)", "phi_track": "v(clk)"}
    return Waveforms.from_raw(tmp_path / "w.raw", aliases)


def test_signals_of_one_unit_share_a_panel_and_clocks_have_their_own(waveforms: Waveforms) -> None:
    figure = plot_signals(waveforms, ["lstm.h0", "i(vdd)", "lstm.h1", "phi_track", "x"])
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert labels == ["voltage (V)", f"current ({MICRO}A)", "voltage (V)", "value"]
    assert [len(axes.get_lines()) for axes in figure.axes] == [2, 1, 1, 1]
    assert [axes.get_xlabel() for axes in figure.axes] == ["", "", "", "time (ms)"]
    shown = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert shown == ["lstm.h0", "lstm.h1"]
    assert figure.axes[1].get_title(loc="left") == "i(vdd)"


def test_a_spike_survives_decimation(waveforms: Waveforms) -> None:
    (line,) = plot_signals(waveforms, ["lstm.h0"]).axes[0].get_lines()
    t_ms, volts = (np.asarray(values) for values in line.get_data())
    assert len(volts) <= 2 * BUCKETS + 2 < POINTS
    assert volts.max() == 5.0
    assert t_ms[np.argmax(volts)] == pytest.approx(1e3 * T_S[SPIKE])


def test_an_interval_is_drawn_to_both_ends_with_the_points_of_the_simulation(
    waveforms: Waveforms,
) -> None:
    start, end = 100.013e-6, 110.007e-6  # between points that are 0.02 us apart
    figure = plot_signals(waveforms, ["i(vdd)"], start, end)
    axes = figure.axes[0]
    t_us, micro = (np.asarray(values) for values in axes.get_lines()[0].get_data())
    assert axes.get_xlabel() == f"time ({MICRO}s)"
    assert axes.get_xlim() == pytest.approx((100.013, 110.007))
    assert (t_us[0], t_us[-1]) == pytest.approx((100.0, 110.02))
    np.testing.assert_allclose(micro, 2.0 * np.cos(t_us * 2e-2), rtol=1e-9)


def test_an_interval_between_two_points_is_drawn_too(waveforms: Waveforms) -> None:
    (line,) = plot_signals(waveforms, ["lstm.h1"], 100.001e-6, 100.002e-6).axes[0].get_lines()
    assert len(line.get_data()[0]) == 2


def test_stacked_signals_have_a_panel_each(waveforms: Waveforms) -> None:
    names = ["lstm.h0", "lstm.h1", "lstm.h0"]
    figure = plot_signals(waveforms, names, stacked=True, title="a$b")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["lstm.h0", "lstm.h1"]
    assert figure.get_suptitle() == "a$b"


def test_many_signals_leave_room_for_their_names(tmp_path: Path) -> None:
    t_s = np.linspace(0.0, 1e-6, 50)
    vectors = {f"v(n{k})": ("voltage", np.full(50, float(k))) for k in range(61)}
    write_raw(tmp_path / "w.raw", t_s, vectors)
    aliases = {f"{k}_{'long' * 20}": f"v(n{k})" for k in range(61)}
    waveforms = Waveforms.from_raw(tmp_path / "w.raw", aliases)
    names = list(aliases)
    figure = plot_signals(waveforms, names[:60])
    save_figure(figure, tmp_path / "a.png")  # a layout that fails would warn
    looks = {(line.get_color(), line.get_linestyle()) for line in figure.axes[0].get_lines()}
    assert len(looks) == 24
    assert figure.axes[0].get_position().width * figure.get_figwidth() > 5.0
    with pytest.raises(InputError, match=r"at most 60 fit into a figure, got 61"):
        plot_signals(waveforms, names)


def test_an_unknown_signal_names_the_nearest(waveforms: Waveforms) -> None:
    with pytest.raises(InputError, match=r"no such signal, got lstm\.h00; did you mean lstm\.h0"):
        plot_signals(waveforms, ["lstm.h1", "lstm.h00"])


def test_nothing_to_draw_is_refused(waveforms: Waveforms) -> None:
    with pytest.raises(InputError, match=r"signals: there must be at least one to draw"):
        plot_signals(waveforms, [])


@pytest.mark.parametrize(
    ("start", "end"), [(2e-4, 1e-4), (1e-4, 1e-4), (2e-3, 3e-3), (-2.0, -1.0), (None, -1.0)]
)
def test_an_impossible_interval_is_refused(
    waveforms: Waveforms, start: float | None, end: float
) -> None:
    with pytest.raises(InputError, match=r"time interval: must rise and overlap .*0 s to 0\.001 s"):
        plot_signals(waveforms, ["lstm.h0"], start, end)
