"""The design: every value that turns a network into a particular circuit.

One class per section of design.toml. Units are the suffix of each key. Everything has a
default; unknown keys are refused when a file is read (`spicegen.design.load`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import Field, model_validator

from spicegen.design.base import Finite, NotNegative, Positive, Section
from spicegen.design.calibration import CalibrationSection
from spicegen.design.combinations import refuse_combinations
from spicegen.design.memristor import with_window
from spicegen.design.nonideality import Listed, Nonideality, NonlinearIv, OpampMismatch
from spicegen.design.pdk import Pdk, check_process, with_kit
from spicegen.design.wires import Wires
from spicegen.pdk import Kit, load_kit

Topology = Literal["dual-row", "dual-column", "reference-column"]
Fidelity = Literal["ideal", "behavioural", "transistor"]
ListedKind = TypeVar("ListedKind", bound=Listed)
Block = Literal["opamp", "activation", "multiplier", "sample_hold"]


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
    """The memristor: its model, how it is drawn, and its usable window."""

    model: str | None = None
    """Memristor model (`spicegen device list`); absent = none."""
    preset: str | None = None
    """Parameter set of the model; absent = its first."""
    parameters: dict[str, float | str] = {}  # noqa: RUF012  pydantic copies defaults
    """Single parameters of the model that differ from the preset's."""
    form: Literal["resistor", "behavioural", "verilog-a"] = "resistor"
    """resistor: a fixed one; behavioural: the model as a subcircuit, its state moves, every
    engine; verilog-a: the same compiled, an order of magnitude faster, ngspice only."""
    g_min_siemens: Positive = 1e-6
    """Smallest conductance; with a model, where absent: that of the state 0.01 at the preset's
    read voltage."""
    g_max_siemens: Positive = 1e-4
    """Largest conductance; with a model, where absent: that of the state 0.99."""
    levels: Annotated[int, Field(ge=2)] | None = None
    """Number of programmable conductance levels; absent = analog."""

    @model_validator(mode="before")
    @classmethod
    def _window_of_the_model(cls, given: Any) -> Any:
        return with_window(given)

    @model_validator(mode="after")
    def _needs_a_model(self) -> Self:
        if self.model is None:
            needy = [key for key in ("preset", "parameters") if getattr(self, key)]
            needy += [f'form = "{self.form}"'] if self.moving else []
            if needy:
                raise ValueError(
                    f"{needy[0]} needs a memristor model; set device.model, such as "
                    "analog_threshold (spicegen device list)"
                )
        return self

    @property
    def moving(self) -> bool:
        """Memristors have a state of their own, which the circuit may move."""
        return self.form != "resistor"

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
    remap: Literal["none", "pair", "rows"] = "none"
    """Around stuck devices that a test has found. pair: the sound device of a pair makes up the
    difference; rows: word lines also change places."""
    spare_word_lines: Annotated[int, Field(ge=0)] = 0
    """Further word lines of each array that remap = "rows" may use."""
    conductances: str | None = None
    """File of the conductances that were reached, to draw in the place of those of the weights
    (conductances.npz of `device program`, crossbars.npz of a run); relative to the design file."""
    ranges: dict[str, Positive | list[NotNegative]] = {}  # noqa: RUF012  pydantic copies defaults
    """Largest magnitude per signal ("layer.signal", network units), over the reference run's;
    a list where each unit has volts per unit of its own."""

    @model_validator(mode="after")
    def _spares_have_a_use(self) -> Self:
        if self.spare_word_lines and self.remap != "rows":
            raise ValueError(
                'spare_word_lines are for remap = "rows" only, got '
                f'{self.spare_word_lines} with remap = "{self.remap}"; set mapping.remap'
            )
        return self


class Crossbar(Section):
    """Arrays of memristors and their read-out."""

    topology: Topology = "dual-row"
    """dual-row: inputs as +v and -v, one bit line per output; dual-column: two per output;
    reference-column: one memristor per weight, and one bit line of mid-conductances per array
    whose current is subtracted from that of every other."""
    readout: Literal["current", "voltage"] = "current"
    """current: bit lines are virtual grounds of TIAs; voltage: bit lines float at the mean of
    their word lines, weighted by conductances, and amplifiers undo the division by their sum."""
    selector: Literal["none", "1t1r"] = "none"
    """none: passive memristors; 1t1r: a transistor switch in series with each, all of them on
    during inference; weights are mapped onto the series connection."""
    r_select_ohm: Positive = 1e3
    """On-resistance of the switch of selector = "1t1r"."""
    r_feedback_min_ohm: Positive = 20e3
    """Smallest TIA feedback resistor; below it conductances shrink instead."""
    r_switch_ohm: Positive = 100.0
    """Closed switch of the multiplexers that serial hardware puts between bit lines and TIAs."""
    r_inverter_ohm: Positive = 100e3
    """Resistors of the unity inverters that drive the negative word lines."""
    tile_rows: Annotated[int, Field(ge=1)] | None = None
    """Word lines of a tile (of both signs); absent = one array per layer, as large as it is."""
    tile_columns: Annotated[int, Field(ge=1)] | None = None
    """Bit lines of a tile; absent = as many as the layer has."""
    wires: Wires = Wires()

    @model_validator(mode="after")
    def _tiles_hold_pairs(self) -> Self:
        least_rows, least_columns = self.lines_per_pair
        for key, given, least in (
            ("tile_rows", self.tile_rows, least_rows),
            ("tile_columns", self.tile_columns, least_columns),
        ):
            if given is not None and given < least:
                raise ValueError(
                    f"{key} must hold one pair, which takes {least} lines in {self.topology}, "
                    f"got {given}; raise {key}"
                )
        return self

    @property
    def separable(self) -> bool:
        """Bit lines share nothing but ideally driven word lines, and no tile."""
        tiled = self.tile_rows or self.tile_columns
        return self.wires.model == "ideal" and not tiled and not self.has_reference

    @property
    def has_reference(self) -> bool:
        """One bit line is subtracted from all others."""
        return self.topology == "reference-column"

    @property
    def voltage(self) -> bool:
        """Bit lines float; amplifiers read their voltages."""
        return self.readout == "voltage"

    @property
    def r_series_ohm(self) -> float:
        """Resistance in series with each memristor, ohm."""
        return self.r_select_ohm if self.selector == "1t1r" else 0.0

    @property
    def lines_per_pair(self) -> tuple[int, int]:
        """Word lines and bit lines that the memristors of a weight occupy."""
        return {"dual-row": (2, 1), "dual-column": (1, 2), "reference-column": (1, 1)}[
            self.topology
        ]


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
    pdk: Pdk = Pdk()
    calibration: CalibrationSection = CalibrationSection()
    simulation: Simulation = Simulation()
    cost: Cost = Cost()
    nonideality: tuple[Nonideality, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _values_of_the_kit(cls, given: Any) -> Any:
        return with_kit(given)

    @model_validator(mode="after")
    def _nonlinear_cells_are_resistors(self) -> Self:
        if self.mapping.cells == "transconductance" and self.active(NonlinearIv):
            raise ValueError(
                'mapping.cells = "transconductance" has linear cells only, but the list has '
                'nonlinear-iv; use "resistor"'
            )
        return self

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        refuse_combinations(self)
        return self

    @model_validator(mode="after")
    def _kit_can(self) -> Self:
        if self.transistors:
            switched = self.fidelity_of("sample_hold") == "transistor" and self.powered
            clock = self.timing.v_clock_volts if switched else None
            signal = self.signal
            largest = signal.headroom * signal.v_rail_volts
            check_process(self.pdk, signal.v_common_volts, largest, clock)
        return self

    @model_validator(mode="after")
    def _fitted_models_stand_for_transistors(self) -> Self:
        if not self.pdk.fitted:
            return self
        if not self.transistors:
            raise ValueError(
                'pdk.models = "behavioural" asks for models of transistor cells, got '
                f'fidelity = "{self.fidelity}", whose blocks take their values from their own '
                'sections; set fidelity = "transistor", or leave pdk.models out'
            )
        if self.pdk.mismatch_seed is not None:
            raise ValueError(
                'pdk.models = "behavioural" knows no differences between devices, got '
                f"pdk.mismatch_seed = {self.pdk.mismatch_seed}; leave one of them out"
            )
        return self

    def active(self, kind: type[ListedKind]) -> list[tuple[int, ListedKind]]:
        """Enabled non-idealities of one kind, each with its number among all of that kind.

        The number counts disabled ones too, so that draws keep their place.
        """
        same = [each for each in self.nonideality if isinstance(each, kind)]
        return [(number, each) for number, each in enumerate(same) if each.enabled]

    @model_validator(mode="after")
    def _wires_fit(self) -> Self:
        wires = self.crossbar.wires
        if wires.model == "ideal":
            return self
        if self.mapping.cells == "transconductance":
            raise ValueError(
                f'crossbar.wires.model = "{wires.model}" draws memristors as resistors, got '
                'mapping.cells = "transconductance", which takes word lines as ideally driven; '
                'set mapping.cells = "auto"'
            )
        if wires.model == "reduced" and wires.c_farad and not self.static:
            raise ValueError(
                'crossbar.wires.model = "reduced" holds resistances only, got '
                f"{wires.c_farad:g} F per segment; set crossbar.wires.c_segment_farad = 0 or "
                'crossbar.wires.model = "full"'
            )
        if wires.model == "reduced" and self.active(NonlinearIv):
            raise ValueError(
                'crossbar.wires.model = "reduced" holds linear cells only, but the list has '
                'nonlinear-iv; set crossbar.wires.model = "full"'
            )
        if wires.compensation != "none" and self.mapping.remap == "rows":
            raise ValueError(
                f'crossbar.wires.compensation = "{wires.compensation}" needs word lines in their '
                'places, got mapping.remap = "rows", which exchanges them; set one of them back'
            )
        if wires.compensation != "none" and self.timing.serial > 1:
            raise ValueError(
                f'crossbar.wires.compensation = "{wires.compensation}" needs every bit line at '
                f"its own virtual ground, got timing.serial = {self.timing.serial}, where lines "
                "take turns; set one of them back"
            )
        return self

    @model_validator(mode="after")
    def _cells_of_moving_devices(self) -> Self:
        if self.device.moving and self.mapping.cells == "transconductance":
            raise ValueError(
                f'mapping.cells = "transconductance" has no memristors, device.form = '
                f'"{self.device.form}" asks for moving ones; use mapping.cells = "resistor"'
            )
        wires = self.crossbar.wires.model
        if self.device.moving and (wires != "ideal" or self.active(NonlinearIv)):
            other = f'crossbar.wires.model = "{wires}"' if wires != "ideal" else "nonlinear-iv"
            raise ValueError(
                f'device.form = "{self.device.form}" draws cells of its own, and {other} draws '
                'others in their place; use device.form = "resistor"'
            )
        return self

    def fidelity_of(self, block: Block) -> Fidelity:
        """Fidelity of one kind of block: its own, or the design's."""
        section: OpAmp | Activation | Multiplier | SampleHold = getattr(self, block)
        return section.fidelity or self.fidelity

    @property
    def transistors(self) -> bool:
        """Any block is drawn with foundry devices."""
        return any(self.fidelity_of(block) == "transistor" for block in get_args(Block))

    @property
    def powered(self) -> bool:
        """The circuit holds foundry devices, which draw current from a supply."""
        return self.transistors and not self.pdk.fitted

    @property
    def kit(self) -> Kit:
        """The foundry kit of transistor blocks."""
        return load_kit(self.pdk.name)

    @property
    def v_supply_volts(self) -> float:
        """Supply of transistor blocks, V."""
        return self.kit.supply(self.pdk.v_supply_volts)

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
        if self.crossbar.wires.model != "ideal":
            return "resistor"
        exact = self.fidelity_of("opamp") == "ideal" or (
            not self.active(OpampMismatch)
            and self.opamp.v_offset_volts == 0
            and 2 / self.opamp.gain <= self.timing.settle_error
        )
        same = (
            self.crossbar.topology == "dual-row"
            and not self.crossbar.voltage
            and exact
            and not self.active(NonlinearIv)
            and not self.cost.enabled
        )
        return "transconductance" if self.static and same else "resistor"
