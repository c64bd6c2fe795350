"""Op-amps, cells and sample-and-holds: sections of a design."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from spicegen.design.base import Finite, NotNegative, Positive, Section

Fidelity = Literal["ideal", "behavioural", "transistor"]
Block = Literal["opamp", "activation", "multiplier", "sample_hold"]


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
