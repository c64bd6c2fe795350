"""The conductances that a network asks of its memristors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design
from spicegen.network import Network
from spicegen.pipeline.prepare import prepare

STEPS = 8


def network_conductances(network: Network, design: Design) -> NDArray[np.float64]:
    """Every memristor of every layer.

    Conductances do not depend on the inputs except for the scaling of signals; the mapping
    is done for seeded random values in [-1, 1].

    Args:
        network: the trained network.
        design: its device window bounds the conductances.
    Returns:
        (devices,) S, layer by layer, positive before negative halves.
    """
    generator = np.random.default_rng(design.simulation.seed)
    inputs = generator.uniform(-1.0, 1.0, (STEPS, network.input_size))
    prepared = prepare(network, inputs, design)
    parts = [
        half[part.crossbar.present]
        for stage in prepared.stages
        for layer in stage.mapped.layers
        for part in layer.parts
        for half in (part.crossbar.g_pos_siemens, part.crossbar.g_neg_siemens)
    ]
    return np.concatenate(parts)
