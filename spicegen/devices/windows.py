"""Window functions: how fast the boundary of a thin film may move near its ends.

Each gives the factor for a rising and for a falling state.
"""

from __future__ import annotations

import numpy as np

from spicegen.devices.parameter import FloatArray, Value

WINDOWS = ("none", "joglekar", "biolek", "prodromakis")


def windows(kind: Value, x: Value, p: Value, j: Value) -> tuple[FloatArray, FloatArray]:
    """(devices,) window factors for dx/dt > 0 and dx/dt < 0.

    - joglekar: 1 - (2x - 1)^2p. Joglekar, Wolf 2009, 10.1088/0143-0807/30/4/001, eq. 13.
    - biolek: 1 - (x - stp(-i))^2p. Biolek et al. 2009, Radioengineering 18(2) 210, eq. 4.
    - prodromakis: j (1 - ((x - 0.5)^2 + 0.75)^p). Prodromakis et al. 2011,
      10.1109/TED.2011.2158004, eq. 9.

    Args:
        kind: index into WINDOWS.
        x: normalised state in 0..1.
        p, j: exponent and scale.
    """
    one = np.ones(np.shape(x))
    joglekar = 1.0 - np.abs(2.0 * x - 1.0) ** (2.0 * p)
    prodromakis = j * (1.0 - ((x - 0.5) ** 2 + 0.75) ** p)
    rising = (one, joglekar, 1.0 - np.asarray(x) ** (2.0 * p), prodromakis)
    falling = (one, joglekar, 1.0 - np.asarray(1.0 - x) ** (2.0 * p), prodromakis)
    return _chosen(kind, rising), _chosen(kind, falling)


def _chosen(kind: Value, options: tuple[FloatArray, ...]) -> FloatArray:
    at = np.asarray(kind)
    return np.select([at == i for i in range(len(options))], options)
