"""LSTM and dense layers trained in the array."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spicegen.engine import Choice
from spicegen.errors import InputError
from spicegen.training import train
from spicegen.training.array import network_of
from spicegen.training.forward import Equations, Simulated
from spicegen.training.loop import run_epochs
from spicegen.training.network_task import network_task
from spicegen.training.plan import NetworkPlan

MakeNetwork = Callable[..., NetworkPlan]
SIGNALS = ("i", "f", "g", "o", "c", "h", "out")
EXACT = {"kind": "pulsed"}


@pytest.mark.parametrize("returns", ['returns = "last"', ""])
@pytest.mark.parametrize("analysis", ["static", "transient"])
def test_the_circuits_signals_are_those_of_the_network(
    network_plan: MakeNetwork, live: Choice, tmp_path: Path, returns: str, analysis: str
) -> None:
    plan = network_plan(returns, design={"simulation": {"analysis": analysis}})
    task = network_task(plan, 0)
    simulated = Simulated(task.network, task.mapped, task.design, live, tmp_path)
    found = simulated(task.arrays, task.inputs)
    expected = network_of(task.network, task.arrays).forward(task.inputs)
    tolerance = 5e-5 if analysis == "static" else 2e-3
    for name in SIGNALS:
        ours, theirs = (trace.layers["recurrent"][name] for trace in (found, expected))
        np.testing.assert_allclose(ours, theirs, atol=tolerance, err_msg=name)
        assert np.ptp(theirs) > 0.05
    np.testing.assert_allclose(found.outputs, expected.outputs, atol=10 * tolerance)
    assert found.outputs.shape == expected.outputs.shape


def test_weights_of_the_start_are_those_of_the_file(network_plan: MakeNetwork) -> None:
    task = network_task(network_plan(device=EXACT), 0)
    ours = network_of(task.network, task.arrays)
    np.testing.assert_allclose(
        ours.forward(task.inputs).outputs, task.network.forward(task.inputs).outputs, rtol=1e-9
    )


def test_every_pair_reaches_the_limit_of_weights(network_plan: MakeNetwork) -> None:
    task = network_task(network_plan(start={"weight_limit": 7.0}), 0)
    for array in task.arrays.values():
        assert (array.weight_per_siemens * 99e-6).min() >= 7.0 * (1 - 1e-12)


@pytest.mark.parametrize("activation", ["linear", "softmax"])
def test_circuit_and_equations_learn_alike(
    network_plan: MakeNetwork, live: Choice, tmp_path: Path, activation: str
) -> None:
    plan = network_plan(activation=activation, device=EXACT)
    first, second = (network_task(plan, 0) for _ in range(2))
    numbers = run_epochs(first, plan.rule, Equations(first.network), 4, 0)
    circuit = Simulated(second.network, second.mapped, second.design, live, tmp_path)
    simulated = run_epochs(second, plan.rule, circuit, 4, 0)
    for name in ("g.recurrent", "g.out"):
        ours, theirs = simulated.history()[name], numbers.history()[name]
        moved = np.abs(theirs[-1] - theirs[0]).max()
        assert np.abs(ours - theirs).max() < 2e-3 * moved
    assert simulated.loss == pytest.approx(numbers.loss, rel=1e-3)
    assert numbers.loss < 0.97 * float(numbers.records[0]["loss"])


def test_exact_devices_do_what_plain_gradient_descent_does(network_plan: MakeNetwork) -> None:
    """By finite differences of the reference network, not by our own backward pass."""
    plan = network_plan(device=EXACT, rule={"name": "gradient", "learning_rate": 0.5})
    task = network_task(plan, 0)
    before = {name: array.weight for name, array in task.arrays.items()}

    def loss_of(name: str, weight: np.ndarray) -> float:
        from spicegen.network import Network
        from spicegen.training.array import with_weight

        layers = tuple(
            with_weight(layer, weight if layer.name == name else before[layer.name])
            for layer in task.network.layers
        )
        outputs = Network("n", 2, layers).forward(task.inputs).outputs
        return task.loss(outputs, task.targets)[0]

    run_epochs(task, plan.rule, Equations(task.network), 1, 0)
    for name, at in (("recurrent", (0, 1)), ("recurrent", (5, 7)), ("out", (3, 0))):
        up, down = before[name].copy(), before[name].copy()
        up[at] += 1e-6
        down[at] -= 1e-6
        slope = (loss_of(name, up) - loss_of(name, down)) / 2e-6
        change = task.arrays[name].weight[at] - before[name][at]
        assert change == pytest.approx(-0.5 * slope, rel=1e-5)


def test_adam_takes_its_first_step_in_full(network_plan: MakeNetwork) -> None:
    """Kingma and Ba 2015: the first step of every weight is the learning rate."""
    rule = {"name": "gradient", "optimiser": "adam", "learning_rate": 0.01}
    plan = network_plan(device=EXACT, rule=rule)
    task = network_task(plan, 0)
    before = task.arrays["out"].weight
    run_epochs(task, plan.rule, Equations(task.network), 1, 0)
    np.testing.assert_allclose(np.abs(task.arrays["out"].weight - before), 0.01, rtol=1e-4)


def test_batches_see_every_sample_once_an_epoch(network_plan: MakeNetwork) -> None:
    plan = network_plan(rule={"name": "gradient", "batch": 2})
    task = network_task(plan, 0)
    seen: list[np.ndarray] = []
    equations = Equations(task.network)

    def forward(arrays, inputs, prefix=""):  # type: ignore[no-untyped-def]
        seen.append(inputs)
        return equations(arrays, inputs, prefix)

    run_epochs(task, plan.rule, forward, 1, 0)
    assert [len(part) for part in seen] == [2, 2, 1, 5]  # three updates, then all of them
    rows = np.concatenate(seen[:3])
    order = np.lexsort(rows.reshape(5, -1).T)
    expected = task.inputs[np.lexsort(task.inputs.reshape(5, -1).T)]
    np.testing.assert_array_equal(rows[order], expected)


def test_variation_of_the_start(network_plan: MakeNetwork) -> None:
    exact = network_task(network_plan(), 0)
    varied = network_task(network_plan(start={"variation": 0.1}), 0)
    ratio = np.concatenate([
        (varied.arrays[name].devices.g_siemens / exact.arrays[name].devices.g_siemens).ravel()
        for name in exact.arrays
    ])  # fmt: skip
    assert np.std(ratio) == pytest.approx(0.1, rel=0.15)  # 160 devices


def test_random_weights_are_those_of_the_seed(network_plan: MakeNetwork) -> None:
    plan = network_plan(start={"weights": "random"})
    first, again, other = (network_task(plan, seed).network for seed in (1, 1, 2))
    for a, b in zip(first.layers, again.layers, strict=True):
        np.testing.assert_array_equal(a.bias, b.bias)  # type: ignore[attr-defined]
    assert not np.array_equal(first.layers[0].bias, other.layers[0].bias)  # type: ignore[attr-defined]
    bound = max(np.abs(first.layers[0].weight_hh).max(), np.abs(first.layers[0].bias).max())  # type: ignore[attr-defined]
    assert 0.9 / np.sqrt(3) < bound <= 1 / np.sqrt(3)


def test_memristor_models_learn_too(network_plan: MakeNetwork) -> None:
    device = {"kind": "model", "model": "analog_threshold", "pulses": "numpy"}
    plan = network_plan(device=device, rule={"name": "gradient", "learning_rate": 1.0})
    task = network_task(plan, 0)
    done = run_epochs(task, plan.rule, Equations(task.network), 6, 0)
    assert done.loss < 0.8 * float(done.records[0]["loss"])


def test_files_that_do_not_fit(network_plan: MakeNetwork, tmp_path: Path) -> None:
    plan = network_plan()
    np.save(tmp_path / "targets.npy", np.zeros((5, 3)))
    with pytest.raises(InputError, match=r"targets as outputs, \(5, 2\), got \(5, 3\)"):
        network_task(plan, 0)
    plan = network_plan(activation="softmax")
    np.save(tmp_path / "targets.npy", np.array([0.0, 1.0, 2.0, 0.0, 1.0]))
    with pytest.raises(InputError, match="whole numbers from 0 to 1, got 2"):
        network_task(plan, 0)
    plan = network_plan(activation="tanh")
    np.save(tmp_path / "targets.npy", np.full((5, 2), 1.5))
    with pytest.raises(InputError, match=r"within the range of tanh, -1 to 1, got 1\.5"):
        network_task(plan, 0)
    plan = network_plan()
    text = (tmp_path / "network.toml").read_text().replace('"lstm"', '"lstm"\nvariant = "cifg"')
    (tmp_path / "network.toml").write_text(text)
    with pytest.raises(InputError, match=r"'recurrent': training knows .* got lstm"):
        network_task(plan, 0)


def test_memristors_of_an_lstm_that_ngspice_moves(
    network_plan: MakeNetwork, tmp_path: Path
) -> None:
    """One update, word line by word line in dual rows: pulses in ngspice and by the equations."""
    ways = {}
    for pulses in ("numpy", "ngspice"):
        plan = network_plan(
            device={"kind": "model", "model": "analog_threshold", "pulses": pulses},
            rule={"name": "gradient", "learning_rate": 10.0, "max_pulses": 1},
            forward="numpy",
            epochs=1,
        )
        ways[pulses] = train(plan, tmp_path / pulses).history()
    for name in ("recurrent", "out"):
        counts = ways["ngspice"][f"counts.{name}"]
        np.testing.assert_array_equal(counts, ways["numpy"][f"counts.{name}"])
        assert counts.min() < 0 < counts.max()
        change, expected = (np.diff(ways[way][f"g.{name}"], axis=0) for way in ("ngspice", "numpy"))
        np.testing.assert_allclose(change, expected, atol=4e-3 * np.abs(expected).max())
        assert np.abs(expected).max() > 1e-6
