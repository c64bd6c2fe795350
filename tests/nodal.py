"""A small nodal solver: resistors, voltage sources and op-amps of finite gain, at DC.

Modified nodal analysis by stamps (Ho, Ruehli, Brennan 1975, doi 10.1109/TCS.1975.1084079),
dense, nothing shared with spicegen: the independent truth for crossbars and amplifiers.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

import numpy as np

GROUND = "0"


class Nodal:
    """Collects elements, then solves for every node voltage."""

    def __init__(self) -> None:
        self._conductances: list[tuple[str, str, float]] = []
        self._sources: list[tuple[str, str, list[tuple[str, float]], float]] = []

    def resistor(self, a: str, b: str, ohm: float) -> None:
        self._conductances.append((a, b, 1.0 / ohm))

    def source(self, plus: str, minus: str, volts: float) -> None:
        """V(plus) - V(minus) = volts."""
        self._sources.append((plus, minus, [], volts))

    def opamp(
        self,
        inp: str,
        inn: str,
        out: str,
        *,
        gain: float,
        r_out_ohm: float = 0.0,
        v_offset_volts: float = 0.0,
        common: str = GROUND,
    ) -> None:
        """V(out) - V(common) = gain * (V(inp) - V(inn) + offset), behind r_out_ohm."""
        inside = out if not r_out_ohm else f"{out} inside"
        if r_out_ohm:
            self.resistor(inside, out, r_out_ohm)
        self._sources.append((inside, common, [(inp, -gain), (inn, gain)], gain * v_offset_volts))

    def solve(self) -> Mapping[str, float]:
        """Node voltages, V."""
        ends = [end for element in self._conductances for end in element[:2]]
        ends += chain.from_iterable((s[0], s[1], *(n for n, _ in s[2])) for s in self._sources)
        nodes = [node for node in dict.fromkeys(ends) if node != GROUND]
        place = {node: index for index, node in enumerate(nodes)}
        size = len(nodes) + len(self._sources)
        matrix, right = np.zeros((size, size)), np.zeros(size)
        for a, b, g_siemens in self._conductances:
            for one, other in ((a, b), (b, a)):
                if one != GROUND:
                    matrix[place[one], place[one]] += g_siemens
                    if other != GROUND:
                        matrix[place[one], place[other]] -= g_siemens
        for row, (plus, minus, controls, volts) in enumerate(self._sources, start=len(nodes)):
            for node, factor in ((plus, 1.0), (minus, -1.0)):
                if node != GROUND:
                    matrix[place[node], row] += factor
                    matrix[row, place[node]] += factor
            for node, factor in controls:
                if node != GROUND:
                    matrix[row, place[node]] += factor
            right[row] = volts
        found = np.linalg.solve(matrix, right)
        return {GROUND: 0.0} | {node: float(found[index]) for node, index in place.items()}
