"""Static analysis: what it leaves out, and which designs it refuses.

One operating point of the whole non-linear circuit stands for each step. Capacitors are not
drawn: over a step of arbitrary length they would only ring. Sources take the place of state
cells; spicegen hands them in each step what the circuit computed in the step before. The
outputs of layers behind a state belong to the step before, as in the clocked circuit, so that
both are read alike.
"""

from __future__ import annotations

from spicegen.circuit.clock import Clock
from spicegen.design import Design
from spicegen.errors import DesignError

STATIC_LEAVES_OUT = (
    "settling of amplifiers and cells",
    "injected charge, droop and leakage of sample-and-holds",
    "clock feedthrough and edges",
)
"""What a transient shows and operating points do not."""

MODELS_LEAVE_OUT = (
    "noise of amplifiers and cells",
    "slew rate",
    "input capacitance",
    "signal dependence of injected charge",
    "shape errors of cells",
    "temperature of amplifiers and cells",
)
"""What no behavioural block models yet."""

TRANSISTORS_LEAVE_OUT = (
    "noise",
    "ageing",
    "layout parasitics beyond 10 fF per node",
    "wires between blocks",
    "variation of resistors and capacitors",
)
FITS_LEAVE_OUT = ("slew rate", "input capacitance", "common mode", "mismatch")
"""What models fitted to cells of transistors leave out besides."""


def models_leave_out(design: Design) -> tuple[str, ...]:
    """What no block of a design models."""
    if design.fidelity != "transistor":
        return MODELS_LEAVE_OUT
    return (*TRANSISTORS_LEAVE_OUT, *(FITS_LEAVE_OUT if design.pdk.fitted else ()))


def refuse_static(design: Design) -> None:
    """Refuse designs whose result depends on time, where the analysis has none.

    Raises:
        DesignError: naming the key.
    """
    if design.static and design.device.moving:
        raise DesignError(
            "device.form",
            "a static analysis has no time in which the state of a memristor could move",
            f'"{design.device.form}"',
            'set device.form = "resistor" or simulation.analysis = "transient"',
        )
    if design.static and design.timing.serial > 1:
        raise DesignError(
            "timing.serial",
            "a static analysis has no turns within a step, so units cannot share hardware",
            design.timing.serial,
            "set timing.serial = 1 or simulation.analysis = transient",
        )


def left_out(design: Design) -> tuple[str, ...]:
    """What the analysis of a design does not show; what blocks do not model stands beside it."""
    return STATIC_LEAVES_OUT if design.static else ()


def static_notes(clock: Clock) -> tuple[str, ...]:
    """Lines of a static deck's header."""
    notes = [
        "static: one operating point per step, no capacitors;",
        f"left out: {'; '.join(STATIC_LEAVES_OUT)}",
    ]
    if clock.depth:
        notes += [
            "sources under 'set step by step' are EXTERNAL ones of libngspice, set by spicegen; by",
            "hand their first values stay: states at 0 V, inputs of the first step",
        ]
    return tuple(notes)
