"""The LSTM unit, in every variant of Greff et al. 2017 (doi 10.1109/TNNLS.2016.2582924)."""

from __future__ import annotations

from spicegen.circuit.unit import COMMON, State, Term, Unit
from spicegen.circuit.unit_drawing import drawing
from spicegen.design import Design
from spicegen.mapping import MappedRecurrent
from spicegen.network.lstm_variants import VARIANTS, LstmVariant


def lstm_unit(layer: MappedRecurrent, spice: str, c_ref: bool, design: Design) -> Unit:
    """Activation cells and products of one LSTM unit.

    Args:
        layer: the mapped layer.
        spice: its SPICE name.
        c_ref: c is counted from the offset of an idle state cell.
        design: fidelity and properties of the cells.
    """
    cell, draw = VARIANTS[layer.variant], drawing(layer, spice, design)
    columns = tuple(lines.name for lines in layer.columns)
    for gate in cell.gates:
        if gate != "g":
            draw.gate(f"pre_{gate}", gate)
        elif cell.input_tanh:
            draw.activate("tanh", "pre_g", "g")
    draw.add("c_next", *_cell_terms(cell, "c_ref" if c_ref else COMMON))
    if cell.output_tanh:
        draw.activate("tanh", "c_next", "tanh_c")
    squashed = "tanh_c" if cell.output_tanh else "c_next"
    draw.add("h_next", Term("o", squashed) if "o" in cell.gates else Term(squashed))
    gives: tuple[str, ...] = ("c_next", "h_next")
    states: tuple[State, ...] = tuple(
        State(name, f"{name}_next", layer.volts[name]) for name in ("c", "h")
    )
    if cell.gate_recurrence:
        gives += ("i", "f", "o")
        states += tuple(State(f"gate_{gate}", gate, layer.volts[gate]) for gate in "ifo")
    references = ("c_ref",) if c_ref else ()
    title = f"LSTM unit, {cell.meaning}: c_next = {_equation(cell)}"
    return draw.finish(title, columns, ("c",), references, gives, states)


def _cell_terms(cell: LstmVariant, reference: str) -> tuple[Term, ...]:
    """Summands of the next cell state: what is kept, and the candidate."""
    candidate = "g" if cell.input_tanh else "pre_g"
    enters = Term("i", candidate) if "i" in cell.gates else Term(candidate)
    if "f" in cell.gates:
        return Term("f", "c", reference), enters
    kept = Term("c", reference=reference)
    if cell.coupled:
        return kept, Term("i", "c", reference, -1.0), enters
    return kept, enters


def _equation(cell: LstmVariant) -> str:
    """The unit's equations, for its header comment."""
    keep = "f c" if "f" in cell.gates else "(1 - i) c" if cell.coupled else "c"
    candidate = "g" if cell.input_tanh else "pre_g"
    enters = f"i {candidate}" if "i" in cell.gates else candidate
    squashed = "tanh(c_next)" if cell.output_tanh else "c_next"
    return f"{keep} + {enters}, h_next = {'o ' if 'o' in cell.gates else ''}{squashed}"
