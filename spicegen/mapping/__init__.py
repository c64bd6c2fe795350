"""From weights to conductance pairs: scales, ranges, device window."""

from spicegen.mapping.conductance import MappedCrossbar, map_crossbar
from spicegen.mapping.layers import MappedDense, MappedLayer, MappedLstm
from spicegen.mapping.network import MappedNetwork, map_network
from spicegen.mapping.scaling import SignalScale, resolved_ranges

__all__ = [
    "MappedCrossbar",
    "MappedDense",
    "MappedLayer",
    "MappedLstm",
    "MappedNetwork",
    "SignalScale",
    "map_crossbar",
    "map_network",
    "resolved_ranges",
]
