"""A trained network in float64: the reference that every circuit is measured against."""

from spicegen.network.dense import Dense
from spicegen.network.inputs import load_inputs
from spicegen.network.layer import Layer, LayerTrace
from spicegen.network.load import load_network
from spicegen.network.lstm import Lstm
from spicegen.network.network import Network, NetworkTrace

__all__ = [
    "Dense",
    "Layer",
    "LayerTrace",
    "Lstm",
    "Network",
    "NetworkTrace",
    "load_inputs",
    "load_network",
]
