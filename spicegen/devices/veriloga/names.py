"""Names of the source as C identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from spicegen.devices.veriloga.opcodes import FUNCTIONS

_KEYWORDS = (
    "auto break case char const continue default do double else enum extern float for goto if "
    "inline int long register restrict return short signed sizeof static struct switch typedef "
    "union unsigned void volatile while bool true false asm typeof"
)
# what the generated file itself calls or defines
_OWN = (
    "self sim flags limited node log log10 fmod lround fabs access eval entries nodes parameter "
    "described collapsible set_up evaluate model instance cache parameters none NULL NAN INFINITY "
    "clog2 INT32_MIN MODULE NODES TERMINALS ENTRIES COLLAPSIBLE STATES PARAMETERS div abs exit "
    "y0 y1 yn j0 j1 jn gamma"
)
RESERVED = frozenset((*_KEYWORDS.split(), *_OWN.split(), *FUNCTIONS))


def identifier(name: str) -> str:
    """The name itself where C takes it, else one much like it."""
    word = re.sub(r"\W+", "_", name).strip("_") or "_"
    taken = word in RESERVED or re.fullmatch(r"v\d+|block\d+|[A-Z]+_[A-Z_]+|old_\w+", word)
    word = f"n{word}" if word[0].isdigit() else word
    return f"{word}_" if taken else word


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """Name -> C identifier, all different."""
    found: dict[str, str] = {}
    for name in names:
        word = identifier(name)
        while word in found.values():
            word += "_"
        found.setdefault(name, word)
    return found


# what ngspice's .model cards and its devices are called
_MODELS = (
    "r res c cap l ind d npn pnp njf pjf nmf pmf nhfet phfet nmos pmos vdmos vdmosn vdmosp nsoi "
    "psoi sw csw urc ltra txl cpl numd nbjt numos hmos resistor capacitor inductor diode bjt "
    "jfet jfet2 mes mesa mos1 mos2 mos3 mos6 mos9 bsim1 bsim2 bsim3 bsim4 vbic hicum2 soi3 "
    "hfet1 hfet2 hisim2 hisimhv1 hisimhv2 switch cswitch tranline transline cpllines mutual asrc "
    "vsource isource vccs vcvs cccs ccvs climit divide d_dt gain hyst ilimit int limit mult "
    "multi_input_pwl oneshot pwl sine slew square summer xfer s_xfer triangle filesource delay "
    "pwlts astate adc_bridge dac_bridge bidi_bridge aswitch capacitoric cmeter core inductoric "
    "lcouple lmeter potentiometer zener memristor sidiode pswitch seegen table2d table3d mlin "
    "tline cpline cpmlin msopen spice2poly"
)
BUILT_IN_MODELS = frozenset(_MODELS.split())
