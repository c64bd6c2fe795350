"""The text that stands before the values of each plot in a raw file."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import BinaryIO

from spicegen.errors import RawFileError
from spicegen.waveforms.plot import Variable

KEYS = {
    "title", "date", "plotname", "flags", "no. variables", "no. points", "dimensions",
    "command", "commands", "option", "options", "offset", "variables", "binary", "values",
}  # fmt: skip
FLAGS = {"real", "complex", "padded", "unpadded"}
MAX_LINE_BYTES = 1 << 16  # a binary file without any line end must not be read whole


@dataclass(frozen=True, slots=True)
class Header:
    """What a raw file says about one plot before its values.

    `where` names file, plot number and plot name for messages. `binary` tells `Binary:`
    from `Values:`.
    """

    where: str
    name: str
    title: str
    date: str
    flags: tuple[str, ...]
    points: int
    variables: tuple[Variable, ...]
    binary: bool

    @property
    def is_complex(self) -> bool:
        """Each value is a pair of numbers."""
        return "complex" in self.flags

    @property
    def lengths(self) -> list[int]:
        """Number of values that the file holds of each variable.

        Padded files (the rule) fill short vectors up with zeros; unpadded ones leave
        them out of the later points.
        """
        if "unpadded" in self.flags:
            return [variable.length(self.points) for variable in self.variables]
        return [self.points] * len(self.variables)


def read_header(file: BinaryIO, where: str, hint: str = "") -> Header | None:
    """Read up to and including the `Binary:` or `Values:` line.

    Args:
        file: a raw file, at the start of a plot.
        where: file and number of the plot, for messages.
        hint: what is wrong when something else than a header begins here.
    Returns:
        The header, or None at the end of the file.
    Raises:
        RawFileError: the text is not a raw file's header, or announces no points.
    """
    fields: dict[str, str] = {}
    variables: tuple[Variable, ...] = ()
    while line := file.readline(MAX_LINE_BYTES):
        if not line.strip():
            continue
        key, text = _split(line, where, "" if fields else hint)
        if key == "variables":
            if "plotname" not in fields:
                raise RawFileError(f"{where}: expected 'Plotname:' before 'Variables:'")
            where = f"{where} ({fields['plotname']})"
            variables = _read_variables(file, fields, text, where)
        elif key in ("binary", "values"):
            return _finish(fields, variables, key == "binary", where)
        else:
            fields[key] = text
    if fields:
        raise RawFileError(f"{where}: expected 'Binary:' or 'Values:', the file ends in the header")
    return None


def _split(line: bytes, where: str, hint: str) -> tuple[str, str]:
    key, colon, text = line.decode("utf-8", "replace").partition(":")
    key = " ".join(key.split()).casefold()
    if not colon or key not in KEYS:
        raise RawFileError(
            f"{where}: expected a header line such as 'Title:' or 'No. Points:', "
            f"found {line[:24]!r}{hint}"
        )
    return key, text.strip()


def _read_variables(
    file: BinaryIO, fields: dict[str, str], first: str, where: str
) -> tuple[Variable, ...]:
    points = _count(fields, "no. points", where)
    if points == 0:
        raise RawFileError(
            f"{where}: 'No. Points' is 0: the simulation is still running, or it failed or "
            "was killed before the end of this analysis"
        )
    table = []
    for index in range(_count(fields, "no. variables", where)):
        # the oldest writers put the first variable behind the word 'Variables:'
        line = first if index == 0 and first else _line(file)
        table.append(_variable(line, index, points, where))
    return tuple(table)


def _line(file: BinaryIO) -> str:
    return file.readline(MAX_LINE_BYTES).decode("utf-8", "replace").strip()


def _variable(line: str, index: int, points: int, where: str) -> Variable:
    # names made from expressions hold blanks, so tabs separate where there are tabs
    cells = line.split("\t", 2) if line.count("\t") >= 2 else line.split(None, 2)
    if len(cells) != 3 or cells[0].strip() != str(index) or not cells[2].strip():
        raise RawFileError(
            f"{where}: expected variable {index} as 'index name type', found {line[:80]!r}"
        )
    kind, *options = cells[2].split()
    dims: tuple[int, ...] = ()
    for option in options:
        if option.startswith("dims="):
            dims = _dims(option.removeprefix("dims="), where)
    if prod(dims) > points:
        raise RawFileError(
            f"{where}: variable {cells[1]!r} has {prod(dims)} values in a plot of {points} points"
        )
    return Variable(cells[1].strip(), kind, dims)


def _dims(text: str, where: str) -> tuple[int, ...]:
    sizes = [_whole(size) for size in text.split(",")]
    if not all(sizes):
        raise RawFileError(f"{where}: expected 'dims=' with whole numbers above 0, found {text!r}")
    return tuple(size for size in sizes if size)


def _count(fields: dict[str, str], key: str, where: str) -> int:
    text = fields.get(key)
    number = None if text is None else _whole(text)
    if number is None:
        found = "no such line" if text is None else repr(text[:40])
        raise RawFileError(f"{where}: expected '{key}:' with a whole number, found {found}")
    return number


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 15 else None


def _finish(
    fields: dict[str, str], variables: tuple[Variable, ...], binary: bool, where: str
) -> Header:
    if not variables:
        raise RawFileError(f"{where}: expected at least one line under 'Variables:' before values")
    flags = tuple(fields.get("flags", "").casefold().split())
    if not set(flags) <= FLAGS or len({"real", "complex"} & set(flags)) != 1:
        raise RawFileError(
            f"{where}: expected 'Flags:' with real or complex and at most padded or unpadded, "
            f"found {fields.get('flags', 'no such line')!r}"
        )
    points = _count(fields, "no. points", where)
    if max(variable.length(points) for variable in variables) != points:
        raise RawFileError(f"{where}: expected a variable with {points} values, none is as long")
    return Header(
        where=where,
        name=fields["plotname"],
        title=fields.get("title", ""),
        date=fields.get("date", ""),
        flags=flags,
        points=points,
        variables=variables,
        binary=binary,
    )
