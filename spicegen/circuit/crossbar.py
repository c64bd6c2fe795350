"""Crossbars in every topology: memristors between word lines and bit lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spicegen.circuit.graph import Subcircuit, Value
from spicegen.circuit.memristor import memristor_values
from spicegen.circuit.names import numbered
from spicegen.design import Design
from spicegen.design.nonideality import NonlinearIv
from spicegen.mapping import MappedCrossbar


@dataclass(frozen=True, slots=True)
class WordLines:
    """Nodes that drive a crossbar.

    Attributes:
        positive: one node per word line.
        negative: nodes of the inverted signals; empty where the topology needs none.
    """

    positive: tuple[str, ...]
    negative: tuple[str, ...]

    def __add__(self, other: WordLines) -> WordLines:
        return WordLines(self.positive + other.positive, self.negative + other.negative)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Positive lines, then negative ones."""
        return self.positive + self.negative


def halves_of(design: Design) -> tuple[str, ...]:
    """What distinguishes the bit lines of one output: nothing where there is one only."""
    return ("_pos", "_neg") if design.crossbar.topology == "dual-column" else ("",)


def needs_inverted_rows(design: Design) -> bool:
    """Whether word lines come as +v and -v: where resistors hang on both."""
    return design.crossbar.topology == "dual-row" and design.cells == "resistor"


def crossbar(name: str, mapped: MappedCrossbar, design: Design) -> Subcircuit:
    """The memristors of one array, nothing else.

    Ports are the word lines (and their inverted copies), then the bit lines (or pairs, or the
    reference behind them); with transconductance cells or dummies, then the common node.
    """
    if design.crossbar.has_reference:
        return _with_reference(name, mapped)
    rows, columns = mapped.word_lines, mapped.bit_lines
    ports = numbered("wl", rows)
    if needs_inverted_rows(design):
        ports = numbered("wl_pos", rows) + numbered("wl_neg", rows)
    for half in halves_of(design):
        ports += numbered(f"bl{half}", columns)
    values: dict[str, Value] = {
        "word_lines": rows,
        "bit_lines": columns,
        "memristors": int((mapped.g_pos_siemens > 0).sum() + (mapped.g_neg_siemens > 0).sum()),
        "g_pos_siemens": mapped.g_pos_siemens,
        "g_neg_siemens": mapped.g_neg_siemens,
        "present_pos": mapped.g_pos_siemens > 0,
        "present_neg": mapped.g_neg_siemens > 0,
    }
    curved = design.active(NonlinearIv)
    if mapped.voltage is not None:
        halves = dict(zip(halves_of(design), mapped.voltage.g_dummy_siemens[:, None], strict=True))
        for half, g in halves.items():
            values |= {f"g_dummy{half}_siemens": g, f"dummies{half}": g > 0}
        template = f"blocks/crossbar_{design.crossbar.topology.replace('-', '_')}_voltage"
        return Subcircuit(name, template, (*ports, "cm"), values)
    template = f"blocks/crossbar_{design.crossbar.topology.replace('-', '_')}"
    if design.device.moving:
        values |= memristor_values(mapped, design)
        return Subcircuit(name, f"{template}_memristor", ports, values)
    if design.cells == "transconductance":
        template, ports = f"{template}_transconductance", (*ports, "cm")
        values |= _transconductances(mapped, design)
        return Subcircuit(name, template, ports, values, in_place=True)
    if curved:
        k = curved[-1][1].k_per_volt
        template = f"{template}_sinh"
        values |= {
            "k_per_volt": k,
            "g_pos_per_k": mapped.g_pos_siemens / k,
            "g_neg_per_k": mapped.g_neg_siemens / k,
        }
    return Subcircuit(name, template, ports, values)


def _with_reference(name: str, mapped: MappedCrossbar) -> Subcircuit:
    """One memristor per weight, and one per word line on the bit line that all others refer to."""
    rows, columns = mapped.word_lines, mapped.bit_lines
    g, g_ref = mapped.g_neg_siemens, mapped.g_pos_siemens[:, :1]
    values: dict[str, Value] = {
        "word_lines": rows,
        "bit_lines": columns,
        "memristors": int((g > 0).sum() + (g_ref > 0).sum()),
        "g_siemens": g,
        "g_ref_siemens": g_ref,
        "present": g > 0,
        "present_ref": g_ref > 0,
    }
    ports = (*numbered("wl", rows), *numbered("bl", columns), "bl_ref")
    return Subcircuit(name, "blocks/crossbar_reference_column", ports, values)


def _transconductances(mapped: MappedCrossbar, design: Design) -> dict[str, Value]:
    """Controlled sources that carry the currents of memristors, and what loads each bit line.

    A resistor g from a word line at v to a bit line at u carries g v - g u: the first term is
    a controlled source, the second one a conductance to common, summed over the bit line. It
    keeps the noise gain of the amplifier behind it.
    """
    g_pos, g_neg = mapped.g_pos_siemens, mapped.g_neg_siemens
    if design.crossbar.topology == "dual-row":
        difference, load = g_pos - g_neg, (g_pos + g_neg).sum(axis=0)[None]
        return {
            "g_cell_siemens": difference,
            "sources": difference != 0,
            "g_load_siemens": load,
            "loaded": load > 0,
        }
    loads = np.stack([g_pos.sum(axis=0), g_neg.sum(axis=0)])
    return {
        "g_load_pos_siemens": loads[:1],
        "g_load_neg_siemens": loads[1:],
        "loaded_pos": loads[:1] > 0,
        "loaded_neg": loads[1:] > 0,
    }
