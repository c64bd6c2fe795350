"""Drawing the cell of a recurrent layer with mathematical or behavioural cells.

The drawing keeps volts per unit of every node, so that the constants of multipliers follow from
the equation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spicegen.circuit.cells import Shape, activation
from spicegen.circuit.graph import Instance
from spicegen.circuit.unit import COMMON, Term, UnitDrawing
from spicegen.mapping import Volts


@dataclass
class BehaviouralDrawing(UnitDrawing):
    """Cells that are mathematical or behavioural; see `UnitDrawing`.

    Args:
        volts: volts per unit of every node.
    """

    volts: Mapping[str, float]

    @property
    def named(self) -> Mapping[str, Volts]:
        """All nodes of the equations."""
        return self.volts

    @property
    def notes(self) -> str:
        """Volts per unit."""
        return ", ".join(f"{node} {volts:.6g}" for node, volts in self.volts.items())

    def activate(self, shape: Shape, node_in: str, node_out: str) -> None:
        """One cell; units of equal volts share its subcircuit."""
        name = f"{shape}_{node_in}_{self.spice}"
        in_volts, out_volts = self.volts[node_in], self.volts[node_out]
        same = next(
            (
                cell.name
                for cell in self.cells.values()
                if cell.template.endswith(f"/{shape}")
                and (cell.values["in_volts"], cell.values["out_volts"]) == (in_volts, out_volts)
            ),
            name,
        )
        if same == name:
            self.cells[name] = activation(name, shape, in_volts, out_volts, self.design)
        self.parts.append(Instance(f"{shape}_{node_out}", same, (node_in, node_out, COMMON)))

    def gate(self, node_in: str, node_out: str) -> None:
        """A sigmoid like others."""
        self.activate("sigmoid", node_in, node_out)

    def add(self, node: str, *terms: Term) -> None:
        """Currents of multipliers and weighers on one adder."""
        for index, term in enumerate(terms):
            nodes: tuple[str, ...]
            k = term.sign * self.volts[node] / self.volts[term.x]
            name = f"{node}_{index}"
            if term.y:
                nodes = (term.x, term.y, term.reference, node, COMMON)
                k /= self.volts[term.y]
                self.parts.append(Instance(name, "multiplier", nodes, {"k": k}))
            else:
                nodes = (term.x, term.reference, node, COMMON)
                self.parts.append(Instance(name, "weigher", nodes, {"k": k}))
        self.parts.append(Instance(f"{node}_sum", "adder", (node, COMMON)))
