"""A deck with one memristor under a voltage: the bench on which models are compared."""

from __future__ import annotations

import numpy as np

from spicegen.devices.card import Card
from spicegen.devices.stimulus import Pwl, Sine
from spicegen.netlist.numbers import pairs, spice, wrap

SOURCE = "i(v1)"
OPTIONS = {"reltol": 1e-6, "vntol": 1e-8, "abstol": 1e-15, "num_threads": 1}


def device_deck(card: Card, x0: float, stimulus: Sine | Pwl, points: int, library: str = "") -> str:
    """A complete deck: voltage source, memristor, transient to the stimulus' last instant.

    Args:
        card: of the model; every value a number.
        x0: initial state.
        stimulus: a sine or one waveform of straight lines.
        points: the time step is at most the duration divided by this.
        library: compiled library (verilog-a form only).
    """
    t_stop_s = float(stimulus.bends_s[-1])
    step = t_stop_s / points
    options = " ".join(f"{name}={value!r}" for name, value in OPTIONS.items())
    lines = [
        f"* {card.model} under a voltage, {card.form} form",
        *_device(card, x0, library),
        f"V1 p 0 {_source(stimulus)}",
        f".options {options}",
        f".save v(p) {SOURCE} {state_probe(card)}",
        f".tran {spice(step)} {spice(t_stop_s)} 0 {spice(step)}",
        ".end",
    ]
    return "\n".join(lines) + "\n"


def state_probe(card: Card) -> str:
    """The vector of the deck that tells the state."""
    return card.state_probe("x1" if card.form == "behavioural" else "n1")


def _device(card: Card, x0: float, library: str) -> list[str]:
    values = [f"{name}={spice(float(np.asarray(value)))}" for name, value in card.values.items()]
    if card.form == "behavioural":
        words = ["X1", "p", "0", card.model, f"x0={spice(x0)}", *values]
        return [f".include {card.file}", wrap(words)]
    words = [".model", "m1", card.model, *values]
    load = [".control", f"pre_osdi {library}", ".endc"]
    return [*load, f"N1 p 0 m1 x0={spice(x0)}", wrap(words)]


def _source(stimulus: Sine | Pwl) -> str:
    if isinstance(stimulus, Sine):
        amplitude, frequency = spice(stimulus.amplitude_volts), spice(stimulus.frequency_hertz)
        return f"SIN(0 {amplitude} {frequency})"
    return f"PWL(\n{pairs(stimulus.t_s, stimulus.volts)}\n+ )"
