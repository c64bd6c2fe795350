"""What a netlist must know of a device model: a name, a file, numbers. The text is netlist's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from spicegen.devices.parameter import Value


@dataclass(frozen=True, slots=True)
class Card:
    """A model as a circuit refers to it; each instance adds `x0`, its initial state.

    Terminals are p, n. In the behavioural form the inner node `x` holds the normalised state
    in volts; in the Verilog-A form the inner node `dx` holds the state minus `x0`.

    Args:
        model: name of the subcircuit or the module.
        form: behavioural or verilog-a.
        file: the .sub or .va.
        values: parameter name to value.
    """

    model: str
    form: str
    file: Path
    values: Mapping[str, Value]

    def state_probe(self, instance: str) -> str:
        """The vector that tells the state of an instance such as `x1` or `n1`."""
        return f"v({instance}.x)" if self.form == "behavioural" else f"v({instance}#dx)"
