"""Drawing the cell of a recurrent layer with transistors.

Other cells than behavioural ones: sigmoids drive gates of multipliers, each product
is a pair of currents, and a sum takes the difference of all pairs at its node. What a layer's
units have in common is one subcircuit; resistors and trim currents are parameters, which every
unit sets for itself. The calls are kept as a program, so that the same unit can be computed from
its cells' measured curves (`spicegen.calibration`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spicegen.circuit.cells import Shape
from spicegen.circuit.graph import FloatArray, Instance
from spicegen.circuit.program import Activate, Add, Factor
from spicegen.circuit.transistor import transistor_cell
from spicegen.circuit.unit import COMMON, Term, UnitDrawing
from spicegen.errors import MappingError
from spicegen.mapping import MappedRecurrent, Volts

R_DIVIDER_OHM = 600e3
"""Both resistors of a divider in front of a cell together: little load for the op-amp before it."""

DIVIDED = 1.02
"""Volts per unit above the cell's own by more than this need a divider."""

ROOM = 1.15
"""What stands in front of a divider has this many times the cell's volts per unit at least, so that
it can be trimmed either way; an amplifier makes them where a signal has less."""


@dataclass
class TransistorDrawing(UnitDrawing):
    """Cells of a foundry kit; see `UnitDrawing`.

    Args:
        layer: the mapped layer.
    """

    layer: MappedRecurrent

    @property
    def named(self) -> Mapping[str, Volts]:
        """All nodes that the program computes; gates are counted from vy, in no unit."""
        gates = [s.out for s in self.program if isinstance(s, Activate) and s.shape == "gate"]
        return {
            step.out: np.zeros(self.layer.units) if step.out in gates else self._volts(step.out)
            for step in self.program
        }

    @property
    def notes(self) -> str:
        """Volts per unit are no single ones."""
        return "of each unit its own; gates fall from vy"

    def gate(self, node_in: str, node_out: str) -> None:
        """node_out = vy - swing * sigmoid(node_in): gates of multipliers."""
        self._cell("sigmoid_gate", node_in, node_out)
        self.program.append(Activate("gate", node_in, node_out))

    def activate(self, shape: Shape, node_in: str, node_out: str) -> None:
        """node_out = shape(node_in) around common."""
        if shape == "relu":
            self._take("relu")
            self.parts.append(Instance(f"relu_{node_out}", "relu", (node_in, node_out, COMMON)))
            self.program.append(Activate("relu", node_in, node_out))
            return
        kit = self.design.kit
        v_in, v_cell = self._volts(node_in), kit.value(shape, "v_unit_volts")
        divided, boost = bool((np.abs(v_in / v_cell - 1) > DIVIDED - 1).any()), 1.0
        source = node_in
        if divided:
            source, boost = f"{node_in}_div", max(float((ROOM * v_cell / v_in).max()), 1.0)
            self._divider(node_in, source, node_out, v_cell / v_in, boost)
        gain = self._volts(node_out) / kit.value(shape, "v_amplitude_volts")
        gain = gain * self._trim(node_out, "gain")
        self._parameter(f"r_{node_out}", kit.value(shape, "r_out_ohm") * gain)
        self._cell(shape, source, node_out, {"r_out": f"{{r_{node_out}}}"})
        self.program.append(Activate(shape, node_in, node_out, divided, boost))

    def add(self, node: str, *terms: Term) -> None:
        """node = the sum of the terms; of two factors the first one is a gate."""
        kit, volts = self.design.kit, self._volts(node)
        analog = [term.y or term.x for term in terms]
        gains = [volts / self._volts(x) for x in analog]
        narrow = np.min([g for g, t in zip(gains, terms, strict=True) if t.y] or gains, axis=0)
        r_unit = kit.value("multiplier", "r_unit_ohm")
        self._take("difference")
        r_sum = r_unit * narrow * self._trim(node, "gain")
        self._parameter(f"r_{node}", r_sum)
        factors = []
        for index, (term, x, gain) in enumerate(zip(terms, analog, gains, strict=True)):
            ends = (f"{node}_a", f"{node}_b")[:: 1 if term.sign > 0 else -1]
            name, wide = f"{node}_{index}", gain / narrow
            if term.y:
                self._whole(wide, node)
                self._parameter(f"w_{name}", np.rint(wide))
                self._take("multiplier")
                nodes, values = (x, term.x, *ends), {"wide": f"{{w_{name}}}"}
                self.parts.append(Instance(name, "multiplier", nodes, values))
            else:
                self._take("weigher")
                self._parameter(f"r_{name}", r_unit * narrow / gain)
                nodes, values = (x, ends[0]), {"r": f"{{r_{name}}}"}
                self.parts.append(Instance(name, "weigher", nodes, values))
            factors.append(Factor(x, term.x if term.y else "", term.sign, wide, gain))
        self._parameter(f"i_{node}", -self._trim(node, "trim") / r_sum)
        nodes = (f"{node}_a", f"{node}_b", node, COMMON)
        values = {"r_sum": f"{{r_{node}}}", "i_trim": f"{{i_{node}}}"}
        self.parts.append(Instance(f"{node}_sum", "difference", nodes, values))
        self.program.append(Add(node, tuple(factors), narrow))

    def follow(self, node_in: str, node_out: str) -> None:
        """A follower, which computes nothing."""
        super().follow(node_in, node_out)
        self.program.append(Activate("linear", node_in, node_out))

    def _volts(self, node: str) -> FloatArray:
        return self.layer.unit_volts(node)

    def _trim(self, signal: str, kind: str) -> FloatArray:
        return self.layer.trims.of(self.layer.name, signal, kind, self.layer.units)

    def _parameter(self, name: str, values: FloatArray) -> None:
        self.values[name] = np.broadcast_to(values, (self.layer.units,))

    def _take(self, name: str) -> None:
        self.cells.setdefault(name, transistor_cell(name, self.design))

    def _cell(
        self, cell: str, node_in: str, node_out: str, values: dict[str, float | str] | None = None
    ) -> None:
        """An activation cell with its trim current, which drops on the cell's resistor."""
        self._take(cell)
        r_out = self.values.get(f"r_{node_out}", self.design.kit.value(cell, "r_out_ohm"))
        self._parameter(f"i_{node_out}", -self._trim(node_out, "trim") / r_out)
        given = {**(values or {}), "i_trim": f"{{i_{node_out}}}"}
        self.parts.append(Instance(f"{cell}_{node_out}", cell, (node_in, node_out, COMMON), given))

    def _divider(self, node_in: str, node: str, cell: str, ratio: FloatArray, boost: float) -> None:
        """A resistive divider, behind an amplifier where signals are too small for one; a trim
        current into its output shifts it."""
        if boost > 1.0:
            self._take("booster")
            boosted = f"{node_in}_boosted"
            nodes = (node_in, boosted, COMMON)
            self.parts.append(Instance(f"{cell}_booster", "booster", nodes, {"gain": boost}))
            node_in = boosted
        ratio = ratio / boost * self._trim(cell, "scale")
        if (ratio >= 1).any():
            raise MappingError(
                f"layer {self.layer.name}, signal {node_in}",
                "the trim of the divider behind it must leave it one",
                f"a share of {float(ratio.max()):.3g}",
                "recalibrate",
            )
        self._take("divider")
        self._parameter(f"r_top_{cell}", R_DIVIDER_OHM * (1 - ratio))
        self._parameter(f"r_bottom_{cell}", R_DIVIDER_OHM * ratio)
        shift = self._trim(cell, "shift") / (R_DIVIDER_OHM * ratio * (1 - ratio))
        self._parameter(f"i_div_{cell}", shift)
        values: dict[str, float | str] = {
            "r_top": f"{{r_top_{cell}}}",
            "r_bottom": f"{{r_bottom_{cell}}}",
            "i_trim": f"{{i_div_{cell}}}",
        }
        if self.design.pdk.ptat:
            self._parameter(f"tc_{cell}", self.design.kit.tc_unit_per_kelvin / (1 - ratio))
            values["tc"] = f"{{tc_{cell}}}"
        self.parts.append(Instance(f"{cell}_divider", "divider", (node_in, node, COMMON), values))

    def _whole(self, wide: FloatArray, node: str) -> None:
        if np.abs(wide - np.rint(wide)).max() > 1e-6:
            raise MappingError(
                f"layer {self.layer.name}, signal {node}",
                "products that add must differ in volts per unit by whole numbers",
                f"{float(wide.max()):.6g}",
                "leave mapping.ranges out",
            )
