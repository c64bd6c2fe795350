"""The lines of a deck with its included files, and the line that an engine speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INCLUDE = re.compile(r"\.(?:include|incl|inc|lib)\s+(?:\"([^\"]+)\"|'([^']+)'|(\S+))\s*(\S*)", re.I)
DEPTH = 20
SHOWN = 200  # characters of a line in a message; a PWL source may have 100,000

# where an engine's message names an element, a node or a word of the deck
SUBJECTS = (
    r"on line \d+ or its substitute: (?P<word>\S+)",
    r"unknown subckt: (?P<word>\S+)",
    r"'(?P<word>\S+)[^']*' is not a valid",
    r"\(instance: x(?P<word>x\S+)\)",
    r"parameters in line (?P<word>\S+)",
    r"call in string (?P<word>\S+)",
    r"\bin line (?P<word>(?!no\b)[a-z][^\s)]*)\)?$",
    r"check node (?P<word>[^\s)]+)",
    r'trouble with node "(?P<word>[^"]+)"',
    r"trouble with \S+ (?P<word>\S+)$",
    r"(?P<word>\S+): unknown controlling source",
    r"find (?:include|library) file (?P<word>\S+)",
    r"cannot open file: \S*?(?P<word>[^\s/]+) ",
    r"no such function '(?P<word>\w+)'",
    r"Undefined parameter \[(?P<word>\w+)\]",
    r"osdi lib \"(?P<word>[^\"]+)\"",
    r"OSDI\([^)]*\) (?P<word>\S+):",
    r"non-existent node - (?P<word>[^\s,]+)",
    r"redefinition of \.subckt (?P<word>[^\s,]+)",
    r"unrecognized variable - (?P<word>\S+)",
    r"check line +(?P<word>\S+)",
    r"source (?P<word>\S+) has non-increasing",
    r"no data (?P<word>save)d for",
    r"\belement (?P<word>\S+)",
    r"(?:element|Resistor|Capacitor|Subcircuit|CCCS|diode|model) '(?P<word>[^']+)'",
)
PLACE = re.compile(r"\bline(?: no\.?)? (?P<number>\d+)\b.*?\bfile\s+(?P<file>\S+)")
NUMBER = re.compile(r"\bline (?P<number>\d+)\b", re.I)


@dataclass(frozen=True, slots=True)
class DeckLine:
    """One logical line: its continuations joined, comments and blank lines left out.

    Args:
        file: name of the file, as the deck includes it.
        number: of its first physical line, from 1.
        text: the line.
    """

    file: str
    number: int
    text: str

    def __str__(self) -> str:
        shown = f"{self.text[:SHOWN]} ..." if len(self.text) > SHOWN else self.text
        return f"{self.file}, line {self.number}: {shown}"


def read_deck(deck: Path) -> list[DeckLine]:
    """All logical lines of a deck, included files in place, the title left out.

    A file that cannot be read leaves its `.include` line: the engine says so itself.
    """
    return list(_lines(deck, deck.name, title=True, section="", depth=0))


def find_line(deck: Path, message: str) -> str:
    """The deck line that an engine's message speaks of; empty if it cannot be told."""
    lines = read_deck(deck)
    if place := PLACE.search(message):
        named = Path(place["file"].rstrip("!")).name
        for line in lines:
            if Path(line.file).name == named and line.number == int(place["number"]):
                return str(line)
    found = [line for pattern in SUBJECTS for line in _mentions(lines, pattern, message)]
    one_file = all(line.file == deck.name for line in lines)  # else the count is another one
    if (number := NUMBER.search(message)) and (found or one_file):
        found = [line for line in found or lines if line.number == int(number[1])] or found
    return str(found[0]) if found else ""


def _mentions(lines: list[DeckLine], pattern: str, message: str) -> list[DeckLine]:
    """Lines that define or hold the word which `pattern` finds in a message."""
    subject = re.search(pattern, message, re.I)
    if not subject:
        return []
    word = subject["word"].casefold().removesuffix("#branch")
    for name in dict.fromkeys((word, word.rsplit(".", 1)[-1])):  # r.x1.r2 is the R2 of x1
        whole = re.compile(rf"(?<![\w.#]){re.escape(name)}(?![\w.#])", re.I)
        starts = (name, f".{name}")
        defining = [line for line in lines if line.text.split()[0].casefold() in starts]
        if found := defining or [line for line in lines if whole.search(line.text)]:
            return found
    return []


def _lines(path: Path, name: str, title: bool, section: str, depth: int) -> Iterator[DeckLine]:
    inside = not section
    for line in _logical(path, name, title):
        words = line.text.split()
        if section and words[0].casefold() in (".lib", ".endl"):
            if len(words) == 1 or words[0].casefold() == ".endl":
                inside = False
            elif len(words) == 2:
                inside = words[1].casefold() == section.casefold()
            if len(words) < 3:
                continue
        if not inside:
            continue
        call = INCLUDE.match(line.text)
        included = path.parent / (call[1] or call[2] or call[3]) if call else None
        if call and included and depth < DEPTH and included.is_file():
            inner = included.name if included.parent == path.parent else str(call[1] or call[3])
            part = call[4] if words[0].casefold() == ".lib" else ""
            yield from _lines(included, inner, False, part, depth + 1)
        else:
            yield line


def _logical(path: Path, name: str, title: bool) -> Iterator[DeckLine]:
    start, text = 0, ""
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, row in enumerate(file, 1):
            row = row.strip()
            if (title and number == 1) or not row or row[0] in "*;":
                continue
            if row[0] == "+":
                text += " " + row[1:].strip()
                continue
            if text:
                yield DeckLine(name, start, text)
            start, text = number, row
    if text:
        yield DeckLine(name, start, text)
