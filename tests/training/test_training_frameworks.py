"""Training by equations against PyTorch: the same weights, the same optimiser, the same losses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from spicegen.training.forward import Equations
from spicegen.training.loop import run_epochs
from spicegen.training.network_task import network_task
from spicegen.training.plan import NetworkPlan

torch = pytest.importorskip("torch")
MakeNetwork = Callable[..., NetworkPlan]
EPOCHS = 25


@pytest.mark.parametrize("activation", ["linear", "softmax"])
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_exact_devices_learn_as_pytorch_does(
    network_plan: MakeNetwork, activation: str, optimiser: str
) -> None:
    rule = {"name": "gradient", "optimiser": optimiser, "learning_rate": 0.05}
    plan = network_plan(activation=activation, device={"kind": "pulsed"}, rule=rule)
    task = network_task(plan, 0)
    lstm, out = task.network.layers
    recurrent = torch.nn.LSTM(2, 3, batch_first=True).double()
    dense = torch.nn.Linear(3, 2).double()
    start = {
        recurrent.weight_ih_l0: lstm.weight_ih,  # type: ignore[attr-defined]
        recurrent.weight_hh_l0: lstm.weight_hh,  # type: ignore[attr-defined]
        recurrent.bias_ih_l0: lstm.bias,  # type: ignore[attr-defined]
        dense.weight: out.weight,  # type: ignore[attr-defined]
        dense.bias: out.bias,  # type: ignore[attr-defined]
    }
    with torch.no_grad():
        for parameter, value in start.items():
            parameter.copy_(torch.tensor(np.array(value)))
        recurrent.bias_hh_l0.zero_()
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
    stepper = kinds[optimiser](list(start), lr=0.05)  # the second bias stays at zero
    x, wanted = torch.tensor(task.inputs), torch.tensor(task.targets)
    losses = []
    for _ in range(EPOCHS):
        stepper.zero_grad()
        answers = dense(recurrent(x)[0][:, -1])
        if activation == "softmax":
            loss = torch.nn.functional.cross_entropy(answers, wanted.long())
        else:
            loss = torch.nn.functional.mse_loss(answers, wanted)
        loss.backward()
        stepper.step()
        losses.append(loss.item())
    done = run_epochs(task, plan.rule, Equations(task.network), EPOCHS, 0)
    np.testing.assert_allclose(done.history()["loss"], losses, rtol=1e-6)
    assert losses[-1] < losses[0]
