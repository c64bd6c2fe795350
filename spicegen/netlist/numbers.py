"""Numbers and arrays as SPICE text. The only place where a float becomes characters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import SpicegenError
from spicegen.pdk import Mos

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

PAIRS_PER_LINE = 6
WORDS_PER_LINE = 12
_PREFIXES = {
    -18: "a",
    -15: "f",
    -12: "p",
    -9: "n",
    -6: "u",
    -3: "m",
    0: "",
    3: "k",
    6: "M",
    9: "G",
    12: "T",
}


class NumberError(SpicegenError):
    """A value that SPICE cannot hold reached the netlist. A fault of this package."""


def spice(value: float) -> str:
    """A number that reads back as the same float64.

    Raises:
        NumberError: NaN or infinite.
    """
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        raise NumberError(f"a netlist cannot hold the number {value}")
    return repr(float(value))


def si(value: float, unit: str) -> str:
    """A number for people in a comment, with an SI prefix: `50 MHz`."""
    if value == 0:
        return f"0 {unit}".rstrip()
    exponent = 3 * math.floor(math.log10(abs(value)) / 3 + 1e-12)
    if not unit or exponent not in _PREFIXES:
        return f"{value:g} {unit}".rstrip()
    return f"{value / 10**exponent:.6g} {_PREFIXES[exponent]}{unit}"


def wrap(words: Iterable[str]) -> str:
    """Words on one line, continued with `+` where there are many."""
    listed = list(words)
    rows = (listed[i : i + WORDS_PER_LINE] for i in range(0, len(listed), WORDS_PER_LINE))
    return "\n+ ".join(" ".join(row) for row in rows)


def pairs(t_s: FloatArray, volts: FloatArray) -> str:
    """Continuation lines of a PWL source from (points,) times and voltages."""
    _check(t_s, volts)
    values = np.stack([t_s, volts], axis=1).reshape(-1).tolist()
    per_line = 2 * PAIRS_PER_LINE
    lines = (values[i : i + per_line] for i in range(0, len(values), per_line))
    return "\n".join("+ " + " ".join(map(repr, line)) for line in lines)


def table(t_s: FloatArray, volts: FloatArray) -> str:
    """Lines of a file source: an instant and the voltages from then on.

    Args:
        t_s: (points,) instants.
        volts: (points, nodes) V.
    """
    _check(t_s, volts)
    rows = np.column_stack([t_s, volts]).tolist()
    return "".join(" ".join(map(repr, row)) + "\n" for row in rows)


def cells(
    pattern: str,
    g_siemens: FloatArray,
    present: BoolArray,
    word: Sequence[str] = (),
    bit: Sequence[str] = (),
) -> str:
    """One element per place of an array, from a pattern with {row} and {column}, and {ohm} for
    a resistor, {siemens} for a controlled source or {x0} for the state of a memristor.

    The pattern is spread over the columns once; each row of the array then costs one
    formatting call, however many devices it holds.

    Args:
        pattern: such as "Rp{row}_{column} wl{row} bl{column} {ohm}".
        g_siemens: (rows, columns) conductances, S, or states.
        present: (rows, columns) where a device stands.
        word, bit: nodes of rows and columns, for {word} and {bit}.
    Raises:
        NumberError: a conductance is not finite, or a resistor's not positive.
    """
    _check(g_siemens)
    resistors = "{ohm}" in pattern
    if resistors and not (g_siemens[present] > 0).all():
        raise NumberError("a memristor's conductance must be positive")
    row_mark, word_mark = "\x00", "\x01"
    line = pattern.replace("%", "%%").replace("{row}", row_mark).replace("{word}", word_mark)
    for value in ("{ohm}", "{siemens}", "{x0}"):
        line = line.replace(value, "%r")
    lines = [line.replace("{column}", str(column)) for column in range(g_siemens.shape[1])]
    if bit:
        lines = [line.replace("{bit}", node) for line, node in zip(lines, bit, strict=True)]
    whole_row = "\n".join(lines)
    rows = []
    for row, (g_row, here) in enumerate(zip(g_siemens, present, strict=True)):
        text = whole_row if here.all() else "\n".join(compress(lines, here))
        if text:
            values = 1.0 / g_row[here] if resistors else g_row[here]
            if word:
                text = text.replace(word_mark, word[row])
            rows.append(text.replace(row_mark, str(row)) % tuple(values.tolist()))
    return "\n".join(rows)


def mos(name: str, nodes: str, device: Mos, multiplier: str = "") -> str:
    """One transistor with its junctions.

    Args:
        name: SPICE name without its first letter.
        nodes: drain, gate, source and bulk.
        device: its model and size.
        multiplier: devices in parallel, a number or a parameter, where not one.
    """
    wide = spice(device.w_metre)
    width = f"{{{wide}*{multiplier.strip('{}')}}}" if multiplier else wide
    junctions = " ".join(
        f"{key}={{{spice(value)}*{multiplier.strip('{}')}}}"
        if multiplier
        else f"{key}={spice(value)}"
        for key, value in device.junctions.items()
    )
    nf = f"{{{device.fingers}*{multiplier.strip('{}')}}}" if multiplier else f"{device.fingers}"
    return (
        f"{device.element}{name} {nodes} {device.model} w={width} l={spice(device.l_metre)} "
        f"nf={nf} {junctions}"
    )


def repeated(pattern: str, value: float, rows: int, columns: int) -> str:
    """The same element at every place of a grid.

    Args:
        pattern: name and nodes, with {row}, {column}, {next_row} and {next_column}, such as
            "Rb{row}_{column} b{row}_{column} b{next_row}_{column}".
        value: of each element, SI units.
        rows, columns: places; without any, nothing.
    Raises:
        NumberError: the value is not finite.
    """
    line = f"{pattern} {spice(value)}".replace("{row}", "\x00").replace("{next_row}", "\x01")
    whole_row = "\n".join(
        line.replace("{column}", str(column)).replace("{next_column}", str(column + 1))
        for column in range(columns)
    )
    return "\n".join(
        whole_row.replace("\x00", str(row)).replace("\x01", str(row + 1))
        for row in range(rows if columns else 0)
    )


def _check(*arrays: FloatArray) -> None:
    for array in arrays:
        if not np.isfinite(array).all():
            bad: Sequence[int] = [int(i) for i in np.argwhere(~np.isfinite(array))[0]]
            raise NumberError(f"a netlist cannot hold the number {array[tuple(bad)]} at {bad}")
