"""How a deck names the memristor model of its crossbars."""

from __future__ import annotations

import numpy as np

from spicegen.circuit.memristor import DEVICE
from spicegen.devices import Card
from spicegen.netlist.numbers import spice, wrap
from spicegen.netlist.osdi import osdi_block


def model_file(card: Card) -> str:
    """The file beside the deck that holds the model."""
    return card.file.name if card.form == "behavioural" else f"{card.model}.osdi"


def model_lines(card: Card) -> str:
    """Lines that make `memristor` known, with the parameters of the design.

    Each of its instances gives x0, its state at the start.
    """
    values = [f"{name}={spice(float(np.asarray(value)))}" for name, value in card.values.items()]
    if card.form == "behavioural":
        inner = wrap(["X1", "p", "n", card.model, "x0={x0}", *values])
        head = f".subckt {DEVICE} p n params: x0=0.5"
        return "\n".join([f".include {model_file(card)}", head, inner, f".ends {DEVICE}"])
    return "\n".join(
        [osdi_block([model_file(card)]), wrap([".model", DEVICE, card.model, *values])]
    )
