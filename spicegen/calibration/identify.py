"""How bit lines, cells and sums of a circuit differ from their model, from its own waveforms.

Every stage is looked at alone: what it should give follows from what was measured in front of it,
so that errors of earlier stages play no part. The difference is divided among the stage's
parameters by least squares, in which every parameter is held near nominal as far as the
measurement does not say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spicegen.calibration.fit import REACH
from spicegen.calibration.model import CircuitModel
from spicegen.mapping import Trims

FloatArray = NDArray[np.float64]

NOISE_VOLTS = 100e-6
"""What a measured voltage may be off for other reasons: shape, settling, the solver."""

MARGIN_VOLTS = 0.3
"""What comes nearer to the end of an op-amp's swing says nothing: there its gain falls, and cells
behind it are saturated."""


def identify(
    model: CircuitModel,
    inputs: FloatArray,
    measured: Mapping[str, FloatArray],
    trims: Trims,
    kind: str,
) -> dict[str, FloatArray]:
    """Deviations of every stage, (units,) by name.

    Args:
        model: of the circuit.
        inputs: (sample, step, feature) of the measurement, network units.
        measured: (sample, step, unit) V around common by "layer.signal", states as the layer
            sees them: of the step before.
        trims: of the measured circuit.
        kind: "gain-offset", or "fitted": also shifts at inputs, and each product of a sum.
    """
    given = {name: each[None] for name, each in trims.values.items()}
    found: dict[str, FloatArray] = {}
    for stage in model.stages(inputs, measured, given):
        names = [name for name in stage.slopes if kind == "fitted" or _plain(name, stage.name)]
        low, high = model.swing
        usable = (stage.measured > low + MARGIN_VOLTS) & (stage.measured < high - MARGIN_VOLTS)
        reach = np.array([REACH[name.rsplit(".", 1)[1]] for name in names])
        slopes = np.stack([stage.slopes[name] for name in names]) * usable / NOISE_VOLTS
        slopes *= reach[:, None, None]
        error = (stage.measured - stage.predicted) / NOISE_VOLTS
        normal = np.einsum("apu,bpu->uab", slopes, slopes) + np.eye(len(names))
        values = np.linalg.solve(normal, np.einsum("apu,pu->ua", slopes, error)[..., None])[..., 0]
        for name, value in zip(names, (values * reach).T, strict=True):
            found[name] = value + (1.0 if name.endswith("cell_gain") else 0.0)
    return found


def _plain(name: str, stage: str) -> bool:
    """A factor or an offset at the output of the stage itself."""
    return name in (f"{stage}.cell_gain", f"{stage}.cell_offset")
