"""Pages with tables: the text stays, what stands between the marks is replaced."""

from __future__ import annotations

import re
from collections.abc import Mapping


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
