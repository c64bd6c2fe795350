"""Programming error: absolute, relative, or a published function of the wanted conductance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design
from spicegen.design.nonideality import Programming
from spicegen.errors import MappingError

FloatArray = NDArray[np.float64]
MICRO = 1e-6
ROUNDING = 1e-9
"""A window whose ends equal those of a fit up to rounding lies within it."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Standard deviation as a polynomial of the conductance, both in microsiemens.

    Attributes:
        coefficients: of increasing powers of g / unit.
        unit: conductance that the argument counts in, uS.
        range_us: conductances it was fitted to, uS.
        source: where it is published.
    """

    coefficients: tuple[float, ...]
    unit: float
    range_us: tuple[float, float]
    source: str

    def sigma(self, g_siemens: FloatArray) -> FloatArray:
        """Standard deviation, S, of any shape of conductances, S."""
        argument = g_siemens / MICRO / self.unit
        value = np.polynomial.polynomial.polyval(argument, np.array(self.coefficients))
        return np.asarray(MICRO * np.maximum(value, 0.0))


WAN = "Wan et al., Nature 608 (2022), doi:10.1038/s41586-022-04992-8"
CMO = "CMO/HfOx ReRAM of IBM Research Zurich, coefficients of aihwkit's ReRamCMONoiseModel"
FITS = {
    "rram-milo-2021": Fit(
        (4.782321, -0.009107),
        1.0,
        (50.0, 225.0),
        "Milo et al., IEEE TED 68 (2021), doi:10.1109/TED.2021.3089995, IGVVA-100; "
        "coefficients of CrossSim",
    ),
    "rram-wan-2022": Fit(
        (1.053, 0.2374, -1.167e-2, 1.536e-4), 1.0, (0.0, 39.26), f"{WAN}; coefficients of CrossSim"
    ),
    "rram-wan-2022-1d": Fit(
        (0.701, 22.086, -50.773, 47.095, -16.458),
        40.0,
        (0.0, 40.0),
        f"{WAN}, 1 day after programming; coefficients of aihwkit",
    ),
    "rram-wan-2022-2d": Fit(
        (0.782, 20.274, -43.507, 37.062, -11.934),
        40.0,
        (0.0, 40.0),
        f"{WAN}, 2 days after programming; coefficients of aihwkit",
    ),
    "pcm-joshi-2020": Fit(
        (0.28638599, 0.07585724, -0.00178767),
        1.0,
        (0.25, 25.0),
        "Joshi et al., Nat. Commun. 11, 2473 (2020), doi:10.1038/s41467-020-16108-9; "
        "coefficients of CrossSim",
    ),
    "pcm-nandakumar-2019": Fit(
        (0.26348, 1.9650, -1.1731),
        25.0,
        (0.0, 25.0),
        "Nandakumar et al., ICECS 2019, doi:10.1109/ICECS46596.2019.8964852; "
        "coefficients of aihwkit",
    ),
    "cmo-hfox-2pct": Fit(
        (0.0112185391, 0.01129027418), 1.0, (9.0, 88.19), f"{CMO}, accepted within 2 %"
    ),
    "cmo-hfox-0.2pct": Fit(
        (0.00081107, 0.00106879), 1.0, (9.0, 88.19), f"{CMO}, accepted within 0.2 %"
    ),
}


def programmed(
    g_siemens: FloatArray, error: Programming, draws: np.random.Generator, design: Design
) -> FloatArray:
    """g + sigma(g) z with standard normal z, S.

    Raises:
        MappingError: the device window is not within the range of the fit.
    """
    z = draws.standard_normal(g_siemens.shape)
    if error.fit is not None:
        check_window(error.fit, FITS[error.fit].range_us, "programming", design)
        return np.asarray(g_siemens + FITS[error.fit].sigma(g_siemens) * z)
    if error.sigma is not None:
        return np.asarray(g_siemens * (1.0 + error.sigma * z))
    assert error.sigma_siemens is not None
    return np.asarray(g_siemens + error.sigma_siemens * z)


def check_window(fit: str, range_us: tuple[float, float], kind: str, design: Design) -> None:
    """Refuse a fit outside the conductances it was made for.

    Raises:
        MappingError: naming both windows.
    """
    least, most = range_us
    low, high = design.device.g_min_siemens / MICRO, design.device.g_max_siemens / MICRO
    if low < least * (1 - ROUNDING) or high > most * (1 + ROUNDING):
        raise MappingError(
            f"nonideality {kind}, fit {fit}",
            f"the device window must lie within the fitted {least:g} to {most:g} uS",
            f"{low:g} to {high:g} uS",
            "set device.g_min_siemens and device.g_max_siemens, or choose another fit",
        )
