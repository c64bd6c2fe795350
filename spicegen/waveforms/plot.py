"""One plot of a raw file: the table that one analysis leaves, with its vectors by name."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

from numpy.typing import NDArray

from spicegen.errors import InputError, nearest

# ngspice's vector types; a type that is not here (notype, plot ratios) has no unit
UNITS = {
    "time": "s",
    "frequency": "Hz",
    "voltage": "V",
    "current": "A",
    "voltage-density": "V/sqrt(Hz)",
    "current-density": "A/sqrt(Hz)",
    "temperature": "degC",
    "temp-sweep": "degC",
    "res-sweep": "ohm",
    "impedance": "ohm",
    "admittance": "S",
    "power": "W",
    "capacitance": "F",
    "charge": "C",
    "decibel": "dB",
}


@dataclass(frozen=True, slots=True)
class Variable:
    """One line of a raw file's `Variables:` table.

    Args:
        name: the vector as the simulator wrote it, such as `v(h0)` or `i(v1)`.
        kind: the simulator's type: time, voltage, current, frequency, ...
        dims: own dimensions, where the file gives some; empty: as long as the plot.
    """

    name: str
    kind: str
    dims: tuple[int, ...] = ()

    @property
    def unit(self) -> str:
        """Unit of the vector (s, V, A, Hz, ...); empty where the type has none."""
        return UNITS.get(self.kind.casefold(), "")

    def length(self, points: int) -> int:
        """Number of values of this vector in a plot of `points` points."""
        return prod(self.dims) if self.dims else points


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """The table that one analysis leaves in a raw file.

    Args:
        name: the analysis in the simulator's words, such as `Transient Analysis`.
        title: title line of the deck.
        date: when the simulator wrote it, its own text.
        flags: the words of the `Flags:` line: real or complex, padded or unpadded.
        variables: one per column.
        data: (points, variables) float64 or complex128, read-only; of a binary file
            a view of the mapped file, so only the pages that are touched are read.
        source: the file, for messages.
    """

    name: str
    title: str
    date: str
    flags: tuple[str, ...]
    variables: tuple[Variable, ...]
    data: NDArray[Any]
    source: str = ""
    _columns: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.data.ndim != 2 or self.data.shape[1] != len(self.variables):
            raise InputError(
                f"plot {self.name!r}",
                f"the array must be (points, {len(self.variables)}): one column per variable",
                self.data.shape,
            )
        columns: dict[str, int] = {}
        for column, variable in enumerate(self.variables):
            # `write f.raw v(a) v(a)` repeats a vector: the first one is as good
            columns.setdefault(variable.name.casefold(), column)
        object.__setattr__(self, "_columns", columns)

    @property
    def where(self) -> str:
        """File and plot, for messages."""
        plot = f"plot {self.name!r}"
        return f"{self.source}, {plot}" if self.source else plot

    @property
    def points(self) -> int:
        """Number of rows."""
        return int(self.data.shape[0])

    @property
    def names(self) -> tuple[str, ...]:
        """The vectors in file order, spelt as in the file."""
        return tuple(variable.name for variable in self.variables)

    @property
    def sweep(self) -> NDArray[Any]:
        """(points,) the first vector: time, frequency or the swept source.

        A frequency is real: ngspice writes it as a complex number with no imaginary part.
        An operating point has no sweep: there this is just its first vector.
        """
        first = self.vector(0)
        return first.real if self.variables[0].kind == "frequency" else first

    def column(self, name: str) -> int:
        """Column of a vector in `data`.

        Args:
            name: in any case; `h0` also finds `v(h0)`, `v1#branch` finds `i(v1)` and the
                other way round, `@r1[i]` finds `i(@r1[i])`.
        Raises:
            InputError: the plot has no such vector; the message names the nearest one.
        """
        for spelling in _spellings(name.casefold()):
            if spelling in self._columns:
                return self._columns[spelling]
        raise InputError(self.where, "no such vector", name, name_hint(name, self.names))

    def vector(self, column: int) -> NDArray[Any]:
        """One vector by its column, (points,), a view of `data` (shorter with `dims=`)."""
        view: NDArray[Any] = self.data[: self.variables[column].length(self.points), column]
        return view

    def __getitem__(self, name: str) -> NDArray[Any]:
        """One vector, (points,), a view of `data`.

        Raises:
            InputError: the plot has no such vector; the message names the nearest one.
        """
        return self.vector(self.column(name))

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        return any(spelling in self._columns for spelling in _spellings(name.casefold()))

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)


def name_hint(name: str, known: Iterable[str]) -> str:
    """A remedy naming the known vector nearest to a misspelt one, of bounded length."""
    names = list(known)
    if "(" not in name:  # a bare node name is compared with bare node names
        names = [_bare(other) for other in names]
    return textwrap.shorten(nearest(name, names), width=300, placeholder=" ...")


def _bare(name: str) -> str:
    wrapped = name[:2].casefold() == "v(" and name.endswith(")")
    return name[2:-1] if wrapped else name


def _spellings(key: str) -> Iterator[str]:
    """The ways in which ngspice may have written the vector that a user calls `key`."""
    yield key
    yield f"v({key})"
    if key.startswith("@"):
        yield f"i({key})"
    if key.endswith("#branch"):
        yield f"i({key.removesuffix('#branch')})"
    if key.startswith("i(") and key.endswith(")"):
        yield f"{key[2:-1]}#branch"
