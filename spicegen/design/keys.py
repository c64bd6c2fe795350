"""Setting single keys of a design's tables by their dotted names."""

from __future__ import annotations

from typing import Any

from spicegen.errors import DesignError


def set_key(table: dict[str, Any], key: str, value: Any, where: str) -> None:
    """Put a value at a dotted key, in place; sections that are absent are made.

    Args:
        table: nested tables, as tomllib reads them.
        key: such as `opamp.gain`; a number counts the entries of a list, from 0, such as
            `nonideality.0.sigma`.
        value: what to put there.
        where: what names the key in an error.
    Raises:
        DesignError: a part of the key is a value, or the list has no such entry.
    """
    target: Any = table
    parts = key.split(".")
    for depth, part in enumerate(parts):
        last = depth == len(parts) - 1
        if isinstance(target, list):
            position = _entry(target, part, ".".join(parts[:depth]), where)
            if last:
                target[position] = value
            else:
                target = target[position]
        elif isinstance(target, dict):
            if last:
                target[part] = value
            else:
                target = target.setdefault(part, {})
        else:
            raise DesignError(
                where, f"{'.'.join(parts[:depth])} is a value, not a section", repr(key)
            )


def _entry(entries: list[Any], part: str, name: str, where: str) -> int:
    if part.isdecimal() and int(part) < len(entries):
        return int(part)
    raise DesignError(
        where,
        f"{name} is a list of {len(entries)} in the base design, counted from 0",
        repr(part),
        f"add the entry to the base design, or name one such as {name}.0",
    )
