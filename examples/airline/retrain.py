"""Retrain the airline LSTM with the measured curves of transistor cells.

The weights were trained with ideal tanh, sigmoid and products. Here their network is put
together from measured cells (PyTorch modules with the cells' curves), at first with the same
weights, then with weights trained on through these cells. The cells may be others than those
that the circuit was calibrated for: hotter, another corner, one chip with its mismatch.

    python examples/airline/retrain.py
    python examples/airline/retrain.py --at pdk.temperature_celsius=85
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from series import FloatArray, read_passengers, rmse, scale_of, training_windows, windows
from torch import Tensor, nn

import spicegen as sg
from spicegen.torch import CellGate, CellLSTM, CellTanh

HERE = Path(__file__).parent
UNITS = 4
EPOCHS = 500
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 3e-5
V_UNIT_VOLTS = 0.072
"""Volts of 1.0 at the multipliers: what the tanh cell's output has."""
CELLS = ("tanh", "sigmoid_gate", "multiplier")


class Forecaster(nn.Module):
    """Two months in, the next month out; every recurrent block a measured cell, or an ideal one."""

    def __init__(self, recurrent: nn.Module, weights: dict[str, Tensor]) -> None:
        super().__init__()
        self.recurrent = recurrent
        self.out = nn.Linear(UNITS, 1)
        named = dict(self.named_parameters())
        for name, parameter in named.items():
            parameter.data.copy_(weights[name.removesuffix("_l0")])

    def forward(self, x: Tensor) -> Tensor:
        """(sample, step, 1) to (sample, 1)."""
        states, _ = self.recurrent(x)
        answer: Tensor = self.out(states[:, -1])
        return answer


def measured_lstm(calibrated: list[str], present: list[str]) -> CellLSTM:
    """A layer of cells measured under some conditions, calibrated under others.

    Args:
        calibrated, present: design overrides, such as pdk.temperature_celsius=85.
    """
    made = {}
    for name, overrides in (("calibrated", calibrated), ("present", present)):
        design = sg.load_design(None, ["fidelity=transistor", *overrides])
        made[name] = [sg.cells.characterise(cell, design) for cell in CELLS]
    tanh, sigmoid, multiplier = made["present"]
    nominal = made["calibrated"]
    gate = CellGate(sigmoid, multiplier, V_UNIT_VOLTS, calibration=(nominal[1], nominal[2]))
    return CellLSTM(1, UNITS, CellTanh(tanh, nominal[0]), gate)


def train(model: Forecaster, inputs: FloatArray, targets: FloatArray, epochs: int) -> None:
    """Full-batch Adam, as in train.py, from the weights that are there."""
    x, y = torch.tensor(inputs), torch.tensor(targets)
    optimiser = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    for _ in range(epochs):
        optimiser.zero_grad()
        size = torch.stack([array.square().sum() for array in model.parameters()]).sum()
        loss = nn.functional.mse_loss(model(x), y) + WEIGHT_DECAY * size
        loss.backward()
        optimiser.step()
        schedule.step()


def main() -> None:
    """RMSE of the ideal network, of the cells with its weights, and of the cells retrained."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--set", action="append", default=[], help="design of the calibration")
    parser.add_argument("--at", action="append", default=[], help="what differs from it now")
    parser.add_argument("-o", "--out", type=Path, help="folder for the retrained weights")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)

    passengers = read_passengers()
    scale = scale_of(passengers)
    inputs, targets = windows(scale.to_units(passengers))
    first = training_windows(passengers.size)
    weights = load_file(HERE / "lstm.safetensors")

    def told(name: str, model: Forecaster, ideal: FloatArray | None) -> FloatArray:
        with torch.no_grad():
            answers: FloatArray = model(torch.tensor(inputs)).numpy()
        errors = (answers - targets) * scale.span
        away = 0.0 if ideal is None else rmse((answers - ideal) * scale.span)
        parts = f"training {rmse(errors[:first]):.2f}, later {rmse(errors[first:]):.2f}"
        print(f"{name}: {parts}, all {rmse(errors):.2f}, against ideal {away:.2f}")
        return answers

    print("RMSE, thousands of passengers")
    ideal = told("ideal cells", Forecaster(nn.LSTM(1, UNITS, batch_first=True), weights), None)
    cells = measured_lstm(options.set, [*options.set, *options.at])
    model = Forecaster(cells, weights)
    told("measured cells, same weights", model, ideal)
    train(model, np.asarray(inputs[:first]), np.asarray(targets[:first]), options.epochs)
    told("measured cells, retrained", model, ideal)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        named = {name: array.detach() for name, array in model.named_parameters()}
        arrays = {name.removesuffix("_l0"): array.float() for name, array in named.items()}
        save_file(arrays, options.out / "lstm.safetensors")


if __name__ == "__main__":
    main()
