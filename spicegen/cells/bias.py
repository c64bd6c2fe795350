"""The bias generator: voltages of its gates."""

from __future__ import annotations

from spicegen.cells.bench import Measurement, Reading, Runs, bench
from spicegen.circuit import Circuit
from spicegen.circuit.graph import Sweep
from spicegen.circuit.transistor import SUPPLY_CURRENT
from spicegen.design import Design

GATES = ("nb", "nbt", "pbt", "pbt2")


def benches(design: Design) -> dict[str, Circuit]:
    """One operating point."""
    return {"point": bench(design, (), (), (), (*GATES, SUPPLY_CURRENT), Sweep())}


def read(design: Design, runs: Runs) -> Reading:
    """Gate voltages and the current from the supply."""
    plot = runs["point"].plot
    values = {f"v_{gate}_volts": float(plot[gate][0]) for gate in GATES}
    return values | {"i_supply_ampere": -float(plot[SUPPLY_CURRENT][0])}, {}


BIAS = Measurement("bias generator", benches, read)
