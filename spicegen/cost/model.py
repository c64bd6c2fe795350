"""Energy of every part of a circuit, from node voltages.

Currents through resistors, switches and output stages follow exactly from the simulated
voltages at their ends, so nothing but voltages and the currents of input drivers is saved.
Voltages count from the common node, as every element does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from spicegen.circuit.graph import FloatArray
from spicegen.cost.elements import (
    PARTS,
    Array,
    Capacitor,
    CurrentStage,
    Driver,
    OutputStage,
    Part,
    Resistor,
    Switch,
)
from spicegen.cost.flatten import Unfolded
from spicegen.cost.intervals import Intervals

IntArray = NDArray[np.intp]

SUPPLIES = ("drivers", "opamps", "activations", "multipliers")
"""What draws from supplies."""


class EnergyModel:
    """The elements of a circuit as arrays.

    Args:
        circuit: unfolded.
        v_common_volts: of the common node, against which clocks are shifted.
        v_rail_volts: of every supply, either side of common. An output stage is taken for
            class B: the current it delivers comes from the rail of its sign.
    Attributes:
        nodes: node names, in the order of the rows of `volts`.
        currents: currents of drivers, in the order of the rows of `amperes`.
    """

    def __init__(self, circuit: Unfolded, v_common_volts: float, v_rail_volts: float) -> None:
        self._rail, self._common_volts = v_rail_volts, v_common_volts
        names = [vector[2:-1] for vector in circuit.vectors if vector.startswith("v(")]
        self.nodes = tuple(node for node in names if node != circuit.common)
        self._row = {node: k for k, node in enumerate((*self.nodes, circuit.common))}
        self._add_resistors(circuit.of(Resistor))
        self._add_switches(circuit.of(Switch))
        self._add_stages(circuit.of(OutputStage), circuit.of(CurrentStage))
        self._arrays: list[tuple[IntArray, IntArray, FloatArray]] = [
            (self._rows(array.word), self._rows(array.bit), array.g_siemens)
            for array in circuit.of(Array)
        ]
        drivers: list[Driver] = circuit.of(Driver)
        self.currents = tuple(driver.current for driver in drivers)
        self._driven = self._rows([driver.node for driver in drivers])
        capacitors: list[Capacitor] = circuit.of(Capacitor)
        self._c_node = self._rows([capacitor.node for capacitor in capacitors])
        self._c_farad = np.array([capacitor.c_farad for capacitor in capacitors])

    def account(
        self, volts: FloatArray, amperes: FloatArray, time: Intervals
    ) -> tuple[FloatArray, FloatArray]:
        """Where energy goes and where it comes from.

        Args:
            volts: (nodes, points) against common, V.
            amperes: (drivers, points) as the engine saves them: into the positive node.
            time: between the points.
        Returns:
            (len(PARTS),) heat in each part, J, that of activation cells and multipliers before
            what their capacitors take (`stored`); (len(SUPPLIES),) drawn from each supply, J.
        """
        v = self._with_common(volts)
        heat, drawn = np.zeros(len(PARTS)), np.zeros(len(SUPPLIES))
        across = v[self._r_a] - v[self._r_b]
        each = time.of_products(across, across) * self._r_siemens
        heat += np.bincount(self._r_part, each, minlength=len(PARTS))
        heat[_at("crossbars")] += sum(
            _array_heat(v[word], v[bit], g, time) for word, bit, g in self._arrays
        )
        conducting = self._s_off + self._s_on * (v[self._s_phi] > self._s_threshold)
        across = v[self._s_a] - v[self._s_b]
        heat[_at("switches")] += time.of_products(across, across * conducting).sum()
        out = v[self._o_out]
        current = (v[self._o_drive] - out) * self._o_siemens
        drawn[1] = self._rail * time.of(np.abs(current)).sum()
        heat[_at("opamps")] += drawn[1] - time.of_products(out, current).sum()
        charge = time.of_loads(v[self._l_out], self._l_siemens, self._l_farad)
        loads = np.bincount(self._l_part, self._rail * charge, minlength=len(PARTS))
        heat += loads
        drawn[2:] = loads[_at("activations")], loads[_at("multipliers")]
        drawn[0] = -time.of_products(v[self._driven], amperes).sum()
        return heat, drawn

    def stored(self, volts: FloatArray) -> FloatArray:
        """(len(PARTS), points) energy in the capacitors of each part, J.

        Args:
            volts: (nodes, points) against common, V.
        """
        v = self._with_common(volts)
        stored = np.zeros((len(PARTS), volts.shape[1]))
        stored[_at("switches")] = 0.5 * self._c_farad @ v[self._c_node] ** 2
        in_loads = 0.5 * self._l_farad[:, None] * v[self._l_out] ** 2
        np.add.at(stored, self._l_part, in_loads)
        return stored

    def _add_resistors(self, resistors: list[Resistor]) -> None:
        self._r_a = self._rows([r.a for r in resistors])
        self._r_b = self._rows([r.b for r in resistors])
        self._r_siemens = np.array([r.g_siemens for r in resistors])
        self._r_part = _numbers([r.part for r in resistors])

    def _add_switches(self, switches: list[Switch]) -> None:
        self._s_a = self._rows([switch.a for switch in switches])
        self._s_b = self._rows([switch.b for switch in switches])
        self._s_phi = self._rows([switch.phi for switch in switches])
        self._s_on = np.array([switch.g_on_siemens for switch in switches])[:, None]
        self._s_off = np.array([switch.g_off_siemens for switch in switches])[:, None]
        thresholds = [switch.v_threshold_volts - self._common_volts for switch in switches]
        self._s_threshold = np.array(thresholds)[:, None]

    def _add_stages(self, outputs: list[OutputStage], loads: list[CurrentStage]) -> None:
        self._o_drive = self._rows([stage.drive for stage in outputs])
        self._o_out = self._rows([stage.out for stage in outputs])
        self._o_siemens = np.array([stage.g_siemens for stage in outputs])[:, None]
        self._l_out = self._rows([stage.out for stage in loads])
        self._l_siemens = np.array([stage.g_siemens for stage in loads])
        self._l_farad = np.array([stage.c_farad for stage in loads])
        self._l_part = _numbers([stage.part for stage in loads])

    def _with_common(self, volts: FloatArray) -> FloatArray:
        """A row of zeros behind the nodes: the common node."""
        return np.concatenate([volts, np.zeros((1, volts.shape[1]))])

    def _rows(self, nodes: Sequence[str]) -> IntArray:
        return np.array([self._row[node] for node in nodes], dtype=np.intp)


def _array_heat(word: FloatArray, bit: FloatArray, g: FloatArray, time: Intervals) -> float:
    """Heat of all devices between word and bit lines, the sum of g (v_word - v_bit)^2, J."""
    own = time.of_products(word, word) @ g.sum(axis=1) + time.of_products(bit, bit) @ g.sum(axis=0)
    return float(own - 2.0 * (g * time.of_pairs(word, bit)).sum())


def _numbers(parts: Iterable[Part]) -> IntArray:
    return np.array([_at(part) for part in parts], dtype=np.intp)


def _at(part: Part) -> int:
    return PARTS.index(part)
