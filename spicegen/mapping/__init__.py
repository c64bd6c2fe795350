"""From weights to conductance pairs: scales, ranges, device window."""

from spicegen.mapping.conductance import MappedCrossbar, map_crossbar
from spicegen.mapping.dense import MappedDense
from spicegen.mapping.given import Given, with_conductances
from spicegen.mapping.network import MappedLayer, MappedNetwork, map_network
from spicegen.mapping.recurrent import Lines, MappedDirections, MappedRecurrent
from spicegen.mapping.scaling import SignalScale, resolved_ranges

__all__ = [
    "Given",
    "Lines",
    "MappedCrossbar",
    "MappedDense",
    "MappedDirections",
    "MappedLayer",
    "MappedNetwork",
    "MappedRecurrent",
    "SignalScale",
    "map_crossbar",
    "map_network",
    "resolved_ranges",
    "with_conductances",
]
