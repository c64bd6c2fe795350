"""A run that is stopped leaves no process behind."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from spicegen.engine import Engine, Job
from spicegen.engine.ngspice import NgspiceEngine
from spicegen.errors import TimeLimitError

# writes its own number and that of a child, then both sleep
SLEEPER = (
    "import subprocess\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "open('numbers.new', 'w').write(f'{os.getpid()} {child.pid}')\n"
    "os.rename('numbers.new', 'numbers')\n"
    "time.sleep(60)\n"
)


def alive(number: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        status = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def gone(numbers: list[int]) -> bool:
    until = time.monotonic() + 5
    while any(alive(number) for number in numbers) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(alive(number) for number in numbers)


def processes_in(folder: Path) -> list[int]:
    """Processes whose working directory is the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
        except OSError:  # ended meanwhile, or another user's
            continue
    return found


def slow_job(make_job: Callable[..., Job], timeout_s: float) -> Job:
    """A deck that takes minutes in every engine."""
    ladder = [f"R{i} n{i} n{i + 1} 1k\nC{i} n{i + 1} 0 1p" for i in range(300)]
    return make_job(
        "V1 n0 0 SIN(0 1 1meg)",
        *ladder,
        body=(),
        probes=("v(n9)",),
        tran=".tran 10n 4m 0 10n",
        t_stop_s=4e-3,
        timeout_s=timeout_s,
    )


def test_time_limit(engine: Engine, make_job: Callable[..., Job]) -> None:
    told: list[float] = []
    job = slow_job(make_job, timeout_s=1.0)
    job = Job(job.deck, job.raw, job.log, job.probes, job.t_stop_s, 1.0, told.append)
    started = time.monotonic()
    with pytest.raises(TimeLimitError, match=r"longer than the limit of 1 s.*files kept in"):
        engine.simulate(job)
    assert time.monotonic() - started < 30  # the deck takes minutes; a busy machine seconds
    assert gone(processes_in(job.folder))
    assert job.deck.is_file() and job.log.is_file()
    if engine.info().capabilities.progress:
        assert told and told == sorted(told) and 0 <= told[0] <= told[-1] < 1


def test_children_of_the_engine_end_too(
    fake_ngspice: Callable[[str], NgspiceEngine], make_job: Callable[..., Job]
) -> None:
    job = make_job(timeout_s=1.0)
    with pytest.raises(TimeLimitError):
        fake_ngspice(SLEEPER).simulate(job)
    numbers = [int(word) for word in (job.folder / "numbers").read_text().split()]
    assert len(numbers) == 2 and gone(numbers)


def test_engine_that_leaves_a_child_behind_does_not_hold_the_run(
    fake_ngspice: Callable[[str], NgspiceEngine], make_job: Callable[..., Job]
) -> None:
    leave = SLEEPER.replace("60", "8").replace("time.sleep(8)\n", "sys.exit(1)\n")
    started = time.monotonic()
    with pytest.raises(Exception, match="exit status 1"):
        fake_ngspice(leave).simulate(make_job())
    assert time.monotonic() - started < 5


def test_error_in_the_progress_call_ends_the_engine(
    ngspice: Engine, make_job: Callable[..., Job]
) -> None:
    def fail(done: float) -> None:
        raise RuntimeError("no terminal")

    job = slow_job(make_job, timeout_s=20.0)
    job = Job(job.deck, job.raw, job.log, job.probes, job.t_stop_s, 20.0, fail)
    with pytest.raises(RuntimeError, match="no terminal"):
        ngspice.simulate(job)
    assert gone(processes_in(job.folder))


def test_ctrl_c_ends_the_engine(
    fake_ngspice: Callable[[str], NgspiceEngine], make_job: Callable[..., Job]
) -> None:
    fake = fake_ngspice(SLEEPER)
    job = make_job()
    script = (
        "from pathlib import Path\n"
        "from spicegen.engine import Job\n"
        "from spicegen.engine.ngspice import NgspiceEngine\n"
        f"folder = Path({str(job.folder)!r})\n"
        "names = ('circuit.cir', 'waveforms.raw', 'ngspice.log')\n"
        "job = Job(*(folder / name for name in names), ('v(out)',), 1e-5)\n"
        f"NgspiceEngine(Path({fake.info().path!r})).simulate(job)\n"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", script], stderr=subprocess.PIPE, cwd=Path.cwd(), text=True
    )
    with caller:
        numbers_file = job.folder / "numbers"
        until = time.monotonic() + 10
        while not numbers_file.exists() and time.monotonic() < until:
            time.sleep(0.02)
        caller.send_signal(signal.SIGINT)
        _, words = caller.communicate(timeout=10)
    assert "KeyboardInterrupt" in words
    assert gone([int(word) for word in numbers_file.read_text().split()])
