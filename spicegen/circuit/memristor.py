"""Memristors with a moving state in crossbars: their start, and where their states are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from spicegen.circuit.graph import BoolArray, FloatArray, Instance, MovingStates, Subcircuit, Value
from spicegen.design import Design
from spicegen.devices import Card, MemristorModel, Preset, load_model
from spicegen.errors import MappingError
from spicegen.mapping import MappedCrossbar

DEVICE = "memristor"
"""What every memristor of a deck is called: a subcircuit around the model, or a model card."""

ROUNDING = 1e-9
"""A conductance beyond the window by this share is one at its end."""


def loaded(design: Design) -> tuple[MemristorModel, Preset]:
    """The memristor model of a design that names one."""
    device = design.device
    assert device.model is not None
    return load_model(device.model, device.preset, device.parameters)


def card_of(design: Design) -> Card | None:
    """What a deck must know of the model; None where memristors are resistors."""
    return loaded(design)[0].card(design.device.form) if design.device.moving else None


def memristor_values(mapped: MappedCrossbar, design: Design) -> dict[str, Value]:
    """What the templates of crossbars with moving states print.

    Raises:
        MappingError: see `start_states`.
    """
    x0_pos, x0_neg = start_states(mapped, design)
    return {
        "crossbar": mapped.name,
        "present": mapped.present,
        "form": design.device.form,
        "x0_pos": x0_pos,
        "x0_neg": x0_neg,
    }


def start_states(mapped: MappedCrossbar, design: Design) -> tuple[FloatArray, FloatArray]:
    """States at which the model shows the mapped conductances at its preset's read voltage.

    Returns:
        (word lines, bit lines) of the positive and of the negative halves; 0 where there is
        no pair.
    Raises:
        MappingError: a conductance that the model cannot show.
    """
    model, preset = loaded(design)
    v_read, present = preset.use.v_read_volts, mapped.present
    low, high = (float(model.conductance(x, v_read)) for x in (0.0, 1.0))
    states = []
    for half in (mapped.g_pos_siemens, mapped.g_neg_siemens):
        _check(half, (low, high), mapped, model, preset)
        x0 = np.zeros(present.shape)
        within = np.clip(half[present], low, high)
        x0[present] = model.state_for_conductance(within, v_read)
        states.append(x0)
    return states[0], states[1]


def moving_states(
    subcircuits: Sequence[Subcircuit], instances: Iterable[Instance]
) -> tuple[MovingStates, ...]:
    """Every crossbar with moving states, where it stands in the circuit.

    Args:
        subcircuits: those with an `x0_pos` among their values are such crossbars.
        instances: of the top level.
    """
    blocks = {block.name: block.values for block in subcircuits if "x0_pos" in block.values}
    placed = [instance for instance in instances if instance.subcircuit in blocks]
    return tuple(_states(instance.name, blocks[instance.subcircuit]) for instance in placed)


def _states(instance: str, values: object) -> MovingStates:
    assert isinstance(values, dict)
    present: BoolArray = values["present"]
    behavioural = values["form"] == "behavioural"
    rows, columns = (place.tolist() for place in np.nonzero(present))
    names = [f"{half}{r}_{c}" for half in "pn" for r, c in zip(rows, columns, strict=True)]
    pattern = f"v(x{instance}.x%s.x1.x)" if behavioural else f"v(n.x{instance}.n%s#dx)"
    return MovingStates(
        crossbar=values["crossbar"],
        present=present,
        x0=np.concatenate([values["x0_pos"][present], values["x0_neg"][present]]),
        vectors=tuple(pattern % name for name in names),
        relative=not behavioural,
    )


def _check(
    g_siemens: FloatArray,
    ends: tuple[float, float],
    mapped: MappedCrossbar,
    model: MemristorModel,
    preset: Preset,
) -> None:
    low, high = ends
    outside = (g_siemens < low * (1 - ROUNDING)) | (g_siemens > high * (1 + ROUNDING))
    outside &= mapped.present
    if outside.any():
        row, column = (int(place) for place in np.argwhere(outside)[0])
        raise MappingError(
            f"crossbar {mapped.name}, word line {row}, bit line {column}",
            f"{model.name} (preset {preset.name}) shows {low:.4g} to {high:.4g} S at its read "
            f"voltage of {preset.use.v_read_volts:g} V",
            f"a mapped conductance of {g_siemens[row, column]:.4g} S",
            "leave out device.g_min_siemens and device.g_max_siemens to take the model's window, "
            "or set them within it",
        )
