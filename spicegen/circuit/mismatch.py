"""Op-amps and hold capacitors that differ from instance to instance.

A block with op-amps inside takes `vos0`, `ka0`, `vos1`, ... (input offset, V; gain as a multiple
of the design's), one with hold capacitors `kc0`, ... (capacitance as a multiple). Without
mismatch no block has parameters of this kind, and the deck is as it always was.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spicegen.circuit.graph import FloatArray, Group, Instance, Subcircuit
from spicegen.design import Design
from spicegen.design.nonideality import HoldMismatch, OpampMismatch
from spicegen.mapping.nonideality import generator, portable

HOLDS = {"sample_hold": 1, "hold_cell": 1, "state_cell": 2}


def spread(
    blocks: tuple[Subcircuit, ...], groups: tuple[Group, ...], design: Design
) -> tuple[tuple[Subcircuit, ...], tuple[Group, ...]]:
    """Blocks with parameters for mismatch, and instances with their values.

    Args:
        blocks: every subcircuit of the circuit.
        groups: its instances, layer by layer.
        design: the list of non-idealities and the seed.
    """
    if not any(design.active(kind) for kind in (OpampMismatch, HoldMismatch)):
        return blocks, groups
    parts = _Parts(blocks, design)
    return (
        tuple(parts.with_parameters(block) for block in blocks),
        tuple(_assigned(group, parts, design) for group in groups),
    )


class _Parts:
    """How many op-amps and hold capacitors of their own the instances of each block have."""

    def __init__(self, blocks: tuple[Subcircuit, ...], design: Design) -> None:
        amps = bool(design.active(OpampMismatch)) and design.fidelity_of("opamp") != "ideal"
        cells = design.fidelity_of("sample_hold") != "ideal"
        each_readout = 2 if design.crossbar.topology == "dual-column" else 1
        self.v_offset_volts = design.opamp.v_offset_volts
        self.amplifiers, self.holds = dict[str, int](), dict[str, int]()
        if amps:
            self.amplifiers = {"follower": 1, "inverter": 1, "readout_reference": 1}
            self.amplifiers |= {"readout": each_readout, "readout_shared": each_readout}
            self.amplifiers |= HOLDS if cells else {}
        if cells and design.active(HoldMismatch):
            self.holds = dict(HOLDS)
        for block in blocks:
            inside = sum(self.amplifiers.get(each.subcircuit, 0) for each in _inside(block))
            if inside:
                self.amplifiers[block.name] = inside
        self.bare_amplifier = amps

    def with_parameters(self, block: Subcircuit) -> Subcircuit:
        """The block with every parameter it takes, at its nominal value."""
        values: dict[str, float] = {}
        for number in range(self.amplifiers.get(block.name, 0)):
            values |= {f"vos{number}": self.v_offset_volts, f"ka{number}": 1.0}
        values |= {f"kc{number}": 1.0 for number in range(self.holds.get(block.name, 0))}
        if block.name == "opamp" and self.bare_amplifier:
            values = {"vos": self.v_offset_volts, "ka": 1.0}
        if not values:
            return block
        block = replace(block, parameters=values)
        inside = _inside(block)
        if not inside:
            return block
        passed, first = list[Instance](), 0
        for part in inside:
            count = self.amplifiers.get(part.subcircuit, 0)
            names = [
                (f"{stem}{k}", f"{{{stem}{first + k}}}") for k in range(count) for stem in STEMS
            ]
            passed.append(replace(part, values={**part.values, **dict(names)}))
            first += count
        return replace(block, values={**block.values, "instances": tuple(passed)})


STEMS = ("vos", "ka")


def _inside(block: Subcircuit) -> tuple[Instance, ...]:
    """Instances of a block that is drawn as a list of them."""
    inside = block.values.get("instances", ())
    assert isinstance(inside, tuple)
    return tuple(each for each in inside if isinstance(each, Instance))


def _assigned(group: Group, parts: _Parts, design: Design) -> Group:
    """The instances of a layer with their draws, in their order."""
    counts = [parts.amplifiers.get(each.subcircuit, 0) for each in group.instances]
    cells = [parts.holds.get(each.subcircuit, 0) for each in group.instances]
    v_offset, gain = _amplifiers(sum(counts), group.name, design)
    share = _capacitors(sum(cells), group.name, design)
    instances, amp, cell = list[Instance](), 0, 0
    for each, amps, holds in zip(group.instances, counts, cells, strict=True):
        values: dict[str, float | str] = dict(each.values)
        for number in range(amps):
            values |= {f"vos{number}": v_offset[amp + number], f"ka{number}": gain[amp + number]}
        values |= {f"kc{number}": share[cell + number] for number in range(holds)}
        amp, cell = amp + amps, cell + holds
        instances.append(replace(each, values=values))
    return replace(group, instances=tuple(instances))


def _amplifiers(count: int, layer: str, design: Design) -> tuple[list[float], list[float]]:
    """Input offsets, V, and gains as multiples of the design's, of `count` op-amps."""
    v_offset: FloatArray = np.full(count, design.opamp.v_offset_volts)
    log_gain = np.zeros(count)
    for number, entry in design.active(OpampMismatch):
        draws = generator(design.simulation.seed, "opamp-mismatch", number, layer)
        z = draws.standard_normal((count, 2))
        v_offset = v_offset + entry.sigma_offset_volts * z[:, 0]
        log_gain = log_gain + entry.sigma_gain * z[:, 1]
    return v_offset.tolist(), portable(np.exp(log_gain)).tolist()


def _capacitors(count: int, layer: str, design: Design) -> list[float]:
    """Hold capacitors as multiples of the design's."""
    share: FloatArray = np.ones(count)
    for number, entry in design.active(HoldMismatch):
        draws = generator(design.simulation.seed, "hold-mismatch", number, layer)
        share = share * np.maximum(1.0 + entry.sigma * draws.standard_normal(count), 0.01)
    return [float(each) for each in share]
