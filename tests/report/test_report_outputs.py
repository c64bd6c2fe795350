"""Outputs against the reference, and their errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hand_made import HandMadeRun

from spicegen import rundir
from spicegen.accuracy import compare
from spicegen.errors import InputError
from spicegen.report import save_figure
from spicegen.report.error import error_figure
from spicegen.report.outputs import ZOOM_STEPS, outputs_figure
from spicegen.report.source import Source
from spicegen.report.style import ANALOG, REFERENCE

MakeRun = Callable[..., HandMadeRun]
MakeSource = Callable[..., Source]


def test_worst_median_and_best_output_over_the_reference(make_run: MakeRun) -> None:
    run = make_run()
    figure = outputs_figure(Source(run))
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [
        "inputs",
        "output 1 (worst): error mean 0.3 %, max 0.3 % of full scale",
        "output 2 (median): error mean 0.2 %, max 0.2 % of full scale",
        "output 0 (best): error mean 0.1 %, max 0.1 % of full scale",
    ]
    assert {axes.get_ylabel() for axes in figure.axes} == {"network units"}
    assert figure.axes[-1].get_xlabel() == "network step"
    for axes, channel in zip(figure.axes[1:], (1, 2, 0), strict=True):
        reference, analog = axes.get_lines()
        np.testing.assert_array_equal(reference.get_ydata(), run.reference[:, channel])
        np.testing.assert_array_equal(analog.get_ydata(), run.outputs[:, channel])
        np.testing.assert_array_equal(analog.get_xdata(), np.arange(8))
        assert (reference.get_color(), analog.get_color()) == (REFERENCE, ANALOG)


def test_chosen_channels_come_in_their_order(make_source: MakeSource) -> None:
    figure = outputs_figure(make_source(), channels=[2, 0])
    titles = [axes.get_title(loc="left").split(":")[0] for axes in figure.axes]
    assert titles == ["inputs", "output 2", "output 0"]


@pytest.mark.parametrize("channels", [[3], [-1]])
def test_a_channel_that_is_not_there_is_refused(
    make_source: MakeSource, channels: list[int]
) -> None:
    with pytest.raises(InputError, match=r"output: must lie in 0 to 2, got"):
        outputs_figure(make_source(), channels)


def test_no_channel_is_refused(make_source: MakeSource) -> None:
    with pytest.raises(InputError, match=r"outputs: there must be at least one"):
        outputs_figure(make_source(), [])


def test_inputs_are_spread_where_they_are_not_the_outputs(make_source: MakeSource) -> None:
    lines = outputs_figure(make_source()).axes[0].get_lines()
    assert [line.get_label() for line in lines] == ["input 0", "input 1", "input 3"]
    assert [float(line.get_ydata()[0]) for line in lines] == [0.0, 1.0, 3.0]


def test_inputs_of_the_same_channels_where_they_match_the_outputs(make_run: MakeRun) -> None:
    run = make_run()
    np.savez(run.directory / rundir.OUTPUTS, inputs=run.reference)
    lines = outputs_figure(Source(run), channels=[2, 1]).axes[0].get_lines()
    assert [line.get_label() for line in lines] == ["input 1", "input 2"]


def test_inputs_are_left_out_where_the_run_did_not_keep_them(make_run: MakeRun) -> None:
    run = make_run()
    np.savez(run.directory / rundir.OUTPUTS, analog=run.outputs)
    assert len(outputs_figure(Source(run)).axes) == 3


def test_a_long_run_has_a_close_up_of_its_largest_error(make_run: MakeRun) -> None:
    run = make_run(steps=300)
    run.outputs[200, 1] += 0.1
    run.accuracy = compare(run.outputs, run.reference)
    figure = outputs_figure(Source(run))
    whole, close = figure.axes[2], figure.axes[3]
    assert len(whole.get_lines()[0].get_xdata()) == 300
    steps = close.get_lines()[1].get_xdata()
    assert (steps[0], len(steps)) == (200 - ZOOM_STEPS // 2, ZOOM_STEPS)
    assert figure.axes[1].get_title(loc="left") == "network steps 170 to 229"


def test_samples_are_not_joined_by_lines(make_source: MakeSource) -> None:
    figure = outputs_figure(make_source(samples=5, steps=4, last_only=True))
    assert figure.axes[-1].get_xlabel() == "sample"
    assert len(figure.axes) == 3  # inputs have four steps for each output
    assert all(line.get_linestyle() == "None" for line in figure.axes[-1].get_lines())


def test_samples_of_several_steps_follow_each_other(make_source: MakeSource) -> None:
    figure = outputs_figure(make_source(samples=3, steps=4))
    assert figure.axes[-1].get_xlabel() == "network step"
    assert len(figure.axes[-1].get_lines()[0].get_xdata()) == 12


def test_errors_over_time_and_their_distribution(make_run: MakeRun) -> None:
    run = make_run()
    run.outputs[3] = run.reference[3]
    run.outputs[4] = run.reference[4] + 0.02
    run.accuracy = compare(run.outputs, run.reference)
    figure = error_figure(Source(run))
    over_time, histogram = figure.axes
    largest, mean, overall = over_time.get_lines()
    np.testing.assert_allclose(largest.get_ydata(), [0.3, 0.3, 0.3, 0.1, 1.0, 0.3, 0.3, 0.3])
    np.testing.assert_allclose(mean.get_ydata(), [0.2, 0.2, 0.2, 0.1, 1.0, 0.2, 0.2, 0.2])
    np.testing.assert_allclose(overall.get_ydata(), (6 * 0.2 + 0.0 + 1.0) / 8)
    assert over_time.get_yscale() == "log"
    assert over_time.get_ylabel() == "error (% of full scale)"
    assert histogram.get_xlabel() == "share of values"
    assert sum(bar.get_width() for bar in histogram.patches) == pytest.approx(100.0)
    assert figure.get_suptitle() == "Output error: mean 0.28 %, max 1 % of full scale"


def test_errors_below_the_axis_stand_at_its_end(make_run: MakeRun) -> None:
    run = make_run()
    run.outputs[0] = run.reference[0]
    histogram = error_figure(Source(run)).axes[1]
    assert histogram.get_title(loc="left") == "all outputs and steps"
    assert histogram.patches[0].get_width() == pytest.approx(100.0 * (3 + 7) / 24)
    assert [text.get_text() for text in histogram.texts] == ["up to 0.1 %"]


def test_a_run_without_any_error_is_drawn_too(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    run.outputs = run.reference
    run.accuracy = compare(run.outputs, run.reference)
    assert save_figure(error_figure(Source(run)), tmp_path / "a.png").stat().st_size > 1000


def test_a_single_value_is_drawn_too(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run(steps=1)
    run.outputs, run.reference = run.outputs[0], run.reference[0]  # returns = "last"
    save_figure(error_figure(Source(run)), tmp_path / "a.png")
    figure = outputs_figure(Source(run))
    save_figure(figure, tmp_path / "b.png")
    assert figure.axes[-1].get_xlabel() == "sample"
