"""Whole batches of a small network on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batches import content, started
from pyarrow import parquet

import spicegen as sg
from spicegen.batch.content import network_hash
from spicegen.batch.make import State
from spicegen.batch.store import open_locked
from spicegen.batch.table import TIMES
from spicegen.cli.app import main
from spicegen.errors import InputError

PlanFile = Callable[..., Path]
LIMIT = "[design]\nsimulation.engine = 'neospice'\nsimulation.memory_bytes = {}\n"
SWEEP = "[sweep]\nopamp.v_offset_volts = [0.0, 1e-3]\nopamp.r_out_ohm = [50, 100]\n"


def table(directory: Path) -> list[dict[str, Any]]:
    return parquet.read_table(directory / "results.parquet").to_pylist()


def test_a_row_holds_what_the_run_by_itself_gives(plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file(SWEEP)
    result = sg.batch(path, tmp_path / "b", jobs=2)
    assert result.state == State(4, 0, 4, 0, result.state.seconds)
    rows = table(tmp_path / "b")
    assert [(r["opamp.v_offset_volts"], r["opamp.r_out_ohm"]) for r in rows] == [
        (0.0, 50), (0.0, 100), (1e-3, 50), (1e-3, 100)
    ]  # fmt: skip
    network = sg.load_network(path.parent / "network.toml")
    inputs = sg.load_inputs(path.parent / "inputs.npy", network)
    design = sg.load_design(
        None, ["opamp.v_offset_volts=1e-3", "opamp.r_out_ohm=50", "cost.enabled=true"]
    )
    alone = sg.run(network, inputs, design=design, out=tmp_path / "alone")
    assert rows[2]["max_error_pct"] == alone.accuracy.max_error_pct
    assert rows[2]["netlist_sha256"] == alone.summary["netlist_sha256"]
    assert rows[2]["power_watt"] == alone.summary["cost"]["power_watt"]
    assert rows[2]["max_error_pct"] > 10 * rows[0]["max_error_pct"]
    assert {row["status"] for row in rows} == {"done"}
    assert not (tmp_path / "b" / "scratch").exists()


def test_nothing_is_made_twice(plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file(SWEEP)
    sg.batch(path, tmp_path / "b", jobs=1)
    before = table(tmp_path / "b")
    again = sg.batch(path, tmp_path / "b", jobs=1)
    assert (again.state.kept, again.state.made) == (4, 0)
    assert table(tmp_path / "b") == before


def test_the_number_of_workers_does_not_show(plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file("[monte_carlo]\nruns = 6\nseed = 3\n")
    sg.batch(path, tmp_path / "one", jobs=1)
    sg.batch(path, tmp_path / "three", jobs=3)
    assert content(tmp_path / "one") == content(tmp_path / "three")


def test_a_run_that_fails_is_a_row_and_made_again_when_asked(
    plan_file: PlanFile, tmp_path: Path
) -> None:
    path = plan_file("[sweep]\nsimulation.timeout_s = [0.001, 60.0]\n")
    result = sg.batch(path, tmp_path / "b", jobs=1)
    assert result.state.failed == 1
    failed, done = table(tmp_path / "b")
    assert (failed["status"], done["status"]) == ("failed", "done")
    assert failed["error"] == "TimeLimitError"
    assert failed["message"].startswith("ngspice ran longer than the limit of 0.001 s")
    assert failed["max_error_pct"] is None
    kept = tmp_path / "b" / "runs" / "000000"
    assert {"circuit.cir", "design.toml"} <= {path.name for path in kept.iterdir()}
    again = sg.batch(path, tmp_path / "b", jobs=1)
    assert (again.state.made, again.state.failed) == (0, 1)
    again = sg.batch(path, tmp_path / "b", jobs=1, retry=True)
    assert (again.state.kept, again.state.made, again.state.failed) == (1, 1, 1)


def test_limits_are_no_part_of_a_run(plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file("[design]\nsimulation.timeout_s = 0.001\n")
    assert sg.batch(path, tmp_path / "b", jobs=1).state.failed == 1
    plan_file("[design]\nsimulation.timeout_s = 60.0\n")
    assert sg.batch(path, tmp_path / "b", jobs=1, retry=True).state.failed == 0


def test_a_run_may_not_take_more_memory_than_allowed(plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file(LIMIT.format(1 << 26))  # Python takes more
    assert sg.batch(path, tmp_path / "b", jobs=1).state.failed == 1
    plan_file(LIMIT.format(1 << 32))
    assert sg.batch(path, tmp_path / "b", jobs=1, retry=True).state.failed == 0


def test_a_mapping_that_is_impossible_is_a_row(plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file("[sweep]\ntiming.t_step_s = [1e-9, 1e-5]\n")
    sg.batch(path, tmp_path / "b", jobs=1)
    first, second = table(tmp_path / "b")
    assert (first["error"], first["status"]) == ("DesignError", "failed")
    assert second["status"] == "done"


@pytest.mark.parametrize(
    ("keep", "files"),
    [
        ("outputs", {"outputs.npz", "result.json", "design.toml"}),
        ("waveforms", {"outputs.npz", "result.json", "waveforms.raw", "circuit.cir"}),
    ],
)
def test_what_is_kept_of_each_run(
    plan_file: PlanFile, tmp_path: Path, keep: str, files: set[str]
) -> None:
    path = plan_file(f"[outputs]\nkeep = '{keep}'\n[sweep]\nopamp.gain = [1e5]\n")
    sg.batch(path, tmp_path / "b", jobs=1)
    folder = tmp_path / "b" / "runs" / "000000"
    assert files <= {path.name for path in folder.iterdir()}
    run = sg.open_run(folder)
    assert run.accuracy.max_error_pct == table(tmp_path / "b")[0]["max_error_pct"]
    if keep == "waveforms":
        assert np.isfinite(run.waveforms["output0"].values).all()


def test_a_directory_of_another_plan_says_what_differs(plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file(SWEEP)
    sg.batch(path, tmp_path / "b", jobs=1)
    plan_file(SWEEP.replace("1e-3", "2e-3") + "[monte_carlo]\nruns = 2\n")
    with pytest.raises(InputError, match="belongs to another plan") as caught:
        sg.batch(path, tmp_path / "b", jobs=1)
    assert "sweep.opamp.v_offset_volts was [0.0, 0.001], is [0.0, 0.002]" in str(caught.value)
    assert 'monte_carlo was null, is {"runs": 2, "seed": 0}' in str(caught.value)
    plan_file(SWEEP)
    with np.load(path.parent / "weights.npz") as weights:
        changed = {"out.weight": weights["out.weight"] * 1.01, "out.bias": weights["out.bias"]}
    np.savez(path.parent / "weights.npz", **changed)
    with pytest.raises(InputError, match="undo the change: network was"):
        sg.batch(path, tmp_path / "b", jobs=1)


def test_one_batch_at_a_time(plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file(SWEEP)
    with open_locked(tmp_path / "b"):
        with pytest.raises(InputError, match="one batch at a time works in a directory, got proc"):
            sg.batch(path, tmp_path / "b", jobs=1)
        second = started([path, "-o", tmp_path / "b"])
        _, stderr = second.communicate(timeout=60)
        assert second.returncode == 2
        assert b"one batch at a time" in stderr
    assert sg.batch(path, tmp_path / "b", jobs=1).state.made == 4


def test_a_base_design_that_only_the_swept_keys_complete(
    plan_file: PlanFile, tmp_path: Path
) -> None:
    path = plan_file(
        "[design]\ndevice.g_min_siemens = 1e-3\n[sweep]\ndevice.g_max_siemens = [2e-3, 3e-3]\n"
    )
    assert sg.batch(path, tmp_path / "b", jobs=1).state.made == 2


def test_a_directory_with_other_files_is_left_alone(plan_file: PlanFile, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.tex").touch()
    with pytest.raises(InputError, match="must be new, or that of a batch, got other files"):
        sg.batch(plan_file(SWEEP), tmp_path / "b", jobs=1)
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["thesis.tex"]


def test_a_plan_may_be_tables_and_the_room_is_the_function(
    plan_file: PlanFile, tmp_path: Path
) -> None:
    import spicegen.batch

    folder = plan_file("").parent
    tables = {
        "network": str(folder / "network.toml"),
        "inputs": str(folder / "inputs.npy"),
        "sweep": {"opamp.gain": [1e5]},
        "outputs": {"cost": False},
    }
    result = spicegen.batch(tables, tmp_path / "b", jobs=1)
    assert result.state.made == 1
    assert "power_watt" not in table(tmp_path / "b")[0]


def test_keys_name_the_content(plan_file: PlanFile) -> None:
    folder = plan_file("").parent
    first = network_hash(sg.load_network(folder / "network.toml"))
    assert first == network_hash(sg.load_network(folder / "network.toml"))
    text = (folder / "network.toml").read_text()
    (folder / "network.toml").write_text(text.replace("sigmoid", "tanh"))
    assert network_hash(sg.load_network(folder / "network.toml")) != first


def test_the_command_line(
    plan_file: PlanFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*arguments: str | Path) -> Any:
        assert main(["batch", *map(str, arguments), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    path = plan_file(SWEEP)
    assert told(path, "-o", tmp_path / "b", "--jobs", "1")["made"] == 4
    estimate = told("run", path, "--dry-run")
    assert estimate["runs"] == 4
    assert 0 < estimate["run_s"] <= estimate["total_s"]
    assert {entry.name for entry in (tmp_path / "b").iterdir()} == {
        "batch.lock", "batch.sqlite", "results.parquet"
    }  # fmt: skip
    found = told("summary", tmp_path / "b", "--csv", tmp_path / "t.csv")
    assert found["done"] == 4
    assert found["sensitivity"][0][0] == "opamp.v_offset_volts"
    header, *rows = (tmp_path / "t.csv").read_text().splitlines()
    assert header.startswith("run,key,opamp.v_offset_volts,opamp.r_out_ohm,seed,status")
    assert len(rows) == 4
    assert main(["batch", "summary", str(tmp_path / "b")]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "opamp.v_offset_volts explains 100 % of the variance" in shown
    assert main(["batch", str(path)]) == 2
    assert "add -o DIR" in capsys.readouterr().err


def test_an_engine_killed_from_outside_costs_only_a_repetition(
    plan_file: PlanFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ngspice_program: str
) -> None:
    killer = tmp_path / "bin" / "ngspice"
    killer.parent.mkdir()
    mark = tmp_path / "killed"
    killer.write_text(
        f'#!/bin/sh\ncase "$*" in *-r*) if [ ! -e {mark} ]; then touch {mark}; kill -9 $$; fi;; '
        f'esac\nexec {ngspice_program} "$@"\n'
    )
    killer.chmod(0o755)
    monkeypatch.setenv("PATH", str(killer.parent), prepend=":")
    sg.batch(plan_file(SWEEP), tmp_path / "b", jobs=1)
    assert mark.exists()
    assert [row["status"] for row in table(tmp_path / "b")] == ["done"] * 4


def test_times_are_the_only_columns_that_differ(plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file(SWEEP)
    for name in ("a", "b"):
        sg.batch(path, tmp_path / name, jobs=2)
    first, second = table(tmp_path / "a"), table(tmp_path / "b")
    differing = {
        name for a, b in zip(first, second, strict=True) for name in a if a[name] != b[name]
    }
    assert differing <= set(TIMES)
