"""docs/benchmarks.md: its text stays, the tables between the marks are replaced."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path


class MarkError(Exception):
    """The page has no place for a benchmark."""


def fill(page: str, blocks: Mapping[str, str]) -> str:
    """A page with new text between `<!-- begin NAME -->` and `<!-- end NAME -->`.

    Args:
        page: Markdown.
        blocks: new text by benchmark.
    Raises:
        MarkError: a benchmark has no pair of marks.
    """
    for name, text in blocks.items():
        between = re.compile(rf"(?<=<!-- begin {name} -->\n).*?(?=<!-- end {name} -->)", re.S)
        place = between.search(page)
        if not place:
            raise MarkError(f"the page has no '<!-- begin {name} -->' ... '<!-- end {name} -->'")
        page = f"{page[: place.start()]}{text}\n{page[place.end() :]}"
    return page


def fill_file(path: Path, blocks: Mapping[str, str]) -> None:
    """`fill` a file in place.

    Raises:
        MarkError: as `fill`, or there is no such file.
    """
    if not path.is_file():
        raise MarkError(f"{path}: there is no such page to fill")
    path.write_text(fill(path.read_text(encoding="utf-8"), blocks), encoding="utf-8")
