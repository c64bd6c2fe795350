"""A dense layer as its transistor circuit computes it: bit lines and activation cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from spicegen.calibration.cells import CellCurves
from spicegen.calibration.layer import FloatArray, Knob, LayerModel, Parameters, Stage
from spicegen.design import Design
from spicegen.mapping import MappedDense


class DenseModel(LayerModel):
    """A dense layer, all steps at once."""

    def __init__(self, layer: MappedDense, curves: CellCurves, design: Design) -> None:
        super().__init__(layer, curves, design)
        self._layer, units = layer, layer.crossbar.bit_lines
        if layer.activation in ("sigmoid", "tanh"):
            self.nominal_gain = self.nominal_gain * (1.0 + self.rise)
        self.knobs("pre", units, "scale", "shift")
        if layer.activation == "relu":
            self.knobs("out", units)
        elif layer.activation != "linear":
            self.knobs("out", units, "gain", "trim")
            self.deviations.append(Knob(f"{self.name}.out.cell_shift", units))

    def forward(self, x: FloatArray, parameters: Parameters) -> dict[str, FloatArray]:
        """Signals `pre`, `out` of (trials, sample, step, feature)."""
        layer, (trials, samples, steps, features) = self._layer, x.shape
        pre = self._pre(x.reshape(trials, samples * steps, features), parameters)
        out = self._out(pre, parameters)
        shape = (trials, samples, steps, -1)
        return {
            "pre": (pre / layer.pre_volts).reshape(shape),
            "out": (out / layer.out_volts).reshape(shape),
        }

    def stages(
        self, x: FloatArray, measured: Mapping[str, FloatArray], parameters: Parameters
    ) -> Iterator[Stage]:
        """Bit lines, then cells; see `CircuitModel.stages`."""
        seen = x.reshape(1, -1, x.shape[2])
        pre = measured["pre"].reshape(1, -1, measured["pre"].shape[2])
        yield self.stage("pre", pre[0], lambda p: self._pre(seen, p)[0], parameters)
        if self._layer.activation != "linear":
            out = measured["out"].reshape(pre.shape)[0]
            yield self.stage("out", out, lambda p: self._out(pre, p)[0], parameters)

    def measured_out(self, measured: Mapping[str, FloatArray]) -> FloatArray:
        """(sample, step, unit) what the next layer saw, network units."""
        return measured["out"] / self._layer.out_volts

    def _pre(self, x: FloatArray, parameters: Parameters) -> FloatArray:
        """Bit lines, V, for (trials, points, features)."""
        features = x.shape[2]
        wanted = x @ self.weight[:, :features].T
        if self._layer.has_bias:
            wanted = wanted + self.weight[:, features]
        nominal = np.full(self.weight.shape[0], self._layer.pre_volts)
        return self.column(wanted, nominal, self.nominal_gain, parameters, "pre")

    def _out(self, pre: FloatArray, parameters: Parameters) -> FloatArray:
        """Outputs, V, for bit lines at `pre` V."""
        shape = self._layer.activation
        if shape == "linear":
            return pre
        if shape == "relu":
            return self.deviated(np.minimum(pre, 0.0), parameters, "out")  # counts downwards
        share = self._layer.out_volts / self.kit.value(shape, "v_amplitude_volts")
        table = self.curves.tanh if shape == "tanh" else self.curves.sigmoid
        cell = table(pre + self.of(parameters, "out", "cell_shift"))
        out = cell * share * self.of(parameters, "out", "gain")
        return self.deviated(out + self.of(parameters, "out", "trim"), parameters, "out")
