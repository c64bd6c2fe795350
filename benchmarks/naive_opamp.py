"""Op-amps as somebody writes them for the first time: the rails are a tanh in a B source.

Each variant replaces the `.subckt opamp` of a deck; gain, gain-bandwidth, rails and output
resistance are those of the design.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from spicegen.design import Design

_R_POLE_OHM = 1e3
_DEFINITION = re.compile(r"^\.subckt opamp .*?^\.ends opamp$", re.S | re.M)
_OPTIONS = re.compile(r"^\.options .*$", re.M)


def limiter_alone(design: Design) -> list[str]:
    """The limiter and the output resistance, no pole."""
    return [_limiter("y", "V(inp,inn)", design), _r_out("y", design)]


def limiter_corner(design: Design) -> list[str]:
    """The limiter, then an RC with its corner at the gain-bandwidth product, as output."""
    r_out = design.opamp.r_out_ohm
    return [
        _limiter("y", "V(inp,inn)", design),
        f"Rout y out {r_out!r}",
        f"Cpole out cm {_farad(r_out, design.opamp.gbw_hertz)!r}",
    ]


def limiter_corner_buffer(design: Design) -> list[str]:
    """The limiter, an RC with its corner at the gain-bandwidth product, a buffer."""
    return _limiter_pole_buffer(design, design.opamp.gbw_hertz)


def limiter_pole_buffer(design: Design) -> list[str]:
    """The limiter, an RC with its corner at gain-bandwidth / gain, a buffer.

    The limited voltage is all that charges the pole, so the output slews at
    2 pi rail gbw / gain: 283 V/s with the default design.
    """
    return _limiter_pole_buffer(design, design.opamp.gbw_hertz / design.opamp.gain)


def pole_limiter(design: Design) -> list[str]:
    """An RC with its corner at gain-bandwidth / gain, then the limiter.

    Nothing limits the pole's node: after saturation it must find its way back.
    """
    corner = design.opamp.gbw_hertz / design.opamp.gain
    return [
        "Ebuffer d cm inp inn 1",
        f"Rpole d x {_R_POLE_OHM!r}",
        f"Cpole x cm {_farad(_R_POLE_OHM, corner)!r}",
        _limiter("y", "V(x,cm)", design),
        _r_out("y", design),
    ]


Variant = Callable[[Design], list[str]]


def substitute(deck: str, variant: Variant, design: Design) -> str:
    """The deck with another op-amp in the place of ours.

    Args:
        deck: text with one definition of `opamp`.
        variant: one of the functions of this module.
        design: values of the op-amp.
    Raises:
        ValueError: the deck defines no op-amp (or several), so there is nothing to compare.
    """
    lines = [".subckt opamp inp inn out cm", *variant(design), ".ends opamp"]
    text, count = _DEFINITION.subn(lambda _: "\n".join(lines), deck)
    if count != 1:
        raise ValueError(f"a deck must define one op-amp, this one has {count}")
    return text


def default_options(deck: str) -> str:
    """The deck without its solver options: ngspice's own apply."""
    return _OPTIONS.sub("", deck)


def _limiter(node: str, voltage: str, design: Design) -> str:
    rail = design.signal.v_rail_volts
    return f"Blimiter {node} cm V={rail!r}*tanh({design.opamp.gain / rail!r}*{voltage})"


def _limiter_pole_buffer(design: Design, corner_hertz: float) -> list[str]:
    return [
        _limiter("y", "V(inp,inn)", design),
        f"Rpole y x {_R_POLE_OHM!r}",
        f"Cpole x cm {_farad(_R_POLE_OHM, corner_hertz)!r}",
        "Ebuffer z cm x cm 1",
        _r_out("z", design),
    ]


def _r_out(node: str, design: Design) -> str:
    return f"Rout {node} out {design.opamp.r_out_ohm!r}"


def _farad(r_ohm: float, corner_hertz: float) -> float:
    return 1.0 / (2.0 * math.pi * corner_hertz * r_ohm)
