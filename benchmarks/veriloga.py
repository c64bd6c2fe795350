"""Memristors with a moving state: compiled Verilog-A against B-source subcircuits.

The same equations (VTEAM: Kvatinsky et al. 2015, doi:10.1109/TCSII.2015.2433536), the same
array of devices between driven word lines and grounded bit lines, the same time points.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.measure import TIMEOUT_S, FloatArray, stopwatch
from benchmarks.report import Bar, Report, Row, command_of, table
from benchmarks.turns import PAIRS, in_turns, median_ratio
from spicegen.devices.veriloga import build_osdi, install
from spicegen.engine import Job, select
from spicegen.netlist.osdi import osdi_block
from spicegen.waveforms import Waveforms

ROWS, COLUMNS = 40, 50
POINTS = 200
T_STEP_S = 1e-7
STATES = 101
"""Instants at which the states of both forms are compared."""
FORMS = ("Verilog-A", "B sources")
RATIO_BAR = 15.0
AGREEMENT_BAR = 1e-3
OPTIONS = ".options klu reltol=1e-4"
VERILOG_A = """`include "disciplines.vams"
module vteam_bench(p, n);
  inout p, n; electrical p, n, x;
  parameter real g_on = 1e-4, g_off = 1e-6;
  parameter real v_on = -0.6, v_off = 0.6;
  parameter real k_on = -2e5, k_off = 2e5;
  (* type="instance" *) parameter real x0 = 0.5 from [0:1];
  real rate;
  analog begin
    I(p, n) <+ V(p, n) * (g_off + (g_on - g_off) * V(x));
    rate = 0;
    if (V(p, n) > v_off) rate = k_off * pow(V(p, n) / v_off - 1, 3) * (1 - V(x));
    else if (V(p, n) < v_on) rate = k_on * pow(V(p, n) / v_on - 1, 3) * V(x);
    if (analysis("static")) I(x) <+ V(x) - x0;
    else I(x) <+ ddt(V(x)) - rate;
  end
endmodule
"""
BEHAVIOURAL = """.subckt vteam_bench p n params: x0=0.5
Bi p n i=v(p,n)*(1e-6+99e-6*v(x))
Bx 0 x i=2e5*(uramp(v(p,n)/0.6-1)**3*(1-v(x))-uramp(-v(p,n)/0.6-1)**3*v(x))
Cx x 0 1
.ic v(x)={x0}
.ends"""


def measure(steps: int | None = None, turns: int = PAIRS) -> Report:
    """Both forms in turns.

    Args:
        steps: time points.
        turns: how often.
    """
    points = steps or POINTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = {form: _Run(folder, form, points) for form in FORMS}
        times = in_turns("veriloga", {form: one.simulate for form, one in runs.items()}, turns)
        compiled, written = runs["Verilog-A"], runs["B sources"]
        error = float(np.abs(compiled.states - written.states).max())
        moved = float(np.ptp(compiled.states, axis=0).max())
    cpu = {form: [seconds[0] for seconds in several] for form, several in times.items()}
    rows: list[Row] = [
        [
            form,
            one.points,
            *(statistics.median(column) for column in zip(*times[form], strict=True)),
        ]
        for form, one in runs.items()
    ]
    ratio = median_ratio(cpu["B sources"], cpu["Verilog-A"])
    columns = ["form", "points", "engine CPU, s:.2f", "engine wall, s:.2f"]
    title = f"{ROWS * COLUMNS} VTEAM devices with moving states; medians of {turns} turns"
    bars = (
        Bar("B sources against Verilog-A, CPU", ratio, RATIO_BAR, "times", True),
        Bar("states, largest difference", error, AGREEMENT_BAR, "of full scale"),
    )
    note = f"The states move by up to {moved:.2g} of full scale."
    tables = (table(title, columns, rows),)
    return Report("veriloga", command_of("veriloga", steps), tables, bars, (note,))


class _Run:
    """One form: its deck, and the (instant, device) states of its last run."""

    def __init__(self, folder: Path, form: str, points: int) -> None:
        self.folder, self.form = folder / form.replace(" ", ""), form
        self.folder.mkdir()
        self.t_stop_s = points * T_STEP_S
        self.points = 0
        self.states: FloatArray = np.empty(0)
        deck = self.folder / "circuit.cir"
        deck.write_text("\n".join([*self._head(), *self._lines(), ".end", ""]))

    def simulate(self) -> tuple[float, float]:
        """Simulate; the engine's processor and wall-clock time, s."""
        raw = self.folder / "waveforms.raw"
        job = Job(
            self.folder / "circuit.cir", raw, self.folder / "ngspice.log",
            tuple(self._probes()), self.t_stop_s, TIMEOUT_S,
        )  # fmt: skip
        with stopwatch() as usage:
            record = select("ngspice").engine.simulate(job)
        self.points = record.points
        instants = np.linspace(0.0, self.t_stop_s, STATES)
        self.states = Waveforms.from_raw(raw).at(list(self._probes()), instants)
        return usage.children_s, record.simulate_s

    def _head(self) -> Iterator[str]:
        yield "devices with moving states"
        if self.form == "Verilog-A":
            source = self.folder / "vteam_bench.va"
            source.write_text(VERILOG_A)
            yield osdi_block([install(build_osdi(source), self.folder).osdi.name])
            yield ".model card vteam_bench"
        else:
            yield BEHAVIOURAL

    def _lines(self) -> Iterator[str]:
        for row in range(ROWS):
            amplitude = 0.7 + 0.5 * row / ROWS
            yield f"Vw{row} w{row} 0 SIN(0 {amplitude!r} 100k)"
        for column in range(COLUMNS):
            yield f"Rb{column} b{column} 0 10"
        letter, model = ("N", "card") if self.form == "Verilog-A" else ("X", "vteam_bench")
        for row in range(ROWS):
            for column in range(COLUMNS):
                state = 0.1 + 0.8 * column / COLUMNS
                yield f"{letter}{row}_{column} w{row} b{column} {model} x0={state!r}"
        yield OPTIONS
        yield f".save {' '.join(self._probes())}"
        yield f".tran {T_STEP_S!r} {self.t_stop_s!r} 0 {T_STEP_S!r}"

    def _probes(self) -> Iterator[str]:
        """The states of one device of each row."""
        for row in range(ROWS):
            place = f"{row}_{row % COLUMNS}"
            yield f"v(n{place}#x)" if self.form == "Verilog-A" else f"v(x{place}.x)"
