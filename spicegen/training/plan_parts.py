"""Parts of a plan: devices, rules, the perceptron, the start of a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from spicegen.design.base import NotNegative, Positive, Section

Count = Annotated[int, Field(ge=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


class Shift(Section):
    """What sets table devices apart in front of their first pulse."""

    distribution: Literal["lognormal", "exponential"] = "lognormal"
    low_siemens: Positive = 1e-8
    high_siemens: Positive = 1e-7
    file: Path | None = None
    """Shifts of an earlier run (shifts.npy), in the place of random ones."""

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.low_siemens >= self.high_siemens:
            raise ValueError(
                f"low_siemens must be below high_siemens, got {self.low_siemens:g} >= "
                f"{self.high_siemens:g}"
            )
        return self


class TableDevice(Section):
    """Devices that follow a measured table of potentiation."""

    kind: Literal["table"]
    table: Path | None = None
    """CSV, one conductance per pulse under a heading, S; absent = the packaged measurement."""
    order: Literal["rising", "sort", "measured"] = "rising"
    """rising: a table that falls somewhere is refused; sort: it is sorted; measured: devices
    follow it as it is."""
    gain: Positive = 10.0
    shift: Shift = Shift()


class ModelDevice(Section):
    """Devices of the library of memristor models (`spicegen device list`)."""

    kind: Literal["model"]
    model: str
    preset: str | None = None
    parameters: dict[str, float | str] = {}  # noqa: RUF012  pydantic copies defaults
    pulses: Literal["ngspice", "numpy"] = "ngspice"
    """ngspice: a transient of the crossbar, all devices with their moving state, word line by
    word line; numpy: the same state equations, device by device, without half-selected ones."""
    form: Literal["behavioural", "verilog-a"] = "behavioural"
    """How ngspice gets the model."""
    start_low: Share = 0.02
    start_high: Annotated[float, Field(gt=0, le=1)] = 0.1
    """Devices of a perceptron start at random states between these."""


class PulsedDevice(Section):
    """Devices described by their pulses."""

    kind: Literal["pulsed"]
    g_min_siemens: Positive = 1e-6
    g_max_siemens: Positive = 1e-4
    levels: Annotated[int, Field(ge=2)] | None = None
    """Pulses from one end of the window to the other, plus one; absent = exact changes."""
    asymmetry: Share = 0.0
    """A pulse up is larger by this share, a pulse down smaller."""
    cycle_variation: NotNegative = 0.0
    """Standard deviation from pulse to pulse, share of the step."""
    device_variation: NotNegative = 0.0
    """Standard deviation of the step from device to device, share of the step."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.g_min_siemens >= self.g_max_siemens:
            raise ValueError(
                f"g_min_siemens must be below g_max_siemens, got {self.g_min_siemens:g} >= "
                f"{self.g_max_siemens:g}"
            )
        if self.levels is None and (
            self.asymmetry or self.cycle_variation or self.device_variation
        ):
            raise ValueError("asymmetry and variation are those of pulses; set levels")
        return self


Device = Annotated[TableDevice | ModelDevice | PulsedDevice, Field(discriminator="kind")]


class Manhattan(Section):
    """One potentiating pulse per pair: on the positive half where the weight is to grow, on the
    negative one where it is to fall."""

    name: Literal["manhattan"]


class Delta(Section):
    """Weights by the gradient, conductances by write-verify."""

    name: Literal["delta"]
    learning_rate: Positive = 0.1
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Largest distance from the target, share of the change one pulse makes."""
    max_pulses: Count = 20


class Gradient(Section):
    """Weights by the gradient, conductances by open-loop pulses, word line by word line."""

    name: Literal["gradient"]
    learning_rate: Positive = 0.05
    optimiser: Literal["sgd", "adam"] = "sgd"
    """Of the controller beside the array; adam: Kingma and Ba 2015, arXiv:1412.6980."""
    batch: Count | None = None
    """Samples per update; absent = all."""
    truncate_steps: Count | None = None
    """Steps that gradients go back through recurrence; absent = whole sequences."""
    max_pulses: Count = 31
    """Most pulses of one device in one update."""


Rule = Annotated[Manhattan | Delta | Gradient, Field(discriminator="name")]


class Perceptron(Section):
    """One layer of tanh neurons on binary patterns, each neuron two adjacent columns."""

    patterns: tuple[Annotated[str, Field(pattern="^[01]+$")], ...] = (
        "0001", "0010", "0110", "1001", "1101", "1110",
    )  # fmt: skip
    targets: tuple[Annotated[str, Field(pattern="^[01]+$")], ...] = (
        "01", "10", "10", "01", "01", "10",
    )  # fmt: skip
    v_zero_volts: Finite = -0.1
    v_one_volts: Finite = 0.1
    """Word-line voltages of 0 and 1."""
    beta_per_ampere: Positive = 6e6
    """f = tanh(beta I)."""
    target: Positive = 0.8
    """Magnitude that outputs must reach."""
    aim: Positive | None = None
    """Magnitude that errors are counted from; absent = target. A rule with small steps needs one
    beyond the target, which it would only come closer to otherwise."""
    satisfied: Literal["ignored", "counted"] = "ignored"
    """ignored: an output beyond its target asks for nothing; counted: it asks to come back."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name, value in (("target", self.target), ("aim", self.aim or self.target)):
            if value >= 1:
                raise ValueError(
                    f"{name} must lie within the range of tanh, below 1, got {value:g}"
                )
        if self.aim is not None and self.aim < self.target:
            raise ValueError(f"aim must not lie below target, got {self.aim:g} < {self.target:g}")
        if len(self.patterns) != len(self.targets) or not self.patterns:
            raise ValueError(
                f"there must be one target per pattern, got {len(self.patterns)} patterns and "
                f"{len(self.targets)} targets"
            )
        for name, texts in (("patterns", self.patterns), ("targets", self.targets)):
            if len({len(text) for text in texts}) > 1:
                raise ValueError(f"{name} must have equal lengths")
        if len(set(self.patterns)) < len(self.patterns):
            raise ValueError("each pattern may stand there once")
        if self.v_one_volts == self.v_zero_volts:
            raise ValueError(f"v_one_volts and v_zero_volts must differ, got {self.v_one_volts:g}")
        return self


class Start(Section):
    """Conductances of a network in front of the first update."""

    weights: Literal["network", "random"] = "network"
    """network: those of its file; random: uniform within 1/sqrt(inputs), biases too."""
    variation: NotNegative = 0.0
    """Standard deviation of each conductance from what was programmed, share of it."""
    weight_limit: Positive = 3.0
    """Largest weight that every device can stand for; larger where the network's are."""
