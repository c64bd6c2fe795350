"""Read noise: conductances that fluctuate from step to step.

Each device has a relative deviation of sigma, new in every step and independent of all others.
The current of a bit line then deviates by a Gaussian of variance sigma^2 * sum(g^2 v^2) over
its devices. That sum is one Gaussian per bit line and step, drawn beforehand, times a root
that the circuit forms from the word-line voltages of the moment: exact in distribution, with
one source per bit line in the place of one per device, and the same in every engine.

Left out: correlation from step to step (1/f, telegraph noise with longer dwell), noise within
a step.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from spicegen.circuit.clock import Clock
from spicegen.circuit.crossbar import needs_inverted_rows
from spicegen.circuit.graph import FloatArray, Instance, Subcircuit, Value
from spicegen.circuit.names import numbered
from spicegen.circuit.place import LayerCircuit
from spicegen.circuit.stimuli import played
from spicegen.design import Design
from spicegen.design.nonideality import ReadNoise
from spicegen.mapping import MappedCrossbar
from spicegen.mapping.nonideality import generator

REST_VOLTS2 = 1e-10
"""Added below the root, so that its slope stays finite: the noise of 10 uV on one device."""


def with_read_noise(
    drawn: LayerCircuit,
    mapped: MappedCrossbar,
    first: int,
    clock: Clock,
    common: str,
    design: Design,
) -> LayerCircuit:
    """A layer with noise currents beside its crossbar; unchanged without read noise.

    Args:
        drawn: the layer.
        mapped: its conductances.
        first: number of its first bit line, if it is a block of a larger layer.
        clock: samples and steps.
        common: node of the virtual grounds.
        design: the list of non-idealities and the seed.
    """
    entries = design.active(ReadNoise)
    if not entries:
        return drawn
    spice = drawn.group.name
    array = next(each for each in drawn.group.instances if each.name == f"{spice}_crossbar")
    rows, columns = mapped.word_lines, mapped.bit_lines
    lines = array.nodes[:rows] + array.nodes[rows * (1 + needs_inverted_rows(design)) :][:columns]
    z_nodes = numbered(f"{spice}_noise", columns)
    g_max = design.device.g_max_siemens
    share = (mapped.g_pos_siemens**2 + mapped.g_neg_siemens**2) / g_max**2
    values: dict[str, Value] = {
        "word_lines": rows,
        "bit_lines": columns,
        "share": share,
        "noisy": share > 0,
        "g_max_siemens": g_max,
        "rest_volts2": REST_VOLTS2,
        "sigma": math.hypot(*(entry.sigma for _, entry in entries)),
    }
    ports = (*numbered("wl", rows), *numbered("bl", columns), *numbered("z", columns), "cm")
    block = Subcircuit(f"read_noise_{spice}", "blocks/read_noise", ports, values)
    instance = Instance(f"{spice}_read_noise", block.name, (*lines, *z_nodes, common))
    by_step = clock.by_step(_draws(mapped, first, clock, design))
    sources, files = played(f"{spice}_noise", z_nodes, by_step, clock, common, design)
    return replace(
        drawn,
        group=replace(drawn.group, instances=(*drawn.group.instances, instance)),
        subcircuits=(*drawn.subcircuits, block),
        sources=(*drawn.sources, *sources),
        files=(*drawn.files, *files),
    )


def _draws(mapped: MappedCrossbar, first: int, clock: Clock, design: Design) -> FloatArray:
    """(samples, steps, bit lines) standard deviations that each bit line is off by.

    Each bit line has a generator of its own, and steps come in their order: blocks of bit lines
    and the first steps of a run see the draws of the whole.
    """
    shape, seed = (clock.samples, clock.steps), design.simulation.seed
    z = np.zeros((*shape, mapped.bit_lines))
    for number, entry in design.active(ReadNoise):
        for column in range(mapped.bit_lines):
            draws = generator(seed, "read-noise", number, mapped.name, str(first + column))
            z[:, :, column] += entry.sigma * draws.standard_normal(shape)
    return z
