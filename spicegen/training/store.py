"""What a training keeps on disk: every epoch, and a checkpoint from which it goes on.

Each file is written under another name and renamed, the checkpoint last: a training that was
killed goes on behind the last epoch that is whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import InputError
from spicegen.weights.npz import DAMAGE, reason

EPOCHS, CHECKPOINT, PLAN = "epochs", "checkpoint.npz", "plan.json"
HISTORY, RESULT = "history.npz", "training.json"
SHIFTS, WEIGHTS = "shifts.npy", "weights.npz"

Arrays = Mapping[str, NDArray[Any]]
Shapes = Mapping[str, tuple[int, ...] | None]
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
        state = load_arrays(path)
        check_arrays(path, state, {"epoch": ()})
        epoch = state.pop("epoch")
        if epoch.dtype.kind not in "iu" or epoch < 1:
            raise InputError(f"{path}, epoch", "must be a whole number from 1", epoch, START_AGAIN)
        return Checkpoint(int(epoch), state)

    def check(self, state: Arrays, expected: Shapes) -> None:
        """Refuse a checkpoint that is not what this training keeps.

        Raises:
            InputError: naming the array.
        """
        check_arrays(self.directory / CHECKPOINT, state, expected)

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
            found.append(load_arrays(self._epoch(epoch)))
            more = {name: array.shape for name, array in found[0].items()}
            check_arrays(self._epoch(epoch), found[-1], {**more, **expected})
        return found

    def _epoch(self, epoch: int) -> Path:
        return self.directory / EPOCHS / f"{epoch:05d}.npz"


def member(name: str) -> str:
    """A layer's name, which may be any text, as part of a member's name in a zip archive."""
    return quote(name, safe=" ")


def check_arrays(path: Path, found: Arrays, expected: Shapes, remedy: str = START_AGAIN) -> None:
    """Refuse arrays that are missing, of another shape, or not finite.

    Args:
        path: of the file, for the message.
        found: what it holds.
        expected: shapes by name; None: any.
        remedy: what to do.
    Raises:
        InputError: naming the array.
    """
    for name, shape in expected.items():
        where = f"{path}, array '{name}'"
        if name not in found:
            raise InputError(where, "this training keeps such an array", "none", remedy)
        array = found[name]
        if shape is not None and array.shape != shape:
            raise InputError(where, f"the shape must be {shape}", array.shape, remedy)
        if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
            raise InputError(where, "entries must be finite numbers", None, remedy)


def save_arrays(path: Path, arrays: Arrays) -> None:
    """Write an .npz that is whole or not there."""
    part = path.with_name(f".{path.name}.partial")
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    part.replace(path)


def load_arrays(path: Path, remedy: str = START_AGAIN) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz.

    Args:
        path: the file.
        remedy: what to do where it is damaged.
    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return dict(arrays)
    except DAMAGE as error:
        raise InputError(
            str(path), "the file must be a readable .npz", reason(error), remedy
        ) from error


def save_json(path: Path, content: Any) -> None:
    """Write JSON that is whole or not there; NaN is refused."""
    part = path.with_name(f".{path.name}.partial")
    part.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    part.replace(path)
