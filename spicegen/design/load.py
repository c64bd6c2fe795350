"""Reading, overriding and writing design.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, ValidationError

from spicegen.design.sections import Design
from spicegen.errors import DesignError, nearest


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
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise DesignError(where, "the file must be readable", error.strerror) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DesignError(where, "the file must be TOML", error) from error
        _beside(table, path)
    for override in overrides:
        _set(table, override)
    return design_from(table, where)


def design_from(table: Mapping[str, Any], where: str = "design") -> Design:
    """A design from nested tables; `where` names their origin in errors."""
    try:
        return Design.model_validate(table)
    except ValidationError as error:
        raise _explained(error, where) from error


def design_text(design: Design) -> str:
    """design.toml of a design: every key, so that reading it gives the same circuit."""
    return tomli_w.dumps(design.model_dump(exclude_none=True))


def _beside(table: dict[str, Any], path: Path) -> None:
    """File names in a design are relative to it."""
    mapping = table.get("mapping")
    if isinstance(mapping, dict) and isinstance(mapping.get("conductances"), str):
        mapping["conductances"] = str(path.parent / mapping["conductances"])


def _set(table: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    parts = [part.strip() for part in key.split(".", 2)]
    if not separator or not all(parts):
        raise DesignError(
            "--set", "an override is section.key=value", repr(override), "e.g. opamp.gain=1e5"
        )
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    target = table
    for part in parts[:-1]:
        target = target.setdefault(part, {})
        if not isinstance(target, dict):
            raise DesignError(f"--set {key}", f"{part} is a value, not a section", repr(text))
    target[parts[-1]] = value


def _explained(error: ValidationError, where: str) -> DesignError:
    """The first problem in the words of a user: key, rule, value, remedy."""
    problem = error.errors()[0]
    path = [str(part) for part in problem["loc"]]
    place = f"{where}, {'.'.join(path)}" if path else where
    if problem["type"] == "extra_forbidden":
        known = list(_section(path[:-1]).model_fields)
        return DesignError(place, "there is no such key", None, nearest(path[-1], known))
    if problem["type"] == "value_error":
        return DesignError(place, str(problem["ctx"]["error"]))
    rule = problem["msg"][0].lower() + problem["msg"][1:]
    return DesignError(place, rule, repr(problem["input"]))


def _section(path: Sequence[str]) -> type[BaseModel]:
    model: type[BaseModel] = Design
    for part in path:
        annotation = model.model_fields[part].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    return model
