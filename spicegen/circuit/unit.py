"""Drawing the cell of a recurrent layer: activation cells, products, sums.

A unit circuit is a subcircuit whose inside is a list of instances. The drawing keeps volts
per unit of every node, so that the constants of multipliers follow from the equation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from spicegen.circuit.cells import Shape, activation
from spicegen.circuit.graph import FloatArray, Instance, Subcircuit
from spicegen.design import Design
from spicegen.mapping import Volts

if TYPE_CHECKING:
    from spicegen.circuit.transistor_unit import Program

COMMON = "cm"


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of a sum: sign * x * y, or sign * x.

    Attributes:
        x: node, counted from common.
        y: node of the second factor, or "" for none.
        reference: node that the last factor is counted from.
        sign: +1 or -1.
    """

    x: str
    y: str = ""
    reference: str = COMMON
    sign: float = 1.0


@dataclass(frozen=True, slots=True)
class State:
    """A value that is kept for the next step.

    Attributes:
        name: of the state and its node.
        source: port of the unit that gives its next value.
        volts: volts of 1.0.
    """

    name: str
    source: str
    volts: Volts


@dataclass(frozen=True, slots=True)
class Unit:
    """The cell of a recurrent layer.

    Attributes:
        subcircuit: ports: bit-line read-outs, `reads`, `references`, `gives`, common.
        cells: activation cells it needs.
        reads: states that it takes from the step before.
        references: ports for the offset of an idle state cell.
        gives: ports of its results.
        states: what is kept for the next step.
        signals: nodes inside, with volts of 1.0.
        values: (units,) parameters that each unit sets for itself.
        program: what cells compute, where they are drawn with transistors.
    """

    subcircuit: Subcircuit
    cells: tuple[Subcircuit, ...]
    reads: tuple[str, ...]
    references: tuple[str, ...]
    gives: tuple[str, ...]
    states: tuple[State, ...]
    signals: Mapping[str, Volts]
    values: Mapping[str, FloatArray] = field(default_factory=dict)
    program: Program = ()

    @property
    def factors(self) -> tuple[str, ...]:
        """Bit lines that are factors of products or summands of states as they are."""
        return tuple(
            factor.x
            for step in self.program
            if step.out in self.gives
            for factor in getattr(step, "factors", ())
        )


@dataclass
class Drawing:
    """A unit circuit under construction.

    Args:
        spice: SPICE name of the layer.
        volts: volts per unit of every node.
        design: the design.
    """

    spice: str
    volts: Mapping[str, float]
    design: Design
    cells: dict[str, Subcircuit] = field(default_factory=dict)
    parts: list[Instance] = field(default_factory=list)

    def activate(self, shape: Shape, node_in: str, node_out: str) -> None:
        """node_out = shape(node_in)."""
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
        """node_out = sigmoid(node_in), a factor of products."""
        self.activate("sigmoid", node_in, node_out)

    def add(self, node: str, *terms: Term) -> None:
        """node = the sum of the terms."""
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

    def follow(self, node_in: str, node_out: str) -> None:
        """node_out = node_in, buffered."""
        self.parts.append(Instance(f"follower_{node_out}", "follower", (node_in, node_out, COMMON)))

    def finish(
        self,
        title: str,
        columns: tuple[str, ...],
        reads: tuple[str, ...],
        references: tuple[str, ...],
        gives: tuple[str, ...],
        states: tuple[State, ...],
    ) -> Unit:
        """The unit: every other node becomes a signal inside it."""
        ports = (*columns, *reads, *references, *gives, COMMON)
        notes = ", ".join(f"{node} {volts:.6g}" for node, volts in self.volts.items())
        subcircuit = Subcircuit(
            f"unit_{self.spice}",
            "blocks/unit",
            ports,
            {"title": title, "notes": notes, "instances": tuple(self.parts)},
        )
        inside = {node for part in self.parts for node in part.nodes} - set(ports) - {"0"}
        signals = {node: volts for node, volts in self.volts.items() if node in inside}
        return Unit(
            subcircuit, tuple(self.cells.values()), reads, references, gives, states, signals
        )
