"""From wanted to actual conductances, in the order in which it happens to a device.

0. remapping (`mapping.remap`): what is programmed where a device is known to be stuck;
1. finite levels: the programmer's target is one of the levels;
2. programming error: where write-verify stops;
3. variation: between devices, between programming cycles;
4. drift: since then;
5. temperature: now;
6. stuck devices: these were never programmed and neither vary nor drift; their conductance
   is the one they are read with;
7. open lines.

The order in the file plays no part, except among entries of the same kind. What acts on
reading and not on the conductance itself (read noise, curved cells) is in the circuit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design
from spicegen.design.nonideality import Drift, OpenLine, Programming, Stuck, Temperature, Variation
from spicegen.mapping.nonideality.draws import generator, portable
from spicegen.mapping.nonideality.drift import drifted
from spicegen.mapping.nonideality.levels import quantise
from spicegen.mapping.nonideality.open_line import connected
from spicegen.mapping.nonideality.programming import programmed
from spicegen.mapping.nonideality.remap import met_faults, paired
from spicegen.mapping.nonideality.temperature import warmed
from spicegen.mapping.nonideality.variation import stream, varied

FloatArray = NDArray[np.float64]
OF_DEVICES = (Programming, Variation, Drift, Temperature, Stuck, OpenLine)


def realise(
    target_siemens: FloatArray,
    array: str,
    design: Design,
    importance: FloatArray | None = None,
) -> FloatArray:
    """Conductances of the devices as they are.

    Args:
        target_siemens: (2, word lines, bit lines) wanted, S; positive before negative halves.
        array: name of the array: its draws depend on it.
        design: device window, list of non-idealities, remedy, seed.
        importance: (word lines, bit lines) what an error of 1 S costs, in any unit: what
            remapping weighs faults with; the same everywhere if None.
    Returns:
        (2, word lines, bit lines) S; 0 where a device is open.
    Raises:
        MappingError: a fit does not hold for the device window, or a line does not exist.
    """
    seed = design.simulation.seed
    if not any(design.active(kind) for kind in OF_DEVICES):
        return quantise(target_siemens, design)
    if importance is None:
        importance = np.ones(target_siemens.shape[1:])
    stuck = met_faults(target_siemens, importance, array, design)
    g = quantise(paired(target_siemens, stuck, design), design)
    for number, error in design.active(Programming):
        g = programmed(g, error, generator(seed, "programming", number, array), design)
    g = np.maximum(g, 0.0)
    for number, variation in design.active(Variation):
        draws = generator(seed, "variation", number, array, stream(variation))
        g = np.maximum(varied(g, variation, draws), 0.0)
    for number, drift in design.active(Drift):
        g = np.maximum(drifted(g, drift, generator(seed, "drift", number, array), design), 0.0)
    for _, temperature in design.active(Temperature):
        g = warmed(g, temperature, design)
    if any(design.active(kind) for kind in (Variation, Drift)):
        g = portable(g)
    g = np.where(np.isnan(stuck), g, stuck)
    _, rows, columns = g.shape
    return np.where(connected((2, rows, columns), array, design), g, 0.0)
