"""Train LSTM(4) + Dense(1) and GRU(4) + Dense(1) on the airline series with PyTorch.

Writes, beside this file or to -o, for each of the two
    <kind>.safetensors   the weights (float32) under spicegen's array names
    <kind>_pytorch.npz   all windows (`inputs`) and PyTorch's float64 answers (`outputs`)
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from series import FloatArray, read_passengers, rmse, scale_of, training_windows, windows
from torch import Tensor, nn

HERE = Path(__file__).parent
KINDS: dict[str, type[nn.LSTM] | type[nn.GRU]] = {"lstm": nn.LSTM, "gru": nn.GRU}
UNITS = 4
EPOCHS = 2000
LEARNING_RATE = 0.01
WEIGHT_DECAY = 3e-5
"""Keeps the weights small: the later months lie above everything seen in training."""


class Forecaster(nn.Module):
    """Two months in, the next month out."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.recurrent = KINDS[kind](1, UNITS, batch_first=True)
        self.out = nn.Linear(UNITS, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(sample, step, 1) to (sample, 1): the last state only."""
        states, _ = self.recurrent(x)
        answer: Tensor = self.out(states[:, -1])
        return answer


def train(kind: str, inputs: FloatArray, targets: FloatArray, epochs: int, seed: int) -> Forecaster:
    """Full-batch Adam with cosine decay of the rate; equal seeds give equal weights."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    x, y = (torch.tensor(array, dtype=torch.float32) for array in (inputs, targets))
    model = Forecaster(kind)
    optimiser = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    for _ in range(epochs):
        optimiser.zero_grad()
        size = torch.stack([array.square().sum() for array in model.parameters()]).sum()
        loss = nn.functional.mse_loss(model(x), y) + WEIGHT_DECAY * size
        loss.backward()
        optimiser.step()
        schedule.step()
    return model


def save(model: Forecaster, kind: str, inputs: FloatArray, folder: Path) -> FloatArray:
    """Write weights and answers.

    Returns:
        (sample, 1) answers to `inputs`, computed in float64 with the saved weights.
    """
    arrays = {name.removesuffix("_l0"): array for name, array in model.state_dict().items()}
    save_file(arrays, folder / f"{kind}.safetensors")
    with torch.no_grad():
        outputs: FloatArray = model.double()(torch.tensor(inputs)).numpy()
    np.savez(folder / f"{kind}_pytorch.npz", inputs=inputs, outputs=outputs)
    return outputs


def main() -> None:
    """Train both networks and say how good they are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--out", type=Path, default=HERE, help="folder to write to")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    passengers = read_passengers()
    scale = scale_of(passengers)
    inputs, targets = windows(scale.to_units(passengers))
    first = training_windows(passengers.size)
    print("RMSE, thousands of passengers")
    for kind in KINDS:
        model = train(kind, inputs[:first], targets[:first], options.epochs, options.seed)
        errors = (save(model, kind, inputs, options.out) - targets) * scale.span
        parts = {"training": errors[:first], "later": errors[first:], "all": errors}
        print(f"{kind}:", ", ".join(f"{name} {rmse(part):.1f}" for name, part in parts.items()))


if __name__ == "__main__":
    main()
