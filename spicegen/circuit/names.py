"""The one place where names from a user's files become SPICE names."""

from __future__ import annotations

import re
from collections.abc import Sequence


def spice_names(names: Sequence[str]) -> dict[str, str]:
    """A SPICE-safe, unique name for each layer name.

    Only lower-case letters, digits and `_` remain. A name that loses characters, would
    start with a digit or would collide gets its position in front, so that
    `x .control shell` becomes `l0_x_control_shell` and stays data.

    Args:
        names: unique names, any text.
    Returns:
        SPICE name by name.
    """
    chosen: dict[str, str] = {}
    for position, name in enumerate(names):
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:32]
        clean = plain == name.lower() and plain[:1].isalpha() and plain not in chosen.values()
        chosen[name] = (
            plain if clean and not _reserved(plain) else f"l{position}_{plain}".rstrip("_")
        )
    return chosen


def numbered(stem: str, count: int) -> tuple[str, ...]:
    """`stem0`, `stem1`, ..."""
    return tuple(f"{stem}{index}" for index in range(count))


def _reserved(name: str) -> bool:
    """Names that the circuit itself uses, or that look like a positioned name."""
    return name in {"input", "bias", "cm", "phi", "gnd", "time"} or bool(
        re.match(r"l\d+(_|$)", name)
    )
