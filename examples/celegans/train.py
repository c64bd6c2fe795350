"""Train LSTM(8) with a Dense(4) on every step to respond as the neurons do, with PyTorch.

Writes, beside this file or to -o,
    lstm.safetensors   the weights (float32) under spicegen's array names
    lstm_pytorch.npz   made-up stimuli (`inputs`) and PyTorch's float64 answers (`outputs`)
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from data import RESPONSES, FloatArray, Part, Sequence, part_of, read_sequences
from safetensors.torch import save_file
from torch import Tensor, nn

HERE = Path(__file__).parent
UNITS = 8
EPOCHS = 12_000
LEARNING_RATE = 0.02
WEIGHT_DECAY = 1e-6
LARGEST_GRADIENT = 1.0


class Responder(nn.Module):
    """Stimuli in, responses out, at every step."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, UNITS, batch_first=True)
        self.out = nn.Linear(UNITS, 4)
        with torch.no_grad():  # forget gates begin open: responses outlast stimuli by far
            self.lstm.bias_ih_l0[UNITS : 2 * UNITS] = 1.0

    def forward(self, x: Tensor) -> Tensor:
        """(sample, step, 4) to (sample, step, 4)."""
        states, _ = self.lstm(x)
        answer: Tensor = self.out(states)
        return answer


def train(sequences: list[Sequence], epochs: int, seed: int) -> Responder:
    """Full-batch Adam, one cycle of the rate; equal seeds give equal weights."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    x = torch.tensor(np.stack([each.stimuli for each in sequences]), dtype=torch.float32)
    y = torch.tensor(np.stack([each.responses for each in sequences]), dtype=torch.float32)
    model = Responder()
    optimiser = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=epochs, pct_start=0.1
    )
    for epoch in range(epochs):
        optimiser.zero_grad()
        error = nn.functional.mse_loss(model(x), y)
        size = torch.stack([array.square().sum() for array in model.parameters()]).sum()
        (error + WEIGHT_DECAY * size).backward()
        nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
        optimiser.step()
        schedule.step()
        if epoch % 1000 == 0:
            print(f"epoch {epoch}: training RMSE {error.item() ** 0.5:.4f}", flush=True)
    return model


def made_up_stimuli(steps: int = 400) -> FloatArray:
    """(step, 4) pulses of the recordings' strength, none of which is a recording."""
    stimuli = np.zeros((steps, 4))
    for channel, strength in enumerate((1.4, 1.4, 2.3, 2.3)):
        begin = 40 + 60 * channel
        stimuli[begin : begin + 100, channel] = strength
    return stimuli


def save(model: Responder, folder: Path) -> None:
    """Write the weights, and answers computed in float64 with them; the model becomes float64."""
    arrays = {name.removesuffix("_l0"): array for name, array in model.state_dict().items()}
    save_file(arrays, folder / "lstm.safetensors")
    stimuli = made_up_stimuli()
    outputs = answers(model.double(), stimuli)
    np.savez(folder / "lstm_pytorch.npz", inputs=stimuli, outputs=outputs)


def answers(model: Responder, stimuli: FloatArray) -> FloatArray:
    """(step, 4) answers of a float64 model to (step, 4) stimuli."""
    with torch.no_grad():
        outputs: FloatArray = model(torch.tensor(stimuli)[None])[0].numpy()
    return outputs


def main() -> None:
    """Train the network and say how good it is on each part of the data."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of Sequence_NN.dat")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--out", type=Path, default=HERE, help="folder to write to")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    parts: defaultdict[Part, list[Sequence]] = defaultdict(list)
    for sequence in read_sequences(options.data):
        parts[part_of(sequence.number)].append(sequence)
    model = train(parts["training"], options.epochs, options.seed)
    save(model, options.out)
    for part, sequences in parts.items():
        errors = np.stack([answers(model, each.stimuli) - each.responses for each in sequences])
        rmse = np.sqrt(np.mean(errors**2, axis=(0, 1)))
        shown = ", ".join(f"{name} {each:.4f}" for name, each in zip(RESPONSES, rmse, strict=True))
        print(f"{part}, sequences {[each.number for each in sequences]}: RMSE {shown}")


if __name__ == "__main__":
    main()
