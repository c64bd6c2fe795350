"""The design: every value that turns a network into a particular circuit.

One class per section of design.toml. Units are the suffix of each key. Everything has a
default; unknown keys are refused when a file is read (`spicegen.design.load`).
"""

from __future__ import annotations

from typing import Any, Literal, Self, TypeVar, get_args

from pydantic import model_validator

from spicegen.design.arrays import Crossbar, Device, Mapping, Signal
from spicegen.design.base import Section
from spicegen.design.blocks import Activation, Block, Fidelity, Multiplier, OpAmp, SampleHold
from spicegen.design.calibration import CalibrationSection
from spicegen.design.combinations import refuse_combinations
from spicegen.design.nonideality import Listed, Nonideality, NonlinearIv, OpampMismatch
from spicegen.design.pdk import Pdk, check_process, with_kit
from spicegen.design.run import Cost, Simulation, Timing
from spicegen.pdk import Kit, load_kit

ListedKind = TypeVar("ListedKind", bound=Listed)


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
