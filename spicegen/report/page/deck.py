"""The deck as people read it: subcircuits, head, top level, without tables of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MOST_LINES = 400
"""Lines shown of one part; an array of a million memristors has as many."""
LONGEST_LINE = 400
HEAD, TOP = "head", "top level"


@dataclass(slots=True)
class DeckPart:
    """A stretch of the deck.

    Attributes:
        title: `.subckt` name and ports, or head, or top level.
        lines: the first ones.
        total: lines that it has in the file.
    """

    title: str
    lines: list[str] = field(default_factory=list)
    total: int = 0

    def add(self, line: str) -> None:
        """Count a line, and keep it while there are few."""
        self.total += 1
        if len(self.lines) < MOST_LINES:
            cut = len(line) > LONGEST_LINE
            self.lines.append(f"{line[:LONGEST_LINE]} ..." if cut else line)

    @property
    def name(self) -> str:
        """Of the subcircuit."""
        return self.title.partition(":")[0]

    @property
    def text(self) -> str:
        """What is shown."""
        rest = self.total - len(self.lines)
        return "\n".join([*self.lines, *([f"* ... {rest} more lines"] if rest else [])])


def deck_parts(path: Path) -> list[DeckPart]:
    """Parts of a deck in their order; empty where the file is gone.

    The points of piecewise linear sources are left out: they are the inputs.
    """
    if not path.is_file():
        return []
    head, top, inside = DeckPart(HEAD), DeckPart(TOP), list[DeckPart]()
    current: DeckPart | None = None
    for line in _without_points(path):
        word = line[:8].lower()
        if word.startswith(".subckt "):
            current = DeckPart(_title(line))
            current.lines = _taken_comments(top if inside else head)
            current.total = len(current.lines)
            inside.append(current)
        if current is not None:
            current.add(line)
            if word.startswith(".ends"):
                current = None
        else:
            (top if inside else head).add(line)
    return [head, *inside, top]


def _title(line: str) -> str:
    words = line.split()
    name, ports = words[1], [word for word in words[2:] if word != "+"]
    shown = " ".join(ports[:12]) + (f" ... ({len(ports)} ports)" if len(ports) > 12 else "")
    return f"{name}: {shown}"


def _taken_comments(part: DeckPart) -> list[str]:
    """Comments right above a subcircuit belong to it."""
    if part.total != len(part.lines):
        return []
    start = len(part.lines)
    while start and part.lines[start - 1].startswith("*") and "----" not in part.lines[start - 1]:
        start -= 1
    taken = part.lines[start:]
    del part.lines[start:]
    part.total -= len(taken)
    return taken


def _without_points(path: Path) -> Iterator[str]:
    skipped, in_points = 0, False
    with path.open(encoding="ascii", errors="replace") as file:
        for raw in file:
            line = raw.rstrip("\n")
            if in_points and line.startswith("+"):
                if line.strip() == "+ )":
                    yield f"* ... {skipped} lines of points ..."
                    yield line
                    in_points = False
                else:
                    skipped += 1
                continue
            in_points, skipped = line.endswith("PWL("), 0
            if line.strip():
                yield line
