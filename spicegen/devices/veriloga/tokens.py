"""Verilog-A text as tokens, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PATTERN = re.compile(
    r"""
    (?P<space>[^\S\n]+ | \n | //[^\n]* | /\*.*?\*/ | \\[^\S\n]*\n)
  | (?P<string>"(?:\\.|[^"\\\n])*")
  | (?P<directive>`\w+)
  | (?P<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[TGMKkmunpfa]?\b)
  | (?P<name>[A-Za-z_][\w$]* | \$\w+ | \\\S+)
  | (?P<attribute>\(\*(?!\)) .*? \*\))
  | (?P<sign><\+ | [<>=!]= | && | \|\| | .)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a source file.

    Args:
        kind: name, number, string, directive, attribute or sign.
        text: as written.
        start: position in the text of its file.
        line: of its file, from 1.
        directive_line: the same for all tokens of a line and those that continue it.
        file: index of its file.
        expanded: it stands in a macro; its place is that of the macro's use.
    """

    kind: str
    text: str
    start: int
    line: int
    directive_line: int
    file: int = 0
    expanded: bool = False

    @property
    def end(self) -> int:
        """Position behind it."""
        return self.start + len(self.text)


def tokens(text: str, file: int = 0) -> Iterator[Token]:
    """All tokens of a text but blanks and comments."""
    line = directive_line = 1
    for found in PATTERN.finditer(text):
        kind, word = found.lastgroup or "", found[0]
        if kind != "space":
            yield Token(kind, word, found.start(), line, directive_line, file)
        elif word == "\n":  # neither a continued line nor a comment over several
            directive_line += 1
        line += word.count("\n")
