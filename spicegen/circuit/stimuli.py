"""Sources: the common node, clocks, bias and input drivers."""

from __future__ import annotations

import numpy as np

from spicegen.circuit.clock import Clock
from spicegen.circuit.crossbar import WordLines, needs_inverted_rows
from spicegen.circuit.graph import (
    Dc,
    Fed,
    FloatArray,
    Indexed,
    Probe,
    Pwl,
    Scaled,
    Source,
)
from spicegen.circuit.names import numbered
from spicegen.circuit.recurrent import Phases
from spicegen.design import Design

INDEX = "index"
"""Node and source that a static sweep steps."""


def input_sources(
    stem: str, volts: FloatArray, clock: Clock, common: str, design: Design
) -> tuple[list[Source], WordLines]:
    """Ideal input drivers; the inverted word line is a copy of the first.

    Args:
        stem: first part of the nodes' names.
        volts: (sample, step, feature), V around common.
        clock: when they change.
        common: their reference.
        design: the topology.
    """
    positive = numbered(stem, volts.shape[2])
    sources = [
        Source(node, node, common, held(channel, clock, design))
        for node, channel in zip(positive, np.moveaxis(volts, 2, 0), strict=True)
    ]
    if not needs_inverted_rows(design):
        return sources, WordLines(positive, ())
    negative = numbered(f"{stem}_inv", volts.shape[2])
    sources += [
        Source(inverted, inverted, common, Scaled(node, -1.0))
        for node, inverted in zip(positive, negative, strict=True)
    ]
    return sources, WordLines(positive, negative)


def held(channel: FloatArray, clock: Clock, design: Design) -> Dc | Fed | Indexed | Pwl:
    """(samples, steps) volts of one input: over time, or by step in a static analysis."""
    if not design.static:
        return clock.hold_inputs(channel)
    volts = clock.by_step(channel)
    if (volts == volts[0]).all():
        return Dc(float(volts[0]))
    return Fed(volts) if clock.depth else Indexed(volts)


def bias_sources(common: str, design: Design) -> tuple[list[Source], WordLines]:
    """The constant 1.0 on word lines of their own: the read voltage."""
    volts = design.signal.v_read_volts
    sources = [Source("bias", "bias", common, Dc(volts))]
    if not needs_inverted_rows(design):
        return sources, WordLines(("bias",), ())
    sources.append(Source("bias_inv", "bias_inv", common, Dc(-volts)))
    return sources, WordLines(("bias",), ("bias_inv",))


def common_source(common: str, design: Design) -> tuple[Source, ...]:
    """The supply of the common node, unless that is ground."""
    return () if common == "0" else (Source("cm", "cm", "0", Dc(design.signal.v_common_volts)),)


def phases_of(clock: Clock, depth: int, turns: int) -> Phases:
    """Clock nodes of a recurrent layer at `depth` that takes `turns` turns."""
    serial = clock.turns > 1
    return Phases(
        "phi_transfer",
        f"phi_reset{depth}",
        tuple(f"phi_track{turn}" for turn in range(turns)) if serial else ("phi_track",),
        tuple(f"phi_select{turn}" for turn in range(turns)) if serial else (),
        depth,
        clock.steps_per_sample,
    )


def index_source() -> Source:
    """What a sweep of operating points steps: 0, 1, ..."""
    return Source(INDEX, INDEX, "0", Dc(0.0))


def clock_sources(clock: Clock, design: Design) -> tuple[list[Source], tuple[Probe, ...]]:
    """Every phase as a source and as a probe; none without recurrence or in a static analysis."""
    if not clock.depth or design.static:
        return [], ()
    waveforms = {"phi_transfer": clock.transfer()}
    if clock.turns == 1:
        waveforms["phi_track"] = clock.track()
    else:
        waveforms |= {f"phi_track{turn}": clock.track(turn) for turn in range(clock.turns)}
        waveforms |= {f"phi_select{turn}": clock.select(turn) for turn in range(clock.turns)}
    waveforms |= {f"phi_reset{depth}": clock.reset(depth) for depth in range(clock.depth)}
    sources = [Source(node, node, "0", waveform) for node, waveform in waveforms.items()]
    return sources, tuple(Probe(node, node) for node in waveforms)
