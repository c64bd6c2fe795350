"""The feed of a static circuit: from its graph to what engines take."""

from __future__ import annotations

import numpy as np

from spicegen.circuit import Circuit
from spicegen.circuit.graph import Fed, Latched, Steps
from spicegen.engine import Feed


def feed_of(circuit: Circuit, v_common_volts: float) -> Feed:
    """What an engine sets from step to step.

    Args:
        circuit: with analysis `Steps`.
        v_common_volts: of the common node.
    """
    assert isinstance(circuit.analysis, Steps)
    inputs = {s.name: s.waveform.volts for s in circuit.sources if isinstance(s.waveform, Fed)}
    states = {s.name: s.waveform for s in circuit.sources if isinstance(s.waveform, Latched)}
    points = circuit.analysis.points
    return Feed(
        tuple(f"V{name}" for name in inputs),
        np.stack([*inputs.values()], axis=1) if inputs else np.zeros((points, 0)),
        tuple(f"V{name}" for name in states),
        tuple(f"v({latched.node})" for latched in states.values()),
        np.array([latched.first_step for latched in states.values()], dtype=np.int64),
        next((latched.period_steps for latched in states.values()), points),
        v_common_volts,
    )
