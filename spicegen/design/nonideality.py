"""The list [[nonideality]] of design.toml: what makes a crossbar as built differ from the wanted.

One class per kind: its parameters and their bounds. What a kind does to conductances is in
`spicegen.mapping.nonideality`, what it adds to the circuit in `spicegen.circuit.mismatch` and
`spicegen.circuit.read_noise`. Finite levels are no kind: `device.levels` states them.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from spicegen.design.base import Finite, NotNegative, Positive, Probability, Section

ProgrammingFit = Literal[
    "rram-milo-2021",
    "rram-wan-2022",
    "rram-wan-2022-1d",
    "rram-wan-2022-2d",
    "pcm-joshi-2020",
    "pcm-nandakumar-2019",
    "cmo-hfox-2pct",
    "cmo-hfox-0.2pct",
]


class Listed(Section):
    """What every kind has."""

    enabled: bool = True
    """false: as if it were not there; the draws of all others stay as they are."""


class Programming(Listed):
    """Programming error: where write-verify stops, Gaussian around the wanted conductance."""

    kind: Literal["programming"]
    sigma_siemens: NotNegative | None = None
    """Standard deviation of every device, S."""
    sigma: NotNegative | None = None
    """Standard deviation as a share of the wanted conductance."""
    fit: ProgrammingFit | None = None
    """Published dependence on the wanted conductance."""

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        given = [self.sigma_siemens, self.sigma, self.fit]
        if sum(each is not None for each in given) != 1:
            raise ValueError("programming takes exactly one of sigma_siemens, sigma and fit")
        return self


class Variation(Listed):
    """Devices of the same target differ by a random factor."""

    kind: Literal["variation"]
    sigma: NotNegative
    """normal: standard deviation of the factor, mean 1; lognormal: of its logarithm, median 1."""
    distribution: Literal["normal", "lognormal"] = "normal"
    """Of the factor. A normal factor below 0 leaves an open device."""
    between: Literal["devices", "cycles"] = "devices"
    """devices: a device keeps its factor; cycles: every programming cycle draws a new one."""
    cycle: Annotated[int, Field(ge=0)] = 0
    """Programming cycle, counted from 0; plays a part between cycles only."""


class Stuck(Listed):
    """Devices that keep one conductance whatever is programmed."""

    kind: Literal["stuck"]
    p_on: Probability = 0.0
    """Probability that a device is stuck on."""
    p_off: Probability = 0.0
    """Probability that a device is stuck off."""
    g_on_siemens: Positive | None = None
    """Conductance of a device stuck on, S; absent = device.g_max_siemens."""
    g_off_siemens: NotNegative | None = None
    """Conductance of a device stuck off, S, 0 for an open one; absent = device.g_min_siemens."""

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.p_on + self.p_off > 1.0:
            raise ValueError(
                f"p_on + p_off must not exceed 1, got {self.p_on + self.p_off:g}; lower one"
            )
        return self


class OpenLine(Listed):
    """Word or bit lines that are broken in front of their first device."""

    kind: Literal["open-line"]
    p_word_line: Probability = 0.0
    """Probability that a word line is open; dual-row has two per input."""
    p_bit_line: Probability = 0.0
    """Probability that a bit line is open; dual-column has two per output."""
    array: str | None = None
    """Layer, or direction of it, that this holds for; absent = all."""
    word_lines: tuple[Annotated[int, Field(ge=0)], ...] = ()
    """Numbers of open word lines, counted from 0."""
    bit_lines: tuple[Annotated[int, Field(ge=0)], ...] = ()
    """Numbers of open bit lines, counted from 0."""
    half: Literal["both", "positive", "negative"] = "both"
    """Which devices the named lines lose, where the two halves of a pair have lines of their
    own: word lines of dual-row, bit lines of dual-column."""


class Drift(Listed):
    """Retention: conductances move with the time since they were programmed."""

    kind: Literal["drift"]
    t_s: NotNegative
    """Time since programming, s."""
    nu: Finite | None = None
    """Exponent of g (t / t_0)^-nu, its mean over devices."""
    nu_sigma: NotNegative = 0.0
    """Standard deviation of the exponent over devices."""
    t_0_s: Positive = 1.0
    """Instant at which the programmed conductance was read, s; with nu only."""
    fit: Literal["pcm-nandakumar-2019", "cmo-hfox"] | None = None
    """Published law instead of nu."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.nu is None) == (self.fit is None):
            raise ValueError("drift takes exactly one of nu and fit")
        return self


class Temperature(Listed):
    """Conductances at another temperature than the one they were programmed at."""

    kind: Literal["temperature"]
    temperature_celsius: Annotated[float, Field(gt=-273.15, allow_inf_nan=False)]
    """Temperature at which the network computes."""
    reference_celsius: Annotated[float, Field(gt=-273.15, allow_inf_nan=False)] = 25.0
    """Temperature at which it was programmed."""
    tc_g_min_per_kelvin: Finite = 0.0
    """Temperature coefficient of a device at g_min, 1/K; positive where it conducts by hopping."""
    tc_g_max_per_kelvin: Finite = 0.0
    """Temperature coefficient of a device at g_max, 1/K; negative where it conducts as a metal."""

    @model_validator(mode="after")
    def _stays_positive(self) -> Self:
        rise = self.temperature_celsius - self.reference_celsius
        for key in ("tc_g_min_per_kelvin", "tc_g_max_per_kelvin"):
            factor = 1.0 + getattr(self, key) * rise
            if factor <= 0.0:
                raise ValueError(
                    f"1 + {key} * (temperature_celsius - reference_celsius) must be positive, "
                    f"got {factor:g}; the linear law does not reach that far"
                )
        return self


class ReadNoise(Listed):
    """Conductances fluctuate from one step to the next."""

    kind: Literal["read-noise"]
    sigma: NotNegative
    """Standard deviation of each device's conductance, as a share of it."""


class NonlinearIv(Listed):
    """Cells whose current is no straight line: I = (G / k) sinh(k V)."""

    kind: Literal["nonlinear-iv"]
    k_per_volt: Positive
    """Curvature, 1/V; G is the conductance at 0 V."""


class OpampMismatch(Listed):
    """Every op-amp has an input offset and a gain of its own."""

    kind: Literal["opamp-mismatch"]
    sigma_offset_volts: NotNegative = 0.0
    """Standard deviation of the input offset around opamp.v_offset_volts, V."""
    sigma_gain: NotNegative = 0.0
    """Standard deviation of the logarithm of gain / opamp.gain."""


class HoldMismatch(Listed):
    """Every sample-and-hold has a capacitor of its own."""

    kind: Literal["hold-mismatch"]
    sigma: Annotated[float, Field(ge=0, le=0.2, allow_inf_nan=False)]
    """Standard deviation of C / sample_hold.c_hold_farad."""


Nonideality = Annotated[
    Programming
    | Variation
    | Drift
    | Temperature
    | Stuck
    | OpenLine
    | NonlinearIv
    | ReadNoise
    | OpampMismatch
    | HoldMismatch,
    Field(discriminator="kind"),
]

CLASSES: tuple[type[Listed], ...] = get_args(get_args(Nonideality)[0])
"""In the order in which they happen."""


def kind_of(section: type[Listed]) -> str:
    """What `kind` says in design.toml."""
    return str(get_args(section.model_fields["kind"].annotation)[0])


KINDS = {kind_of(section): section for section in CLASSES}
"""Parameters of each kind, by its name."""
