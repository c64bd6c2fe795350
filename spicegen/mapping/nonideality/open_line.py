"""Open word and bit lines: every device on them is lost.

The line is broken between its driver (or amplifier) and the first device. Behind the break
it floats at what its devices pull it to; as bit lines are virtual grounds, no device on it
carries current, to within the amplifiers' loop gain.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design
from spicegen.design.nonideality import OpenLine
from spicegen.errors import MappingError, nearest
from spicegen.mapping.nonideality.draws import generator

BoolArray = NDArray[np.bool_]
HALVES = {"both": (0, 1), "positive": (0,), "negative": (1,)}


def connected(shape: tuple[int, int, int], array: str, design: Design) -> BoolArray:
    """Where a device hangs on two whole lines.

    Args:
        shape: (2, word lines, bit lines); positive before negative halves.
        array: its name.
        design: the list and the topology.
    Raises:
        MappingError: a named line does not exist, or would float between ideal switches.
    """
    whole = np.ones(shape, dtype=np.bool_)
    _, rows, columns = shape
    own_rows = design.crossbar.topology == "dual-row"
    for number, entry in design.active(OpenLine):
        if entry.array is not None and entry.array != array:
            continue
        word, bit = np.zeros((2, rows), np.bool_), np.zeros((2, columns), np.bool_)
        draws = generator(design.simulation.seed, "open-line", number, array)
        # Draws for two lines each, so that the topology does not move them.
        word |= draws.random(word.shape) < entry.p_word_line
        bit |= draws.random(bit.shape) < entry.p_bit_line
        for lines, own in ((word, own_rows), (bit, not own_rows)):
            if not own:
                lines[1] = lines[0]
        for kind, lines, named, own in (
            ("word", word, entry.word_lines, own_rows),
            ("bit", bit, entry.bit_lines, not own_rows),
        ):
            _check_numbers(kind, named, lines.shape[1], array, entry)
            for half in HALVES[entry.half] if own else (0, 1):
                lines[half, list(named)] = True
        _refuse_floating(bit, array, design)
        whole &= ~word[:, :, None] & ~bit[:, None, :]
    return whole


def check_arrays(names: Sequence[str], design: Design) -> None:
    """Refuse open lines of arrays that are not there.

    Args:
        names: every array of the network.
        design: the list.
    Raises:
        MappingError: naming the nearest array.
    """
    for number, entry in design.active(OpenLine):
        if entry.array is not None and entry.array not in names:
            raise MappingError(
                f"nonideality open-line {number}, array",
                "there is no such array",
                repr(entry.array),
                nearest(entry.array, list(names)),
            )


def _check_numbers(
    kind: str, named: Sequence[int], count: int, array: str, entry: OpenLine
) -> None:
    for number in named:
        if number >= count:
            remedy = "" if entry.array else "name one array, or a line that all of them have"
            raise MappingError(
                f"nonideality open-line, crossbar {array}",
                f"{kind} lines are numbered from 0 to {count - 1}",
                number,
                remedy,
            )


def _refuse_floating(bit: BoolArray, array: str, design: Design) -> None:
    """Serial hardware with ideal switches leaves an open bit line without any path."""
    ideal = design.fidelity_of("opamp") == "ideal"
    if design.timing.serial == 1 or not ideal or not bit.any():
        return
    raise MappingError(
        f"crossbar {array}, bit line {int(bit.any(axis=0).argmax())}",
        "an open line must not leave a node floating, and between ideal switches it does",
        None,
        'set opamp.fidelity = "behavioural" or timing.serial = 1',
    )
