"""Runs that are stopped from outside: no finished directory, no engine left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest


def wait_for(path, seconds=20.0):
    end = time.monotonic() + seconds
    while not (path.is_file() and path.read_text()):
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.02)
    return int(path.read_text())


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def slow_run(lstm, program, environment, fake_ngspice):
    """A run whose engine takes half a minute; the process and the engine's id."""
    fake_ngspice(f"echo $$ > {lstm}/pid; exec sleep 30")
    arguments = ["run", lstm, "-i", lstm / "inputs.npy", "-o", lstm / "out", "--engine", "ngspice"]
    child = subprocess.Popen(
        [*program, *map(str, arguments)],
        env=environment | {"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    engine = wait_for(lstm / "pid")
    with child:
        yield child, engine
    if alive(engine):
        os.kill(engine, signal.SIGKILL)


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_stopped_run_leaves_nothing(number, status, slow_run, lstm):
    child, engine = slow_run
    child.send_signal(number)
    stdout, stderr = child.communicate(timeout=20)
    assert child.returncode == status
    assert stdout == ""
    assert "Traceback" not in stderr
    assert stderr.endswith("spicegen: interrupted\n") == (number == signal.SIGINT)
    assert {path.name for path in lstm.iterdir()} == {
        "network.toml", "weights.npz", "inputs.npy", "pid"
    }  # fmt: skip
    assert not alive(engine)


def test_a_killed_run_never_looks_finished(slow_run, lstm):
    child, _ = slow_run
    child.kill()
    child.communicate(timeout=20)
    assert not (lstm / "out").exists()
    assert not list(lstm.rglob("result.json"))


def test_an_interrupted_budget_ends_its_engines_and_leaves_nothing(
    lstm, program, environment, fake_ngspice
):
    """The run itself is real; the first circuits with sources switched off take half a minute."""
    fake_ngspice(
        f'case "$raw" in *budget*) echo $$ > {lstm}/pid; exec sleep 30;; esac\nexec "$real" "$@"'
    )
    arguments = ["run", lstm, "-i", lstm / "inputs.npy", "-o", lstm / "out", "--engine", "ngspice"]
    child = subprocess.Popen(
        [*program, *map(str, arguments), "--budget", "--jobs", "2"],
        env=environment | {"PATH": os.environ["PATH"]},
        stderr=subprocess.PIPE,
        text=True,
    )
    with child:
        engine = wait_for(lstm / "pid", 60.0)
        child.send_signal(signal.SIGINT)
        _, stderr = child.communicate(timeout=20)
    assert child.returncode == 130
    assert stderr.endswith("spicegen: interrupted\n")
    assert not alive(engine)
    assert {path.name for path in lstm.iterdir()} == {
        "network.toml", "weights.npz", "inputs.npy", "pid"
    }  # fmt: skip
