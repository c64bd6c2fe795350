"""Reading, overriding and writing design.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import tomli_w
from pydantic import BaseModel, ValidationError

from spicegen.design.nonideality import KINDS
from spicegen.design.sections import Design
from spicegen.errors import DesignError, nearest
from spicegen.toml import read_toml

FILES = (("mapping", "conductances"), ("calibration", "inputs"), ("calibration", "file"))
"""Keys that name files."""

FORMS = ("constrained-float", "list[")
"""What pydantic calls the forms of a value that is one number or a list of them."""

LIST = "nonideality"
"""The only list of tables in design.toml."""


def load_design(path: Path | None = None, overrides: Sequence[str] = ()) -> Design:
    """A design from a file and `section.key=value` overrides.

    Args:
        path: design.toml, or None for the default design.
        overrides: texts such as `opamp.gain=1e5`; the value is TOML, bare words are strings.
    Raises:
        DesignError: unreadable file, unknown key, impossible value.
    """
    table: dict[str, Any] = {}
    where = "design"
    if path is not None:
        where = str(path)
        table = read_toml(path, DesignError)
        beside(table, path.parent)
    for override in overrides:
        _set(table, override)
    return design_from(table, where)


def design_from(table: Mapping[str, Any], where: str = "design") -> Design:
    """A design from nested tables.

    Args:
        table: sections by name, keys and values in them.
        where: names their origin in errors.
    Raises:
        DesignError: an unknown key (with the nearest known one), a value out of its range, or a
            combination that is not drawn.
    """
    try:
        return Design.model_validate(table)
    except ValidationError as error:
        raise _explained(error, where) from error


def design_text(design: Design) -> str:
    """design.toml of a design: every key, so that reading it gives the same circuit."""
    table = design.model_dump(exclude_none=True)
    if not design.nonideality:
        del table["nonideality"]  # [[nonideality]] can then be added by hand
    return tomli_w.dumps(table)


def beside(table: dict[str, Any], folder: Path) -> None:
    """File names in a design's tables are relative to a folder: that of its file."""
    for section, key in FILES:
        own = table.get(section)
        if isinstance(own, dict) and isinstance(own.get(key), str):
            own[key] = str(folder / own[key])


def _set(table: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    parts = [part.strip() for part in _path_of(key)]
    if not separator or not all(parts):
        raise DesignError(
            "--set", "an override is section.key=value", repr(override), "e.g. opamp.gain=1e5"
        )
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    target = table
    if parts[0] == LIST:
        if len(parts) < 3:
            raise DesignError(
                f"--set {key}",
                "the list is set item by item",
                repr(text),
                f"e.g. {LIST}.0.sigma=0.1",
            )
        target, parts = _item(table, parts[1], key), parts[2:]
    for part in parts[:-1]:
        target = target.setdefault(part, {})
        if not isinstance(target, dict):
            raise DesignError(f"--set {key}", f"{part} is a value, not a section", repr(text))
    target[parts[-1]] = value


def _item(table: dict[str, Any], number: str, key: str) -> dict[str, Any]:
    """An item of the list of non-idealities; the number after the last one makes a new one."""
    items = table.setdefault(LIST, [])
    if not isinstance(items, list):
        raise DesignError(f"--set {key}", f"{LIST} must be a list of tables")
    if not (number.isascii() and number.isdigit() and int(number) <= len(items)):
        raise DesignError(
            f"--set {key}",
            f"items are numbered from 0, and the next new one is {len(items)}",
            repr(number),
        )
    if int(number) == len(items):
        items.append({})
    item = items[int(number)]
    if not isinstance(item, dict):
        raise DesignError(f"--set {key}", f"item {number} of {LIST} must be a table", repr(item))
    return item


def _path_of(key: str) -> list[str]:
    """The parts of a key: sections inside sections, then one key, or a table and its key, which
    may hold dots of its own (mapping.ranges)."""
    parts: list[str] = []
    model: type[BaseModel] = Design
    rest = key
    while section := _section_of(model, rest.partition(".")[0].strip()):
        part, dot, rest = rest.partition(".")
        parts, model = [*parts, part], section
        if not dot:
            return parts
    return [*parts, *rest.split(".", 1 if parts else 2)]


def _section_of(model: type[BaseModel], key: str) -> type[BaseModel] | None:
    """The section under a key of another section; None where a value stands there."""
    field = model.model_fields.get(key)
    kinds = (field.annotation, *get_args(field.annotation)) if field else ()
    return next(
        (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None
    )


def _explained(error: ValidationError, where: str) -> DesignError:
    """The first problem in the words of a user: key, rule, value, remedy."""
    first, *others = error.errors()
    # of a value with several forms, the one that came furthest; names of forms tell users nothing
    same = [each for each in others if each["loc"][:3] == first["loc"][:3]]
    problem = max([first, *same], key=lambda each: len(each["loc"]))
    path = [str(part) for part in problem["loc"] if not str(part).startswith(FORMS)]
    kind = None
    if path[:1] == [LIST] and len(path) > 2:
        kind = path.pop(2)
    place = f"{where}, {'.'.join(path)}" if path else where
    if problem["type"] == "extra_forbidden":
        section = KINDS[kind] if kind else _section(path[:-1])
        known = list(section.model_fields)
        return DesignError(place, "there is no such key", None, nearest(path[-1], known))
    if problem["type"] == "union_tag_invalid":
        tag = str(problem["ctx"]["tag"])
        remedy = "device.levels states them" if tag == "levels" else nearest(tag, list(KINDS))
        return DesignError(f"{place}.kind", "there is no such kind", repr(tag), remedy)
    if problem["type"] == "union_tag_not_found":
        return DesignError(f"{place}.kind", "a kind must be given", None, nearest("", list(KINDS)))
    if problem["type"] == "value_error":
        return DesignError(place, str(problem["ctx"]["error"]))
    rule = problem["msg"][0].lower() + problem["msg"][1:]
    return DesignError(place, rule, repr(problem["input"]))


def _section(path: Sequence[str]) -> type[BaseModel]:
    model: type[BaseModel] = Design
    for part in path:
        model = _section_of(model, part) or model
    return model
