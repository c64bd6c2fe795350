"""Retention: conductances some time after they were programmed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design
from spicegen.design.nonideality import Drift
from spicegen.mapping.nonideality.programming import MICRO, check_window

FloatArray = NDArray[np.float64]
PCM_T_0_S = 20.0
"""Instant of the first reading in the PCM fit, s."""
PCM_RANGE_US = (0.0, 25.0)
CMO_RANGE_US = (9.0, 88.19)


def drifted(
    g_siemens: FloatArray, drift: Drift, draws: np.random.Generator, design: Design
) -> FloatArray:
    """Conductances at t_s, S.

    Power law: g (t / t_0)^-nu for t > t_0, with a normal exponent per device.
    pcm-nandakumar-2019: the same with t_0 = 20 s counted from there, and an exponent whose
    mean and deviation depend on g / g_max; Nandakumar et al., ICECS 2019,
    doi:10.1109/ICECS46596.2019.8964852, coefficients of aihwkit; g_max is the device's.
    cmo-hfox: g - 0.0890 ln(t) + (0.0420 ln(t) + 0.412) z uS, t in s, from 1 s on; CMO/HfOx
    ReRAM, coefficients of aihwkit's ReRamCMONoiseModel.

    Raises:
        MappingError: the device window is not within the range of the fit.
    """
    z = draws.standard_normal(g_siemens.shape)
    if drift.fit == "cmo-hfox":
        check_window(drift.fit, CMO_RANGE_US, "drift", design)
        if drift.t_s == 0.0:
            return g_siemens
        decades = np.log(max(drift.t_s, 1.0))
        shift = -0.08900206 * decades + (0.04201137 * decades + 0.41183342) * z
        return np.asarray(g_siemens + MICRO * shift)
    if drift.fit is None:
        assert drift.nu is not None
        nu, ratio = drift.nu + drift.nu_sigma * z, max(drift.t_s / drift.t_0_s, 1.0)
    else:
        check_window(drift.fit, PCM_RANGE_US, "drift", design)
        nu, ratio = _pcm_exponent(g_siemens, z, design), 1.0 + drift.t_s / PCM_T_0_S
    return np.asarray(g_siemens * ratio**-nu)


def _pcm_exponent(g_siemens: FloatArray, z: FloatArray, design: Design) -> FloatArray:
    share = np.log(np.maximum(g_siemens / design.device.g_max_siemens, 1e-7))
    mean = np.clip(-0.0155 * share + 0.0244, 0.049, 0.1)
    sigma = np.clip(-0.0125 * share - 0.0059, 0.008, 0.045)
    return np.abs(mean + sigma * z)
