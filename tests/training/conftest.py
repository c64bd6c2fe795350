"""Plans, and one live engine for all tests of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spicegen.engine import Choice
from spicegen.engine.live import LiveEngine
from spicegen.errors import EngineMissingError
from spicegen.training.plan import NetworkPlan, PerceptronPlan, plan_from

LSTM = """name = "tiny"
inputs = 2
arrays = "weights.npz"

[[layer]]
name = "recurrent"
kind = "lstm"
units = 3
{returns}

[[layer]]
name = "out"
kind = "dense"
units = 2
activation = "{activation}"
"""

MakePerceptron = Callable[..., PerceptronPlan]
MakeNetwork = Callable[..., NetworkPlan]


@pytest.fixture(scope="session")
def live() -> Iterator[Choice]:
    """libngspice in a process that stays."""
    try:
        engine = LiveEngine()
    except EngineMissingError as error:
        pytest.skip(str(error))
    with engine:
        yield Choice(engine, engine.info(), "")


@pytest.fixture
def perceptron_plan() -> MakePerceptron:
    """The published plan; keywords replace whole tables or values."""

    def make(**changes: Any) -> PerceptronPlan:
        content: dict[str, Any] = {
            "kind": "perceptron",
            "device": {"kind": "table", "order": "measured"},
            "rule": {"name": "manhattan"},
        }
        plan = plan_from(content | changes, Path())
        assert isinstance(plan, PerceptronPlan)
        return plan

    return make


@pytest.fixture
def network_plan(tmp_path: Path) -> MakeNetwork:
    """An LSTM and a dense layer on a few random sequences; keywords as above."""

    def make(
        returns: str = 'returns = "last"', activation: str = "linear", **changes: Any
    ) -> NetworkPlan:
        draws = np.random.default_rng(5)
        (tmp_path / "network.toml").write_text(LSTM.format(returns=returns, activation=activation))
        shapes = {
            "recurrent.weight_ih": (12, 2), "recurrent.weight_hh": (12, 3),
            "recurrent.bias_ih": (12,), "out.weight": (2, 3), "out.bias": (2,),
        }  # fmt: skip
        arrays: dict[str, Any] = {name: draws.normal(0, 0.6, s) for name, s in shapes.items()}
        np.savez(tmp_path / "weights.npz", **arrays)
        np.save(tmp_path / "inputs.npy", draws.uniform(-1, 1, (5, 4, 2)))
        targets = draws.uniform(-1, 1, (5, 2) if returns else (5, 4, 2))
        if activation == "softmax":
            targets = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
        np.save(tmp_path / "targets.npy", targets)
        content: dict[str, Any] = {
            "kind": "network",
            "network": "network.toml",
            "inputs": "inputs.npy",
            "targets": "targets.npy",
            "epochs": 3,
            "device": {"kind": "pulsed", "levels": 500},
            "rule": {"name": "gradient", "learning_rate": 0.1},
        }
        plan = plan_from(content | changes, tmp_path)
        assert isinstance(plan, NetworkPlan)
        return plan

    return make
