"""The forward pass: in the simulated circuit, or by the equations of the same weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from spicegen import rundir
from spicegen.circuit import BuiltCircuit
from spicegen.design import Design
from spicegen.engine import Choice
from spicegen.mapping import MappedNetwork
from spicegen.network import Dense, Layer, Network, NetworkTrace
from spicegen.network.layer import LayerTrace
from spicegen.pipeline.stage import Bench
from spicegen.training.array import Arrays, drawn, network_of
from spicegen.training.devices import FloatArray
from spicegen.waveforms import Waveforms

LSTM_NODES = {"i": "i", "f": "f", "g": "g", "o": "o", "c": "c_next", "h": "h_next"}
"""Signals of a trace by the names of circuits' probes."""


class Forward(Protocol):
    """What gives the signals of a network on its devices."""

    def __call__(self, arrays: Arrays, inputs: FloatArray, prefix: str = "") -> NetworkTrace:
        """All signals that training needs, network units.

        Args:
            arrays: crossbars as they are now.
            inputs: as `Network.check_inputs` takes them.
            prefix: of the files that stay behind, such as the deck.
        """


@dataclass(frozen=True)
class Equations:
    """float64 with the weights that conductances stand for.

    Attributes:
        network: its layers; their weights do not count.
    """

    network: Network

    def __call__(self, arrays: Arrays, inputs: FloatArray, prefix: str = "") -> NetworkTrace:
        return network_of(self.network, arrays).forward(inputs)


@dataclass(frozen=True)
class Simulated:
    """The circuit, one deck per call, kept until the next one of the same prefix.

    Attributes:
        network: its layers; their weights do not count.
        mapped: scales of every signal and crossbar.
        design: complete.
        engine: a live one, or each call starts a process.
        folder: of the deck and its waveforms.
    """

    network: Network
    mapped: MappedNetwork
    design: Design
    engine: Choice
    folder: Path

    def __call__(self, arrays: Arrays, inputs: FloatArray, prefix: str = "") -> NetworkTrace:
        x = self.network.check_inputs(inputs)
        bench = Bench(self.design, self.engine, self.folder)
        done = bench.simulate(drawn(self.mapped, arrays), x, lambda name: f"{prefix}{name}")
        waves = Waveforms.from_raw(self.folder / f"{prefix}{rundir.RAW}")
        layers, depth = {}, 0
        for layer in self.network.layers:
            layers[layer.name] = _signals(layer, waves, done.built, depth, self.design)
            depth += layer.recurrent
        outputs = done.outputs
        if not self.network.recurrent or outputs.shape[1] == 1:
            outputs = outputs[:, 0]
        return NetworkTrace(x, layers, outputs)


def _signals(
    layer: Layer, waves: Waveforms, built: BuiltCircuit, depth: int, design: Design
) -> LayerTrace:
    """Signals of one layer at the instants at which it computes."""
    names = {"out": "out"} if isinstance(layer, Dense) else LSTM_NODES
    nodes = {probe.name: (probe.vector, probe.volts_per_unit) for probe in built.circuit.probes}
    clock = built.clock
    instants = clock.sampling(depth)
    if design.static:
        instants = clock.numbers(depth).astype(np.float64)
    found: dict[str, FloatArray] = {
        signal: _read(layer, node, waves, nodes, instants, design) for signal, node in names.items()
    }
    if not isinstance(layer, Dense):
        found["out"] = found["h"] if layer.keeps_steps else found["h"][:, -1:]
    return LayerTrace(found)


def _read(
    layer: Layer,
    node: str,
    waves: Waveforms,
    nodes: Mapping[str, tuple[str, float]],
    instants: FloatArray,
    design: Design,
) -> FloatArray:
    """(sample, step, unit) of one signal, network units."""
    places = [nodes[f"{layer.name}.{node}{unit}"] for unit in range(layer.output_size)]
    volts = waves.at([vector for vector, _ in places], instants.reshape(-1))
    units = (volts - design.signal.v_common_volts) / np.array([per for _, per in places])
    return np.asarray(units.reshape(*instants.shape, layer.output_size))
