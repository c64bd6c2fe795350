"""Batches on a Dask cluster of two worker processes on this machine, over TCP."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from batches import ROOT, content

import spicegen as sg
from spicegen.batch import workers
from spicegen.batch.make import State
from spicegen.batch.workers import SchedulerLostError
from spicegen.cli.app import main

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

PlanFile = Callable[..., Path]
PLAN = "[sweep]\nopamp.gain = [1e4, 1e5]\n[monte_carlo]\nruns = 4\nseed = 2\n"
# what Dask leaves behind where a scheduler is killed; it is not ours
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Cluster:
    """A scheduler and two workers, each a process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        words = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.scheduler = self._start("dask_scheduler", *words)
        assert self.scheduler.stderr is not None
        for line in self.scheduler.stderr:
            if found := re.search(rb"Scheduler at: +(tcp://\S+)", line):
                self.address = found[1].decode()
                break
        words = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "20")
        self.workers = [self._start("dask_worker", self.address, *words) for _ in range(2)]

    def _start(self, module: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *words]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            command, env=environment, cwd=self._folder, stderr=subprocess.PIPE, stdout=-3
        )

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.communicate()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.stop()


def test_a_cluster_gives_the_same_table_and_a_lost_worker_costs_a_repetition(
    plan_file: PlanFile, tmp_path: Path, cluster: Cluster
) -> None:
    plan = plan_file(PLAN)
    sg.batch(plan, tmp_path / "here", jobs=1)

    def lose_a_worker(state: State) -> None:
        if state.made == 1:
            cluster.workers[0].kill()

    with distributed.Client(cluster.address, timeout=20, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=30)
        result = sg.batch(plan, tmp_path / "there", client=client, progress=lose_a_worker)
    assert (result.state.made, result.state.failed) == (8, 0)
    assert content(tmp_path / "there") == content(tmp_path / "here")


def test_a_scheduler_that_vanishes(plan_file: PlanFile, tmp_path: Path, cluster: Cluster) -> None:
    plan = plan_file(PLAN)

    def lose_it(state: State) -> None:
        if state.made == 2:
            cluster.scheduler.kill()

    client = distributed.Client(cluster.address, timeout=20, set_as_default=False)
    client.wait_for_workers(2, timeout=30)
    with pytest.raises(SchedulerLostError, match=f"the scheduler at {cluster.address} is gone"):
        sg.batch(plan, tmp_path / "b", client=client, progress=lose_it)
    client.close(timeout=2)
    kept = len(content(tmp_path / "b"))
    assert 2 <= kept < 8
    assert sg.batch(plan, tmp_path / "b", jobs=2).state.kept == kept


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--scheduler", "nonsense://x"), "a Dask scheduler must answer there, got nonsense://x"),
        (("--scheduler", "tcp://127.0.0.1:1"), "got tcp://127.0.0.1:1 (Timed out"),
        (("--scheduler", "a", "--cluster", "b"), "choose --scheduler or --cluster"),
        (("--cluster", "slurn"), "did you mean slurm?"),
    ],
)
def test_nobody_there(
    plan_file: PlanFile,
    tmp_path: Path,
    options: tuple[str, ...],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(workers, "CONNECT_S", 0.5)
    assert main(["batch", str(plan_file(PLAN)), "-o", str(tmp_path / "b"), *options]) == 2
    assert message in capsys.readouterr().err


def test_workers_of_an_own_cluster(
    plan_file: PlanFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["batch", str(plan_file(PLAN)), "-o", str(tmp_path / "b"), "--json"]
    assert main([*arguments, "--cluster", "local", "--jobs", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["made"] == 8
