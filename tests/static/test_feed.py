"""What is set from step to step: by number, by time, and in the deck."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spicegen.design import design_from
from spicegen.engine.choose import select
from spicegen.engine.feed import Feed, make_external, read_feed, write_feed
from spicegen.engine.keep import keep_steps
from spicegen.engine.raw_file import write_raw
from spicegen.engine.shared import SharedEngine
from spicegen.engine.steps import StepError, Stepper
from spicegen.errors import DesignError, EngineMissingError, RawFileError, SimulationError
from spicegen.pipeline import prepare
from spicegen.waveforms import read_raw

FEED = Feed(
    ("Va", "Vb"),
    np.arange(12.0).reshape(6, 2),
    ("Vc", "Vd"),
    ("v(x)", "v(y)"),
    np.array([0, 1]),
    3,
    0.5,
)


def test_states_are_taken_over_and_cleared_at_each_sequence() -> None:
    taken = np.array([1.0, 2.0])
    by_step = [FEED.at(step, taken)[2:].tolist() for step in range(6)]
    assert by_step == [[0, 0], [0.5, 0], [0.5, 1.5], [0, 1.5], [0.5, 0], [0.5, 1.5]]
    assert FEED.at(4, taken)[:2].tolist() == [8.0, 9.0]


def test_a_feed_survives_its_file(tmp_path: Path) -> None:
    write_feed(FEED, tmp_path / "feed.npz")
    again = read_feed(tmp_path / "feed.npz")
    assert again.sources == FEED.sources
    assert again.vectors == FEED.vectors
    assert (again.period_steps, again.v_reference_volts, again.steps) == (3, 0.5, 6)
    np.testing.assert_array_equal(again.volts, FEED.volts)


def test_rejected_time_points_go_back() -> None:
    stepper = Stepper(FEED)
    at_c = stepper.column[b"vc"]
    stepper.take(0.4, [1.0, 1.0])
    assert stepper.voltages(1.2)[at_c] == 0.5
    assert stepper.voltages(0.9)[at_c] == 0.0
    stepper.take(0.9, [2.0, 1.0])
    assert stepper.voltages(1.2)[at_c] == 1.5
    assert stepper.step_at(6.0) == 5
    stepper.check()


def test_a_step_that_is_left_out_is_an_error(tmp_path: Path) -> None:
    stepper = Stepper(FEED)
    stepper.take(0.5, [0.0, 0.0])
    stepper.voltages(2.1)
    with pytest.raises(StepError, match="left out step 1"):
        stepper.check()
    points = {"time": np.array([0.0, 0.5, 2.5]), "v(x)": np.arange(3.0)}
    write_raw(tmp_path / "p.raw", "t", "Transient Analysis", ("time", "time"), points)
    with pytest.raises(RawFileError, match="left out step 1"):
        keep_steps(tmp_path / "p.raw", 3)


def test_the_last_point_of_each_step_is_kept(tmp_path: Path) -> None:
    times = np.array([0.0, 0.1, 0.7, 1.7, 2.2, 2.7, 3.0])
    points = {"time": times, "v(x)": np.arange(7.0)}
    write_raw(tmp_path / "p.raw", "t", "Transient Analysis", ("time", "time"), points)
    keep_steps(tmp_path / "p.raw", 3)
    (plot,) = read_raw(tmp_path / "p.raw")
    np.testing.assert_array_equal(plot.sweep, [0, 1, 2])
    np.testing.assert_array_equal(plot["v(x)"], [2, 3, 6])


def test_external_sources_in_the_deck(tmp_path: Path) -> None:
    deck = tmp_path / "c.cir"
    deck.write_text("* t\n.subckt s a\nVa a 0 DC 1\n.ends s\nVa in 0 DC 0.25\nVk k 0 DC 1\n.end\n")
    make_external(deck, ["Va"], tmp_path / "x.cir")
    assert (tmp_path / "x.cir").read_text() == (
        "* t\n.subckt s a\nVa a 0 DC 1\n.ends s\nVa in 0 DC 0 external\nVk k 0 DC 1\n.end\n"
    )
    with pytest.raises(SimulationError, match="no source vz that could be set"):
        make_external(deck, ["Vz"], tmp_path / "x.cir")


def test_serial_hardware_is_refused() -> None:
    from recurrent_networks import INPUTS, every_kind
    from small_networks import signal

    design = design_from({"simulation": {"analysis": "static"}, "timing": {"serial": 2}})
    with pytest.raises(DesignError, match=r"timing\.serial: a static analysis has no turns"):
        prepare(every_kind()["lstm-np"], signal(3, INPUTS, seed=1), design).circuit()


def test_engines_for_steps_without_libngspice(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(self: SharedEngine, library: str | None = None) -> None:
        raise EngineMissingError("libngspice is not installed; install it")

    monkeypatch.setattr(SharedEngine, "__init__", missing)
    with pytest.raises(EngineMissingError, match=r"the program ngspice cannot: .*neospice"):
        select("ngspice", steps=True)
    choice = select("auto", steps=True)
    assert choice.info.name == "neospice"
    assert "libngspice is missing" in choice.announcement
