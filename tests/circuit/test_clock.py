"""The clock's promises, for any step, phase and edge: evaluated as SPICE evaluates a PULSE."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from bench import held
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from spicegen.circuit import Clock
from spicegen.circuit.clock import on_grid
from spicegen.circuit.graph import Pulse
from spicegen.errors import DesignError

NS = 1e-9
Array = NDArray[np.float64]


def clock(
    step_ns: float, transfer_ns: float, edge_ns: float, samples: int, steps: int, depth: int
) -> Clock:
    return Clock(step_ns * NS, transfer_ns * NS, edge_ns * NS, 1.8, samples, steps, depth)


@st.composite
def clocks(draw: st.DrawFn, least_depth: int = 1) -> Clock:
    """Clocks just long enough, and longer ones."""
    edge = draw(st.integers(1, 2000))
    depth = draw(st.integers(least_depth, 3))
    transfer = 2 * edge + draw(st.just(0) | st.integers(0, 5000))
    least = transfer + 5 * edge if depth else 3 * edge
    step = least + draw(st.just(0) | st.integers(0, 50_000))
    samples, steps = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    return clock(step, transfer if depth else 0, edge, samples, steps, depth)


@st.composite
def serial_clocks(draw: st.DrawFn) -> Clock:
    """Clocks of serial hardware."""
    edge, turns = draw(st.integers(1, 500)), draw(st.integers(2, 5))
    transfer = 2 * edge + draw(st.integers(0, 500))
    step = transfer + (5 * turns + 1) * edge + draw(st.just(0) | st.integers(0, 5000))
    return Clock(step * NS, transfer * NS, edge * NS, 1.8, 2, draw(st.integers(1, 3)), 1, turns)


def volts(pulse: Pulse, t_s: Array) -> Array:
    """PULSE(0 high delay rise fall width period) at any time, by ngspice's manual."""
    inside = np.where(t_s < pulse.delay_s, -1.0, (t_s - pulse.delay_s) % pulse.period_s)
    top, end = pulse.rise_s + pulse.width_s, pulse.rise_s + pulse.width_s + pulse.fall_s
    corners = [-1.0, 0.0, pulse.rise_s, top, end, np.inf]
    levels = [0.0, 0.0, pulse.high_volts, pulse.high_volts, 0.0, 0.0]
    return np.interp(inside, corners[:-1], levels[:-1])


def windows_ns(pulse: Pulse, stop_s: float) -> Array:
    """(pulses, 2) spans in which a switch conducts: above half of the clock voltage; ns."""
    first = pulse.delay_s + pulse.rise_s / 2
    last = pulse.delay_s + pulse.rise_s + pulse.width_s + pulse.fall_s / 2
    starts = np.arange(round(stop_s / pulse.period_s) + 1) * pulse.period_s
    starts = starts[starts + pulse.delay_s < stop_s * (1 - 1e-12)]
    return np.stack([starts + first, starts + last], axis=1) / NS


def whole(t_s: Array | float) -> Array:
    """Times in ns, after checking that they are whole nanoseconds."""
    t_ns = np.asarray(t_s) / NS
    np.testing.assert_allclose(t_ns, np.rint(t_ns), rtol=1e-12)
    return np.rint(t_ns)


@given(clocks())
def test_phases_never_conduct_together_and_leave_an_edge_between(made: Clock) -> None:
    track = windows_ns(made.track(), made.t_stop_s)
    transfer = windows_ns(made.transfer(), made.t_stop_s)
    steps = made.samples * made.steps_per_sample
    assert len(track) == len(transfer) == steps
    edge = made.t_edge_s / NS
    assert (track[:, 1] > track[:, 0]).all()
    assert (transfer[:, 1] > transfer[:, 0]).all()
    # within a step transfer comes first, then track, then the next step's transfer
    assert (track[:, 0] - transfer[:, 1] >= edge - 1e-6).all()
    assert (transfer[1:, 0] - track[:-1, 1] >= edge - 1e-6).all()


@given(clocks())
def test_pulses_cross_half_the_clock_voltage_where_the_windows_say(made: Clock) -> None:
    # the windows above are algebra; here the waveform itself, sampled through two steps
    t_s = np.linspace(0, 2 * made.t_step_s, 2001)
    high = [volts(phase, t_s) > 0.9 for phase in (made.track(), made.transfer())]
    assert not (high[0] & high[1]).any()
    both = volts(made.track(), t_s) + volts(made.transfer(), t_s)
    assert both.max() <= 1.8 + 1e-9  # not even their edges overlap
    for phase, conducts in zip((made.track(), made.transfer()), high, strict=True):
        spans = windows_ns(phase, 2 * made.t_step_s) * NS
        slack = t_s[1]
        inside = ((t_s > spans[:, :1] + slack) & (t_s < spans[:, 1:] - slack)).any(axis=0)
        outside = ((t_s < spans[:, :1] - slack) | (t_s > spans[:, 1:] + slack)).all(axis=0)
        assert conducts[inside].all()
        assert not conducts[outside].any()


@given(clocks(least_depth=0), st.integers(0, 2**32 - 1))
def test_inputs_change_only_at_the_start_of_a_step_and_never_while_track_conducts(
    made: Clock, seed: int
) -> None:
    values = np.random.default_rng(seed).normal(size=(made.samples, made.steps))
    wave = held(made, values)
    assert (np.diff(wave.t_s) > 0).all()
    whole(wave.t_s)
    assert wave.t_s[0] == 0
    steps = made.samples * made.steps_per_sample
    expected = np.concatenate([values, np.repeat(values[:, -1:], made.depth, axis=1)], axis=1)
    for share in (0.0, 0.5, 1.0):  # from the end of the input's edge to the end of the step
        t_s = np.arange(steps) * made.t_step_s
        t_s = t_s + made.t_edge_s + share * (made.t_step_s - made.t_edge_s)
        np.testing.assert_allclose(
            np.interp(t_s, wave.t_s, wave.volts), expected.reshape(-1), rtol=0, atol=1e-9
        )
    if made.depth:
        changing = np.arange(steps)[:, None] * made.t_step_s + np.array([0, made.t_edge_s])
        track = windows_ns(made.track(), made.t_stop_s) * NS
        for begin, end in track:
            assert ((end < changing[:, 0] + 1e-15) | (begin > changing[:, 1] - 1e-15)).all()


@given(clocks(least_depth=0))
def test_outputs_are_read_when_all_has_settled(made: Clock) -> None:
    t_s = made.sampling(made.depth)
    assert t_s.shape == (made.samples, made.steps)
    whole(t_s)
    assert t_s.max() < made.t_stop_s
    step = np.floor(t_s / made.t_step_s)
    # step k of a sequence is read in the step in which the last layer shows it
    first = np.arange(made.samples)[:, None] * made.steps_per_sample
    np.testing.assert_array_equal(step, first + np.arange(made.steps) + made.depth)
    # as late as can be: one edge before the step ends, so nothing has begun to change
    np.testing.assert_allclose(step * made.t_step_s + made.t_step_s - t_s, made.t_edge_s)
    if made.depth:
        assert (volts(made.transfer(), t_s.reshape(-1)) == 0).all()
        # while track is high, up to the instant where it begins to fall
        np.testing.assert_allclose(volts(made.track(), t_s.reshape(-1)), 1.8, rtol=1e-6)


@given(clocks(), st.data())
def test_reset_is_the_transfer_phase_of_each_layers_first_step(
    made: Clock, data: st.DataObject
) -> None:
    depth = data.draw(st.integers(0, made.depth - 1))
    reset = windows_ns(made.reset(depth), made.t_stop_s)
    transfer = windows_ns(made.transfer(), made.t_stop_s)
    first_steps = np.arange(made.samples) * made.steps_per_sample + depth
    np.testing.assert_allclose(reset, transfer[first_steps], rtol=1e-12)
    t_s = np.linspace(0, made.t_stop_s, 1999)
    assert (volts(made.reset(depth), t_s) <= volts(made.transfer(), t_s) + 1e-6).all()


@given(serial_clocks())
def test_turns_follow_one_another_and_hold_before_they_are_cut_off(made: Clock) -> None:
    edge, stop = made.t_edge_s / NS, made.t_stop_s
    select = [windows_ns(made.select(turn), stop) for turn in range(made.turns)]
    track = [windows_ns(made.track(turn), stop) for turn in range(made.turns)]
    transfer = windows_ns(made.transfer(), stop)
    for chosen, following in zip(select, track, strict=True):
        # a state is tracked only while its unit is selected, and held an edge before
        assert (following[:, 0] >= chosen[:, 0] - 1e-6).all()
        assert (chosen[:, 1] - following[:, 1] >= edge - 1e-6).all()
        assert (following[:, 1] > following[:, 0]).all()
    for before, after in pairwise(select):  # one group at a time
        assert (after[:, 0] - before[:, 1] >= -1e-6).all()
    assert (track[0][:, 0] - transfer[:, 1] >= edge - 1e-6).all()
    assert (transfer[1:, 0] - track[-1][:-1, 1] >= edge - 1e-6).all()
    lengths = [float((chosen[:, 1] - chosen[:, 0])[0]) for chosen in select]
    assert max(lengths[:-1]) - min(lengths[:-1]) < 1e-3  # equal turns; the last takes the rest
    assert lengths[-1] >= lengths[0] - 1e-3
    for phase in (made.select(0), made.track(made.turns - 1)):
        whole(np.array([phase.delay_s, phase.width_s, phase.period_s]))


def test_serial_step_too_short_for_its_turns() -> None:
    Clock(1800e-9, 200e-9, 100e-9, 1.8, 1, 1, 1, 3)
    with pytest.raises(
        DesignError, match=r"phases and their edges \(1\.8e-06 s\), got 1\.799e-06 s"
    ):
        Clock(1799e-9, 200e-9, 100e-9, 1.8, 1, 1, 1, 3)


@given(clocks(least_depth=0))
def test_everything_is_on_the_grid(made: Clock) -> None:
    times = [made.t_step_s, made.t_transfer_s, made.t_edge_s, made.t_stop_s]
    phases = [made.track(), made.transfer(), made.reset(0)] if made.depth else []
    for phase in phases:
        times += [phase.delay_s, phase.rise_s, phase.fall_s, phase.width_s, phase.period_s]
        assert phase.width_s >= 0
    t_ns = whole(np.array(times))
    # and digits are those of the grid point itself: 7.3e-07, never 7.300000000000001e-07
    assert times == [float(f"{int(t)}e-9") for t in t_ns]


def test_times_between_grid_points_are_rounded() -> None:
    made = clock(1000.4, 100.3, 10.4, 1, 2, 1)
    assert (made.t_step_s, made.t_transfer_s, made.t_edge_s) == (1e-6, 1e-7, 1e-8)
    assert on_grid(2.4999e-9) == 2e-9


def test_a_step_by_hand() -> None:
    made = clock(1000, 200, 10, 2, 3, 1)
    assert made.steps_per_sample == 4
    assert made.t_stop_s == 8e-6
    assert made.transfer() == Pulse(1.8, 0.0, 1e-8, 1e-8, 1.9e-7, 1e-6)
    assert made.track() == Pulse(1.8, 2.1e-7, 1e-8, 1e-8, 7.7e-7, 1e-6)
    assert made.reset(0) == Pulse(1.8, 0.0, 1e-8, 1e-8, 1.9e-7, 4e-6)
    np.testing.assert_allclose(made.sampling(1), [[1.99e-6, 2.99e-6, 3.99e-6],
                                                  [5.99e-6, 6.99e-6, 7.99e-6]])  # fmt: skip
    wave = held(made, np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]))
    np.testing.assert_allclose(wave.t_s[:4], [0, 1e-6, 1.01e-6, 2e-6])
    np.testing.assert_allclose(
        wave.volts, [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.3, 0.3, 0.4, 0.4, 0.5, 0.5, 0.6, 0.6, 0.6]
    )


def test_a_single_step_is_constant() -> None:
    wave = held(clock(100, 0, 10, 1, 1, 0), np.array([[0.25]]))
    assert wave.t_s.tolist() == [0.0]
    assert wave.volts.tolist() == [0.25]


def test_transfer_shorter_than_two_edges() -> None:
    with pytest.raises(
        DesignError,
        match=r"timing\.t_transfer_s: the transfer phase must be at least two edges \(2e-07 s\), "
        r"got 1\.99e-07 s; widen it or make timing\.t_edge_s smaller",
    ):
        clock(1000, 199, 100, 1, 1, 1)


def test_step_shorter_than_its_phases() -> None:
    clock(700, 200, 100, 1, 1, 1)
    with pytest.raises(
        DesignError,
        match=r"timing\.t_step_s: a step must hold its phases and their edges \(7e-07 s\), "
        r"got 6\.99e-07 s; lengthen the step or make timing\.t_edge_s smaller",
    ):
        clock(699, 200, 100, 1, 1, 1)
    clock(300, 0, 100, 1, 1, 0)
    with pytest.raises(DesignError, match=r"phases and their edges \(3e-07 s\), got 2\.99e-07 s"):
        clock(299, 0, 100, 1, 1, 0)


def test_edge_below_the_grid() -> None:
    with pytest.raises(DesignError, match=r"timing\.t_edge_s: an edge takes at least 1e-09 s"):
        clock(100, 10, 0.4, 1, 1, 1)
