"""A network as its transistor circuit computes it: static, from cells' measured curves.

Each layer is evaluated in volts, as drawn: bit lines, cells, products, sums, state cells. What
depends on time is left out: settling, droop, noise. Any number of trials runs at once, each with
parameters of its own, so that a derivative by every parameter costs one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spicegen.calibration.cells import CellCurves
from spicegen.circuit.recurrent import unit_of
from spicegen.circuit.transistor_unit import Activate, Add, Program
from spicegen.circuit.unit import State
from spicegen.design import Design
from spicegen.mapping import MappedDense, MappedDirections, MappedNetwork, MappedRecurrent
from spicegen.mapping.trims import FACTORS

FloatArray = NDArray[np.float64]
Parameters = Mapping[str, FloatArray]
"""(trials, units) by name: trims, and how cells differ from their data sheets."""

BIAS = "bias"

STEP = 1e-5
"""Of a deviation, for its slope: a share, or V."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One bit line, cell, sum or state of all units, between measured voltages.

    Attributes:
        name: "layer.signal".
        predicted: (points, units) V that follow from what was measured in front of it.
        measured: (points, units) V.
        slopes: (points, units) V per unit of each deviation, by name.
    """

    name: str
    predicted: FloatArray
    measured: FloatArray
    slopes: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Knob:
    """A parameter of a layer: `layer.signal.kind` of `units` values."""

    name: str
    units: int

    @property
    def nominal(self) -> float:
        """Its value where nothing is trimmed: 1 or 0."""
        return 1.0 if self.kind in (*FACTORS, "cell_gain") else 0.0

    @property
    def kind(self) -> str:
        """What it does: the last part of its name."""
        return self.name.rsplit(".", 1)[1]


class CircuitModel:
    """The circuit of one stage.

    Args:
        mapped: nominal: its volts per unit and its weights, without trims.
        curves: of the cells.
        design: kit and swing.
    """

    def __init__(self, mapped: MappedNetwork, curves: CellCurves, design: Design) -> None:
        self.layers: list[_DenseModel | _RecurrentModel] = []
        for layer in mapped.layers:
            assert not isinstance(layer, MappedDirections)  # refused before
            kind = _DenseModel if isinstance(layer, MappedDense) else _RecurrentModel
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
                name.removeprefix(f"{layer.name}."): volts
                for name, volts in measured.items()
                if name.startswith(f"{layer.name}.")
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


class _Layer:
    """What layers share: bit lines, and parameters by name."""

    def __init__(
        self, layer: MappedDense | MappedRecurrent, curves: CellCurves, design: Design
    ) -> None:
        self.name, self.curves, self.kit = layer.name, curves, design.kit
        self.low, self.high = curves.swing
        self._nominal_gain = 1.0 - layer.crossbar.noise_gains("dual-row")[0] / curves.gain
        self._weight = layer.crossbar.weight()
        self.trims: list[Knob] = []
        self.deviations: list[Knob] = []

    def _stage(
        self,
        signal: str,
        measured: FloatArray,
        predict: Callable[[Parameters], FloatArray],
        parameters: Parameters,
    ) -> Stage:
        """A stage with the slopes of its deviations."""
        predicted, slopes = predict(parameters), dict[str, FloatArray]()
        stem = f"{self.name}.{signal}"
        for knob in self.deviations:
            if knob.name.rsplit(".", 1)[0] == stem or knob.name.startswith(f"{stem}_product"):
                moved = np.full((1, knob.units), knob.nominal + STEP)
                slopes[knob.name] = (predict({**parameters, knob.name: moved}) - predicted) / STEP
        return Stage(stem, predicted, measured, slopes)

    def _knobs(self, signal: str, units: int, *kinds: str) -> None:
        self.trims += [Knob(f"{self.name}.{signal}.{kind}", units) for kind in kinds]
        self.deviations += [
            Knob(f"{self.name}.{signal}.{kind}", units) for kind in ("cell_gain", "cell_offset")
        ]

    def _of(self, parameters: Parameters, signal: str, kind: str) -> FloatArray | float:
        """(trials, 1, units), or the nominal value."""
        found = parameters.get(f"{self.name}.{signal}.{kind}")
        if found is None:
            return 1.0 if kind in (*FACTORS, "cell_gain") else 0.0
        return found[:, None, :]

    def _deviated(self, volts: FloatArray, parameters: Parameters, signal: str) -> FloatArray:
        gain = self._of(parameters, signal, "cell_gain")
        return np.asarray(gain * volts + self._of(parameters, signal, "cell_offset"))

    def _column(
        self,
        wanted: FloatArray,
        volts: FloatArray,
        gain: FloatArray,
        parameters: Parameters,
        signal: str,
    ) -> FloatArray:
        """V of bit lines that should carry `wanted`, (trials, samples, units) network units."""
        scale, shift = (self._of(parameters, signal, kind) for kind in ("scale", "shift"))
        line = (wanted * volts * scale + shift) * gain
        return np.clip(self._deviated(line, parameters, signal), self.low, self.high)


class _DenseModel(_Layer):
    """A dense layer, all steps at once."""

    def __init__(self, layer: MappedDense, curves: CellCurves, design: Design) -> None:
        super().__init__(layer, curves, design)
        self._layer, units = layer, layer.crossbar.bit_lines
        self._knobs("pre", units, "scale", "shift")
        if layer.activation == "relu":
            self._knobs("out", units)
        elif layer.activation != "linear":
            self._knobs("out", units, "gain", "trim")
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
        yield self._stage("pre", pre[0], lambda p: self._pre(seen, p)[0], parameters)
        if self._layer.activation != "linear":
            out = measured["out"].reshape(pre.shape)[0]
            yield self._stage("out", out, lambda p: self._out(pre, p)[0], parameters)

    def measured_out(self, measured: Mapping[str, FloatArray]) -> FloatArray:
        """(sample, step, unit) what the next layer saw, network units."""
        return measured["out"] / self._layer.out_volts

    def _pre(self, x: FloatArray, parameters: Parameters) -> FloatArray:
        """Bit lines, V, for (trials, points, features)."""
        features = x.shape[2]
        wanted = x @ self._weight[:, :features].T
        if self._layer.has_bias:
            wanted = wanted + self._weight[:, features]
        nominal = np.full(self._weight.shape[0], self._layer.pre_volts)
        return self._column(wanted, nominal, self._nominal_gain, parameters, "pre")

    def _out(self, pre: FloatArray, parameters: Parameters) -> FloatArray:
        """Outputs, V, for bit lines at `pre` V."""
        shape = self._layer.activation
        if shape == "linear":
            return pre
        if shape == "relu":
            return self._deviated(np.minimum(pre, 0.0), parameters, "out")  # counts downwards
        share = self._layer.out_volts / self.kit.value(shape, "v_amplitude_volts")
        table = self.curves.tanh if shape == "tanh" else self.curves.sigmoid
        cell = table(pre + self._of(parameters, "out", "cell_shift"))
        out = cell * share * self._of(parameters, "out", "gain")
        return self._deviated(out + self._of(parameters, "out", "trim"), parameters, "out")


class _RecurrentModel(_Layer):
    """A recurrent layer, step by step."""

    def __init__(self, layer: MappedRecurrent, curves: CellCurves, design: Design) -> None:
        super().__init__(layer, curves, design)
        self._layer, self.units = layer, layer.units
        self._unit = unit_of(layer, "calibrated", design)
        self._program: Program = self._unit.program
        self._steps = {step.out: step for step in self._program}
        self._columns = {lines.name: k for k, lines in enumerate(layer.columns)}
        ends = np.cumsum([0, *(lines.count for lines in layer.rows)]).tolist()
        self._rows = {
            lines.name: slice(a, b)
            for lines, (a, b) in zip(layer.rows, pairwise(ends), strict=True)
        }
        self._v = {name: layer.unit_volts(name) for name in layer.volts}
        self._gate_volts = design.signal.v_common_volts - self.kit.v_gate_volts
        for column in self._columns:
            self._knobs(column, self.units, "scale", "shift")
        for step in self._program:
            if isinstance(step, Add):
                self._knobs(step.out, self.units, "gain", "trim")
                for number, factor in enumerate(step.factors):
                    if factor.gate and len(step.factors) > 1:
                        name = f"{self.name}.{step.out}_product{number}.cell_gain"
                        self.deviations.append(Knob(name, self.units))
                continue
            if step.shape not in ("linear", "relu"):
                self.deviations.append(Knob(f"{self.name}.{step.out}.cell_shift", self.units))
            if step.shape == "gate":
                self._knobs(step.out, self.units, "trim")
            elif step.shape == "relu":
                self._knobs(step.out, self.units)
            elif step.shape != "linear":
                self._knobs(step.out, self.units, "gain", "trim")
                if step.divided:
                    self.trims += [
                        Knob(f"{self.name}.{step.out}.{kind}", self.units)
                        for kind in ("scale", "shift")
                    ]
        for state in self._unit.states:
            self._knobs(state.name, self.units)

    def forward(self, x: FloatArray, parameters: Parameters) -> dict[str, FloatArray]:
        """Every signal of (trials, sample, step, feature); states start at common."""
        trials, samples, steps, _ = x.shape
        shape = (trials, samples, self.units)
        states = {state.name: np.zeros(shape) for state in self._unit.states}
        kept: dict[str, list[FloatArray]] = {}
        seen = self._seen(x)
        for step in range(steps):
            values = _Evaluation(self, parameters, states, seen[:, :, step])
            found = {name: values[name] for name in (*self._columns, *self._steps)}
            states = {
                state.name: self._held(found[state.source], parameters, state.name)
                for state in self._unit.states
            }
            for name, volts in (found | states).items():
                kept.setdefault(name, []).append(volts)
        signals = {
            name: np.stack(volts, axis=2) / self._unit_volts(name) for name, volts in kept.items()
        }
        out = signals["h"]
        return signals | {"out": out[:, :, -1:] if self._layer.last_only else out}

    def stages(
        self, x: FloatArray, measured: Mapping[str, FloatArray], parameters: Parameters
    ) -> Iterator[Stage]:
        """Bit lines, cells, sums, then states; see `CircuitModel.stages`."""
        flat = {
            name: self._from_gate(name, volts.reshape(1, -1, self.units))
            for name, volts in measured.items()
        }
        before = {
            state.name: np.concatenate(
                [np.zeros_like(measured[state.name][:, :1]), measured[state.name][:, :-1]], axis=1
            ).reshape(1, -1, self.units)
            for state in self._unit.states
        }
        seen = self._seen(x).reshape(1, -1, self._weight.shape[0])
        for name in (*self._columns, *self._steps):

            def predict(p: Parameters, name: str = name) -> FloatArray:
                return np.asarray(_Measured(self, p, before, seen, flat).predict(name)[0])

            yield self._stage(name, flat[name][0], predict, parameters)
        for state in self._unit.states:

            def hold(p: Parameters, state: State = state) -> FloatArray:
                return np.asarray(self._held(flat[state.source], p, state.name)[0])

            yield self._stage(state.name, flat[state.name][0], hold, parameters)

    def measured_out(self, measured: Mapping[str, FloatArray]) -> FloatArray:
        """(sample, step, unit) what the next layer saw, network units."""
        return measured["h"] / self._v["h"]

    def _seen(self, x: FloatArray) -> FloatArray:
        """What inputs and biases give to each bit line, network units."""
        seen = x @ self._weight[:, self._rows["x"]].T
        if BIAS in self._rows:
            seen = seen + self._weight[:, self._rows[BIAS]].sum(axis=1)
        return np.asarray(seen)

    def _is_gate(self, name: str) -> bool:
        step = self._steps.get(name)
        return isinstance(step, Activate) and step.shape == "gate"

    def _from_gate(self, name: str, volts: FloatArray) -> FloatArray:
        """Voltages of gates are counted from the gates of multipliers at 0."""
        return volts + self._gate_volts if self._is_gate(name) else volts

    def _unit_volts(self, name: str) -> FloatArray:
        """(units,) volts of 1.0; gates fall."""
        return -self._v[name] if self._is_gate(name) else self._v[name]

    def _held(self, volts: FloatArray, parameters: Parameters, state: str) -> FloatArray:
        """What two sample-and-holds in series make of a voltage."""
        once = volts + self.curves.held(volts)
        return self._deviated(once + self.curves.held(once), parameters, state)


class _Evaluation:
    """The voltages of one step, computed as they are asked for."""

    def __init__(
        self,
        model: _RecurrentModel,
        parameters: Parameters,
        states: Mapping[str, FloatArray],
        seen: FloatArray,
    ) -> None:
        self._m, self._p, self._states, self._seen = model, parameters, states, seen
        self._known: dict[str, FloatArray] = {}

    def __getitem__(self, name: str) -> FloatArray:
        if name not in self._known:
            self._known[name] = self._compute(name)
        return self._known[name]

    def _compute(self, name: str) -> FloatArray:
        m, step = self._m, self._m._steps.get(name)
        if name in m._columns:
            return self._column(name)
        if step is None:
            return self._states[name]
        return self._add(step) if isinstance(step, Add) else self._activate(step)

    def _column(self, name: str) -> FloatArray:
        m, place = self._m, self._m._columns[name]
        lines = slice(place * m.units, (place + 1) * m.units)
        wanted = self._seen[..., lines]
        for row, signal in ROW_SIGNALS.items():
            if row in m._rows:
                block = m._weight[lines, m._rows[row]]
                if block.any():
                    wanted = wanted + (self._signal(signal) / m._v[signal]) @ block.T
        return m._column(wanted, m._v[name], m._nominal_gain[lines], self._p, name)

    def _signal(self, name: str) -> FloatArray:
        return self._states[name] if name in self._states else self[name]

    def _activate(self, step: Activate) -> FloatArray:
        m, name = self._m, step.out
        source = self._signal(step.source)
        if step.shape == "linear":
            return source
        trim = m._of(self._p, name, "trim")
        if step.shape == "gate":
            shift = m._of(self._p, name, "cell_shift")
            return m._deviated(m.curves.gate(source + shift) + trim, self._p, name)
        if step.shape == "relu":
            return m._deviated(np.minimum(source, 0.0), self._p, name)
        if step.divided:
            ratio = m.kit.value(step.shape, "v_unit_volts") / m._v[step.source]
            source = source * ratio * m._of(self._p, name, "scale")
            source = source + m._of(self._p, name, "shift")
        table = m.curves.tanh if step.shape == "tanh" else m.curves.sigmoid
        share = m._v[name] / m.kit.value(step.shape, "v_amplitude_volts")
        source = source + m._of(self._p, name, "cell_shift")
        out = table(source) * share * m._of(self._p, name, "gain") + trim
        return m._deviated(out, self._p, name)

    def _add(self, step: Add) -> FloatArray:
        m = self._m
        r_sum = m.kit.value("multiplier", "r_unit_ohm") * step.k * m._of(self._p, step.out, "gain")
        total: FloatArray | float = 0.0
        for number, factor in enumerate(step.factors):
            x = self._signal(factor.x)
            if factor.gate:
                current = m.curves.product(x, self._signal(factor.gate)) * factor.wide
                current = current * m._of(self._p, f"{step.out}_product{number}", "cell_gain")
                total = total + factor.sign * current * r_sum
            else:
                gain = m._of(self._p, step.out, "gain")
                total = total + factor.sign * x * factor.k * gain
        out = np.asarray(total + m._of(self._p, step.out, "trim"))
        return np.clip(m._deviated(out, self._p, step.out), m.low, m.high)


class _Measured(_Evaluation):
    """The same, but what stands in front of a stage was measured."""

    def __init__(
        self,
        model: _RecurrentModel,
        parameters: Parameters,
        states: Mapping[str, FloatArray],
        seen: FloatArray,
        measured: Mapping[str, FloatArray],
    ) -> None:
        super().__init__(model, parameters, states, seen)
        self._measured = measured

    def __getitem__(self, name: str) -> FloatArray:
        return self._measured[name]

    def predict(self, name: str) -> FloatArray:
        """V of one stage."""
        return self._compute(name)


ROW_SIGNALS = {"h": "h", "c": "c", "c_next": "c_next", "reset_h": "reset_h"}
"""Word lines of a layer's own signals: the node that drives each."""
