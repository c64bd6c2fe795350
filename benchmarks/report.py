"""What a benchmark gives back: tables, bars that were to be met, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

Cell = float | int | str | None
"""A number, words, or nothing to show."""
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading with the unit, and the format of its numbers."""

    title: str
    spec: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of numbers and words under headings."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def texts(self) -> list[list[str]]:
        """Headings and rows as they are shown."""
        shown = [[column.title for column in self.columns]]
        for row in self.rows:
            pairs = zip(row, self.columns, strict=True)
            shown.append([_shown(cell, column.spec) for cell, column in pairs])
        return shown

    def as_text(self) -> str:
        """Aligned columns for a terminal."""
        texts = self.texts()
        widths = [max(len(row[k]) for row in texts) for k in range(len(self.columns))]
        lines = [_aligned(row, widths) for row in texts]
        lines.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([self.title, *lines])

    def as_markdown(self) -> str:
        """A table of GitHub's Markdown."""
        head, *rows = [[text.replace("|", "\\|") for text in row] for row in self.texts()]
        rule = ["---" if k == 0 else "---:" for k in range(len(head))]
        lines = ["| " + " | ".join(row) + " |" for row in (head, rule, *rows)]
        return "\n".join([f"**{self.title}**", "", *lines])


@dataclass(frozen=True, slots=True)
class Bar:
    """A number that is to stay below (or reach) a limit.

    Attributes:
        what: is measured.
        measured, limit, unit: the number and its limit.
        at_least: the number is to reach the limit.
        headline: it stands in the table of the README.
    """

    what: str
    measured: float
    limit: float
    unit: str
    at_least: bool = False
    headline: bool = False

    @property
    def met(self) -> bool:
        """Whether the limit is kept."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        verdict = "met" if self.met else "MISSED"
        return f"{self.what}: {self.measured:.3g} {self.unit}, bar {sign} {self.limit:g}: {verdict}"


@dataclass(frozen=True, slots=True)
class Report:
    """One benchmark's result.

    Attributes:
        name: as `python -m benchmarks` takes it.
        command: what reproduces it.
        tables, bars: measured.
        notes: sentences that the numbers of this very run support.
    """

    name: str
    command: str
    tables: tuple[Table, ...]
    bars: tuple[Bar, ...] = ()
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Everything, for a terminal."""
        parts = [f"== {self.name}: {self.command}", *(table.as_text() for table in self.tables)]
        parts += ["\n".join(map(str, lines)) for lines in (self.bars, self.notes) if lines]
        return "\n\n".join(parts)

    def as_markdown(self) -> str:
        """Tables, then bars and notes as a list."""
        lines = [f"- {line}" for line in (*self.bars, *self.notes)]
        parts = [f"`{self.command}`", *(table.as_markdown() for table in self.tables)]
        return "\n\n".join([*parts, "\n".join(lines)] if lines else parts)

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        plain = asdict(self)
        for bar, entry in zip(self.bars, plain["bars"], strict=True):
            entry["met"] = bar.met
        return plain


def read_report(plain: Mapping[str, Any]) -> Report:
    """The report that `Report.as_dict` wrote."""
    tables = tuple(
        Table(
            one["title"],
            tuple(Column(**column) for column in one["columns"]),
            tuple(tuple(row) for row in one["rows"]),
        )
        for one in plain["tables"]
    )
    given = [field.name for field in fields(Bar)]  # `met` follows from them
    bars = tuple(Bar(**{key: one[key] for key in given}) for one in plain["bars"])
    return Report(plain["name"], plain["command"], tables, bars, tuple(plain["notes"]))


def command_of(name: str, steps: int | None, long: bool = False) -> str:
    """The command that reproduces a benchmark."""
    option = "" if steps is None else f" --steps {steps}"
    option += " --long" if long else ""
    return f"python -m benchmarks {name}{option}"


def table(title: str, columns: Sequence[str], rows: Iterable[Row]) -> Table:
    """A table whose columns are written as `heading` or `heading:format`."""
    made = tuple(Column(*column.rsplit(":", 1)) for column in columns)
    return Table(title, made, tuple(tuple(row) for row in rows))


def _shown(cell: Cell, spec: str) -> str:
    if cell is None:
        return "-"
    return cell if isinstance(cell, str) else format(cell, spec)


def _aligned(row: list[str], widths: list[int]) -> str:
    first, *others = (
        text.ljust(width) if k == 0 else text.rjust(width)
        for k, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join([first, *others]).rstrip()
