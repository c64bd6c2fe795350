"""Undoing in the mapping what wires lose: from the reduced matrix, bit lines at virtual ground.

Seen through its wires, a pair weighs `effective`, the difference of two terms of the port
matrix, in the place of g_pos - g_neg. Wires lower each one by what lies in its way and by what
its neighbours draw.

- column-scale: one factor per bit line, by least squares over its pairs, goes into the feedback
  resistor. It takes away what all pairs of a bit line lose, not what they lose more or less.
- conductance: the differences that are programmed are corrected until the effective ones are
  the wanted ones, all bit lines together, since each one's currents load the others' word
  lines. Where a corrected difference would leave the device's window, its whole bit line is
  scaled down and the feedback resistor makes up for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spicegen.design import Design
from spicegen.errors import MappingError
from spicegen.mapping.tiles import tiles_of
from spicegen.mapping.wires.lines import FloatArray
from spicegen.mapping.wires.placement import array_of, pairs_of
from spicegen.mapping.wires.reduction import reduce_tile

BoolArray = NDArray[np.bool_]

ROUNDS = 60
"""Most corrections of `conductance`; 64 x 64 pairs with 1 ohm segments take ten."""

SETTLED = 1e-8
"""Largest remaining error of a bit line at which corrections stop."""


@dataclass(frozen=True, slots=True)
class Compensated:
    """Pairs whose effective weights are the wanted ones as far as they can be.

    Attributes:
        g_pos_siemens, g_neg_siemens: (signals, outputs) to program, S.
        scale: (outputs,) factor for the feedback resistors.
        error_before, error_after: of the worst bit line: root of the mean square of the
            weights' errors over that of its weights.
    """

    g_pos_siemens: FloatArray
    g_neg_siemens: FloatArray
    scale: FloatArray
    error_before: float
    error_after: float


def effective(g_pos: FloatArray, g_neg: FloatArray, design: Design) -> FloatArray:
    """What pairs weigh behind their wires, in tiles where the design has them.

    Args:
        g_pos, g_neg: (signals, outputs) S.
        design: topology, tiles, wires.
    Returns:
        (signals, outputs) S: current of the output per volt of the signal.
    """
    found, topology = np.empty(g_pos.shape), design.crossbar.topology
    signals, outputs = g_pos.shape
    for tile in tiles_of(signals, outputs, design).tiles:
        place = tile.signals, tile.outputs
        array = array_of(g_pos[place], g_neg[place], topology)
        ports = reduce_tile(array, tile.spare_columns, design.crossbar.wires)
        pos, neg = pairs_of(ports.transfer, topology)
        found[place] = pos - neg
    return found


def compensate(
    name: str, g_pos: FloatArray, g_neg: FloatArray, present: BoolArray, design: Design
) -> Compensated:
    """Correct pairs and feedback resistors for the wires between them.

    Args:
        name: crossbar name for errors.
        g_pos, g_neg: (signals, outputs) wanted, S; 0 where no pair stands.
        present: (signals, outputs) where pairs stand.
        design: the kind of compensation; the device's window.
    Raises:
        MappingError: the wires leave a bit line without any signal.
    """
    wanted = g_pos - g_neg
    seen = effective(g_pos, g_neg, design)
    scale = _fit(seen, wanted)
    before = _error(seen, wanted)
    if design.crossbar.wires.compensation == "column-scale":
        _check(name, scale)
        return Compensated(g_pos, g_neg, scale, before, _error(seen * scale, wanted))
    g_min, g_max = design.device.g_min_siemens, design.device.g_max_siemens
    span, programmed, shrink = g_max - g_min, wanted, np.ones(wanted.shape[1])
    error = before
    for _ in range(ROUNDS):
        step = (shrink * wanted - seen) * _fit(seen, programmed)
        programmed = (programmed + step) * present
        largest = np.abs(programmed).max(axis=0)
        shrink = shrink * np.minimum(1.0, span / np.where(largest > 0, largest, span))
        programmed = np.clip(programmed, -span, span)
        g_pos = (g_min + np.maximum(programmed, 0.0)) * present
        g_neg = (g_min + np.maximum(-programmed, 0.0)) * present
        seen = effective(g_pos, g_neg, design)
        error = _error(seen / shrink, wanted)
        if error <= SETTLED:
            break
    scale = _fit(seen, wanted)
    _check(name, scale)
    return Compensated(g_pos, g_neg, scale, before, _error(seen * scale, wanted))


def _fit(seen: FloatArray, wanted: FloatArray) -> FloatArray:
    """(outputs,) factors that bring seen weights nearest to wanted ones; 1 where all are 0."""
    power = (seen * seen).sum(axis=0)
    factor = np.divide((seen * wanted).sum(axis=0), power, out=np.ones_like(power), where=power > 0)
    return np.asarray(factor)


def _error(seen: FloatArray, wanted: FloatArray) -> float:
    """Of the worst bit line; 0 where its weights are all 0."""
    wrong, size = (np.linalg.norm(part, axis=0) for part in (seen - wanted, wanted))
    return float(np.divide(wrong, size, out=np.zeros(size.size), where=size > 0).max())


def _check(name: str, scale: FloatArray) -> None:
    if (scale > 0).all():
        return
    column = int((scale <= 0).argmax())
    raise MappingError(
        f"crossbar {name}, output {column}",
        "its wires must leave a part of its weights that a factor can restore",
        f"a factor of {scale[column]:.3g}",
        "lower crossbar.wires.r_segment_ohm or crossbar.tile_rows",
    )
