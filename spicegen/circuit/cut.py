"""What is lost where a circuit is cut at the outputs of op-amps."""

from __future__ import annotations

from itertools import pairwise

from spicegen.design import Design
from spicegen.mapping import MappedDense, MappedNetwork


def back_action(mapped: MappedNetwork, design: Design) -> float:
    """Bound of how far word lines move the outputs that drive them, share of the signal.

    A load G moves a follower of open-loop output resistance r and gain A by r G / (1 + A). With a
    cut behind each layer a source drives G instead. Controlled sources draw no current.

    Args:
        mapped: the whole circuit; cut behind every layer but the last.
        design: op-amps and cells.
    """
    if design.cells == "transconductance" or design.fidelity_of("opamp") == "ideal":
        return 0.0
    largest = 0.0
    for before, layer in pairwise(mapped.layers):
        outputs = sum(
            part.crossbar.bit_lines if isinstance(part, MappedDense) else part.units
            for part in before.parts
        )
        for part in layer.parts:
            pairs = part.crossbar.g_pos_siemens + part.crossbar.g_neg_siemens
            largest = max(largest, float(pairs[:outputs].sum(axis=1).max()))
    return design.opamp.r_out_ohm * largest / (1.0 + design.opamp.gain)
