"""Conductances that were reached, in the place of those that the weights ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from spicegen.errors import MappingError, nearest
from spicegen.mapping.conductance import FloatArray, MappedCrossbar
from spicegen.mapping.dense import MappedDense
from spicegen.mapping.network import MappedLayer, MappedNetwork
from spicegen.mapping.recurrent import MappedRecurrent

Given = Mapping[str, tuple[FloatArray, FloatArray]]
"""(word lines, bit lines) positive and negative halves by the crossbar's name, S."""


def with_conductances(network: MappedNetwork, given: Given) -> MappedNetwork:
    """The network with the conductances of every crossbar replaced.

    Feedback resistors and volts per unit stay those of the weights.

    Args:
        network: mapped as its weights ask for.
        given: every crossbar of the network, others are not looked at.
    Raises:
        MappingError: a crossbar is missing, has another shape, or a conductance is not finite
            and positive where a pair stands.
    """
    layers = tuple(_layer(layer, given) for layer in network.layers)
    return replace(network, layers=layers)


def _layer(layer: MappedLayer, given: Given) -> MappedLayer:
    if isinstance(layer, MappedDense | MappedRecurrent):
        return replace(layer, crossbar=_crossbar(layer.name, layer.crossbar, given))
    back = replace(layer.back, crossbar=_crossbar(layer.back.name, layer.back.crossbar, given))
    if layer.ahead is None:
        return replace(layer, back=back)
    ahead = layer.ahead
    ahead = replace(ahead, crossbar=_crossbar(ahead.name, ahead.crossbar, given))
    return replace(layer, ahead=ahead, back=back)


def _crossbar(name: str, mapped: MappedCrossbar, given: Given) -> MappedCrossbar:
    where = f"mapping.conductances, crossbar {name}"
    if name not in given:
        raise MappingError(where, "the file must hold it", None, nearest(name, list(given)))
    halves = []
    for half in given[name]:
        if half.shape != mapped.present.shape:
            rule = f"it must be (word lines, bit lines) = {mapped.present.shape}"
            raise MappingError(where, rule, half.shape, "the file belongs to another network")
        bad = mapped.present & ~(np.isfinite(half) & (half > 0))
        if bad.any():
            row, column = (int(place) for place in np.argwhere(bad)[0])
            raise MappingError(
                f"{where}, word line {row}, bit line {column}",
                "a conductance must be finite and positive, S",
                f"{half[row, column]:g}",
            )
        halves.append(np.where(mapped.present, half, 0.0))
    return replace(mapped, g_pos_siemens=halves[0], g_neg_siemens=halves[1])
