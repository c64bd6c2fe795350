"""Sources: the common node, clocks, bias and input drivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spicegen.circuit.clock import Clock
from spicegen.circuit.crossbar import WordLines, needs_inverted_rows
from spicegen.circuit.graph import (
    Dc,
    Fed,
    FileSource,
    FloatArray,
    Probe,
    Pwl,
    Scaled,
    Source,
)
from spicegen.circuit.names import numbered
from spicegen.circuit.recurrent import Phases
from spicegen.design import Design

FILE_COLUMNS = 20
"""Nodes per file source: XSPICE's `filesource` reads lines of up to 512 characters."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Ideal drivers of the input word lines.

    Attributes:
        word: the lines.
        sources: those in the deck.
        files: those that read their voltages from files.
    """

    word: WordLines
    sources: tuple[Source, ...]
    files: tuple[FileSource, ...]


def input_sources(
    stem: str,
    volts: FloatArray,
    clock: Clock,
    common: str,
    design: Design,
    inverted_elsewhere: bool = False,
) -> Inputs:
    """Ideal input drivers; the inverted word line is a copy of the first.

    Args:
        stem: first part of the nodes' names.
        volts: (sample, step, feature), V around common.
        clock: when they change.
        common: their reference.
        design: the topology, the analysis, and where the voltages are kept.
        inverted_elsewhere: leave out the inverted word lines.
    """
    positive = numbered(stem, volts.shape[2])
    sources, files = played(stem, positive, clock.by_step(volts), clock, common, design)
    if inverted_elsewhere or not needs_inverted_rows(design):
        return Inputs(WordLines(positive, ()), sources, files)
    negative = numbered(f"{stem}_inv", volts.shape[2])
    sources += tuple(
        Source(inverted, inverted, common, Scaled(node, -1.0))
        for node, inverted in zip(positive, negative, strict=True)
    )
    return Inputs(WordLines(positive, negative), sources, files)


def played(
    stem: str,
    nodes: tuple[str, ...],
    by_step: FloatArray,
    clock: Clock,
    common: str,
    design: Design,
) -> tuple[tuple[Source, ...], tuple[FileSource, ...]]:
    """Ideal sources whose voltages are known beforehand.

    Args:
        stem: first part of the names of file sources.
        nodes: what they drive.
        by_step: (steps, nodes) V around common.
        clock: when they change.
        common: their reference.
        design: the analysis, and where the voltages are kept.
    Returns:
        Sources in the deck, and sources that read files.
    """
    if not design.inputs_in_files:
        waves = (_inline(channel, clock, design) for channel in by_step.T)
        return tuple(
            Source(node, node, common, wave) for node, wave in zip(nodes, waves, strict=True)
        ), ()
    constant = (by_step == by_step[0]).all(axis=0)
    sources = tuple(
        Source(nodes[k], nodes[k], common, Dc(float(by_step[0, k])))
        for k in np.flatnonzero(constant)
    )
    changing = np.flatnonzero(~constant)
    if not changing.size:
        return sources, ()
    if design.static:
        # a file source has 0 V behind its last line
        t_s, volts = np.arange(len(by_step) + 1.0), np.vstack([by_step, by_step[-1:]])
    else:
        t_s, volts = clock.hold(by_step)
        t_s, volts = np.append(t_s, 2 * clock.t_stop_s), np.vstack([volts, volts[-1:]])
    groups = np.split(changing, range(FILE_COLUMNS, changing.size, FILE_COLUMNS))
    return sources, tuple(
        FileSource(
            f"{stem}_file{index}",
            tuple(nodes[k] for k in group),
            common,
            t_s,
            volts[:, group],
            design.static,
        )
        for index, group in enumerate(groups)
    )


def _inline(by_step: FloatArray, clock: Clock, design: Design) -> Dc | Fed | Pwl:
    """One source, (steps,) V: over time, or by step in a static analysis."""
    if not design.static:
        return Pwl(*clock.hold(by_step))
    return Dc(float(by_step[0])) if (by_step == by_step[0]).all() else Fed(by_step)


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
