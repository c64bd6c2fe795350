"""The source as the front end reads it: nothing is computed otherwise, more is told.

- Every parameter becomes one of the instance. The front end then compiles defaults and
  ranges, which it keeps to itself for parameters of the model.
- Every variable is given, first of all, a value that the front end knows nothing about. An
  equation that still depends on such a value reads the variable before it is assigned.

Line numbers stay, so that the front end's messages point into the user's file.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from spicegen.devices.veriloga.declarations import Variable, variables
from spicegen.devices.veriloga.source import Source
from spicegen.devices.veriloga.tokens import Token

MARK = "remembered "
INSTANCE = '(* type="instance" *) '
Edit = tuple[int, int, str]
"""From, to, what to put there; of one file."""


def write_instrumented(source: Source, folder: Path) -> dict[str, Path]:
    """Write the files for the front end.

    Args:
        source: as the user wrote it.
        folder: empty, to write to; the first file is `0.va`.
    Returns:
        Name of each file written -> the file it is made from.
    """
    edits: dict[int, list[Edit]] = {index: [] for index in range(len(source.files))}
    for index, file in enumerate(source.files):
        edits[index] += _instance_parameters(file.tokens)
        for token in file.tokens:
            if token.start in file.includes and token.kind == "string":
                edits[index].append((token.start, token.end, f'"{file.includes[token.start]}.va"'))
    for at, text in _marks(source):
        edits[at.file].append((at.start, at.start, text))
    for index, file in enumerate(source.files):
        (folder / f"{index}.va").write_text(_edited(file.text, edits[index]), encoding="utf-8")
    return {f"{index}.va": file.path for index, file in enumerate(source.files)}


def _instance_parameters(tokens: tuple[Token, ...]) -> Iterator[Edit]:
    for token in tokens:
        if token.text in ("parameter", "localparam"):
            yield token.start, token.start, INSTANCE


def _marks(source: Source) -> Iterator[tuple[Token, str]]:
    """(token, statements to put before it)"""
    stream = source.compiled
    marked = [one for one in variables(stream) if _may_be_remembered(one, stream)]
    analog = next(
        (
            word
            for word, following in pairwise(stream)
            if word.text == "analog" and following.text != "function" and not word.expanded
        ),
        None,
    )
    shared = "".join(_mark(one) for one in marked if not one.block)
    if analog is not None and shared:
        yield analog, f"analog begin {shared}end "
    own = [one for one in marked if one.block and not one.after.expanded]
    for one in own:
        behind = _statement_after(one, stream)
        if behind is not None:
            yield behind, _mark(one)


def _mark(variable: Variable) -> str:
    return f'{variable.name} = $simparam("{MARK}{variable.name}", 0); '


def _may_be_remembered(variable: Variable, stream: list[Token]) -> bool:
    """Not a constant: declared with a value and never assigned."""
    if not variable.initial:
        return True
    return any(
        word.text == variable.name and sign.text == "=" and word != variable.token
        for word, sign in pairwise(stream)
    )


def _statement_after(variable: Variable, stream: list[Token]) -> Token | None:
    """The first token behind the declarations of the block that a variable belongs to."""
    position = stream.index(variable.after) + 1
    while position < len(stream) and stream[position].text in _DECLARING:
        while stream[position].text != ";":
            position += 1
        position += 1
    found = stream[position] if position < len(stream) else None
    return found if found is not None and not found.expanded else None


_DECLARING = ("real", "integer", "parameter", "localparam")


def _edited(text: str, edits: list[Edit]) -> str:
    for start, end, put in sorted(edits, reverse=True):
        text = text[:start] + put + text[end:]
    return text
