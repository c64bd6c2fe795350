"""What a training leaves on disk, and going on from it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import spicegen as sg
from spicegen.errors import EngineMissingError, InputError
from spicegen.training import State, train
from spicegen.training.plan import NetworkPlan, PerceptronPlan

MakePerceptron = Callable[..., PerceptronPlan]
MakeNetwork = Callable[..., NetworkPlan]


class StopError(Exception):
    """Ends a training from outside."""


def stop_at(epoch: int) -> Callable[[State], None]:
    def progress(state: State) -> None:
        if state.epoch == epoch:
            raise StopError

    return progress


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_an_interrupted_training_ends_as_if_it_had_not_been(
    network_plan: MakeNetwork, tmp_path: Path, optimiser: str
) -> None:
    rule = {"name": "gradient", "optimiser": optimiser, "learning_rate": 0.05, "batch": 2}
    device = {"kind": "pulsed", "levels": 100, "cycle_variation": 0.3, "device_variation": 0.2}
    plan = network_plan(epochs=6, rule=rule, device=device, forward="numpy")
    whole = train(plan, tmp_path / "whole").history()
    with pytest.raises(StopError):
        train(plan, tmp_path / "parts", progress=stop_at(2))
    with pytest.raises(StopError):
        train(plan, tmp_path / "parts", progress=stop_at(5))
    parts = train(plan, tmp_path / "parts").history()
    assert whole.keys() == parts.keys()
    for name in whole.keys() - {"seconds"}:
        np.testing.assert_array_equal(whole[name], parts[name], err_msg=name)
    assert len(whole["g.out"]) == 7  # every epoch's conductances, and the start


def test_a_restart_in_the_circuit(perceptron_plan: MakePerceptron, tmp_path: Path) -> None:
    plan = perceptron_plan(epochs=4)
    whole = train(plan, tmp_path / "whole").history()
    with pytest.raises(StopError):
        train(plan, tmp_path / "parts", progress=stop_at(3))
    parts = train(plan, tmp_path / "parts").history()
    for name in whole.keys() - {"seconds"}:
        np.testing.assert_array_equal(whole[name], parts[name], err_msg=name)


def test_more_epochs_go_on(perceptron_plan: MakePerceptron, tmp_path: Path) -> None:
    plan = perceptron_plan(epochs=3, forward="numpy")
    train(plan, tmp_path / "a")
    longer = plan.model_copy(update={"epochs": 5})
    seen: list[int] = []
    result = train(longer, tmp_path / "a", progress=lambda state: seen.append(state.epoch))
    assert seen == [4, 5]
    assert result.summary["epochs"] == 5


def test_a_directory_of_another_plan_is_refused(
    perceptron_plan: MakePerceptron, tmp_path: Path
) -> None:
    train(perceptron_plan(epochs=2, forward="numpy"), tmp_path / "a")
    other = perceptron_plan(epochs=2, forward="numpy", perceptron={"beta_per_ampere": 7e6})
    with pytest.raises(InputError, match=r"another plan; .*beta_per_ampere was 6000000.0, is 7000"):
        train(other, tmp_path / "a")
    result = train(other, tmp_path / "a", force=True)
    assert result.summary["epochs"] == 2


def test_other_inputs_are_another_plan(network_plan: MakeNetwork, tmp_path: Path) -> None:
    plan = network_plan(forward="numpy", epochs=1)
    train(plan, tmp_path / "a")
    np.save(tmp_path / "inputs.npy", 0.5 * np.load(tmp_path / "inputs.npy"))
    with pytest.raises(InputError, match=r"another plan; .*inputs was"):
        train(plan, tmp_path / "a")


def test_directories_that_are_none_of_ours(perceptron_plan: MakePerceptron, tmp_path: Path) -> None:
    plan = perceptron_plan(forward="numpy")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("text")
    (tmp_path / "mine" / "plan.json").write_text("{}")
    for force in (False, True):
        with pytest.raises(InputError, match="no directory of a training"):
            train(plan, tmp_path / "mine", force=force)
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "text"
    with pytest.raises(InputError, match="free or a directory"):
        train(plan, tmp_path / "mine" / "thesis.tex")


def test_damaged_checkpoints(perceptron_plan: MakePerceptron, tmp_path: Path) -> None:
    plan = perceptron_plan(epochs=2, forward="numpy")
    train(plan, tmp_path / "a")
    longer = plan.model_copy(update={"epochs": 3})
    path = tmp_path / "a" / "checkpoint.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"checkpoint\.npz: .* readable \.npz"):
        train(longer, tmp_path / "a")
    np.savez(path, something=np.zeros(3))
    with pytest.raises(InputError, match="array 'epoch': the file must hold this array"):
        train(longer, tmp_path / "a")


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_what_a_training_goes_on_from_is_what_it_kept(
    network_plan: MakeNetwork, tmp_path: Path, optimiser: str
) -> None:
    rule = {"name": "gradient", "optimiser": optimiser}
    out = tmp_path / "a"
    train(network_plan(epochs=2, forward="numpy", rule=rule), out)
    longer = network_plan(epochs=3, forward="numpy", rule=rule)
    for path in (out / "checkpoint.npz", out / "epochs" / "00001.npz"):
        whole, arrays = path.read_bytes(), dict(np.load(path))
        assert any(name.startswith("rule.") for name in arrays) == (
            optimiser == "adam" and path.parent == out
        )
        for name in arrays:
            others = {key: value for key, value in arrays.items() if key != name}
            for changed, words in (
                (others, "must hold this array"),
                (others | {name: np.ones((7, 1))}, "the shape must be"),
                (others | {name: np.full(arrays[name].shape, np.nan)}, "finite numbers"),
            ):
                np.savez(path, **changed)
                with pytest.raises(InputError, match=f"'{re.escape(name)}': .*{words}.*--force"):
                    train(longer, out)
        path.write_bytes(whole)
    assert train(longer, out).summary["epochs"] == 3


def test_fewer_epochs_than_were_made(perceptron_plan: MakePerceptron, tmp_path: Path) -> None:
    train(perceptron_plan(epochs=3, forward="numpy"), tmp_path / "a")
    with pytest.raises(InputError, match=r"3 epochs were made here already, got at most 2"):
        train(perceptron_plan(epochs=2, forward="numpy"), tmp_path / "a")


def test_a_damaged_seed_can_be_made_again(perceptron_plan: MakePerceptron, tmp_path: Path) -> None:
    plan = perceptron_plan(epochs=2, runs=2, forward="numpy")
    first = train(plan, tmp_path / "a").summary
    path = tmp_path / "a" / "seeds" / "00001.npz"
    for damage in (lambda: np.savez(path, epochs=np.array(2)), lambda: path.write_bytes(b"PK")):
        damage()
        with pytest.raises(InputError, match=r"00001\.npz.*remove it"):
            train(plan, tmp_path / "a")
    path.unlink()
    assert train(plan, tmp_path / "a").summary["runs"] == first["runs"]


def test_without_an_engine_nothing_is_lost(
    perceptron_plan: MakePerceptron, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(perceptron_plan(epochs=2, forward="numpy"), tmp_path / "a")

    def missing() -> None:
        raise EngineMissingError("engine shared: no libngspice")

    monkeypatch.setattr("spicegen.training.make.LiveEngine", missing)
    with pytest.raises(EngineMissingError):
        train(perceptron_plan(epochs=2), tmp_path / "a", force=True)
    assert (tmp_path / "a" / "training.json").is_file()


def test_what_is_left_behind(perceptron_plan: MakePerceptron, tmp_path: Path) -> None:
    result = sg.train(perceptron_plan(epochs=2), tmp_path / "a")
    files = {path.name for path in (tmp_path / "a").iterdir()}
    assert files == {
        "checkpoint.npz", "circuit", "conductances.npz", "design.toml", "epochs", "history.npz",
        "plan.json", "shifts.npy", "training.json",
    }  # fmt: skip
    assert json.loads((tmp_path / "a" / "training.json").read_text()) == result.summary
    history = result.history()
    assert history["g.perceptron"].shape == (3, 2, 4, 2)
    assert history["outputs"].shape == (2, 6, 2)
    with np.load(tmp_path / "a" / "conductances.npz") as kept:
        np.testing.assert_array_equal(kept["g_pos_siemens_0"], history["g.perceptron"][-1, 0])


def test_trained_weights_are_those_of_a_network(network_plan: MakeNetwork, tmp_path: Path) -> None:
    plan = network_plan(forward="numpy", epochs=2)
    result = train(plan, tmp_path / "a")
    text = (tmp_path / "network.toml").read_text()
    (tmp_path / "trained.toml").write_text(text.replace("weights.npz", "a/weights.npz"))
    inputs, targets = (np.load(tmp_path / f"{name}.npy") for name in ("inputs", "targets"))
    outputs = sg.load_network(tmp_path / "trained.toml").forward(inputs).outputs
    assert np.mean((outputs - targets) ** 2) == pytest.approx(result.summary["loss_last"], rel=1e-9)


def test_layers_of_any_name(network_plan: MakeNetwork, tmp_path: Path) -> None:
    rule = {"name": "gradient", "optimiser": "adam"}
    plan = network_plan(forward="numpy", epochs=4, rule=rule)
    path = tmp_path / "network.toml"
    path.write_text(path.read_text().replace('"recurrent"', '"x y/%"'))
    with np.load(tmp_path / "weights.npz") as kept:
        arrays = {name.replace("recurrent", "x y/%"): kept[name] for name in kept}
    np.savez(tmp_path / "weights.npz", **arrays)
    with pytest.raises(StopError):
        train(plan, tmp_path / "a", progress=stop_at(2))
    result = train(plan, tmp_path / "a")
    assert result.history()["g.x y%2F%25"].shape == (5, 2, 6, 12)
    from spicegen.training.figures import draw

    assert len(draw(plan, result)) == 2
