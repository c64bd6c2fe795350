"""Run directories: what is in them, what reproduces them, what never happens to them."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal as signals
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_networks import chain, dense, lstm, signal

import spicegen
from spicegen import rundir
from spicegen.design import design_from
from spicegen.errors import DesignError, InputError, MappingError, SimulationError, TimeLimitError
from spicegen.waveforms import Waveforms

NETWORK = chain(lstm("m", 2, 3, seed=1), dense("out", 3, 2, seed=2))
INPUTS = signal(2, 4, 2, seed=5)
FILES = {
    "circuit.cir", "crossbars.npz", "design.toml", "ngspice.log", "outputs.npz", "probes.json",
    "result.json", "waveforms.raw",
}  # fmt: skip


@pytest.fixture(scope="module")
def finished(ngspice_program: str, tmp_path_factory: pytest.TempPathFactory) -> spicegen.RunResult:
    """One run that the tests below look at and leave as it is."""
    return spicegen.run(NETWORK, INPUTS, out=tmp_path_factory.mktemp("runs") / "a")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from numbers(each)
    elif isinstance(value, int | float):
        yield float(value)


def test_files(finished: spicegen.RunResult) -> None:
    assert {path.name for path in finished.directory.iterdir()} == FILES


def test_result_json(finished: spicegen.RunResult) -> None:
    result = json.loads((finished.directory / "result.json").read_text())
    assert result == json.loads(json.dumps(finished.summary))
    assert set(result) >= {
        "spicegen", "engine", "seed", "netlist_sha256", "size", "timing", "accuracy", "clipping"
    }  # fmt: skip
    assert result["spicegen"] == spicegen.__version__
    assert set(result["engine"]) == {"name", "version", "options", "attempts"}
    assert [attempt["failure"] for attempt in result["engine"]["attempts"]] == [""]
    assert result["analysis"]["kind"] == "transient"
    assert result["engine"]["name"] == "ngspice"
    assert set(result["size"]) >= {"devices", "nodes", "opamps"}
    assert set(result["timing"]) == {"emit_s", "simulate_s", "read_s", "total_s"}
    parts = result["timing"]
    assert 0 < parts["emit_s"] + parts["simulate_s"] + parts["read_s"] <= parts["total_s"]
    assert set(result["accuracy"]) == {
        "mean_error_pct", "max_error_pct", "rmse", "agreement_pct", "full_scale", "per_output",
        "values",
    }  # fmt: skip
    assert result["accuracy"]["values"] == finished.outputs.size == 16
    assert {signal["signal"] for signal in result["clipping"]} >= {"input", "m.h", "m.c", "out.out"}
    assert all(math.isfinite(number) for number in numbers(result))


def test_outputs_are_what_the_waveforms_hold_at_the_read_out_instants(
    finished: spicegen.RunResult,
) -> None:
    with np.load(finished.directory / "outputs.npz", allow_pickle=False) as arrays:
        analog, reference, t_s = arrays["analog"], arrays["reference"], arrays["t_s"]
    np.testing.assert_array_equal(reference, NETWORK.forward(INPUTS).outputs)
    assert t_s.shape == (2, 4)
    assert (np.diff(t_s.reshape(-1)) > 0).all()
    probes = json.loads((finished.directory / "probes.json").read_text())
    waveforms = Waveforms.from_raw(finished.directory / "waveforms.raw")
    for output in range(2):
        probe = probes[f"output{output}"]
        volts = waveforms.at(probe["vector"], t_s.reshape(-1))[:, 0]
        np.testing.assert_allclose(
            volts / probe["volts_per_unit"], analog[..., output].reshape(-1), rtol=1e-12
        )
    np.testing.assert_array_equal(analog, finished.outputs)


def test_named_waveforms(finished: spicegen.RunResult) -> None:
    opened = spicegen.open_run(finished.directory)
    assert opened.accuracy == finished.accuracy
    assert {"m.h2", "m.c0", "m.i1", "m.pre_g2", "phi_track"} <= set(opened.waveforms.names())
    trace = NETWORK.forward(INPUTS).layers["m"]
    probes = json.loads((finished.directory / "probes.json").read_text())
    clock = finished.summary["clock"]
    # h of a step stands at the end of the next one, where the outputs are read
    for unit in range(3):
        read = opened.waveforms.at(f"m.h{unit}", opened.t_s.reshape(-1))[:, 0]
        h = read / probes[f"m.h{unit}"]["volts_per_unit"]
        np.testing.assert_allclose(h, trace["h"][..., unit].reshape(-1), atol=1e-3)
        now = opened.t_s.reshape(-1) - clock["t_step_s"]
        gate = opened.waveforms.at(f"m.f{unit}", now)[:, 0] / probes[f"m.f{unit}"]["volts_per_unit"]
        np.testing.assert_allclose(gate, trace["f"][..., unit].reshape(-1), atol=1e-3)


def test_the_deck_runs_by_hand(
    finished: spicegen.RunResult, ngspice_program: str, tmp_path: Path
) -> None:
    shutil.copy(finished.directory / "circuit.cir", tmp_path)
    argv = [ngspice_program, "-b", "circuit.cir", "-r", "waveforms.raw"]
    subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    by_hand = Waveforms.from_raw(tmp_path / "waveforms.raw")
    t_s = finished.t_s.reshape(-1)
    for output in range(2):
        vector = finished.waveforms.aliases[f"output{output}"]
        np.testing.assert_array_equal(by_hand.at(vector, t_s), finished.waveforms.at(vector, t_s))


DESIGNS: list[dict[str, object]] = [
    {},
    {"fidelity": "ideal", "crossbar": {"topology": "dual-column"}},
    {"mapping": {"scale": "unit"}, "simulation": {"save": "all", "seed": 7}},
    {"device": {"levels": 16}, "signal": {"v_common_volts": 1.2}, "timing": {"t_edge_s": 3.3e-7}},
    {"mapping": {"ranges": {"m.c": 2.5}}, "timing": {"serial": 2}, "opamp": {"gain": 12345.678}},
]


@pytest.mark.parametrize("table", DESIGNS)
def test_the_written_design_gives_the_same_deck_byte_for_byte(
    tmp_path: Path, table: dict[str, object]
) -> None:
    for network, inputs in (
        (NETWORK, INPUTS),
        (chain(dense("größe = [x]", 2, 3, "tanh", seed=1)), signal(5, 2, seed=1)),
    ):
        spicegen.emit(network, inputs, design_from(_fitting(table, network)), tmp_path / "a",
                      force=True)  # fmt: skip
        design = spicegen.load_design(tmp_path / "a" / "design.toml")
        spicegen.emit(network, inputs, design, tmp_path / "b", force=True)
        for name in ("circuit.cir", "design.toml", "probes.json"):
            assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def _fitting(table: dict[str, object], network: object) -> dict[str, object]:
    """Ranges belong to one network."""
    return table if network is NETWORK else {k: v for k, v in table.items() if k != "mapping"}


def test_the_design_of_a_run_gives_the_same_deck(
    finished: spicegen.RunResult, tmp_path: Path
) -> None:
    design = spicegen.load_design(finished.directory / "design.toml")
    summary = spicegen.emit(NETWORK, INPUTS, design, tmp_path / "again")
    deck = (finished.directory / "circuit.cir").read_bytes()
    assert (tmp_path / "again" / "circuit.cir").read_bytes() == deck
    assert summary["netlist_sha256"] == finished.summary["netlist_sha256"]


# ---- what is refused, and leaves no trace ---------------------------------------------------


def bad_inputs() -> dict[str, tuple[np.ndarray, str]]:
    broken, infinite = INPUTS.copy(), INPUTS.copy()
    broken[1, 2, 0], infinite[0, 0, 1] = np.nan, np.inf
    return {
        "nan": (broken, "got nan"),
        "infinite": (infinite, "got inf"),
        "features": (INPUTS[..., :1], "takes 2 features"),
        "axes": (INPUTS[0, 0], "axes must be"),
        "empty": (INPUTS[:, :0], "at least one sample and step"),
    }


@pytest.mark.parametrize("kind", bad_inputs())
@pytest.mark.usefixtures("ngspice_program")
def test_bad_inputs_write_nothing(tmp_path: Path, kind: str) -> None:
    inputs, message = bad_inputs()[kind]
    with pytest.raises(InputError, match=message):
        spicegen.run(NETWORK, inputs, out=tmp_path / "deep" / "run")
    with pytest.raises(InputError, match=message):
        spicegen.emit(NETWORK, inputs, spicegen.Design(), tmp_path / "deep" / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("ngspice_program")
def test_impossible_designs_write_nothing(tmp_path: Path) -> None:
    cases: list[tuple[dict[str, object], type[InputError], str]] = [
        ({"timing": {"t_step_s": 1e-6}}, DesignError, "a step must hold its phases"),
        ({"timing": {"t_transfer_s": 1e-7}}, DesignError, "at least two edges"),
        ({"mapping": {"ranges": {"m.x": 1.0}}}, MappingError, "there is no such signal"),
        (
            {"mapping": {"scale": "unit"}, "signal": {"v_read_volts": 0.05}},
            MappingError,
            "word lines must stay within v_read = 0.05 V",
        ),
    ]
    for table, error, message in cases:
        with pytest.raises(error, match=message):
            spicegen.run(NETWORK, INPUTS, design=design_from(table), out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


# ---- targets --------------------------------------------------------------------------------


def refused(out: Path, force: bool, message: str) -> None:
    before = contents(out) if out.is_dir() else None
    with pytest.raises(InputError, match=message):
        spicegen.emit(NETWORK, INPUTS, spicegen.Design(), out, force=force)
    assert before is None or contents(out) == before


def test_a_directory_with_something_in_it_needs_force(tmp_path: Path) -> None:
    out = tmp_path / "run"
    spicegen.emit(NETWORK, INPUTS, spicegen.Design(), out)
    refused(out, False, r"output .*run: the directory exists; choose another, or use --force")
    (out / "old-figure.png").write_text("old")
    spicegen.emit(NETWORK, INPUTS, design_from({"fidelity": "ideal"}), out, force=True)
    assert 'fidelity = "ideal"' in (out / "design.toml").read_text()
    assert not (out / "old-figure.png").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_force_replaces_only_what_spicegen_wrote(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.tex").write_text("years of work")
    for name in ("", "circuit.cir", "design.toml"):
        if name:
            (precious / name).write_text("of the user")
        refused(precious, True, "only a directory that spicegen wrote can be replaced")


def test_an_empty_directory_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    spicegen.emit(NETWORK, INPUTS, spicegen.Design(), tmp_path / "run")
    assert (tmp_path / "run" / "circuit.cir").is_file()


def test_files_and_links_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    for name in ("file", "link"):
        refused(tmp_path / name, True, "the name must be free or a directory")
    assert (tmp_path / "file").read_text() == "a file"


@pytest.mark.parametrize("name", [".", "..", "a/.."])
def test_a_run_needs_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    with pytest.raises(InputError, match=r"output .*: a run directory needs a name of its own; "):
        spicegen.emit(NETWORK, INPUTS, spicegen.Design(), Path(name), force=True)


def test_a_parent_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    refused(tmp_path / "closed" / "deep" / "run", False, "closed must be writable; choose another")
    assert list((tmp_path / "closed").iterdir()) == []


def test_only_finished_runs_can_be_opened(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(InputError, match="directory of a finished run, got no such directory"):
        spicegen.open_run(folder)
    spicegen.emit(NETWORK, INPUTS, spicegen.Design(), folder)
    with pytest.raises(InputError, match=r"finished run, got one whose simulation is missing"):
        spicegen.open_run(folder)


def test_a_damaged_result_is_told(finished: spicegen.RunResult, tmp_path: Path) -> None:
    copy = shutil.copytree(finished.directory, tmp_path / "copy")
    (copy / "result.json").write_text('{"accuracy": ')
    with pytest.raises(InputError, match=r"result\.json: the file must be readable JSON"):
        spicegen.open_run(copy)


# ---- runs that do not finish ----------------------------------------------------------------


@pytest.mark.usefixtures("ngspice_program")
def test_a_failed_run_keeps_its_files_and_leaves_the_target(tmp_path: Path) -> None:
    out = tmp_path / "run"
    spicegen.emit(NETWORK, INPUTS, spicegen.Design(), out)
    before = contents(out)
    design = design_from({"simulation": {"timeout_s": 1e-3}})
    with pytest.raises(TimeLimitError) as caught:
        spicegen.run(NETWORK, INPUTS, design=design, out=out, force=True)
    failed = tmp_path / "run.failed"
    assert caught.value.kept == str(failed)
    assert f"files kept in {failed}" in str(caught.value)
    assert {"circuit.cir", "design.toml", "ngspice.log"} <= set(contents(failed))
    assert "result.json" not in contents(failed)
    assert contents(out) == before
    assert {path.name for path in tmp_path.iterdir()} == {"run", "run.failed"}
    # a second failure replaces the first one's files
    with pytest.raises(SimulationError):
        spicegen.run(NETWORK, INPUTS, design=design, out=out, force=True)
    assert {path.name for path in tmp_path.iterdir()} == {"run", "run.failed"}


@pytest.mark.usefixtures("ngspice_program")
def test_an_interrupted_run_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(stage: str, share: float) -> None:
        if stage == "read":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spicegen.run(NETWORK, INPUTS, out=tmp_path / "run", progress=interrupt)
    assert list(tmp_path.iterdir()) == []


KILLED = """
import sys
from pathlib import Path
import numpy as np
import spicegen
from spicegen.network import Dense, Network
def stop(stage, share):
    if stage == "read":
        print("read", flush=True)
        sys.stdin.read()
network = Network("n", 1, (Dense("d", np.ones((1, 1)), np.zeros(1)),))
spicegen.run(network, np.ones((2, 1)), out=Path(sys.argv[1]), force=True, progress=stop)
"""


@pytest.mark.usefixtures("ngspice_program")
def test_a_killed_run_never_looks_finished(tmp_path: Path) -> None:
    out = tmp_path / "run"
    spicegen.emit(NETWORK, INPUTS, spicegen.Design(), out)
    before = contents(out)
    root = str(Path(spicegen.__file__).parents[1])
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": root},
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"read\n"  # simulated, not yet written
        child.send_signal(signals.SIGKILL)
    assert contents(out) == before
    spicegen.run(NETWORK, INPUTS, out=out, force=True)
    assert set(contents(out)) >= FILES


def test_progress_and_announcement(ngspice_program: str, tmp_path: Path) -> None:
    told: list[str] = []
    stages: list[tuple[str, float]] = []
    started = time.perf_counter()
    result = spicegen.run(
        NETWORK, INPUTS, out=tmp_path / "run", announce=told.append,
        progress=lambda stage, share: stages.append((stage, share)),
    )  # fmt: skip
    assert result.summary["timing"]["total_s"] <= time.perf_counter() - started
    assert len(told) == 1
    assert told[0].startswith("engine: ngspice ")
    assert list(dict.fromkeys(stage for stage, _ in stages)) == ["emit", "simulate", "read"]
    assert all(0 <= share <= 1 for _, share in stages)


def test_json_refuses_what_json_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        rundir.write_json(tmp_path / "a.json", {"a": math.nan})
