"""Jinja, the look and the script of the page, in one file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, UndefinedError
from markupsafe import Markup

import spicegen
from spicegen.errors import InputError

FOLDER = Path(__file__).parent
REPORT = "report.html"
"""The file's name in the directory it is about."""


def html_file(
    template: str, scripts: tuple[str, ...], origin: Path, embedded: Any, **values: Any
) -> str:
    """The page.

    Args:
        template: below templates/.
        scripts: files of assets/ that it needs, behind those that every page has.
        origin: of what is shown, for the message where something is missing in it.
        embedded: what the scripts draw: JSON, with arrays as `pack` makes them.
        values: what the template shows.
    Raises:
        InputError: something that the template shows is not in `values`.
    """
    script = _script(scripts)
    shown = {
        **values,
        "version": spicegen.__version__,
        "style": Markup(_text("vendor/uPlot.min.css") + _text("assets/page.css")),  # noqa: S704
        "script": Markup(script),  # noqa: S704  our own files
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "embedded": Markup(embedded_json(embedded)),  # noqa: S704  no `<` is left in it
    }
    try:
        return environment().get_template(template).render(shown)
    except UndefinedError as error:
        rule = "it must hold everything that the page shows"
        raise InputError(str(origin), rule, error.message, "make it again") from error


def embedded_json(content: Any) -> str:
    """JSON that no HTML parser reads anything into."""
    text = json.dumps(finite(content), separators=(",", ":"), allow_nan=False, ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def finite(content: Any) -> Any:
    """The content with null for numbers that are none, and visible texts."""
    if isinstance(content, Mapping):
        return {visible(str(key)): finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [finite(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return visible(content)


def visible(content: Any) -> Any:
    """A text with escapes for what no reader sees, such as signs that turn a line around."""
    if type(content) is not str or content.isprintable():
        return content
    return "".join(
        sign if sign.isprintable() or sign in "\n\t" else f"\\u{ord(sign):04x}" for sign in content
    )


def write_page(path: Path, page: str) -> Path:
    """Write the file under a temporary name, then rename it.

    Raises:
        InputError: the file cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(page.encode("utf-8", "xmlcharrefreplace"))
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise InputError(f"report {path}", "the file must be writable", error.strerror) from error
    return path


@cache
def environment() -> Environment:
    """Jinja for pages: everything is escaped, an undefined name is an error."""
    made = Environment(
        loader=PackageLoader("spicegen.report.page"),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"number": number, "si": si, "shown": shown}
    return made


def number(value: float | None, digits: int = 3) -> Markup:
    """A number in a few digits; the whole of it is in the `value` of the element."""
    if value is None or not math.isfinite(value):
        return Markup("&ndash;")
    exact = isinstance(value, int) or value == 0
    text = f"{int(value)}" if exact else f"{value:#.{digits}g}".rstrip(".")
    return Markup('<data value="{}">{}</data>').format(repr(value), text)


_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}


def si(value: float, unit: str, digits: int = 4) -> Markup:
    """A quantity with an SI prefix; the whole of it is in the `value` of the element."""
    exponent = 0
    if value and unit and math.isfinite(value):
        exponent = min(max(3 * math.floor(math.log10(abs(value)) / 3 + 1e-12), -15), 12)
    text = f"{value / 10.0**exponent:.{digits}g} {_PREFIXES[exponent]}{unit}"
    return Markup('<data value="{}">{}</data>').format(repr(value), text.rstrip())


def shown(value: Any) -> str:
    """A value of a design or a plan as its file would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _script(names: tuple[str, ...]) -> str:
    always = ("vendor/uPlot.iife.min.js", "assets/base.js", "assets/chart.js")
    licence = f"/*\n{_text('vendor/uPlot.LICENSE')}*/\n"
    return licence + "\n".join(
        _text(name) for name in (*always, *(f"assets/{name}" for name in names))
    )


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
