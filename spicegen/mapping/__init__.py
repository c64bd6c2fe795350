"""From weights to conductance pairs: scales, ranges, device window."""

from spicegen.mapping.conductance import MappedCrossbar, map_crossbar
from spicegen.mapping.dense import MappedDense
from spicegen.mapping.given import Given, with_conductances
from spicegen.mapping.network import MappedLayer, MappedNetwork, map_network
from spicegen.mapping.nonideality import OF_DEVICES, check_arrays
from spicegen.mapping.recurrent import Lines, MappedDirections, MappedRecurrent, Volts
from spicegen.mapping.scaling import SignalScale, resolved_ranges
from spicegen.mapping.trims import Trims

__all__ = [
    "OF_DEVICES",
    "Given",
    "Lines",
    "MappedCrossbar",
    "MappedDense",
    "MappedDirections",
    "MappedLayer",
    "MappedNetwork",
    "MappedRecurrent",
    "SignalScale",
    "Trims",
    "Volts",
    "check_arrays",
    "map_crossbar",
    "map_network",
    "resolved_ranges",
    "with_conductances",
]
