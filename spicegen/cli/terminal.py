"""What reaches the terminal: results on stdout, everything else on stderr.

A reader that has gone away (`spicegen ... | head -1`) does not end a run: what is left to
say goes nowhere, and the exit status stays that of the work.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text


def printed(text: str) -> None:
    """A result, on stdout."""
    _write(sys.stdout, text + "\n")


def told(text: str) -> None:
    """A message of one line, on stderr."""
    _write(sys.stderr, f"spicegen: {one_line(text)}\n")


def failed(text: str) -> None:
    """An error message of one line, on stderr."""
    from rich.text import Text

    message = Text.assemble("spicegen: ", ("error: ", "bold red"), one_line(text))
    _write(sys.stderr, rendered(console(sys.stderr), message))


def shown(*blocks: RenderableType) -> None:
    """Tables and lines for a reader, on stdout."""
    terminal = console(sys.stdout)
    _write(sys.stdout, "".join(rendered(terminal, block) for block in blocks))


def console(stream: TextIO) -> Console:
    """A rich console that takes every text as it is: no markup, no emoji, no guessed colours."""
    from rich.console import Console

    return Console(file=stream, markup=False, emoji=False, highlight=False)


def rendered(terminal: Console, block: RenderableType) -> str:
    """A block as the terminal shows it; only tables are fitted to its width."""
    from rich.table import Table

    with terminal.capture() as capture:
        terminal.print(block, soft_wrap=not isinstance(block, Table))
    return capture.get()


def plain(text: str, style: str = "") -> Text:
    """A text from a user's file, fit for one place in one line."""
    from rich.text import Text

    return Text(one_line(text), style)


def one_line(text: str) -> str:
    """The text with blanks for line breaks and escapes for what a terminal might obey."""
    words = " ".join(text.split())
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
        for sign in words
    )


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
