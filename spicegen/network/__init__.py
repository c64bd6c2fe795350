"""A trained network in float64: the reference that every circuit is measured against."""

from spicegen.network.bidirectional import Bidirectional, Reversed
from spicegen.network.dense import Dense
from spicegen.network.gru import Gru
from spicegen.network.inputs import load_inputs
from spicegen.network.layer import Layer, LayerTrace, RecurrentLayer
from spicegen.network.load import load_network
from spicegen.network.lstm import Lstm
from spicegen.network.network import Network, NetworkTrace
from spicegen.network.rnn import Rnn

__all__ = [
    "Bidirectional",
    "Dense",
    "Gru",
    "Layer",
    "LayerTrace",
    "Lstm",
    "Network",
    "NetworkTrace",
    "RecurrentLayer",
    "Reversed",
    "Rnn",
    "load_inputs",
    "load_network",
]
