"""Decks that neospice would get wrong are refused, the others run."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spicegen.engine import Engine, Job
from spicegen.engine.deck import read_deck
from spicegen.engine.neospice_dialect import expected_devices, refuse
from spicegen.errors import SimulationError
from spicegen.waveforms import read_raw

# each was run: neospice 0.2 leaves it out or takes it for something else
REFUSED = {
    "A1 out z amp\n.model amp gain(gain=2)": "XSPICE A devices",
    "N1 out 0 vteam": "compiled Verilog-A models",
    "Y1 out 0 z 0 line\n.model line txl(r=1)": "Y devices",
    "%foo out 0 1k": "% devices",
    "R2 out 0 r='1k*(1+v(out))'": "a resistor with r=",
    "R2 out 0 R = {1k*2}": "a resistor with r=",
    "R2 out 0 sheet l=10u w=1u\n.model sheet r(rsh=100)": "a resistor with a geometry",
    "C2 out 0 q='1n*v(out)'": "a capacitor with c= or q=",
    "G1 0 z cur='v(out)'": "a source with cur=",
    "E1 z 0 vol='v(out)'": "a source with vol=",
    "B1 z 0 V='2*v(out)'": "an expression in quotes",
    ".param k='2+1'": "an expression in quotes",
    "B1 z 0 V={v(out)>0.5 ? 1 : 0}": r"the operator \?:",
    "B1 z 0 V={(v(out)>0.2 && v(out)<0.7)*1}": "the operators &&",
    "B1 z 0 V={(v(out)>0.2 || v(out)<0.1)*1}": "the operators &&",
    "B1 z 0 V={limit(v(out),0,1)}": "one of the functions u2, limit",
    "V9 z 0 DC 0 trnoise(1m 100n 0 0)": "trnoise",
    "V9 z 0 DC 0 trrandom(2 100n 0 1)": "trrandom",
    "V9 z 0 PWL(0 0 1u 1) r=0": "a PWL source with r=",
    "V9 z 0 PULSE(0 1 1u)": "a PULSE without exactly 7 numbers",
    "V9 z 0 PULSE(0,1,1u,1n,1n,1u,2u)": "a PULSE without exactly 7 numbers",
    "V9 z 0 PULSE(0 1 1u 1n 1n 1u 2u 2)": "a PULSE without exactly 7 numbers",
    "X1 out z cell m=2\n.subckt cell a b\nR1 a b 1\n.ends": "a subcircuit with m=",
    ".param q=1\n.if (q==1)\nR2 out 0 1k\n.endif": r"\.if",
    ".options rshunt=1e12": "the options rshunt and cshunt",
    ".control\nalter r1 = 2k\n.endc": "a .control block",
    ".control\npre_osdi vteam.osdi\n.endc": "a .control block",
    ".dc V1 0 1 0.1": "sweep of a source that has a waveform",
}


@pytest.mark.parametrize("lines", list(REFUSED))
def test_refused(neospice: Engine, make_job: Callable[..., Job], lines: str) -> None:
    job = make_job(lines)
    with pytest.raises(SimulationError, match=REFUSED[lines]) as caught:
        neospice.simulate(job)
    assert "use --engine ngspice" in caught.value.what
    assert caught.value.deck_line.startswith("circuit.cir, line ")
    assert not job.raw.exists()


@pytest.mark.parametrize(
    "lines",
    [
        "R2 out 0 {1k*2} ; r='1k' in a comment",
        "B1 z 0 V={pwl(v(out),0,0,1,1)}",
        "E1 z 0 value={v(out)*2}",
        "G1 0 z POLY(2) out 0 in 0 0 1m 0 0 1m\nRz z 0 1k",
        "V9 z 0 PULSE (0 1 1u 1n 1n 1u {2*1u})",
        ".subckt cell a b g=2\nB1 b 0 V={g*V(a)}\n.ends\nX1 out z cell g=3",
        ".subckt in1 a\nR1 a 0 1k\n.ends\n.subckt cell a\nX1 a in1\n.ends\nX1 out cell",
    ],
)
def test_taken(neospice: Engine, make_job: Callable[..., Job], lines: str) -> None:
    assert neospice.simulate(make_job(lines)).points > 1000


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("R1 in out 2k", r"several elements of one name: element r1.*deck line: \S+, line"),
        ("R2 OUT 0 1k", "tells upper from lower case: check node out"),
        ("R2 out 0", r"Resistor requires name, n\+, n-, value — skipping.*line 5: R2 out 0"),
        ("R2 out 0 {nope*2}", "Unknown parameter 'nope' — defaulting to 0"),
        ("X1 out 0 nosuch", "references unknown subcircuit — skipping.*line 5: X1"),
        (".include nothere.sub", r"cannot open file.*line 5: \.include nothere\.sub"),
        ("D1 out 0 dnone", "Unknown model 'dnone' for diode 'D1'.*line 5: D1"),
        ("B1 z 0 V={v(out)+*3}", "B element expression error.*line 5: B1"),
    ],
)
def test_its_own_complaints_are_errors(
    neospice: Engine, make_job: Callable[..., Job], lines: str, message: str
) -> None:
    with pytest.raises(SimulationError, match=message):
        neospice.simulate(make_job(lines))


def test_flattened_names(tmp_path: Path) -> None:
    path = tmp_path / "circuit.cir"
    path.write_text(
        "title\n.subckt cell a b params: r=1k\nR1 a b {r}\nXi a inner\n.ends\n"
        ".subckt inner a\nC1 a 0 1p\n.ends\nX1 p q cell r = 2k\nX2 q 0 cell\nV1 p 0 1\n"
        "Xs p own\n.subckt own a\nXs a own\n.ends\n.end\n"
    )
    assert sorted(expected_devices(read_deck(path))) == [
        "v1", "x1.r1", "x1.xi.c1", "x2.r1", "x2.xi.c1", "xs.xs",
    ]  # fmt: skip


def test_first_kept_instant(neospice: Engine, make_job: Callable[..., Job]) -> None:
    job = make_job(tran=".tran 10n 10u 5u 10n")
    neospice.simulate(job)
    t_s = read_raw(job.raw)[-1].sweep
    assert 5e-6 <= t_s[0] < 5.02e-6


def test_a_large_deck_is_looked_through_quickly(tmp_path: Path) -> None:
    path = tmp_path / "circuit.cir"
    rows = (f"R{i} n{i} 0 {1000 + i}" for i in np.arange(20000))
    path.write_text("title\n" + "\n".join(rows) + "\n.end\n")
    refuse(path)
    assert len(expected_devices(read_deck(path))) == 20000
