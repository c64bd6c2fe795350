"""Model cards of a kit at one corner, cut out of the PDK's own files.

A PDK's files hold every device at every corner, tens of thousands of lines. A deck gets those
that its transistors need, in one file beside it, so that a run directory is whole and moves.
"""

from __future__ import annotations

import re
from functools import cache

from spicegen.pdk.kit import Kit, load_kit

SECTION = re.compile(r"^\s*\.(lib|endl)\b\s*(\S*)\s*$", re.I)
MODEL = re.compile(r"^\s*\.model\s+(\S+?)(?:\.\d+)?\s", re.I)


def model_text(kit: Kit, corner: str, mismatch: bool = False) -> str:
    """The content of the model file of a deck.

    Args:
        kit: the process.
        corner: one of its corners.
        mismatch: every device differs at random; the engine's seed repeats the draws.
    Raises:
        DesignError: the PDK is not installed, or there is no such corner.
    """
    kit.check_corner(corner)
    switches = (
        f".param fnoicor=0 sw_stat_global=0 sw_stat_mismatch={int(mismatch)}\n"
        if kit.mismatch
        else ""
    )
    return (
        f"* {kit.title}, corner {corner}: model cards of {', '.join(kit.models)}\n"
        f"* from {kit.distribution}, {kit.file}; licence: that of the PDK (Apache-2.0)\n"
        f"{switches}{_cards(kit.name, corner)}"
    )


@cache
def _cards(name: str, corner: str) -> str:
    kit = load_kit(name)
    text = kit.model_file(corner).read_text(encoding="utf-8", errors="replace")
    if "{corner}" in kit.file:
        return _models(text, kit.models)
    return _sections(text, kit.corners[corner], kit.models)


def _sections(text: str, wanted: tuple[str, ...], models: tuple[str, ...]) -> str:
    """Sections of a library file; of the subcircuits among them those named as a model."""
    kept, inside = list[str](), ""
    for line in text.splitlines():
        if match := SECTION.match(line):
            kind, name = match[1].lower(), match[2].lower()
            inside = name if kind == "lib" else ""
            continue
        if inside in wanted and line.strip() and not line.lstrip().startswith("*"):
            kept.append(line)
    return "\n".join(_named(kept, models)) + "\n"


def _named(lines: list[str], models: tuple[str, ...]) -> list[str]:
    """Without the subcircuits of other devices."""
    kept, skipping = list[str](), False
    for line in lines:
        words = line.split()
        if words[0].lower() == ".subckt":
            skipping = words[1].lower() not in models
        if not skipping:
            kept.append(line)
        if words[0].lower() == ".ends":
            skipping = False
    return kept


def _models(text: str, wanted: tuple[str, ...]) -> str:
    """Model cards (all bins) of the wanted devices."""
    kept, keeping = list[str](), False
    for line in text.splitlines():
        if match := MODEL.match(line):
            keeping = match[1] in wanted
        elif line.lstrip().startswith("."):
            keeping = False
        if keeping and line.strip() and not line.lstrip().startswith("*"):
            kept.append(line)
    return "\n".join(kept) + "\n"
