"""Recurrent layers over simulated time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hand_made import INSIDE, T_EDGE_S, T_STEP_S, T_TRANSFER_S, V_COMMON, HandMadeRun, volts
from matplotlib.axes import Axes

from spicegen.circuit.clock import Clock
from spicegen.errors import InputError
from spicegen.report.recurrent import RecurrentLayer, recurrent_layers
from spicegen.report.source import Source
from spicegen.report.states import MOST_UNITS, states_figure, unit_figure
from spicegen.report.units import MICRO
from spicegen.report.window import Window, choose_window

MakeRun = Callable[..., HandMadeRun]
MakeSource = Callable[..., Source]


def layers_of(source: Source) -> tuple[RecurrentLayer, ...]:
    return recurrent_layers(source.volts_per_unit, source.clock.depth)


def number(source: Source, signal: str) -> int:
    return list(source.volts_per_unit).index(signal)


def curves(axes: Axes) -> dict[str, np.ndarray]:
    """(2, points) of each line with a name."""
    lines = axes.get_lines()
    return {
        line.get_label(): np.array([curve.get_xdata(), curve.get_ydata()])
        for line, curve in zip(lines, lines, strict=True)
        if not line.get_label().startswith("_")
    }


def dots(axes: Axes) -> list[np.ndarray]:
    """(2, read-outs) of each row of markers."""
    return [
        np.array(line.get_data()) for line in axes.get_lines() if line.get_marker() not in ("None",)
    ]


def test_states_are_the_waveforms_and_the_dots_their_values_at_the_read_outs(
    make_source: MakeSource,
) -> None:
    source = make_source()
    (layer,) = layers_of(source)
    figure = states_figure(source, layer, steps=3, first_step=2)
    strip, h, c = figure.axes[:3]
    ends_us = np.array([3.0, 4.0, 5.0]) * 1e6 * T_STEP_S - 1e6 * T_EDGE_S
    for axes, kind in ((h, "h"), (c, "c")):
        assert set(curves(axes)) == {f"{kind}0", f"{kind}1"}
        for unit, (instants, values) in enumerate(dots(axes)):
            signal = number(source, f"lstm.{kind}{unit}")
            np.testing.assert_allclose(instants, ends_us)
            np.testing.assert_allclose(values, volts(signal, 1e-6 * ends_us))
            t_us, drawn = curves(axes)[f"{kind}{unit}"]
            np.testing.assert_allclose(drawn, volts(signal, 1e-6 * t_us))
    assert [text.get_text() for text in strip.texts] == ["step 2", "step 3", "step 4"]
    assert c.get_xlabel() == f"time ({MICRO}s)"
    assert c.get_xlim() == pytest.approx((20.0, 50.0))
    assert h.get_ylabel() == "voltage (V)"


def test_the_right_axis_counts_in_network_units(make_source: MakeSource) -> None:
    source = make_source()
    (layer,) = layers_of(source)
    (right,) = states_figure(source, layer, units=[1]).axes[1].child_axes
    to_units, to_volts = right._functions
    assert right.get_ylabel() == "network units"
    assert to_units(V_COMMON + INSIDE["h"]) == pytest.approx(1.0)
    assert to_volts(-1.0) == pytest.approx(V_COMMON - INSIDE["h"])


def test_phases_are_drawn_where_their_switches_conduct(make_source: MakeSource) -> None:
    source = make_source()
    (layer,) = layers_of(source)
    strip = states_figure(source, layer, steps=2, first_step=1).axes[0]
    assert [text.get_text() for text in strip.get_yticklabels()] == [
        "transfer",
        "track",
        "read-out",
    ]
    spans = [
        [(path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in bars.get_paths()]
        for bars in strip.collections
    ]
    # an edge of 0.5 us passes half its height in the middle
    assert spans[0] == [pytest.approx((10.25, 12.25)), pytest.approx((20.25, 22.25))]
    assert spans[1] == [pytest.approx((12.75, 19.75)), pytest.approx((22.75, 29.75))]


def test_the_reset_is_shown_in_the_first_step_only(make_source: MakeSource) -> None:
    source = make_source(samples=2, steps=3)
    assert list(Window(source.clock, 0, 0, 0, 2).phases()) == ["transfer", "track", "reset"]
    assert list(Window(source.clock, 0, 0, 1, 2).phases()) == ["transfer", "track"]
    second = Window(source.clock, 0, 1, 0, 1).phases()["reset"]
    assert second == [pytest.approx((40.25e-6, 42.25e-6))]  # behind 3 steps and 1 of delay


def test_a_layer_behind_another_is_one_step_later(make_source: MakeSource) -> None:
    source = make_source(layers=("first", "second"))
    layers = layers_of(source)
    assert [(layer.name, layer.depth, layer.units) for layer in layers] == [
        ("first", 0, 2),
        ("second", 1, 2),
    ]
    window = choose_window(source, 1, count=2, step=0)
    assert (window.t_from_s, window.t_to_s) == pytest.approx((T_STEP_S, 3 * T_STEP_S))
    np.testing.assert_allclose(
        window.reads_s, np.array([2.0, 3.0]) * T_STEP_S - T_EDGE_S, rtol=1e-12
    )


def test_the_window_is_where_the_outputs_move_most(make_run: MakeRun) -> None:
    run = make_run(samples=2, steps=9)
    run.reference[...] = 0.0
    run.reference[1, 5:, :] = 1.0  # one jump, from step 4 to step 5 of the second sample
    window = choose_window(Source(run), 0, count=2)
    assert (window.sample, window.step, window.count) == (1, 4, 2)
    assert window.t_from_s == pytest.approx((10 + 4) * T_STEP_S)


def test_a_run_with_one_output_per_sample_shows_its_last_steps(make_source: MakeSource) -> None:
    window = choose_window(make_source(samples=2, steps=6, last_only=True), 0, count=4)
    assert (window.sample, window.step, window.count) == (0, 2, 4)


def test_a_short_sequence_shows_all_it_has(make_source: MakeSource) -> None:
    window = choose_window(make_source(steps=2), 0, count=6)
    assert (window.step, window.count) == (0, 2)


@pytest.mark.parametrize("step", [-1, 8])
def test_a_step_that_is_not_there_is_refused(make_source: MakeSource, step: int) -> None:
    with pytest.raises(InputError, match=r"first step: must lie in 0 to 7, got"):
        choose_window(make_source(), 0, count=3, step=step)


def test_a_unit_shows_everything_inside_it(make_source: MakeSource) -> None:
    source = make_source()
    (layer,) = layers_of(source)
    figure = unit_figure(source, layer, unit=1, first_step=4)
    panels = [set(curves(axes)) for axes in figure.axes[1:]]
    assert panels == [
        {"pre_i", "pre_f", "pre_g", "pre_o"},
        {"i", "f", "g", "o"},
        {"c_next", "c"},
        {"tanh_c"},
        {"h_next", "h"},
    ]
    # pre-activations have two scales, so there only volts are true
    assert [len(axes.child_axes) for axes in figure.axes[1:]] == [0, 1, 1, 1, 1]
    assert figure.get_suptitle() == "Layer lstm, unit 1"
    for axes in figure.axes[1:]:
        for kind, (t_us, drawn) in curves(axes).items():
            expected = volts(number(source, f"lstm.{kind}1"), 1e-6 * t_us)
            np.testing.assert_allclose(drawn, expected)
            assert (t_us.min(), t_us.max()) == pytest.approx((40.0, 70.0), abs=0.26)
        assert axes.get_xlim() == pytest.approx((40.0, 70.0))
        assert axes.get_ylabel() == "voltage (V)"


def test_a_variant_without_some_gates_shows_the_others(make_source: MakeSource) -> None:
    source = make_source()
    lacking = ("pre_f", "f", "tanh_c")
    source.__dict__["volts_per_unit"] = {
        name: scale
        for name, scale in source.volts_per_unit.items()
        if not name.startswith(tuple(f"lstm.{kind}" for kind in lacking))
    }
    (layer,) = layers_of(source)
    panels = [set(curves(axes)) for axes in unit_figure(source, layer).axes[1:]]
    assert panels == [
        {"pre_i", "pre_g", "pre_o"},
        {"i", "g", "o"},
        {"c_next", "c"},
        {"h_next", "h"},
    ]


def test_the_unit_that_moves_most_is_chosen(make_source: MakeSource) -> None:
    source = make_source(units=7)
    (layer,) = layers_of(source)
    window = choose_window(source, 0, count=6)
    reads = (window.step + 1 + np.arange(6)) * T_STEP_S - T_EDGE_S
    moved = [np.ptp(volts(number(source, f"lstm.h{unit}"), reads)) for unit in range(7)]
    shown = set(curves(states_figure(source, layer).axes[1]))
    assert shown == {f"h{unit}" for unit in np.argsort(moved)[-MOST_UNITS:]}


@pytest.mark.parametrize("unit", [-1, 2])
def test_a_unit_that_is_not_there_is_refused(make_source: MakeSource, unit: int) -> None:
    source = make_source()
    (layer,) = layers_of(source)
    for draw in (
        lambda: unit_figure(source, layer, unit=unit),
        lambda: states_figure(source, layer, units=[unit]),
    ):
        with pytest.raises(InputError, match=r"layer lstm, unit: must lie in 0 to 1, got"):
            draw()


def test_layers_are_told_by_their_signals_and_not_by_their_names() -> None:
    names = ["h0.pre0", "h0.out0", "a.c.pre0", "a.h1\n.h0", "a.h1\n.h1", "x.tanh_c0", "output0"]
    (layer,) = recurrent_layers(names, depth=1)
    assert (layer.name, layer.units, layer.has_cell) == ("a.h1\n", 2, False)


def test_both_directions_of_a_bidirectional_layer_compute_at_the_same_time() -> None:
    names = ["bi.forward.h0", "bi.backward.h0", "next.h0"]
    assert [layer.depth for layer in recurrent_layers(names, depth=2)] == [0, 0, 1]
    assert [layer.depth for layer in recurrent_layers(names, depth=3)] == [0, 1, 2]


def test_units_of_serial_hardware_show_the_slot_that_they_use() -> None:
    names = ["l.i_slot0", "l.i_slot1", *(f"l.h{unit}" for unit in range(4))]
    (layer,) = recurrent_layers(names, depth=1)
    assert [layer.signal("i", unit) for unit in range(4)] == ["l.i_slot0", "l.i_slot1"] * 2
    assert layer.signal("h", 3) == "l.h3"
    assert layer.signal("f", 0) is None


def test_every_turn_of_serial_hardware_has_its_track_phase() -> None:
    clock = Clock(20e-6, T_TRANSFER_S, T_EDGE_S, 1.0, 1, 3, 1, turns=2)
    track = Window(clock, 0, 0, 1, 1).phases()["track"]
    # turns from 2.5 us and from 11.25 us; each ends two edges early, but for half an edge
    assert track == [pytest.approx((22.75e-6, 30.5e-6)), pytest.approx((31.5e-6, 39.25e-6))]


def test_signals_of_a_slot_have_no_dots(make_source: MakeSource) -> None:
    source = make_source()
    shared = {name.replace("lstm.i1", "lstm.i_slot0"): v for name, v in source._probes.items()}
    shared["phi_select0"] = shared["phi_select1"] = shared["phi_track"]
    source.__dict__["_probes"] = shared
    source.run.waveforms.aliases["lstm.i_slot0"] = source.run.waveforms.aliases["lstm.i1"]
    (layer,) = layers_of(source)
    figure = unit_figure(source, layer, unit=1)
    assert len(dots(figure.axes[2])) == 3
    assert figure.get_suptitle() == "Layer lstm, unit 1, on hardware that other units use in turn"
