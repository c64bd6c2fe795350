"""[crossbar.wires]: what the lines of an array are made of."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from spicegen.design.base import NotNegative, Positive, Section

VACUUM_PERMITTIVITY = 8.8541878128e-12
"""F/m."""


class Geometry(Section):
    """Metal of the lines; word lines and bit lines alike, over a conducting plane."""

    width_metre: Positive
    """Of a line."""
    thickness_metre: Positive
    """Of the metal."""
    pitch_metre: Positive
    """From line to line, and so the length of a segment."""
    height_metre: Positive
    """Of the dielectric between the line and the plane below it."""
    resistivity_ohm_metre: Positive = 1.68e-8
    """Of the metal; default bulk copper at 20 C. Lines narrower than 100 nm have more, by
    scattering at surfaces and grain boundaries: state their effective value."""
    permittivity_relative: Annotated[float, Field(ge=1, allow_inf_nan=False)] = 3.9
    """Of the dielectric; default silicon dioxide."""

    @model_validator(mode="after")
    def _within_the_formula(self) -> Self:
        gap = self.pitch_metre - self.width_metre
        if gap <= 0:
            raise ValueError(
                "pitch_metre must exceed width_metre, got "
                f"{self.pitch_metre:g} <= {self.width_metre:g}; lines would touch"
            )
        height = self.height_metre
        checks = {
            "width_metre / height_metre": (self.width_metre / height, (0.3, 10.0)),
            "thickness_metre / height_metre": (self.thickness_metre / height, (0.3, 10.0)),
            "(pitch_metre - width_metre) / height_metre": (gap / height, (0.5, 10.0)),
        }
        for name, (ratio, (low, high)) in checks.items():
            if not low <= ratio <= high:
                raise ValueError(
                    f"{name} must lie in [{low:g}, {high:g}], where the capacitance formula "
                    f"holds, got {ratio:g}; give r_segment_ohm and c_segment_farad instead"
                )
        return self

    @property
    def r_segment_ohm(self) -> float:
        """Resistance of one pitch of line: resistivity * pitch / (width * thickness), ohm."""
        return (
            self.resistivity_ohm_metre
            * self.pitch_metre
            / (self.width_metre * self.thickness_metre)
        )

    @property
    def c_segment_farad(self) -> float:
        """Capacitance of one pitch of line to the plane and to both neighbours, F.

        T. Sakurai, K. Tamaru, "Simple formulas for two- and three-dimensional capacitances",
        IEEE Trans. Electron Devices 30(2), 183-185 (1983), doi 10.1109/T-ED.1983.21093: with
        w, t, s as multiples of the height,
        C / eps = 1.15 w + 2.80 t^0.222 + 2 (0.03 w + 0.83 t - 0.07 t^0.222) s^-1.34,
        to 10 % for 0.3 < w, t < 10 and 0.5 < s < 10. Neighbours count as quiet.
        """
        w, t = self.width_metre / self.height_metre, self.thickness_metre / self.height_metre
        s = (self.pitch_metre - self.width_metre) / self.height_metre
        to_plane = 1.15 * w + 2.80 * t**0.222
        to_neighbour = (0.03 * w + 0.83 * t - 0.07 * t**0.222) * s**-1.34
        permittivity = VACUUM_PERMITTIVITY * self.permittivity_relative
        return float(permittivity * (to_plane + 2 * to_neighbour) * self.pitch_metre)


class Wires(Section):
    """Resistance and capacitance of word lines and bit lines."""

    model: Literal["ideal", "full", "reduced"] = "ideal"
    """ideal: none; full: every segment is in the deck; reduced: their resistive network folded
    exactly into one resistor per pair of an array's ports, which holds no capacitance."""
    r_segment_ohm: NotNegative | None = None
    """From cell to cell along a line; absent = from the geometry, or 0."""
    r_bit_segment_ohm: NotNegative | None = None
    """The same along bit lines, where they differ; absent = as word lines."""
    c_segment_farad: NotNegative | None = None
    """Of each segment of both kinds of line, to common; absent = from the geometry, or 0."""
    r_driver_ohm: NotNegative = 0.0
    """Between a word line's driver and its first segment."""
    r_sense_ohm: NotNegative = 0.0
    """Between a bit line's last segment and its read-out."""
    drive: Literal["one-sided", "two-sided"] = "one-sided"
    """Whether word lines are driven at one end, or at both through r_driver each."""
    compensation: Literal["none", "column-scale", "conductance"] = "none"
    """column-scale: feedback resistors make up for what each bit line loses on average;
    conductance: pairs are programmed such that the array behind its wires gives the weights."""
    geometry: Geometry | None = None
    """The metal; absent = values are given directly."""

    @model_validator(mode="after")
    def _something_to_model(self) -> Self:
        if self.model == "ideal":
            if self.compensation != "none":
                raise ValueError(
                    f'compensation = "{self.compensation}" undoes what wires lose, and '
                    'model = "ideal" has none; set model to "full" or "reduced"'
                )
            return self
        if not (self.resistive or self.c_farad):
            raise ValueError(
                f'model = "{self.model}" needs wires: every resistance and capacitance is 0; '
                "give r_segment_ohm or a geometry"
            )
        return self

    @property
    def r_word_ohm(self) -> float:
        """Resistance of a word-line segment, ohm."""
        if self.r_segment_ohm is not None:
            return self.r_segment_ohm
        return self.geometry.r_segment_ohm if self.geometry else 0.0

    @property
    def r_bit_ohm(self) -> float:
        """Resistance of a bit-line segment, ohm."""
        return self.r_word_ohm if self.r_bit_segment_ohm is None else self.r_bit_segment_ohm

    @property
    def c_farad(self) -> float:
        """Capacitance of a segment, F."""
        if self.c_segment_farad is not None:
            return self.c_segment_farad
        return self.geometry.c_segment_farad if self.geometry else 0.0

    @property
    def resistive(self) -> bool:
        """Whether any part of a line has a resistance."""
        return any((self.r_word_ohm, self.r_bit_ohm, self.r_driver_ohm, self.r_sense_ohm))

    @property
    def two_sided(self) -> bool:
        """Whether word lines are driven at both ends."""
        return self.drive == "two-sided"
