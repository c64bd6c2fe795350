"""A network as its transistor circuit computes it: static, from cells' measured curves.

Each layer is evaluated in volts, as drawn: bit lines, cells, products, sums, state cells. What
depends on time is left out: settling, droop, noise. Any number of trials runs at once, each with
parameters of its own, so that a derivative by every parameter costs one pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from spicegen.calibration.cells import CellCurves
from spicegen.calibration.dense import DenseModel
from spicegen.calibration.layer import FloatArray, Knob, Parameters, Stage
from spicegen.calibration.recurrent import RecurrentModel
from spicegen.design import Design
from spicegen.mapping import MappedDense, MappedDirections, MappedNetwork


class CircuitModel:
    """The circuit of one stage.

    Args:
        mapped: nominal: its volts per unit and its weights, without trims.
        curves: of the cells.
        design: kit and swing.
    """

    def __init__(self, mapped: MappedNetwork, curves: CellCurves, design: Design) -> None:
        self.layers: list[DenseModel | RecurrentModel] = []
        for layer in mapped.layers:
            assert not isinstance(layer, MappedDirections)  # refused before
            kind = DenseModel if isinstance(layer, MappedDense) else RecurrentModel
            self.layers.append(kind(layer, curves, design))  # type: ignore[arg-type]

    @property
    def swing(self) -> tuple[float, float]:
        """Lowest and highest output of op-amps, V around common."""
        return self.layers[0].low, self.layers[0].high

    @property
    def trims(self) -> tuple[Knob, ...]:
        """What can be adjusted in the circuit."""
        return tuple(knob for layer in self.layers for knob in layer.trims)

    @property
    def deviations(self) -> tuple[Knob, ...]:
        """How bit lines, cells and sums may differ from the model."""
        return tuple(knob for layer in self.layers for knob in layer.deviations)

    def stages(
        self, inputs: FloatArray, measured: Mapping[str, FloatArray], parameters: Parameters
    ) -> Iterator[Stage]:
        """Every stage, from what was measured in front of it.

        Args:
            inputs: (sample, step, feature), network units.
            measured: (sample, step, unit) V around common by "layer.signal"; a state is that at
                the end of the step.
            parameters: (1, units) by name.
        """
        x = inputs
        for layer in self.layers:
            own = {
                signal: volts
                for name, volts in measured.items()
                for of, _, signal in [name.rpartition(".")]  # a layer's name may hold dots
                if of == layer.name
            }
            yield from layer.stages(x, own, parameters)
            x = layer.measured_out(own)

    def forward(self, inputs: FloatArray, parameters: Parameters) -> dict[str, FloatArray]:
        """All signals in network units, gates as shares of their swing.

        Args:
            inputs: (sample, step, feature), network units.
            parameters: (trials, units) by name; nominal where missing.
        Returns:
            (trials, sample, step, unit) by "layer.signal"; "output" is the last layer's.
        """
        trials = max((each.shape[0] for each in parameters.values()), default=1)
        samples, steps, features = inputs.shape
        x = np.broadcast_to(inputs, (trials, samples, steps, features))
        signals: dict[str, FloatArray] = {}
        for layer in self.layers:
            found = layer.forward(x, parameters)
            signals |= {f"{layer.name}.{name}": values for name, values in found.items()}
            x = found["out"]
        return signals | {"output": x}
