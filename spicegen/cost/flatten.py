"""A circuit's energy-taking elements, unfolded, with the names under which engines save them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spicegen.circuit import Circuit
from spicegen.circuit.graph import Instance, Scaled, Source, Subcircuit
from spicegen.cost.anatomy import inside
from spicegen.cost.elements import (
    Array,
    Capacitor,
    CurrentStage,
    Driver,
    Element,
    OutputStage,
    Resistor,
    Switch,
)

UNDRIVEN = ("phi_", "index", "cm")
"""First letters of sources that drive gates of switches, or nothing."""


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A circuit without subcircuits.

    Attributes:
        elements: with global node names.
        unknown: crossbars whose inside is more than resistors; by template.
        common: the node that voltages are counted from.
    """

    elements: tuple[Element, ...]
    unknown: tuple[str, ...]
    common: str

    def of(self, kind: type[Any]) -> list[Any]:
        """The elements of one kind."""
        return [element for element in self.elements if type(element) is kind]

    @property
    def vectors(self) -> tuple[str, ...]:
        """What an engine must save: node voltages and currents of drivers."""
        nodes = dict.fromkeys(node for element in self.elements for node in _nodes(element))
        nodes.pop("0", None)
        currents = [driver.current for driver in self.of(Driver)]
        return (*(f"v({node})" for node in nodes), *currents)


def unfold(circuit: Circuit) -> Unfolded:
    """All elements of a circuit that take or store energy."""
    work = _Unfolding({block.name: block for block in circuit.subcircuits})
    for group in circuit.groups:
        for instance in group.instances:
            work.place(instance, "", {})
    drivers = [driver for source in circuit.sources if (driver := _driver(source))]
    return Unfolded((*work.elements, *drivers), tuple(dict.fromkeys(work.unknown)), circuit.common)


class _Unfolding:
    def __init__(self, blocks: Mapping[str, Subcircuit]) -> None:
        self._blocks = blocks
        self.elements: list[Element] = []
        self.unknown: list[str] = []

    def place(self, instance: Instance, prefix: str, names: Mapping[str, str]) -> None:
        """Add what is inside an instance.

        Args:
            instance: in the names of its surroundings.
            prefix: path of the surroundings, with a dot behind each name.
            names: global names of nodes that the surroundings have as ports.
        """
        block = self._blocks[instance.subcircuit]
        path = f"{prefix}x{instance.name}."
        outer = [_global(node, prefix, names) for node in instance.nodes]
        ports = dict(zip(block.ports, outer, strict=True))
        given = instance.values.items()
        numbers = {name: value for name, value in given if not isinstance(value, str)}
        content = inside(block, numbers)
        if content is None:
            self.unknown.append(block.template)
            return
        for item in content:
            if isinstance(item, Instance):
                self.place(item, path, ports)
            else:
                self.elements.append(_renamed(item, path, ports))


def _global(node: str, path: str, ports: Mapping[str, str]) -> str:
    if node == "0" or not path:
        return node
    return ports.get(node) or f"{path}{node}"


def _renamed(element: Element, path: str, ports: Mapping[str, str]) -> Element:
    """The element with global node names."""

    def name(node: str) -> str:
        return _global(node, path, ports)

    match element:
        case Resistor(part, a, b, g):
            return Resistor(part, name(a), name(b), g)
        case OutputStage(drive, out, g):
            return OutputStage(name(drive), name(out), g)
        case Switch(a, b, phi, g_on, g_off, threshold):
            return Switch(name(a), name(b), name(phi), g_on, g_off, threshold)
        case CurrentStage(part, out, g, c):
            return CurrentStage(part, name(out), g, c)
        case Capacitor(node, c):
            return Capacitor(name(node), c)
        case Array(word, bit, conductances):
            return Array(tuple(map(name, word)), tuple(map(name, bit)), conductances)
        case Driver():
            return element


def _nodes(element: Element) -> tuple[str, ...]:
    match element:
        case Resistor(_, a, b, _):
            return a, b
        case OutputStage(drive, out, _):
            return drive, out
        case Switch(a, b, phi):
            return a, b, phi
        case CurrentStage(_, node, _, _) | Capacitor(node, _) | Driver(node, _):
            return (node,)
        case Array(word, bit, _):
            return word + bit


def _driver(source: Source) -> Driver | None:
    """A source that word lines draw current from, with the letter that the deck gives it."""
    if source.name.startswith(UNDRIVEN):
        return None
    letter = "e" if isinstance(source.waveform, Scaled) else "v"
    return Driver(source.node, f"i({letter}{source.name})")
