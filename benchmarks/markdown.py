"""docs/benchmarks.md: its text stays, the tables between the marks are replaced."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path


class MarkError(Exception):
    """The page has no place for a benchmark."""


def places(page: str) -> list[str]:
    """The benchmarks that a page has a place for."""
    return re.findall(r"<!-- begin (\w+) -->", page)


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


def read(path: Path, names: Sequence[str]) -> str:
    """A page that has a place for some of these benchmarks.

    Raises:
        MarkError: it has none for any, or there is no such file.
    """
    if not path.is_file():
        raise MarkError(f"{path}: there is no such page to fill")
    page = path.read_text(encoding="utf-8")
    if not set(names) & set(places(page)):
        raise MarkError(f"{path}: the page has no place for {', '.join(names)}")
    return page
