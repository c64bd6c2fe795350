"""Batches that end early: killed, interrupted, out of room; nothing that was finished is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from batches import content, started

import spicegen as sg
from spicegen.batch.make import State
from spicegen.batch.store import DATABASE, StorageError, open_results
from spicegen.errors import InputError

PlanFile = Callable[..., Path]
KILLS = 10
RUNS = 40


def finished(directory: Path) -> dict[int, str]:
    """Key of every finished run."""
    if not (directory / DATABASE).is_file():
        return {}
    with open_results(directory) as store:
        return store.finished()


def has_finished(directory: Path, runs: int) -> bool:
    return len(finished(directory)) >= runs


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.005)


def test_sigkill_at_ten_random_moments(plan_file: PlanFile, tmp_path: Path) -> None:
    plan = plan_file(f"[monte_carlo]\nruns = {RUNS}\nseed = 1\n[outputs]\nkeep = 'outputs'\n")
    sg.batch(plan, tmp_path / "undisturbed", jobs=2)
    killed, generator = tmp_path / "killed", np.random.default_rng(5)
    before: dict[int, str] = {}
    for kill in range(KILLS):
        process = started([plan, "-o", killed, "--jobs", "2"])
        # from the third on, in the midst of runs: a number of further rows, and a moment more
        if kill >= 2:
            enough = min(len(before) + int(generator.integers(3)), RUNS - 1)
            wait_for(lambda: (killed / "scratch").is_dir(), process)
            wait_for(partial(has_finished, killed, enough), process)
        time.sleep(generator.uniform(0.0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        now = finished(killed)
        assert before.items() <= now.items()
        before = now
    assert 0 < len(before) < RUNS
    result = sg.batch(plan, killed, jobs=2)
    assert (result.state.kept, result.state.finished) == (len(before), RUNS)
    assert content(killed) == content(tmp_path / "undisturbed")
    assert len(list((killed / "runs").iterdir())) == RUNS
    assert not (killed / "scratch").exists()


def test_sigterm_stops_engines_and_keeps_rows(plan_file: PlanFile, tmp_path: Path) -> None:
    plan = plan_file("[sweep]\ntiming.settle_error = [1e-3, 1e-4]\n[monte_carlo]\nruns = 200\n")
    process = started([plan, "-o", tmp_path / "b", "--jobs", "2"])
    wait_for(lambda: len(finished(tmp_path / "b")) >= 3, process)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM, stderr
    rows = finished(tmp_path / "b")
    assert 3 <= len(rows) < 400
    assert all(row["status"] == "done" for row in content(tmp_path / "b"))
    assert not (tmp_path / "b" / "scratch").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a file system needs root")
    yield place
    subprocess.run(["/bin/umount", str(place)], check=True)


def test_a_full_disk(plan_file: PlanFile, tmp_path: Path, small_disk: Path) -> None:
    plan = plan_file("[outputs]\nkeep = 'waveforms'\n[monte_carlo]\nruns = 20\n")
    states: list[State] = []
    with pytest.raises(StorageError, match="must be writable and have room: No space left") as told:
        sg.batch(plan, small_disk / "b", jobs=1, progress=states.append)
    assert "finished runs are kept; make room" in str(told.value)
    rows = finished(small_disk / "b")
    assert 0 < len(rows) == states[-1].made < 20
    subprocess.run(["/bin/mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    again = sg.batch(plan, small_disk / "b", jobs=1)
    assert (again.state.kept, again.state.finished) == (len(rows), 20)
    sg.batch(plan, tmp_path / "undisturbed", jobs=1)
    assert content(small_disk / "b") == content(tmp_path / "undisturbed")


def test_a_directory_that_cannot_be_written(plan_file: PlanFile, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file/b: the directory must be writable and have room"):
        sg.batch(plan_file(""), tmp_path / "file" / "b", jobs=1)
    with pytest.raises(InputError, match="the name must be free or a directory"):
        sg.batch(plan_file(""), tmp_path / "file", jobs=1)
    if os.geteuid():
        (tmp_path / "locked").mkdir(mode=0o500)
        with pytest.raises(InputError, match="must be writable"):
            sg.batch(plan_file(""), tmp_path / "locked" / "b", jobs=1)
