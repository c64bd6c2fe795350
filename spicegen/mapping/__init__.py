"""From weights to conductance pairs: scales, ranges, device window."""

from spicegen.mapping.conductance import MappedCrossbar, map_crossbar
from spicegen.mapping.dense import MappedDense
from spicegen.mapping.network import MappedLayer, MappedNetwork, map_network
from spicegen.mapping.nonideality import check_arrays
from spicegen.mapping.recurrent import Lines, MappedDirections, MappedRecurrent
from spicegen.mapping.scaling import SignalScale, resolved_ranges

__all__ = [
    "Lines",
    "MappedCrossbar",
    "MappedDense",
    "MappedDirections",
    "MappedLayer",
    "MappedNetwork",
    "MappedRecurrent",
    "SignalScale",
    "check_arrays",
    "map_crossbar",
    "map_network",
    "resolved_ranges",
]
