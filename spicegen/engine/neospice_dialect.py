"""What neospice 0.2 gets wrong in a deck, found by running 130 constructs in it and in ngspice 46.

Some constructs it leaves out with a warning, others without a word: A, N and Y devices,
`m=` of a subcircuit, `.if`, `trnoise`, `r=` and `td=` of a PWL source, a PULSE with fewer or
more than seven numbers, `rshunt`, a `.dc` sweep of a source that has a waveform but no DC
value. A deck that holds one of them is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from spicegen.engine.deck import DeckLine, read_deck
from spicegen.errors import SimulationError

DEVICES = "rclkvibegfhswdqjzmtox"
# pattern from the start of a lower-case line: what to say
REFUSED = (
    (r"r.*\br\s*=", "a resistor with r="),
    (r"r.*\s[lw]\s*=", "a resistor with a geometry"),
    (r"c.*\b[cq]\s*=", "a capacitor with c= or q="),
    (r"g.*\bcur\s*=", "a source with cur="),
    (r"e.*\bvol\s*=", "a source with vol="),
    (r"x.*\sm\s*=", "a subcircuit with m="),
    (r"[begrclvi].*'", "an expression in quotes instead of braces"),
    (r"\.param.*'", "an expression in quotes instead of braces"),
    (r".*\?.*:", "the operator ?:"),
    (r".*(?:&&|\|\|)", "the operators && and ||"),
    (r"b.*\b(?:u2|limit|buf|inv)\s*\(", "one of the functions u2, limit, buf, inv"),
    (r"[vi].*\btrnoise\b", "trnoise"),
    (r"[vi].*\btrrandom\b", "trrandom"),
    (r"[vi].*\bpwl\b.*\b(?:r|td|file)\s*=", "a PWL source with r=, td= or file="),
    (r"\.(?:if|elseif|else|endif)\b", ".if"),
    (r"\.opt\w*\b.*\b(?:rshunt|cshunt)\b", "the options rshunt and cshunt"),
    (r"\.opt\w*\b.*\binterp\b", "the option interp"),
    (r"\.control\b", "a .control block (it takes commands for elements)"),
    (r"n", "compiled Verilog-A models"),
    (r"a", "XSPICE A devices"),
    (r"y", "Y devices"),
)
SUSPECT = re.compile("|".join(f"(?:{pattern})" for pattern, _ in REFUSED))
PULSE = re.compile(r"[vi].*\bpulse\s*\(?([^()]*)")
PULSE_NUMBERS = 7
ENDS = 500  # characters
WAVEFORM = re.compile(r"\b(?:pulse|pwl|sin|exp|sffm|am)\b")
NOT_A_NAME = re.compile(r"[={}]|^params:?$", re.I)


def refuse(deck: Path) -> None:
    """Check that neospice simulates this deck as ngspice does.

    Raises:
        SimulationError: it does not; the message quotes the line.
    """
    lines = [(line, bare(line)) for line in read_deck(deck)]
    swept = {text.split()[1] for _, text in lines if re.match(r"\.dc\s+\S", text)}
    for line, text in lines:
        if reason := _reason(text, swept):
            raise SimulationError(
                f"neospice cannot simulate {reason}; use --engine ngspice",
                deck_line=str(line),
                kept=str(deck.resolve().parent),
            )


def bare(line: DeckLine) -> str:
    """A line in lower case without its comment."""
    return re.split(r";|\s\$\s", line.text, maxsplit=1)[0].casefold()


def _reason(text: str, swept: set[str]) -> str:
    if text[0] in "vi" and len(text) > 2 * ENDS:  # the middle of a long PWL holds numbers only
        text = f"{text[:ENDS]} {text[-ENDS:]}"
    if SUSPECT.match(text):
        return next(reason for pattern, reason in REFUSED if re.match(pattern, text))
    if text[0] in "vi":
        return _source_reason(text, swept)
    known = text[0] in DEVICES or text[0] == "."
    return "" if known else f"{text[0].upper()} devices"


def _source_reason(text: str, swept: set[str]) -> str:
    pulse = PULSE.match(text)
    if pulse and len(pulse[1].split()) != PULSE_NUMBERS:  # with commas it is misread as well
        return f"a PULSE without exactly {PULSE_NUMBERS} numbers, blanks between"
    if text.split()[0] in swept and WAVEFORM.search(text) and not re.search(r"\sdc\b", text):
        return "a .dc sweep of a source that has a waveform and no DC value"
    return ""


def expected_devices(lines: Sequence[DeckLine]) -> Counter[str]:
    """Flattened lower-case names (`x1.x2.r3`) of the elements that a deck describes."""
    bodies: dict[str, list[list[str]]] = {"": []}
    open_bodies = [""]
    for line in lines:
        words = bare(line).split()
        if words[0] == ".subckt" and len(words) > 1:
            open_bodies.append(words[1])
            bodies[words[1]] = []
        elif words[0] == ".ends" and len(open_bodies) > 1:
            open_bodies.pop()
        elif words[0][0] != ".":
            bodies[open_bodies[-1]].append(words)
    return Counter(_flatten(bodies, "", "", frozenset()))


def _flatten(
    bodies: dict[str, list[list[str]]], body: str, prefix: str, above: frozenset[str]
) -> Iterator[str]:
    for words in bodies[body]:
        called = _called(words) if words[0][0] == "x" else ""
        if called in bodies and called not in above | {""}:
            yield from _flatten(bodies, called, f"{prefix}{words[0]}.", above | {called})
        else:
            yield prefix + words[0]  # of an unknown subcircuit no circuit has this element


def _called(words: list[str]) -> str:
    """The subcircuit of an X line: the last word before the first parameter."""
    text = re.sub(r"\s*=\s*", "=", " ".join(words[1:]))
    names = list(takewhile(lambda word: not NOT_A_NAME.search(word), text.split()))
    return names[-1] if names else ""
