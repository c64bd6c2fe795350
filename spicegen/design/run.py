"""Clock, solver and cost of a run: sections of a design."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from spicegen.design.base import Positive, Section


class Timing(Section):
    """The clock. Times left out follow from the circuit's slowest path."""

    t_step_s: Positive | None = None
    """One network step; absent = slowest path to settle_error."""
    t_transfer_s: Positive | None = None
    """Width of the phase that passes new states on; absent = from the hold cells."""
    serial: Annotated[int, Field(ge=1)] = 1
    """Units of a recurrent layer that take turns at one set of amplifiers and cells."""
    t_edge_s: Positive = 0.5e-6
    """Rise and fall time of clocks and inputs."""
    v_clock_volts: Positive = 1.8
    """High level of every clock; switches change over at half of it."""
    settle_error: Annotated[float, Field(gt=0, lt=0.1)] = 1e-5
    """Residual of a full-scale step at the end of the slowest path."""


class Simulation(Section):
    """The engine and its solver."""

    engine: Literal["auto", "ngspice", "shared", "neospice"] = "auto"
    """auto: ngspice, or neospice where there is none."""
    analysis: Literal["transient", "static"] = "transient"
    """transient: the clocked circuit; static: one operating point per step, states handed over
    by spicegen in the place of sample-and-holds, nothing that takes time."""
    inputs: Literal["auto", "inline", "file"] = "auto"
    """inline: in the deck, or set by spicegen from step to step; file: read from text files beside
    the deck, which needs ngspice with XSPICE; auto: file where the engine can, in a static analysis
    and in runs of many steps (it searches an inline list from its start at every time point)."""
    solver: Literal["auto", "klu", "sparse"] = "auto"
    """auto: KLU, but Sparse where op-amps are ideal (KLU keeps pivots that vanish there)."""
    reltol: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Relative tolerance of the solver; absent = 1e-3, in a static analysis 1e-5 (where it costs
    nothing: the last iteration of each step gains several digits)."""
    vntol_volts: Positive = 1e-6
    """Absolute voltage tolerance of the solver."""
    abstol_ampere: Positive = 1e-9
    """Absolute current tolerance of the solver."""
    trtol: Positive | None = None
    """Transient tolerance factor of the solver; absent = 15, or 5 in serial hardware, whose
    hand-overs between units a looser step control blurs."""
    jobs: Annotated[int, Field(ge=1)] = 1
    """Processes at a time, of an error budget or a static analysis. With more than one, the latter
    is cut behind each layer, where op-amps drive, and dense layers (without wires and tiles) into
    that many blocks of bit lines: circuits of their own. It stays whole where op-amps are drawn at
    random."""
    timeout_s: Positive = 3600.0
    """Longest time the engine may take."""
    memory_bytes: Annotated[int, Field(ge=1 << 26)] | None = None
    """Most memory (address space) the engine may take; absent = no limit."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Of everything random."""
    save: Literal["outputs", "probes", "all"] = "probes"
    """outputs: what the score needs; probes: every named signal; all: every node."""


class Cost(Section):
    """Power, energy, latency and area."""

    enabled: bool = False
    """Save what they follow from, and tell them in result.json."""
    table: str = "cmos"
    """Quiescent power and area of cells: a packaged table, or a file that ends in .toml."""
