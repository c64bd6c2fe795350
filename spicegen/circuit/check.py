"""The graph is checked before it is rendered: ngspice accepts a misspelt node silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from spicegen.circuit.graph import Circuit, Latched, Scaled
from spicegen.errors import SpicegenError


class CircuitError(SpicegenError):
    """The circuit graph has a loose end. A fault of this package, never of a user's file."""


def check_circuit(circuit: Circuit) -> None:
    """Refuse duplicate names, wrong port counts, dangling nodes and unconnected probes.

    Raises:
        CircuitError: naming the first loose end.
    """
    _unique("subcircuit", (block.name for block in circuit.subcircuits))
    instances = [instance for group in circuit.groups for instance in group.instances]
    _unique("instance", (instance.name for instance in instances))
    _unique("source", (source.name for source in circuit.sources))
    ports = {block.name: block.ports for block in circuit.subcircuits}
    uses: Counter[str] = Counter()
    for instance in instances:
        if instance.subcircuit not in ports:
            raise CircuitError(f"instance {instance.name}: no subcircuit {instance.subcircuit}")
        if len(instance.nodes) != len(ports[instance.subcircuit]):
            raise CircuitError(
                f"instance {instance.name}: {instance.subcircuit} has "
                f"{len(ports[instance.subcircuit])} ports, got {len(instance.nodes)} nodes"
            )
        uses.update(instance.nodes)
    _unique("file source", (source.name for source in circuit.files))
    read = [node for source in circuit.files for node in source.nodes]
    shared = circuit.foundry.shared if circuit.foundry else ()
    driven = {"0", *read, *shared, *(source.node for source in circuit.sources)}
    uses.update(read)
    for source in circuit.sources:
        uses.update((source.node, source.reference))
        if isinstance(source.waveform, Scaled | Latched):
            uses.update((source.waveform.node,))
    for node, count in uses.items():
        if count < 2 and node not in driven and node not in {p.node for p in circuit.outputs}:
            raise CircuitError(f"node {node} is connected to one port only")
    known = {f"x{instance.name}" for instance in instances}
    for probe in (*circuit.probes, *circuit.outputs):
        if probe.node not in uses and probe.node.split(".")[0] not in known:
            raise CircuitError(f"probe {probe.name}: there is no node {probe.node}")


def _unique(kind: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise CircuitError(f"{kind} {name} appears {count} times")
