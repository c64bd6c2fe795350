"""What a plan may say, and what is said about one that is not possible."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spicegen.batch.make import MAX_RUNS, TooManyRunsError, prepare_plan
from spicegen.batch.plan import load_plan
from spicegen.batch.points import count, design_of, points
from spicegen.errors import InputError

PlanFile = Callable[..., Path]


def test_swept_keys_may_be_quoted_or_nested_lists_or_ranges(plan_file: PlanFile) -> None:
    plan = load_plan(
        plan_file(
            "[sweep]\n"
            'opamp.gain = { from = 1e4, to = 1e6, points = 3, scale = "log" }\n'
            '"opamp.r_out_ohm" = { from = 0.1, to = 0.3, points = 3 }\n'
            "[sweep.device]\nlevels = { from = 2, to = 8, points = 4 }\n"
        )
    )
    assert plan.sweep == {
        "opamp.gain": [1e4, 1e5, 1e6],
        "opamp.r_out_ohm": [0.1, 0.2, 0.3],
        "device.levels": [2, 4, 6, 8],
    }
    assert all(type(value) is int for value in plan.sweep["device.levels"])
    assert count(plan) == 36


def test_runs_are_corners_times_settings_times_repetitions_in_a_fixed_order(
    plan_file: PlanFile,
) -> None:
    plan = load_plan(
        plan_file(
            "[sweep]\nopamp.gain = [1e5, 1e6]\n[corners.slow]\nopamp.gbw_hertz = 2e7\n"
            "[corners.typical]\n[monte_carlo]\nruns = 3\nseed = 7\n"
        )
    )
    found = list(points(plan))
    assert [point.run for point in found] == list(range(count(plan))) == list(range(12))
    assert [point.corner for point in found] == ["slow"] * 6 + ["typical"] * 6
    assert [point.swept["opamp.gain"] for point in found] == ([1e5] * 3 + [1e6] * 3) * 2
    assert [point.repetition for point in found] == [0, 1, 2] * 4
    design = design_of(plan, found[4])
    assert (design.opamp.gbw_hertz, design.opamp.gain) == (2e7, 1e6)
    assert design.simulation.seed == found[4].seed
    assert design_of(plan, found[-1]).opamp.gbw_hertz == 50e6


def test_seeds_depend_on_nothing_but_plan_seed_and_repetition(plan_file: PlanFile) -> None:
    def seeds(text: str) -> list[int | None]:
        return [point.seed for point in points(load_plan(plan_file(text)))]

    three = seeds("[monte_carlo]\nruns = 3\nseed = 7\n")
    assert three == seeds("[monte_carlo]\nruns = 200\nseed = 7\n")[:3]
    swept = seeds("[sweep]\nopamp.gain = [1e5, 1e6]\n[monte_carlo]\nruns = 3\nseed = 7\n")
    assert swept == three * 2  # every setting sees the same devices
    other = seeds("[monte_carlo]\nruns = 200\nseed = 8\n")
    assert len({*three, *other}) == 203
    # numpy promises this stream; a change would give another batch under the same plan
    sequence = np.random.SeedSequence(7, spawn_key=(2,))
    assert three[2] == int(sequence.generate_state(1, np.uint64)[0]) >> 11


def test_zipped_keys_go_together(plan_file: PlanFile) -> None:
    plan = load_plan(
        plan_file('[sweep]\nmode = "zip"\nopamp.gain = [1e4, 1e5]\nopamp.r_out_ohm = [1, 2]\n')
    )
    swept = [dict(point.swept) for point in points(plan)]
    assert swept == [
        {"opamp.gain": 1e4, "opamp.r_out_ohm": 1},
        {"opamp.gain": 1e5, "opamp.r_out_ohm": 2},
    ]


BAD = {
    "[sweep]\nopamp.gian = [1e5]\n": r"run 0 \(opamp.gian=100000.0\), opamp.gian: there is no such "
    r"key; did you mean gain\?",
    "[sweep]\nopamp.gain = [-1.0]\n": "opamp.gain: input should be greater than 1, got -1.0",
    "[sweep]\nopamp.gain = 5\n": r"sweep.opamp.gain: a swept key needs a list of values, or a "
    r"range, got 5; such as \[1, 2, 5\]",
    "[sweep]\nopamp.gain = [5, 5.0]\n": "sweep.opamp.gain: each value may stand there once, got 5",
    "[sweep]\nopamp.gain = { from = 1, to = 1, points = 2 }\n": "from and to must differ",
    "[sweep]\nopamp.gain = { from = 0, to = 1, points = 2, scale = 'log' }\n": "above 0",
    "[sweep]\nopamp.gain = { from = 1, to = 5, steps = 2 }\n": "this key is needed",
    "[sweep]\nmode = 'zip'\nopamp.gain = [2, 3]\nopamp.r_out_ohm = [1]\n": "zipped keys must have "
    "equally many values, got opamp.gain 2, opamp.r_out_ohm 1",
    "[sweep]\nopamp.gain = [2]\n[corners.a]\nopamp.gain = 3\n": "a key is swept or set by corners, "
    "not both, got opamp.gain",
    "[sweep]\nsimulation.seed = [2]\n[monte_carlo]\nruns = 2\n": "monte_carlo sets simulation.seed",
    "[sweep]\nfidelity.opamp = ['ideal']\n": "fidelity",
    "[monte_carlo]\nruns = 0\n": "monte_carlo.runs: input should be greater than or equal to 1",
    "[outputs]\nkep = 'metrics'\n": r"outputs.kep: there is no such key; did you mean keep\?",
    "[corner.slow]\nopamp.gain = 2\n": r"corner: there is no such key; did you mean corners\?",
    "[corners]\nslow = 5\n": "corners.slow: a corner is a table of design keys, got 5",
    "sweep = 5\n": "sweep: this must be a table, got 5",
    "design = 'nowhere.toml'\n": "nowhere.toml: the file must be readable, got No such file",
    "[design]\nopamp.gain = 'high'\n[sweep]\nopamp.gain.a = [1]\n": "opamp.gain is a value",
    "[sweep]\ncost.table = ['nowhere.toml']\n": "cost.table nowhere.toml: this must be a packaged "
    "table or a TOML file, got No such file or directory; packaged are cmos",
    "[sweep]\ncalibration.file = ['nowhere.json']\n": r"calibration.file \S*plans/nowhere.json: "
    "the file must be readable, got No such file",
    "[sweep\n": "the file must be TOML",
}


@pytest.mark.parametrize(("text", "message"), BAD.items())
def test_what_is_wrong_with_a_plan_is_said_before_any_run(
    plan_file: PlanFile, text: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        prepare_plan(load_plan(plan_file(text)))


@pytest.mark.parametrize(
    "text",
    [
        "[design.calibration]\nfile = 'given'\n",
        "design = 'designs/d.toml'\n",
        "[sweep]\ncalibration.file = ['given']\n",
        "[corners.a]\nmapping.conductances = 'given'\n",
    ],
)
def test_files_of_designs_count_by_what_is_in_them_and_lie_beside_the_plan(
    plan_file: PlanFile, text: str, tmp_path: Path
) -> None:
    path = plan_file(text)
    designs = path.parent / "designs"
    designs.mkdir()
    (designs / "d.toml").write_text("[calibration]\ninputs = 'given'\n")
    given = [path.parent / "given", designs / "given"]

    def identity(content: bytes) -> tuple[str, object]:
        for file in given:
            file.write_bytes(content)
        ready = prepare_plan(load_plan(path))
        return str(ready.task(next(points(ready.plan))).head["key"]), ready.content()

    first = identity(b"some")
    assert identity(b"other") != first
    assert identity(b"other")[0] != first[0]
    assert identity(b"some") == first
    moved = path.parent.rename(tmp_path / "moved")  # the same files elsewhere are the same plan
    again = prepare_plan(load_plan(moved / path.name))
    assert again.content() == first[1]
    assert again.task(next(points(again.plan))).head["key"] == first[0]


def test_inputs_that_do_not_fit_the_network(plan_file: PlanFile) -> None:
    path = plan_file("")
    np.save(path.parent / "inputs.npy", np.zeros((3, 5)))
    with pytest.raises(InputError, match=r"takes 2 features .last axis., got shape \(3, 5\)"):
        prepare_plan(load_plan(path))


def test_a_plan_with_very_many_runs_is_asked_about(plan_file: PlanFile) -> None:
    plan = load_plan(plan_file("[monte_carlo]\nruns = 10001\n"))
    with pytest.raises(TooManyRunsError, match=re.escape("at most 10000 runs are made without")):
        prepare_plan(plan)
    assert prepare_plan(plan, MAX_RUNS + 1).plan == plan


def test_entries_of_a_list_are_keys_too() -> None:
    from spicegen.design.keys import set_key
    from spicegen.errors import DesignError

    table = {"nonideality": [{"kind": "variation", "sigma": 0.1}, {"kind": "stuck"}]}
    set_key(table, "nonideality.0.sigma", 0.05, "run 3")
    assert table["nonideality"][0] == {"kind": "variation", "sigma": 0.05}
    with pytest.raises(DesignError, match="nonideality is a list of 2 in the base design"):
        set_key(table, "nonideality.2.sigma", 0.05, "run 3")
