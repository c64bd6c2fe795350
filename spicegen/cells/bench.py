"""Benches: small circuits around one cell, each with one analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from spicegen.cells.sheet import Curve
from spicegen.circuit.check import check_circuit
from spicegen.circuit.graph import (
    Circuit,
    Dc,
    Group,
    Instance,
    Noise,
    Probe,
    SmallSignal,
    Source,
    Subcircuit,
    Sweep,
    Transient,
)
from spicegen.circuit.transistor import (
    PORTS,
    foundry,
    foundry_options,
    supplies,
    transistor_cell,
)
from spicegen.design import Design
from spicegen.waveforms import Waveforms

LOAD = "load"
"""Capacitor and resistor to cm, and a current."""
LOOP = "loop"
"""Feedback at direct current only."""
_PARTS = {
    LOAD: Subcircuit(LOAD, "bench/load", ("node", "draw", "cm")),
    LOOP: Subcircuit(LOOP, "bench/loop", ("out", "inn")),
}

_PRECISE: Mapping[str, float | str] = {"reltol": 1e-6, "vntol": 1e-9, "abstol": 1e-15}
"""Operating points settle to some microvolts."""
_OPTIONS: Mapping[type, Mapping[str, float | str]] = {
    Sweep: {"klu": "", **_PRECISE},
    SmallSignal: {"klu": "", **_PRECISE},
    Noise: {"sparse": "", **_PRECISE},  # KLU refuses it
    # charge packets of femtocoulombs are seen as some microvolts on a picofarad
    Transient: {"klu": "", "reltol": 1e-4, "vntol": 1e-7, "abstol": 1e-13},
}

Runs = Mapping[str, Waveforms]
"""What came out of each bench."""
Reading = tuple[dict[str, float], dict[str, Curve]]
"""Values and curves of a data sheet."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """How a cell is measured.

    Attributes:
        title: what the cell is, in a few words.
        benches: circuits to simulate, by short names.
        read: values and curves, from what came out of each.
    """

    title: str
    benches: Callable[[Design], dict[str, Circuit]]
    read: Callable[[Design, Runs], Reading]


def bench(
    design: Design,
    cells: Iterable[str],
    instances: Iterable[Instance],
    sources: Iterable[Source],
    saved: Iterable[str],
    analysis: Transient | Sweep | SmallSignal | Noise,
) -> Circuit:
    """A circuit of cells with supplies and bias generator.

    Args:
        design: kit, corner, temperature, supply, mismatch.
        cells: subcircuits that the instances are made of, op-amp and bias generator aside.
        instances: what is on the bench.
        sources: what drives it.
        saved: nodes, or currents such as "i(va)".
        analysis: what is done.
    """
    wanted = list(saved)
    probes = tuple(Probe(node, node) for node in wanted if "(" not in node)
    names = dict.fromkeys(("opamp", "bias", *cells))
    common = Source("cm", "cm", "0", Dc(design.signal.v_common_volts))
    first = Instance("bias", "bias", PORTS["bias"])
    made = Circuit(
        title=f"bench of {design.kit.title}",
        notes=(),
        common="cm",
        subcircuits=tuple(_PARTS.get(name) or transistor_cell(name, design) for name in names),
        sources=(*supplies(design), common, *sources),
        files=(),
        groups=(Group("bias", (first,)), Group("bench", tuple(instances))),
        probes=probes,
        outputs=probes,
        analysis=analysis,
        options={**_OPTIONS[type(analysis)], **foundry_options(design)},
        metered=tuple(name for name in wanted if "(" in name),
        foundry=replace(foundry(design), start_volts={}),  # gates are where they settle
        save_all=isinstance(analysis, Noise),  # its vectors cannot be named
    )
    check_circuit(made)
    return made
