"""Train the network of pytorch_to_transistors.ipynb with PyTorch, and export it twice.

Writes beside this file (or to -o) `sine.safetensors`, the state_dict; `sine.onnx`, the same model
through the exporter; `sine.npz`, `inputs`, what they are without noise (`clean`) and PyTorch's
float64 `outputs`. Needs torch and onnxscript.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

EPOCHS, UNITS, STEPS = 1500, 4, 24


class Tracker(nn.Module):
    """A noisy sine in, a clean one out, at every step."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, UNITS, batch_first=True)
        self.out = nn.Linear(UNITS, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(sample, step, 1) to (sample, step, 1)."""
        states, _ = self.lstm(x)
        answer: Tensor = self.out(states)
        return answer


def signals(samples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noisy and clean sines of random phase and period; (sample, step, 1)."""
    draw = np.random.default_rng(seed)
    phase = draw.uniform(0, 2 * np.pi, (samples, 1))
    period = draw.uniform(8, 16, (samples, 1))
    clean = np.sin(2 * np.pi * np.arange(STEPS) / period + phase)
    noisy = clean + 0.3 * draw.standard_normal(clean.shape)
    return noisy[..., None], clean[..., None]


def _forget_paths(path: Path) -> None:
    """Drop what the exporter notes about the source code it read."""
    exported = onnx.load(path)
    for part in (exported, exported.graph, *exported.graph.node, *exported.graph.value_info):
        part.ClearField("metadata_props")
    onnx.save(exported, path)


def main() -> None:
    """Train, export, and say how good it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--out", type=Path, default=Path(__file__).parent)
    folder = parser.parse_args().out
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, y = (torch.tensor(array, dtype=torch.float32) for array in signals(64, seed=0))
    model = Tracker()
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(EPOCHS):
        optimiser.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimiser.step()
    save_file(model.state_dict(), folder / "sine.safetensors")
    torch.onnx.export(
        model.eval(),
        (x[:3],),
        folder / "sine.onnx",
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    _forget_paths(folder / "sine.onnx")
    test, clean = signals(3, seed=1)
    with torch.no_grad():
        outputs = model.double()(torch.tensor(test)).numpy()
    np.savez(folder / "sine.npz", inputs=test, outputs=outputs, clean=clean)
    error = np.sqrt(np.mean((outputs - clean) ** 2))
    print(f"rmse: noise {0.3:.3f}, training {loss.item() ** 0.5:.3f}, test {error:.3f}")


if __name__ == "__main__":
    main()
