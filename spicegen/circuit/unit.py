"""The cell of a recurrent layer: a subcircuit whose inside is a list of instances.

What draws it is told the unit's equations by the same calls whatever its cells are made of.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from spicegen.circuit.cells import Shape
from spicegen.circuit.graph import FloatArray, Instance, Subcircuit
from spicegen.circuit.program import Activate, Program, Step
from spicegen.design import Design
from spicegen.mapping import Volts

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

    def feeds_cell(self, column: str) -> bool:
        """Whether what a bit line carries ends in front of an activation cell, whose input scale
        changes with temperature; other ones are factors or summands of states, or pass through."""
        passed = set[str]()
        for step in self.program:
            if isinstance(step, Activate):
                passed |= {step.source} if step.shape in ("linear", "relu") else set()
            elif step.out in self.gives:
                passed |= {factor.x for factor in step.factors}
        return column not in passed


@dataclass
class UnitDrawing(ABC):
    """A unit circuit under construction.

    Args:
        spice: SPICE name of the layer.
        design: the design.
    """

    spice: str
    design: Design
    cells: dict[str, Subcircuit] = field(default_factory=dict, init=False)
    parts: list[Instance] = field(default_factory=list, init=False)
    values: dict[str, FloatArray] = field(default_factory=dict, init=False)
    program: list[Step] = field(default_factory=list, init=False)

    @property
    @abstractmethod
    def named(self) -> Mapping[str, Volts]:
        """Volts of 1.0 of every node that carries a signal."""

    @property
    @abstractmethod
    def notes(self) -> str:
        """A line for the header comment."""

    @abstractmethod
    def activate(self, shape: Shape, node_in: str, node_out: str) -> None:
        """node_out = shape(node_in)."""

    @abstractmethod
    def gate(self, node_in: str, node_out: str) -> None:
        """node_out = sigmoid(node_in), a factor of products."""

    @abstractmethod
    def add(self, node: str, *terms: Term) -> None:
        """node = the sum of the terms."""

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
        """The unit: every other named node becomes a signal inside it.

        Args:
            title: of its header comment.
            columns: ports behind bit lines.
            reads, references, gives, states: as `Unit` has them.
        """
        ports = (*columns, *reads, *references, *gives, COMMON)
        subcircuit = Subcircuit(
            f"unit_{self.spice}",
            "blocks/unit",
            ports,
            {"title": title, "notes": self.notes, "instances": tuple(self.parts)},
            parameters={name: float(each[0]) for name, each in self.values.items()},
        )
        inside = {node for part in self.parts for node in part.nodes} - set(ports)
        return Unit(
            subcircuit,
            tuple(self.cells.values()),
            reads,
            references,
            gives,
            states,
            {node: volts for node, volts in self.named.items() if node in inside},
            self.values,
            tuple(self.program),
        )
