"""A crossbar with wires, folded onto its ports: exact Kron reduction of the resistive array.

The ports are the driven ends of the word lines and the sensed ends of the bit lines. Every node
between them is eliminated, so that what remains is the dense matrix of conductances that a
measurement at the ports would find (G. Kron 1939; F. Doerfler, F. Bullo, "Kron reduction of
graphs with applications to electrical networks", IEEE Trans. Circuits Syst. I 60(1), 150-163
(2013), doi 10.1109/TCSI.2012.2215780). No approximation is made.

The grid is eliminated line by line. One word line with its cells is a dense matrix between
the nodes where it meets the bit lines (`lines.Ladders`); all lines so far, seen from the bit
lines below them, are one more. A segment r in series with every bit line turns such a matrix Y
into Y - r Y (1 + r Y)^-1 Y. Nothing is divided by the resistance of a wire or by the conductance
of a cell, so that both may be zero, and small mutual terms keep their digits. Band or general
sparse factors would cost more: the ports are dense anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np

from spicegen.design import Wires
from spicegen.errors import MappingError
from spicegen.mapping.wires.lines import FloatArray, Ladders

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

P = ParamSpec("P")
R = TypeVar("R")


def _one_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Keep BLAS to one thread: matrices of a few hundred lines gain nothing from more, and on a
    busy machine threads that wait for each other take a hundred times as long."""

    @wraps(function)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        with _blas().limit(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return limited


@cache
def _blas() -> ThreadpoolController:
    """The libraries that are loaded: scipy's own among them."""
    from threadpoolctl import ThreadpoolController

    _lapack()
    return ThreadpoolController()


@cache
def _lapack() -> tuple[Any, Any]:
    """scipy's dpotrf and dtrsm, which take longer to import than most runs need for the rest."""
    from scipy.linalg.blas import dtrsm
    from scipy.linalg.lapack import dpotrf

    return dpotrf, dtrsm


@dataclass(frozen=True, slots=True)
class PortMatrix:
    """Conductances between the ports of an array; with v at word lines and u at bit lines,

        current into word lines = word @ v - transfer @ u
        current out of bit lines = transfer.T @ v - bit @ u

    Attributes:
        word: (word lines, word lines), S; what is drawn from the drivers.
        transfer: (word lines, bit lines), S; what the cells have become.
        bit: (bit lines, bit lines), S; what loads the read-outs.
    """

    word: FloatArray
    transfer: FloatArray
    bit: FloatArray


@_one_thread
def reduce_array(g_siemens: FloatArray, wires: Wires) -> PortMatrix:
    """Fold an array of conductances and its wires onto its ports.

    Args:
        g_siemens: (word lines, bit lines) conductances in the order in which they stand, S; 0
            where nothing conducts. Word lines are driven in front of bit line 0 (or at both
            ends), bit lines are sensed behind the last word line.
        wires: resistances.
    Returns:
        The port matrix. The cost grows as the longer side times the shorter side times the
        square of the number of ports.
    Raises:
        MappingError: a conductance is negative, NaN or infinite.
    """
    _check(g_siemens)
    rows, columns = g_siemens.shape
    if columns <= rows or wires.two_sided:
        swept = _sweep(_word_lines(g_siemens, wires), _bit_steps(rows, wires))
        return PortMatrix(swept.lines, swept.transfer, swept.crossing)
    # the shorter side in the matrices: the same network, mirrored at its diagonal
    r_sense, r_bit = wires.r_sense_ohm, wires.r_bit_ohm
    bit_lines = Ladders.of(g_siemens[::-1, ::-1].T, r_sense + r_bit, r_bit, np.inf)
    steps = np.full(columns, wires.r_word_ohm)
    steps[-1] += wires.r_driver_ohm
    swept = _sweep(bit_lines, steps)
    return PortMatrix(
        swept.crossing[::-1, ::-1], swept.transfer[::-1, ::-1].T, swept.lines[::-1, ::-1]
    )


def reduce_tile(g_siemens: FloatArray, spare_columns: int, wires: Wires) -> PortMatrix:
    """`reduce_array` of a tile that has more bit lines than are used.

    Only where word lines are driven at both ends do those matter: the far end lies behind them.
    """
    if not (spare_columns and wires.two_sided):
        return reduce_array(g_siemens, wires)
    used = g_siemens.shape[1]
    whole = reduce_array(np.pad(g_siemens, ((0, 0), (0, spare_columns))), wires)
    return PortMatrix(whole.word, whole.transfer[:, :used], whole.bit[:used, :used])


@_one_thread
def cell_volts(g_siemens: FloatArray, wires: Wires, word_volts: FloatArray) -> FloatArray:
    """The voltage that each cell is left with, bit lines at virtual ground.

    Args:
        g_siemens, wires: as `reduce_array`.
        word_volts: (word lines,) V.
    Returns:
        (word lines, bit lines), V.
    Raises:
        MappingError: as `reduce_array`.
    """
    _check(g_siemens)
    rows, columns = g_siemens.shape
    ladders, steps = _word_lines(g_siemens, wires), _bit_steps(rows, wires)
    seen = np.zeros((columns, columns + 1), order="F")
    above: list[FloatArray] = []
    for row in range(rows):
        seen.T[:columns] += ladders.shunt(row)
        seen[:, columns] += g_siemens[row] * ladders.reached[row] * word_volts[row]
        above.append(seen.copy())
        if steps[row]:
            _behind(seen, steps[row])
    volts, below = np.empty(g_siemens.shape), np.zeros(columns)
    for row in range(rows - 1, -1, -1):
        bit, drawn = above[row][:, :columns], above[row][:, columns]
        series = np.eye(columns) + steps[row] * bit
        below = below + steps[row] * np.linalg.solve(series, drawn - bit @ below)
        lifted = ladders.transfer_ohm(row) @ (g_siemens[row] * below)
        volts[row] = ladders.reached[row] * word_volts[row] - below + lifted
    return volts


@dataclass(frozen=True, slots=True)
class _Swept:
    """`PortMatrix` of lines that were swept, and of the lines that cross them."""

    lines: FloatArray
    transfer: FloatArray
    crossing: FloatArray


def _sweep(ladders: Ladders, steps_ohm: FloatArray) -> _Swept:
    """Add line by line to the crossing lines below them.

    Args:
        ladders: the lines.
        steps_ohm: (lines,) resistance of a crossing line behind each line.
    """
    count, crossing_count = ladders.g_siemens.shape
    into = ladders.g_siemens * ladders.reached
    lines = np.diag(into.sum(axis=1))
    # what the crossing lines see: each other, then the lines so far
    seen = np.zeros((crossing_count, crossing_count + count), order="F")
    for index, step in enumerate(steps_ohm.tolist()):
        seen.T[:crossing_count] += ladders.shunt(index)
        seen[:, crossing_count + index] = into[index]
        if step:
            lines[: index + 1, : index + 1] -= _behind(seen[:, : crossing_count + index + 1], step)
    return _Swept(lines, seen[:, crossing_count:].T, seen[:, :crossing_count])


def _behind(seen: FloatArray, r_ohm: float) -> FloatArray:
    """Put r_ohm in series with every crossing line, in place.

    Args:
        seen: (n, n + lines) conductances between the crossing lines and to the lines, S, in
            Fortran order.
        r_ohm: the resistance.
    Returns:
        (lines, lines) by how much less the lines conduct, S.
    """
    dpotrf, dtrsm = _lapack()
    size = seen.shape[0]
    series = r_ohm * seen[:, :size]
    series.flat[:: size + 1] += 1.0
    factor, info = dpotrf(series, lower=1, overwrite_a=1)
    assert info == 0, "1 + r Y is positive definite where Y is a conductance matrix"
    half = dtrsm(1.0, factor, seen, lower=1)
    own, from_lines = half[:, :size], half[:, size:]
    lost = own.T @ own
    lost *= r_ohm
    seen.T[:size] -= lost
    seen[:, size:] = dtrsm(1.0, factor, from_lines, lower=1, trans_a=1)
    return np.asarray(r_ohm * (from_lines.T @ from_lines))


def _word_lines(g_siemens: FloatArray, wires: Wires) -> Ladders:
    first = wires.r_driver_ohm + wires.r_word_ohm
    last = first if wires.two_sided and first else np.inf
    return Ladders.of(g_siemens, first, wires.r_word_ohm, last)


def _bit_steps(rows: int, wires: Wires) -> FloatArray:
    """(rows,) resistance of a bit line behind each word line, ohm."""
    steps = np.full(rows, wires.r_bit_ohm)
    steps[-1] += wires.r_sense_ohm
    return steps


def _check(g_siemens: FloatArray) -> None:
    bad = np.argwhere(~(np.isfinite(g_siemens) & (g_siemens >= 0)))
    if bad.size:
        word, bit = (int(index) for index in bad[0])
        raise MappingError(
            f"array, word line {word}, bit line {bit}",
            "a conductance must be finite and not negative, S",
            f"{g_siemens[word, bit]:g}",
        )
