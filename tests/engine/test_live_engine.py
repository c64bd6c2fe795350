"""libngspice that stays for many decks: every run checked as if it had a process of its own."""

from __future__ import annotations

import dataclasses
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from spicegen.engine import Engine, Job, write_feed
from spicegen.engine.feed import Feed
from spicegen.engine.live import LiveEngine
from spicegen.errors import EngineMissingError, RawFileError, SimulationError, TimeLimitError
from spicegen.waveforms import Waveforms

JobMaker = Callable[..., Job]


@pytest.fixture
def live() -> Iterator[LiveEngine]:
    try:
        engine = LiveEngine()
    except EngineMissingError as error:
        pytest.skip(str(error))
    with engine:
        yield engine


def process(live: LiveEngine) -> int:
    assert live._child is not None
    return live._child.pid


def divider(make_job: JobMaker, ohm: float) -> Job:
    return make_job(f"R2 out 0 {ohm!r}", body=("V1 in 0 1", "R1 in out 1k"))


def test_one_process_runs_many_decks(live: LiveEngine, make_job: JobMaker) -> None:
    numbers = set()
    for ohm in (500.0, 1000.0, 3000.0):
        job = divider(make_job, ohm)
        record = live.simulate(job)
        numbers.add(process(live))
        assert record.points > 0
        volts = Waveforms.from_raw(job.raw)["v(out)"].values
        np.testing.assert_allclose(volts, ohm / (1000.0 + ohm), rtol=1e-6)
        assert "Doing analysis" in job.log.read_text() or job.log.stat().st_size > 0
    assert len(numbers) == 1


def test_the_same_waveform_as_from_a_process_of_its_own(
    live: LiveEngine, shared: Engine, make_job: JobMaker
) -> None:
    job = make_job()
    live.simulate(divider(make_job, 2000.0))  # something else before
    job = make_job()
    live.simulate(job)
    ours = np.array(Waveforms.from_raw(job.raw)["v(out)"].values)
    shared.simulate(job)
    np.testing.assert_array_equal(Waveforms.from_raw(job.raw)["v(out)"].values, ours)


def test_a_bad_deck_fails_and_the_next_one_runs(live: LiveEngine, make_job: JobMaker) -> None:
    live.simulate(divider(make_job, 500.0))
    with pytest.raises(SimulationError):
        live.simulate(make_job("Q1 a b", save=".save v(out)"))
    with pytest.raises((RawFileError, SimulationError)):
        live.simulate(make_job(probes=("v(nowhere)",)))
    job = divider(make_job, 1000.0)
    live.simulate(job)
    np.testing.assert_allclose(Waveforms.from_raw(job.raw)["v(out)"].values, 0.5, rtol=1e-6)


def test_a_process_that_dies_fails_its_run_only(live: LiveEngine, make_job: JobMaker) -> None:
    live.simulate(divider(make_job, 500.0))
    first = process(live)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(SimulationError):
        live.simulate(divider(make_job, 500.0))
    live.simulate(divider(make_job, 1000.0))
    assert process(live) != first


def test_a_run_that_takes_too_long_is_stopped(live: LiveEngine, make_job: JobMaker) -> None:
    live.simulate(divider(make_job, 500.0))
    with pytest.raises(TimeLimitError, match=r"limit of 0\.3 s"):
        live.simulate(make_job(tran=".tran 1p 10u", timeout_s=0.3))
    assert live._child is None
    live.simulate(divider(make_job, 1000.0))


def test_sources_that_are_set_from_step_to_step(
    live: LiveEngine, make_job: JobMaker, tmp_path: Path
) -> None:
    """A counter: the state takes over input + state; then a deck whose sources are its own."""
    feed = Feed(
        ("Vx",), np.array([[1.0], [2.0], [3.0], [4.0]]), ("Vs",), ("v(out)",),
        np.array([0]), 4, 0.0,
    )  # fmt: skip
    body = ("Vx x 0 DC 1", "Vs s 0 DC 0", "E1 out 0 VALUE={V(x)+V(s)}", "R1 out 0 1k")
    for _ in range(2):
        job = dataclasses.replace(
            make_job(body=body, tran=".tran 1 4 0 1 uic", t_stop_s=3.0),
            steps=4,
            feed=tmp_path / "feed.npz",
        )
        write_feed(feed, tmp_path / "feed.npz")
        live.simulate(job)
        np.testing.assert_allclose(Waveforms.from_raw(job.raw)["v(out)"].values, [1, 3, 6, 10])
        live.simulate(divider(make_job, 500.0))


def test_closing_ends_the_process(live: LiveEngine, make_job: JobMaker) -> None:
    live.simulate(divider(make_job, 500.0))
    number = process(live)
    live.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
