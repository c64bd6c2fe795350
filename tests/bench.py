"""A test bench: blocks from the real templates between sources of the test's own, in ngspice.

The lines of a bench use `cm` for the common node. It is driven to `v_common_volts`, so that
every block can be measured around 0 V and around another voltage alike.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spicegen.circuit import Clock
from spicegen.circuit.graph import FloatArray, Pulse, Pwl, Subcircuit
from spicegen.engine.log import read_log
from spicegen.netlist.render import environment
from spicegen.waveforms.plot import Plot
from spicegen.waveforms.raw import read_raw

EXACT = ".options reltol=1e-10 vntol=1e-13 abstol=1e-16"
"""For algebra: ngspice stops iterating once a B source is within reltol of its argument."""

TIGHT = ".options reltol=1e-6 vntol=1e-9 abstol=1e-14"
"""For transients: well below every bar of these tests."""


def block_text(block: Subcircuit) -> str:
    """A block as its template draws it."""
    return environment().get_template(f"{block.template}.cir.j2").render(block=block)


def instance(name: str, block: Subcircuit | str, nodes: str, **values: float) -> str:
    """An X line, or the devices of a block that is drawn in place."""
    if isinstance(block, Subcircuit) and block.in_place:
        template = environment().get_template(f"{block.template}.cir.j2")
        return template.render(block=block, nodes=nodes.split(), at=f"{name}_")
    called = block if isinstance(block, str) else block.name
    return " ".join([f"X{name}", nodes, called, *(f"{k}={v!r}" for k, v in values.items())])


def source(node: str, waveform: Pulse | Pwl, reference: str = "0") -> str:
    """A voltage source that drives a node with a waveform of the clock."""
    if isinstance(waveform, Pulse):
        p = waveform
        times = (p.delay_s, p.rise_s, p.fall_s, p.width_s, p.period_s)
        words = " ".join(repr(value) for value in (p.high_volts, *times))
        return f"V{node} {node} {reference} PULSE(0 {words})"
    points = np.stack([waveform.t_s, waveform.volts], axis=1).reshape(-1).tolist()
    return f"V{node} {node} {reference} PWL({' '.join(map(repr, points))})"


def held(clock: Clock, volts: FloatArray) -> Pwl:
    """The waveform of one input, (samples, steps) V, as the clock holds it."""
    return Pwl(*clock.hold(clock.by_step(volts[:, :, None])[:, 0]))


@dataclass
class Bench:
    """Runs decks in batch mode.

    Attributes:
        program: ngspice.
        folder: for decks and waveforms.
        runs: decks so far.
    """

    program: str
    folder: Path
    runs: int = 0

    def run(
        self,
        blocks: Iterable[Subcircuit],
        lines: Sequence[str],
        analysis: str,
        *,
        v_common_volts: float = 0.0,
        options: str | None = None,
    ) -> Plot:
        """The waveforms of one analysis.

        Args:
            blocks: subcircuits to render.
            lines: sources and instances.
            analysis: such as `.op`.
            v_common_volts: of the node cm.
            options: solver options; by default EXACT, in a transient TIGHT.
        """
        self.runs += 1
        deck = self.folder / f"bench{self.runs}.cir"
        raw = deck.with_suffix(".raw")
        options = options or (TIGHT if analysis.startswith(".tran") else EXACT)
        common = f"Vcommon cm 0 DC {v_common_volts!r}"
        texts = [block_text(block) for block in blocks if not block.in_place]
        deck.write_text("\n".join(["* bench", options, *texts, common, *lines, analysis, ".end\n"]))
        argv = [self.program, "-n", "-b", "-r", str(raw), str(deck)]
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        log = ended.stdout + ended.stderr
        assert ended.returncode == 0, log
        assert read_log(log).errors == (), log
        return read_raw(raw)[-1]

    def operating_point(
        self,
        blocks: Iterable[Subcircuit],
        lines: Sequence[str],
        *,
        v_common_volts: float = 0.0,
    ) -> Mapping[str, float]:
        """Every node voltage against cm, V."""
        plot = self.run(blocks, lines, ".op", v_common_volts=v_common_volts)
        nodes = [name[2:-1] for name in plot.names if name.startswith("v(")]
        return {node: float(plot[f"v({node})"][0].real) - v_common_volts for node in nodes}
