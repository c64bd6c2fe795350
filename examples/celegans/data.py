"""Sequences of the C. elegans data set: stimuli of four neurons, responses of four others.

Barbulescu et al. 2023, doi 10.1038/s41598-022-25421-w. The data are not part of spicegen; a
file `Sequence_NN.dat` has one line per step: index, time (s), DB1, LUAL, PVR, VB1 (responses),
PLML2, PLMR, AVBL, AVBR (stimuli).
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Ordered
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spicegen import InputError

FloatArray = NDArray[np.float64]
Part = Literal["training", "validation", "test"]

RESPONSES = ("DB1", "LUAL", "PVR", "VB1")
STIMULI = ("PLML2", "PLMR", "AVBL", "AVBR")
COLUMNS = ("index", "time", *RESPONSES, *STIMULI)
T_STEP_S = 0.5e-3

VALIDATION = frozenset({1, 2, 5, 7, 15, 17, 19, 21, 33, 37})
TEST = frozenset({11, 18, 24, 25, 27, 32, 34, 35, 36, 39})
"""The split of the 40 sequences in the programs published with the thesis."""


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """One recording, in the units of the file; these are the network's units.

    Attributes:
        number: NN of the file's name.
        stimuli: (step, 4) in the order of STIMULI.
        responses: (step, 4) in the order of RESPONSES, V.
    """

    number: int
    stimuli: FloatArray
    responses: FloatArray


def part_of(number: int) -> Part:
    """What a sequence serves for."""
    if number in VALIDATION:
        return "validation"
    return "test" if number in TEST else "training"


def read_sequences(folder: Path, numbers: Ordered[int] = ()) -> list[Sequence]:
    """Sequences of a folder by number, ascending; all of them if `numbers` is empty.

    Raises:
        InputError: no such folder or sequence, or a file is damaged.
    """
    if not folder.is_dir():
        raise InputError(str(folder), "no such folder", remedy="give the one with Sequence_NN.dat")
    files = {
        int(match[1]): path
        for path in folder.iterdir()
        if (match := re.fullmatch(r"Sequence_(\d+)\.dat", path.name))
    }
    if not files:
        raise InputError(str(folder), "there must be files Sequence_NN.dat", remedy="check --data")
    missing = sorted(set(numbers) - set(files))
    if missing:
        there = ", ".join(map(str, sorted(files)))
        raise InputError(str(folder), f"there is no sequence {missing[0]}", None, f"it has {there}")
    return [read_sequence(files[number], number) for number in sorted(set(numbers) or files)]


def read_sequence(path: Path, number: int) -> Sequence:
    """One file.

    Raises:
        InputError: unreadable, a line of other columns or no finite numbers, an index that
            does not count from 0, another time step.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), "the sequence must be a readable text file", error) from error
    if not lines:
        raise InputError(str(path), "a sequence has at least one step", "an empty file")
    table = np.array([_row(line, path, index) for index, line in enumerate(lines)])
    late = np.abs(table[:, 1] - table[0, 1] - T_STEP_S * table[:, 0]) > T_STEP_S / 100
    if late.any():
        line = int(late.argmax())
        rule = f"the time must advance by {T_STEP_S:g} s per step, as the network was trained"
        raise InputError(f"{path}, line {line + 1}", rule, f"{table[line, 1]:g} s")
    return Sequence(number, stimuli=table[:, 6:], responses=table[:, 2:6])


def _row(line: str, path: Path, index: int) -> list[float]:
    where, words = f"{path}, line {index + 1}", line.split()
    if len(words) != len(COLUMNS):
        rule = f"a step has {len(COLUMNS)} columns ({', '.join(COLUMNS)})"
        raise InputError(where, rule, f"{len(words)}")
    try:
        row = [float(word) for word in words]
    except ValueError:
        row = [np.nan]
    if not np.isfinite(row).all():
        raise InputError(where, "all columns must be finite numbers", repr(line.strip()))
    if row[0] != index:
        raise InputError(where, f"the index must count up from 0, here {index}", words[0])
    return row
