"""Recurrent layers of a circuit, as far as their signals were saved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from spicegen.errors import InputError

_OWN = re.compile(r"(?P<layer>.*)\.h(?P<unit>\d+)", re.DOTALL)
"""The hidden state: a signal that only recurrent layers have, whatever layers are called."""


@dataclass(frozen=True, slots=True)
class RecurrentLayer:
    """One recurrent layer, or one direction of a bidirectional one.

    Attributes:
        name: any text.
        depth: recurrent layers in front of it; each delays it by a step.
        units: number of units.
        saved: names of all saved signals of its circuit.
    """

    name: str
    depth: int
    units: int
    saved: frozenset[str]

    @property
    def has_cell(self) -> bool:
        """Whether it has a cell state, as an LSTM has."""
        return self.signal("c", 0) is not None

    def own(self, kind: str, unit: int) -> str:
        """The name of a signal that each unit has for itself."""
        return f"{self.name}.{kind}{unit}"

    def signal(self, kind: str, unit: int) -> str | None:
        """The saved name of a signal of one unit; None where there is no such signal.

        Units of serial hardware take turns at slots: then it is the signal of the unit's slot.
        """
        if self.own(kind, unit) in self.saved:
            return self.own(kind, unit)
        slots = 0
        while f"{self.name}.{kind}_slot{slots}" in self.saved:
            slots += 1
        return f"{self.name}.{kind}_slot{unit % slots}" if slots else None

    def state(self, kind: str, unit: int) -> str:
        """The name of a state, which every unit keeps by itself.

        Raises:
            InputError: there is no such unit.
        """
        if not 0 <= unit < self.units:
            raise InputError(
                f"layer {self.name}, unit", f"must lie in 0 to {self.units - 1}", repr(unit)
            )
        return self.own(kind, unit)


def recurrent_layers(saved: Iterable[str], depth: int) -> tuple[RecurrentLayer, ...]:
    """Layers whose hidden states are among the saved signals, from input to output.

    Args:
        saved: names in the order of the circuit.
        depth: recurrent layers in a row. One direction more than that: the first layer of
            the circuit is bidirectional, for only the first one can be.
    """
    names = list(saved)
    units: dict[str, int] = {}
    for match in filter(None, map(_OWN.fullmatch, names)):
        units[match["layer"]] = max(units.get(match["layer"], 0), int(match["unit"]) + 1)
    known, beside = frozenset(names), len(units) - depth
    return tuple(
        RecurrentLayer(layer, max(0, place - beside), count, known)
        for place, (layer, count) in enumerate(units.items())
    )
