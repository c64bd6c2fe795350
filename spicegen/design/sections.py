"""The design: every value that turns a network into a particular circuit.

One class per section of design.toml. Units are the suffix of each key. Everything has a
default; unknown keys are refused when a file is read (`spicegen.design.load`).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Fidelity = Literal["ideal", "behavioural"]
Block = Literal["opamp", "activation", "multiplier", "sample_hold"]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Section(BaseModel):
    """Common rules: no unknown keys, no changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Signal(Section):
    """Voltages that carry network units."""

    v_unit_volts: Positive = 0.1
    """Volts of 1.0 where mapping.scale = "unit"."""
    v_common_volts: Finite = 0.0
    """Reference of every signal and virtual ground."""
    v_rail_volts: Positive = 0.9
    """Largest op-amp output either side of v_common."""
    v_read_volts: Positive = 0.3
    """Largest word-line voltage: what a memristor may see without being disturbed."""
    headroom: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Share of v_rail that the largest expected signal uses."""

    @model_validator(mode="after")
    def _read_within_rail(self) -> Self:
        if self.v_read_volts > self.v_rail_volts * self.headroom:
            raise ValueError(
                "v_read_volts must not exceed headroom * v_rail_volts "
                f"({self.headroom * self.v_rail_volts:g} V), got {self.v_read_volts:g}; "
                "lower signal.v_read_volts"
            )
        return self


class Device(Section):
    """The memristor's usable window."""

    g_min_siemens: Positive = 1e-6
    """Smallest conductance."""
    g_max_siemens: Positive = 1e-4
    """Largest conductance."""
    levels: Annotated[int, Field(ge=2)] | None = None
    """Number of programmable conductance levels; absent = analog."""

    @model_validator(mode="after")
    def _window(self) -> Self:
        if self.g_min_siemens >= self.g_max_siemens:
            raise ValueError(
                "g_min_siemens must be below g_max_siemens, got "
                f"{self.g_min_siemens:g} >= {self.g_max_siemens:g}; widen the window"
            )
        return self


class Mapping(Section):
    """How weights and signals become conductances and volts."""

    scale: Literal["signal-range", "unit"] = "signal-range"
    """signal-range: each signal gets its own volts per unit, from its range; unit: v_unit."""
    cells: Literal["auto", "resistor", "transconductance"] = "auto"
    """resistor: two memristors per weight; transconductance: one controlled source per weight
    and one conductance per bit line, the same currents while word lines are ideally driven;
    auto: resistor in a transient, in a static analysis the cheaper one of equal result."""
    ranges: dict[str, Positive] = {}
    """Largest magnitude per signal ("layer.signal", network units), over the reference run's."""


class Crossbar(Section):
    """Arrays of conductance pairs and their read-out."""

    topology: Literal["dual-row", "dual-column"] = "dual-row"
    """dual-row: inputs as +v and -v, one bit line per output; dual-column: two per output."""
    r_feedback_min_ohm: Positive = 20e3
    """Smallest TIA feedback resistor; below it conductances shrink instead."""
    r_switch_ohm: Positive = 100.0
    """Closed switch of the multiplexers that serial hardware puts between bit lines and TIAs."""
    r_inverter_ohm: Positive = 100e3
    """Resistors of the unity inverters that drive the negative word lines."""


class OpAmp(Section):
    """Every amplifier: one-pole gain, rails at v_rail, output resistance, input offset."""

    fidelity: Fidelity | None = None
    """Absent: the design's."""
    gain: Annotated[float, Field(gt=1, allow_inf_nan=False)] = 1e6
    """Open-loop gain."""
    gbw_hertz: Positive = 50e6
    """Gain-bandwidth product."""
    r_out_ohm: Positive = 100.0
    """Open-loop output resistance."""
    v_offset_volts: Finite = 0.0
    """Input offset of every op-amp."""


class Activation(Section):
    """Sigmoid, tanh, ReLU and linear cells."""

    fidelity: Fidelity | None = None
    """Absent: the design's."""
    sigmoid_unit_volts: Positive = 0.04
    """Input volts of 1.0: n kT/q of a pair in weak inversion."""
    tanh_unit_volts: Positive = 0.08
    """Input volts of 1.0: 2 n kT/q of a pair in weak inversion."""
    bandwidth_hertz: Positive = 50e6
    """Of the single pole at the output."""
    r_out_ohm: Positive = 1e3
    """Output resistance."""
    v_offset_volts: Finite = 0.0
    """Offset at the cell's output."""


class Multiplier(Section):
    """Four-quadrant multipliers and the adder behind them."""

    fidelity: Fidelity | None = None
    """Absent: the design's."""
    bandwidth_hertz: Positive = 50e6
    """Of the single pole of the adder."""
    r_out_ohm: Positive = 1e3
    """Load of the adder."""
    gain_error: Annotated[float, Field(gt=-1, allow_inf_nan=False)] = 0.0
    """Relative error of the product."""
    v_offset_volts: Finite = 0.0
    """Offset of every sum."""


class SampleHold(Section):
    """Sample-and-hold cells that keep h and c between steps."""

    fidelity: Fidelity | None = None
    """Absent: the design's."""
    c_hold_farad: Positive = 10e-12
    """Hold capacitor."""
    r_on_ohm: Positive = 10e3
    """Closed switch."""
    r_off_ohm: Positive = 1e12
    """Open switch."""
    q_injection_coulomb: NotNegative = 0.12e-15
    """Charge left on the hold capacitor when the switch opens (dummy-compensated gate)."""
    i_leak_ampere: NotNegative = 10e-15
    """Junction leakage off the hold node."""
    replica: bool = True
    """One idle state cell per layer whose offset the multipliers subtract from c: injected
    charge and leakage are the same in both and cancel."""

    @model_validator(mode="after")
    def _switch(self) -> Self:
        if self.r_on_ohm >= self.r_off_ohm:
            raise ValueError(
                "r_on_ohm must be below r_off_ohm, got "
                f"{self.r_on_ohm:g} >= {self.r_off_ohm:g}; raise r_off_ohm"
            )
        return self


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
    """Processes at a time. With more than one, a static analysis is cut behind each layer, where
    op-amps drive, and dense layers into that many blocks of bit lines: circuits of their own."""
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


class Design(Section):
    """A complete design. `Design()` is the default circuit."""

    fidelity: Fidelity = "behavioural"
    signal: Signal = Signal()
    device: Device = Device()
    mapping: Mapping = Mapping()
    crossbar: Crossbar = Crossbar()
    opamp: OpAmp = OpAmp()
    activation: Activation = Activation()
    multiplier: Multiplier = Multiplier()
    sample_hold: SampleHold = SampleHold()
    timing: Timing = Timing()
    simulation: Simulation = Simulation()
    cost: Cost = Cost()

    def fidelity_of(self, block: Block) -> Fidelity:
        """Fidelity of one kind of block: its own, or the design's."""
        section: OpAmp | Activation | Multiplier | SampleHold = getattr(self, block)
        return section.fidelity or self.fidelity

    @property
    def static(self) -> bool:
        """One operating point per step instead of a transient."""
        return self.simulation.analysis == "static"

    @property
    def inputs_in_files(self) -> bool:
        """Inputs are read from files; `auto` resolved for an engine that can, and a short run."""
        kept = self.simulation.inputs
        return kept == "file" or (
            kept == "auto" and self.static and self.simulation.engine != "neospice"
        )

    @property
    def trtol(self) -> float:
        """Transient tolerance factor: given, or what this hardware needs."""
        return self.simulation.trtol or (15.0 if self.timing.serial == 1 else 5.0)

    @property
    def reltol(self) -> float:
        """Relative tolerance of the solver."""
        return self.simulation.reltol or (1e-5 if self.static else 1e-3)

    @property
    def cells(self) -> Literal["resistor", "transconductance"]:
        """How memristor pairs are drawn; `auto` resolved.

        Where inverters are not quite -1 (offset, finite gain), only resistors show it; two
        columns need as many sources as resistors.
        """
        if self.mapping.cells != "auto":
            return self.mapping.cells
        exact = self.fidelity_of("opamp") == "ideal" or (
            self.opamp.v_offset_volts == 0 and 2 / self.opamp.gain <= self.timing.settle_error
        )
        same = self.crossbar.topology == "dual-row" and exact and not self.cost.enabled
        return "transconductance" if self.static and same else "resistor"
