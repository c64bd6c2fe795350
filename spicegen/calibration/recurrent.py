"""A recurrent layer as its transistor circuit computes it: its cell's program, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from spicegen.calibration.cells import CellCurves
from spicegen.calibration.layer import FloatArray, Knob, LayerModel, Parameters, Stage
from spicegen.circuit.program import Activate, Add, Program
from spicegen.circuit.recurrent import unit_of
from spicegen.circuit.unit import State
from spicegen.design import Design
from spicegen.mapping import MappedRecurrent

BIAS = "bias"

OWN_ROWS = ("h", "c", "c_next", "reset_h")
"""Word lines of a layer's own signals, by the signal that drives each."""


class RecurrentModel(LayerModel):
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
        self._holds_inject = design.fidelity_of("sample_hold") == "transistor"
        self._gate_volts = design.signal.v_common_volts - self.kit.v_gate_volts
        feeds = np.repeat([self._unit.feeds_cell(name) for name in self._columns], self.units)
        self.nominal_gain = self.nominal_gain * (1.0 + self.rise * feeds)
        for column in self._columns:
            self.knobs(column, self.units, "scale", "shift")
        for step in self._program:
            if isinstance(step, Add):
                self.knobs(step.out, self.units, "gain", "trim")
                for number, factor in enumerate(step.factors):
                    if factor.gate and len(step.factors) > 1:
                        name = f"{self.name}.{step.out}_product{number}.cell_gain"
                        self.deviations.append(Knob(name, self.units))
                continue
            if step.shape not in ("linear", "relu"):
                self.deviations.append(Knob(f"{self.name}.{step.out}.cell_shift", self.units))
            if step.shape == "gate":
                self.knobs(step.out, self.units, "trim")
            elif step.shape == "relu":
                self.knobs(step.out, self.units)
            elif step.shape != "linear":
                self.knobs(step.out, self.units, "gain", "trim")
                if step.divided:
                    self.trims += [
                        Knob(f"{self.name}.{step.out}.{kind}", self.units)
                        for kind in ("scale", "shift")
                    ]
        for state in self._unit.states:
            self.knobs(state.name, self.units)

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
        seen = self._seen(x).reshape(1, -1, self.weight.shape[0])
        for name in (*self._columns, *self._steps):

            def predict(p: Parameters, name: str = name) -> FloatArray:
                return np.asarray(_Evaluation(self, p, before, seen, flat).compute(name)[0])

            yield self.stage(name, flat[name][0], predict, parameters)
        for state in self._unit.states:

            def hold(p: Parameters, state: State = state) -> FloatArray:
                return np.asarray(self._held(flat[state.source], p, state.name)[0])

            yield self.stage(state.name, flat[state.name][0], hold, parameters)

    def measured_out(self, measured: Mapping[str, FloatArray]) -> FloatArray:
        """(sample, step, unit) what the next layer saw, network units."""
        return measured["h"] / self._v["h"]

    def _seen(self, x: FloatArray) -> FloatArray:
        """What inputs and biases give to each bit line, network units."""
        seen = x @ self.weight[:, self._rows["x"]].T
        if BIAS in self._rows:
            seen = seen + self.weight[:, self._rows[BIAS]].sum(axis=1)
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
        """What two sample-and-holds in series make of a voltage; data sheets tell of transistors
        only."""
        if not self._holds_inject:
            return self.deviated(volts, parameters, state)
        once = volts + self.curves.held(volts)
        return self.deviated(once + self.curves.held(once), parameters, state)


class _Evaluation:
    """The voltages of one step, computed as they are asked for, but where they are known."""

    def __init__(
        self,
        model: RecurrentModel,
        parameters: Parameters,
        states: Mapping[str, FloatArray],
        seen: FloatArray,
        known: Mapping[str, FloatArray] | None = None,
    ) -> None:
        self._m, self._p, self._states, self._seen = model, parameters, states, seen
        self._known = dict(known or {})

    def __getitem__(self, name: str) -> FloatArray:
        if name not in self._known:
            self._known[name] = self.compute(name)
        return self._known[name]

    def compute(self, name: str) -> FloatArray:
        """V of one bit line, cell or sum, from what stands in front of it."""
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
        for signal in OWN_ROWS:
            if signal in m._rows:
                block = m.weight[lines, m._rows[signal]]
                if block.any():
                    wanted = wanted + (self._signal(signal) / m._v[signal]) @ block.T
        return m.column(wanted, m._v[name], m.nominal_gain[lines], self._p, name)

    def _signal(self, name: str) -> FloatArray:
        return self._states[name] if name in self._states else self[name]

    def _activate(self, step: Activate) -> FloatArray:
        m, name = self._m, step.out
        source = self._signal(step.source)
        if step.shape == "linear":
            return source
        trim = m.of(self._p, name, "trim")
        if step.shape == "gate":
            shift = m.of(self._p, name, "cell_shift")
            return m.deviated(m.curves.gate(source + shift) + trim, self._p, name)
        if step.shape == "relu":
            return m.deviated(np.minimum(source, 0.0), self._p, name)
        if step.divided:
            ratio = m.kit.value(step.shape, "v_unit_volts") / m._v[step.source]
            ratio = ratio * m.of(self._p, name, "scale")
            source = source * ratio + m.of(self._p, name, "shift")
            share = ratio / step.boost  # of the divider alone; its lower resistor rises
            source = (
                source * (1.0 + m.rise / (1.0 - share)) / (1.0 + m.rise * share / (1.0 - share))
            )
        table = m.curves.tanh if step.shape == "tanh" else m.curves.sigmoid
        amplitude = m._v[name] / m.kit.value(step.shape, "v_amplitude_volts")
        source = source + m.of(self._p, name, "cell_shift")
        out = table(source) * amplitude * m.of(self._p, name, "gain") + trim
        return m.deviated(out, self._p, name)

    def _add(self, step: Add) -> FloatArray:
        m = self._m
        r_sum = m.kit.value("multiplier", "r_unit_ohm") * step.k * m.of(self._p, step.out, "gain")
        total: FloatArray | float = 0.0
        for number, factor in enumerate(step.factors):
            x = self._signal(factor.x)
            if factor.gate:
                current = m.curves.product(x, self._signal(factor.gate)) * factor.wide
                current = current * m.of(self._p, f"{step.out}_product{number}", "cell_gain")
                total = total + factor.sign * current * r_sum
            else:
                gain = m.of(self._p, step.out, "gain")
                total = total + factor.sign * x * factor.k * gain
        out = np.asarray(total + m.of(self._p, step.out, "trim"))
        return np.clip(m.deviated(out, self._p, step.out), m.low, m.high)
