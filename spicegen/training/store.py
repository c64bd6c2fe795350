"""What a training keeps on disk: every epoch, and a checkpoint from which it goes on.

Each file is written under another name and renamed, the checkpoint last: a training that was
killed goes on behind the last epoch that is whole.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import InputError
from spicegen.weights.npz import Arrays, Shapes, check_arrays, kept_arrays

EPOCHS, CHECKPOINT, PLAN = "epochs", "checkpoint.npz", "plan.json"
HISTORY, RESULT = "history.npz", "training.json"
SHIFTS, WEIGHTS = "shifts.npy", "weights.npz"

START_AGAIN = "start again with --force, or choose another directory"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A training between two epochs.

    Attributes:
        epoch: epochs that are done.
        state: arrays of devices and of the rule, by name.
    """

    epoch: int
    state: dict[str, NDArray[Any]]


class Store:
    """The directory of one training."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        (directory / EPOCHS).mkdir(parents=True, exist_ok=True)

    def keep(self, epoch: int, record: Arrays, state: Arrays) -> None:
        """Keep what an epoch did, and where the training stands behind it."""
        save_arrays(self._epoch(epoch), record)
        save_arrays(self.directory / CHECKPOINT, {**state, "epoch": np.array(epoch + 1)})

    def checkpoint(self) -> Checkpoint | None:
        """Where the training stands; None in front of its first epoch.

        Raises:
            InputError: the file is damaged.
        """
        path = self.directory / CHECKPOINT
        if not path.is_file():
            return None
        state = kept_arrays(path, START_AGAIN)
        check_arrays(path, state, {"epoch": ()}, START_AGAIN)
        epoch = state.pop("epoch")
        if epoch.dtype.kind not in "iu" or epoch < 1:
            raise InputError(f"{path}, epoch", "must be a whole number from 1", epoch, START_AGAIN)
        return Checkpoint(int(epoch), state)

    def check(self, state: Arrays, expected: Shapes) -> None:
        """Refuse a checkpoint that is not what this training keeps.

        Raises:
            InputError: naming the array.
        """
        check_arrays(self.directory / CHECKPOINT, state, expected, START_AGAIN)

    def records(self, epochs: int, expected: Shapes) -> list[dict[str, NDArray[Any]]]:
        """What each epoch did.

        Args:
            epochs: how many.
            expected: shapes of what each must hold; what else the first holds, all must.
        Raises:
            InputError: a file is missing or damaged, or holds something else.
        """
        found = list[dict[str, NDArray[Any]]]()
        for epoch in range(epochs):
            found.append(kept_arrays(self._epoch(epoch), START_AGAIN))
            more = {name: array.shape for name, array in found[0].items()}
            check_arrays(self._epoch(epoch), found[-1], {**more, **expected}, START_AGAIN)
        return found

    def _epoch(self, epoch: int) -> Path:
        return self.directory / EPOCHS / f"{epoch:05d}.npz"


def member(name: str) -> str:
    """A layer's name, which may be any text, as part of a member's name in a zip archive."""
    return quote(name, safe=" ")


def save_arrays(path: Path, arrays: Arrays) -> None:
    """Write an .npz that is whole or not there."""
    part = path.with_name(f".{path.name}.partial")
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    part.replace(path)


def save_json(path: Path, content: Any) -> None:
    """Write JSON that is whole or not there; NaN is refused."""
    part = path.with_name(f".{path.name}.partial")
    part.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    part.replace(path)
