"""Verilog-A sources for the tests, compiled once per session, and decks around them."""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from spicegen.devices.veriloga import CompiledModel, build_osdi, install
from spicegen.devices.veriloga.frontend import front_end_version
from spicegen.devices.veriloga.library import Library
from spicegen.devices.veriloga.tools import COMPILERS, OPENVAF, find
from spicegen.engine import Job
from spicegen.engine.base import RunRecord
from spicegen.engine.ngspice import NgspiceEngine
from spicegen.errors import EngineMissingError
from spicegen.netlist.osdi import osdi_block
from spicegen.waveforms import Plot, read_raw

HEADER = '`include "disciplines.vams"\n`include "constants.vams"\n'
TIGHT = ".options klu reltol=1e-6 vntol=1e-9 abstol=1e-15"

RESISTOR = """module va_resistor(p, n);
  inout p, n; electrical p, n;
  (* desc="resistance", units="Ohm", type="instance" *) parameter real r = 1k from (0:inf);
  analog I(p, n) <+ V(p, n) / r;
endmodule
"""
SINH = """module va_sinh(a, c);
  inout a, c; electrical a, c;
  parameter real i0 = 1u from (0:inf);
  parameter real v0 = 0.1 from (0:inf);
  parameter real slope = i0 / v0;
  analog I(a, c) <+ i0 * sinh(V(a, c) / v0) + 0 * slope;
endmodule
"""
CAPACITOR = """module va_capacitor(p, n);
  inout p, n; electrical p, n;
  parameter real c = 1n from [0:inf);
  analog I(p, n) <+ ddt(c * V(p, n));
endmodule
"""
DIODE = """module va_diode(a, c);
  inout a, c; electrical a, c, i;
  parameter real is = 1e-14 from (0:inf);
  parameter real rs = 0 from [0:inf);
  parameter real cj = 0;
  real vd, vcrit;
  analog begin
    vcrit = $vt * ln($vt / (1.4142135623730951 * is));
    vd = $limit(V(i, c), "pnjlim", $vt, vcrit);
    I(i, c) <+ is * (limexp(vd / $vt) - 1) + ddt(cj * vd);
    if (rs > 0) I(a, i) <+ V(a, i) / rs; else V(a, i) <+ 0;
  end
endmodule
"""
MEMRISTOR = """// linear ion drift (Strukov 2008) with the window of Joglekar and Wolf (2009)
module hp_memristor(p, n);
  inout p, n; electrical p, n, x;
  parameter real r_on = 100 from (0:inf);
  parameter real r_off = 16k from (0:inf);
  parameter real d = 10n from (0:inf);
  parameter real mobility = 1e-14;
  parameter integer window = 1 from [1:10];
  (* type="instance" *) parameter real x0 = 0.1 from [0:1];
  localparam real drift = mobility * r_on / (d * d);
  real i;
  analog begin
    i = V(p, n) / (r_on * V(x) + r_off * (1 - V(x)));
    I(p, n) <+ i;
    if (analysis("static")) I(x) <+ V(x) - x0;
    else I(x) <+ ddt(V(x)) - drift * i * (1 - pow(2 * V(x) - 1, 2 * window));
  end
endmodule
"""


@cache
def cache_folder() -> Path:
    """Where the compiled models of this session are."""
    folder = tempfile.TemporaryDirectory(prefix="spicegen-va-test-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def need_compilers() -> None:
    """Skip the test where Verilog-A cannot be compiled through C."""
    if not front_end_version() or find(COMPILERS) is None:
        pytest.skip("needs openvaf-py and a C compiler")
    if find(OPENVAF) is not None:
        pytest.skip("an OpenVAF compiler on PATH goes first")


def written(text: str, folder: Path, name: str = "model.va") -> Path:
    """A source in a file, with the standard includes in its first two lines."""
    path = folder / name
    path.write_text(HEADER + text)
    return path


@cache
def built(text: str) -> CompiledModel:
    """The compiled model of a source."""
    need_compilers()
    with tempfile.TemporaryDirectory() as folder:
        return build_osdi(written(text, Path(folder)), cache_folder())


def library(text: str) -> Library:
    """A model in this process, for a look at its equations."""
    return Library(built(text).osdi)


def job(
    folder: Path,
    sources: Sequence[str],
    lines: Sequence[str],
    probes: Sequence[str],
    analysis: str,
    t_stop_s: float,
    options: str = TIGHT,
) -> Job:
    """A deck that loads the models of some sources, as a job."""
    models = [install(built(text), folder) for text in sources]
    block = osdi_block([model.osdi.name for model in models]) if models else ""
    saved = f".save {' '.join(probes)}"
    text = "\n".join(["Verilog-A test", block, *lines, options, saved, analysis, ".end", ""])
    (folder / "circuit.cir").write_text(text)
    return Job(
        deck=folder / "circuit.cir",
        raw=folder / "waveforms.raw",
        log=folder / "ngspice.log",
        probes=tuple(probes),
        t_stop_s=t_stop_s,
        timeout_s=60.0,
    )


def simulate(described: Job) -> tuple[RunRecord, Plot]:
    """Run a job in ngspice; skip the test where that cannot load compiled models."""
    try:
        engine = NgspiceEngine()
    except EngineMissingError as error:
        pytest.skip(str(error))
    if not engine.info().capabilities.osdi:
        pytest.skip("this ngspice loads no compiled models")
    record = engine.simulate(described)
    return record, read_raw(described.raw)[-1]


def transient(
    folder: Path,
    sources: Sequence[str],
    lines: Sequence[str],
    probes: Sequence[str],
    tran: str,
    t_stop_s: float,
    options: str = TIGHT,
) -> Plot:
    """The waveforms of a transient analysis."""
    return simulate(job(folder, sources, lines, probes, f".tran {tran}", t_stop_s, options))[1]


def sweep(
    folder: Path, sources: Sequence[str], lines: Sequence[str], probes: Sequence[str], dc: str
) -> Plot:
    """The waveforms of a sweep: source, first, last, step."""
    last = float(dc.split()[2])
    return simulate(job(folder, sources, lines, probes, f".dc {dc}", last))[1]
