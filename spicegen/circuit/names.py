"""The one place where names from a user's files become SPICE names."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST = 32
"""Characters of a user's name that are kept."""


def spice_names(names: Sequence[str]) -> dict[str, str]:
    """A SPICE-safe, unique name for each layer name.

    Only lower-case letters and digits remain; `_` is left to the circuit, which puts it
    between a layer's name and what belongs to the layer, so that nothing of layer `a` can
    meet anything of layer `a_h`. A name that loses other characters, would start with a
    digit or would collide gets its position in front: `x .control shell` becomes
    `l0xxcontrolshell` and stays data.

    Args:
        names: unique names, any text.
    Returns:
        SPICE name by name.
    """
    chosen: dict[str, str] = {}
    for position, name in enumerate(names):
        plain = re.sub(r"[^a-z0-9]", "", name.lower())[:LONGEST]
        kept = re.fullmatch(r"[a-z][a-z0-9_]*", name.lower()) and len(name) <= LONGEST
        clean = bool(kept) and plain not in chosen.values() and not _reserved(plain)
        chosen[name] = plain if clean else f"l{position}x{plain}"
    return chosen


def safe_text(text: str) -> str:
    """Text from a user's file for a comment: letters, digits and `_` only."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:LONGEST] or "unnamed"


def numbered(stem: str, count: int) -> tuple[str, ...]:
    """`stem0`, `stem1`, ..."""
    return tuple(f"{stem}{index}" for index in range(count))


def _reserved(name: str) -> bool:
    """Names that the circuit itself uses, or that look like a positioned name."""
    return name in {"input", "bias", "cm", "phi", "gnd", "time"} or bool(re.match(r"l\d", name))
