"""Simulators that misbehave, played by scripts: what a real ngspice does only rarely."""

import os
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spicegen.engine import Job, end_all
from spicegen.engine.ngspice import NgspiceEngine
from spicegen.engine.raw_file import write_raw
from spicegen.errors import EngineKilledError, EngineMissingError, RawFileError, SimulationError

Fake = Callable[[str], NgspiceEngine]


@pytest.fixture
def good_raw(tmp_path: Path) -> Path:
    """Waveforms of a run to 10 us, which a fake may hand out whole or spoiled."""
    t_s = np.linspace(0.0, 1e-5, 101)
    path = tmp_path / "good.raw"
    columns = {"time": t_s, "v(out)": t_s * 1e5}
    write_raw(path, "fake", "Transient Analysis", ("time", "time"), columns)
    return path


def copy(good_raw: Path, change: str = "whole") -> str:
    """Script that writes a changed copy of the good file and exits with status 0."""
    return f"whole = open({str(good_raw)!r}, 'rb').read()\nopen(raw, 'wb').write({change})"


def test_the_unspoiled_copy_passes(
    fake_ngspice: Fake, make_job: Callable[..., Job], good_raw: Path
) -> None:
    assert fake_ngspice(copy(good_raw)).simulate(make_job()).points == 101


def test_crash(fake_ngspice: Fake, make_job: Callable[..., Job], good_raw: Path) -> None:
    script = copy(good_raw) + "\nprint('Doing analysis', flush=True)\n"
    fake = fake_ngspice(script + "os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(SimulationError, match=r"ended by signal SIGSEGV.*says: Doing analysis"):
        fake.simulate(make_job())


@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM"])
def test_killed_by_someone_else(
    fake_ngspice: Fake, make_job: Callable[..., Job], number: str
) -> None:
    fake = fake_ngspice(f"os.kill(os.getpid(), signal.{number})")
    with pytest.raises(EngineKilledError, match=f"ended by signal {number}"):
        fake.simulate(make_job())


def test_memory_limit(fake_ngspice: Fake, make_job: Callable[..., Job], good_raw: Path) -> None:
    """A limit that is set from outside holds before the engine has taken much."""
    greedy = fake_ngspice("time.sleep(0.3)\ntaken = bytearray(1 << 30)\n" + copy(good_raw))
    job = replace(make_job(), memory_bytes=1 << 29)
    with pytest.raises(SimulationError, match="exit status 1; the engine says: MemoryError"):
        greedy.simulate(job)
    assert greedy.simulate(replace(job, memory_bytes=1 << 32)).points == 101


def test_engines_of_every_thread_are_ended(
    fake_ngspice: Fake, make_job: Callable[..., Job]
) -> None:
    fake, job = fake_ngspice("open('here', 'w')\ntime.sleep(60)"), make_job()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(fake.simulate, job)
        while not (job.folder / "here").exists():
            time.sleep(0.01)
        end_all()
        with pytest.raises(EngineKilledError, match="ended by signal SIGKILL"):
            waiting.result(timeout=10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("whole[:-40]", r"truncated: 101 points of 2 variables need 1616 bytes, the file has 1576"),
        ("whole[:60]", "ends inside|truncated|header|expected"),
        ("b''", "the file is empty"),
        ("whole.replace(b'Points: 101', b'Points: 0  ')", "without points|no points|Points"),
        ("whole.replace(b'v(out)', b'v(oat)')", r"probes are missing: v\(out\)"),
        ("whole[:-8] + b'\\0\\0\\0\\0\\0\\0\\xf8\\x7f'", r"'v\(out\)' is nan at time 1e-05 s"),
        ("whole[:-8] + b'\\0\\0\\0\\0\\0\\0\\xf0\\xff'", r"'v\(out\)' is -inf"),
        ("whole[:-16] + whole[-32:-16]", r"stopped at 9\.9e-06 s, before 1e-05 s"),
    ],
)
def test_spoiled_waveforms(
    fake_ngspice: Fake,
    make_job: Callable[..., Job],
    good_raw: Path,
    change: str,
    message: str,
) -> None:
    with pytest.raises(RawFileError, match=rf"cannot be trusted.*(?:{message}).*files kept in"):
        fake_ngspice(copy(good_raw, change)).simulate(make_job())


def test_no_waveforms(fake_ngspice: Fake, make_job: Callable[..., Job]) -> None:
    with pytest.raises(RawFileError, match=r"there is no file waveforms\.raw"):
        fake_ngspice("pass").simulate(make_job())


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_error_with_status_0(
    fake_ngspice: Fake, make_job: Callable[..., Job], good_raw: Path, stream: str
) -> None:
    script = copy(good_raw) + f"\nsys.{stream}.write('Error: the matrix is on fire')"
    with pytest.raises(SimulationError, match=r"reports an error \(exit status 0\).*on fire"):
        fake_ngspice(script).simulate(make_job())


def test_status_without_an_error(
    fake_ngspice: Fake, make_job: Callable[..., Job], good_raw: Path
) -> None:
    script = copy(good_raw) + "\nprint('so long')\nsys.exit(3)"
    with pytest.raises(SimulationError, match=r"exit status 3.*so long"):
        fake_ngspice(script).simulate(make_job())


def test_torn_lines_of_two_streams_stay_whole(
    fake_ngspice: Fake, make_job: Callable[..., Job], good_raw: Path
) -> None:
    script = copy(good_raw) + (
        "\nsys.stdout.write('node   0.'); sys.stdout.flush(); time.sleep(0.1)"
        "\nsys.stderr.write('Warning: a torn line\\n'); sys.stderr.flush(); time.sleep(0.1)"
        "\nsys.stdout.write('5\\n')"
    )
    job = make_job()
    record = fake_ngspice(script).simulate(job)
    assert record.warnings == ("Warning: a torn line",)
    assert job.log.read_text() == "Warning: a torn line\nnode   0.5\n"


def test_progress_is_told_and_kept_out_of_the_log(
    fake_ngspice: Fake, make_job: Callable[..., Job], good_raw: Path
) -> None:
    script = copy(good_raw) + (
        "\nfor t in (2.5e-6, 5e-6, 1.1e-5):"
        "\n    sys.stdout.write(f' Reference value : {t: 12.5e}\\r'); sys.stdout.flush()"
        "\nprint('\\nNo. of Data Rows : 101')"
    )
    told: list[float] = []
    job = make_job(progress=told.append)
    fake_ngspice(script).simulate(job)
    assert told == [0.25, 0.5, 1.0]
    assert job.log.read_text() == "\nNo. of Data Rows : 101\n"


def test_one_thread_and_no_settings_of_the_user(
    fake_ngspice: Fake,
    make_job: Callable[..., Job],
    good_raw: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    monkeypatch.setenv("SPICE_ASCIIRAWFILE", "1")
    script = copy(good_raw) + "\nprint(sorted(os.environ.items()), sys.argv[1:], os.getcwd())"
    job = make_job()
    fake_ngspice(script).simulate(job)
    words = job.log.read_text()
    assert "('OMP_THREAD_LIMIT', '1')" in words and "('OMP_NUM_THREADS', '1')" in words
    assert "SPICE_ASCIIRAWFILE" not in words
    assert re.search(r"\['-n', '-b', '-r', '\S+waveforms\.raw', 'circuit\.cir'\]", words)
    assert words.rstrip().endswith(str(job.folder))


def test_program_that_cannot_be_started(tmp_path: Path, make_job: Callable[..., Job]) -> None:
    program = tmp_path / "ngspice"
    program.write_text("no program at all")
    with pytest.raises(SimulationError, match="ngspice cannot be started: Permission denied"):
        NgspiceEngine(program).simulate(make_job())


def test_banner_of_an_older_ngspice(tmp_path: Path) -> None:
    program = tmp_path / "ngspice"
    program.write_text(
        "#!/bin/sh\n"
        'case "$1" in\n'
        '--version) echo "** ngspice-36 : Circuit level simulation program";;\n'
        '*) echo "osdi: no such command available in ngspice"; echo "xspice extensions";;\n'
        "esac\n"
    )
    program.chmod(0o755)
    info = NgspiceEngine(program).info()
    assert (info.version, info.release) == ("36", 36)
    assert not info.capabilities.klu and not info.capabilities.osdi
    assert info.capabilities.xspice


def test_ngspice_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(EngineMissingError, match="ngspice was asked for and is not on PATH"):
        NgspiceEngine()
