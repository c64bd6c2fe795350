"""Signals, memristors, and the crossbars that they meet in: sections of a design."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from spicegen.design.base import Finite, NotNegative, Positive, Section
from spicegen.design.memristor import with_window
from spicegen.design.wires import Wires

Topology = Literal["dual-row", "dual-column", "reference-column"]


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
