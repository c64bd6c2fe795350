"""The perceptron: the published algorithm written out, and the circuit beside it."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spicegen.engine import Choice
from spicegen.engine.keep import keep_steps
from spicegen.training import train
from spicegen.training.forward import Equations, Simulated
from spicegen.training.loop import run_epochs
from spicegen.training.perceptron import LAYER, perceptron_task
from spicegen.training.plan import PerceptronPlan
from spicegen.training.table_devices import TableDevices
from spicegen.waveforms import Waveforms

MakePerceptron = Callable[..., PerceptronPlan]
STEEP = {"beta_per_ampere": 1.2e7}


def published(
    table: list[float], shifts: np.ndarray, beta: float, epochs: int, counted: bool
) -> tuple[int | None, list[list[list[int]]]]:
    """Equations 1 to 5 of the published algorithm, number by number.

    Returns:
        the epoch that found all outputs beyond their targets, and the signs of every update.
    """
    patterns = ["0001", "0010", "0110", "1001", "1101", "1110"]
    goals = [(-0.8, 0.8), (0.8, -0.8), (0.8, -0.8), (-0.8, 0.8), (-0.8, 0.8), (0.8, -0.8)]
    at = [[[0, 0] for _ in range(4)] for _ in range(2)]
    history = []
    for epoch in range(epochs + 1):
        g = [
            [[10 * (table[at[h][j][i]] - table[0] + shifts[h, j, i]) for i in range(2)]
             for j in range(4)]
            for h in range(2)
        ]  # fmt: skip
        total = [[0.0, 0.0] for _ in range(4)]
        done = True
        for pattern, goal in zip(patterns, goals, strict=True):
            volts = [0.1 if sign == "1" else -0.1 for sign in pattern]
            for i in range(2):
                current = sum((g[0][j][i] - g[1][j][i]) * volts[j] for j in range(4))
                f = math.tanh(beta * current)
                met = f >= goal[i] if goal[i] > 0 else f <= goal[i]
                done = done and met
                delta = (goal[i] - f) * beta * (1 - f * f)
                if met and not counted:
                    delta = 0.0
                for j in range(4):
                    total[j][i] += delta * volts[j]
        if done:
            return epoch, history
        signs = [[(t > 0) - (t < 0) for t in row] for row in total]
        history.append(signs)
        for j in range(4):
            for i in range(2):
                if signs[j][i]:
                    half = 0 if signs[j][i] > 0 else 1
                    at[half][j][i] = min(at[half][j][i] + 1, len(table) - 1)
    return None, history


@pytest.mark.parametrize("satisfied", ["ignored", "counted"])
@pytest.mark.parametrize(("seed", "beta"), [(77, 6e6), (4, 1.2e7), (8, 1.2e7)])
def test_every_decision_is_the_published_one(
    perceptron_plan: MakePerceptron, seed: int, beta: float, satisfied: str
) -> None:
    plan = perceptron_plan(perceptron={"beta_per_ampere": beta, "satisfied": satisfied})
    task = perceptron_task(plan, seed)
    devices = task.arrays[LAYER].devices
    assert isinstance(devices, TableDevices)
    shifts, table = devices.shift_siemens, devices._table.tolist()
    done = run_epochs(task, plan.rule, Equations(task.network), 48, seed)
    # 48 epochs leave room for 48 updates; the loop looks at the outputs once more behind them
    epoch, signs = published(table, shifts, beta, 48, satisfied == "counted")
    assert done.converged == (epoch is not None)
    assert done.epochs == (48 if epoch is None else epoch)
    counts = done.history()["counts.perceptron"]
    np.testing.assert_array_equal(counts[:, 0] - counts[:, 1], signs[: done.epochs])


def test_the_published_example_converges_in_18_epochs(perceptron_plan: MakePerceptron) -> None:
    plan = perceptron_plan()
    task = perceptron_task(plan, 77)
    done = run_epochs(task, plan.rule, Equations(task.network), plan.epochs, 77)
    assert (done.converged, done.epochs) == (True, 18)


def test_circuit_and_equations_decide_alike(
    perceptron_plan: MakePerceptron, live: Choice, tmp_path: Path
) -> None:
    plan = perceptron_plan(perceptron=STEEP)
    for seed in (4, 6):
        first, second = (perceptron_task(plan, seed) for _ in range(2))
        numbers = run_epochs(first, plan.rule, Equations(first.network), 48, seed)
        circuit = Simulated(second.network, second.mapped, second.design, live, tmp_path)
        simulated = run_epochs(second, plan.rule, circuit, 48, seed)
        assert numbers.converged
        assert simulated.converged
        for name in ("counts.perceptron", "g.perceptron"):
            np.testing.assert_array_equal(numbers.history()[name], simulated.history()[name])
        np.testing.assert_allclose(simulated.outputs, numbers.outputs, atol=1e-4)
        assert not np.array_equal(simulated.outputs, numbers.outputs)  # it was simulated


def test_the_kept_deck_classes_every_pattern_in_ngspice(
    perceptron_plan: MakePerceptron, tmp_path: Path, ngspice_program: str
) -> None:
    """The program ngspice, the kept deck, and tanh(beta I) from the deck's own resistors."""
    plan = perceptron_plan(perceptron=STEEP, seed=4)
    result = train(plan, tmp_path / "run")
    assert result.summary["converged"]
    assert result.summary["circuit_against_equations_pct"] < 1.0
    folder = tmp_path / "run" / "circuit"
    argv = [ngspice_program, "-n", "-b", "-r", "by_hand.raw", "circuit.cir"]
    subprocess.run(argv, cwd=folder, capture_output=True, check=True)
    keep_steps(folder / "by_hand.raw", 6)
    waves = Waveforms.from_raw(folder / "by_hand.raw")
    volts = waves.at(["v(perceptron_out0)", "v(perceptron_out1)"], np.arange(6.0))
    text = (folder / "circuit.cir").read_text()
    g = np.zeros((2, 4, 2))
    for half, row, column, ohm in re.findall(r"^R([pn])(\d)_(\d) \S+ \S+ (\S+)$", text, re.M):
        g["pn".index(half), int(row), int(column)] = 1 / float(ohm)
    assert (g > 0).all()
    word = np.array(
        [[0.1 if sign == "1" else -0.1 for sign in p] for p in plan.perceptron.patterns]
    )
    expected = np.tanh(1.2e7 * word @ (g[0] - g[1]))
    outputs = volts / 0.72
    assert np.abs(outputs - expected).max() < 0.01 * np.ptp(expected)
    wanted = np.array([[1 if sign == "1" else -1 for sign in t] for t in plan.perceptron.targets])
    assert (outputs * wanted >= 0.8).all()
    answers = {row["pattern"]: row["answer"] for row in result.summary["test_patterns"]}
    assert len(answers) == 10
    assert set("".join(answers.values())) <= set("01?")


def test_memristors_that_ngspice_moves(perceptron_plan: MakePerceptron, tmp_path: Path) -> None:
    """One pulse per pair and epoch: in ngspice, and by the equations of the same model."""
    ways = {}
    for pulses, forward in (("numpy", "numpy"), ("ngspice", "circuit")):
        plan = perceptron_plan(
            device={"kind": "model", "model": "analog_threshold", "pulses": pulses},
            perceptron={"beta_per_ampere": 1e5},
            forward=forward,
            epochs=4,
        )
        ways[pulses] = train(plan, tmp_path / pulses).history()
    for name in ("counts.perceptron",):
        np.testing.assert_array_equal(ways["numpy"][name], ways["ngspice"][name])
    moved = np.abs(np.diff(ways["ngspice"]["g.perceptron"], axis=0)).max()
    assert moved == pytest.approx(0.025 * 99e-6, rel=4e-3)
    apart = np.abs(ways["numpy"]["g.perceptron"] - ways["ngspice"]["g.perceptron"]).max()
    assert 0 < apart < 1e-2 * moved
    assert (tmp_path / "ngspice" / "circuit" / "programming.cir").is_file()


def test_the_delta_rule_reaches_the_targets(perceptron_plan: MakePerceptron) -> None:
    plan = perceptron_plan(
        device={"kind": "model", "model": "analog_threshold", "pulses": "numpy"},
        perceptron={"beta_per_ampere": 1e5, "aim": 0.95},
        rule={"name": "delta", "learning_rate": 0.1},
    )
    task = perceptron_task(plan, 0)
    done = run_epochs(task, plan.rule, Equations(task.network), 48, 0)
    assert done.converged
    counts = done.history()["counts.perceptron"]
    assert counts.min() < 0 < counts.max()  # both halves of a pair, both ways


def test_open_loop_pulses_stop_where_the_targets_are_reached(
    perceptron_plan: MakePerceptron,
) -> None:
    plan = perceptron_plan(
        device={"kind": "pulsed", "levels": 200},
        perceptron={"beta_per_ampere": 1e5, "aim": 0.95},
        rule={"name": "gradient", "learning_rate": 0.1},
    )
    task = perceptron_task(plan, 0)
    done = run_epochs(task, plan.rule, Equations(task.network), 48, 0)
    assert done.converged
    assert 1 < done.epochs < 48
    before = done.history()["outputs"][-1]
    wanted = task.targets
    assert not (before * np.sign(wanted) >= 0.8).all()  # the epoch before was not enough
    assert (done.outputs * np.sign(wanted) >= 0.8).all()


def test_many_seeds_and_their_shifts(perceptron_plan: MakePerceptron, tmp_path: Path) -> None:
    plan = perceptron_plan(perceptron=STEEP, runs=3, forward="numpy")
    result = train(plan, tmp_path / "many")
    rows = result.summary["runs"]
    assert [row["seed"] for row in rows] == [0, 1, 2]
    assert result.summary["converged"] == sum(row["converged"] for row in rows)
    with np.load(tmp_path / "many" / "seeds" / "00002.npz") as kept:
        np.save(tmp_path / "shifts.npy", kept["shift_siemens"])
        epochs = int(kept["epochs"])
    device = {"kind": "table", "order": "measured", "shift": {"file": tmp_path / "shifts.npy"}}
    again = perceptron_plan(perceptron=STEEP, forward="numpy", seed=99, device=device)
    assert train(again, tmp_path / "again").summary["epochs"] == epochs
    before = (tmp_path / "many" / "seeds" / "00001.npz").stat().st_mtime_ns
    train(plan.model_copy(update={"runs": 4}), tmp_path / "many")
    assert (tmp_path / "many" / "seeds" / "00001.npz").stat().st_mtime_ns == before
