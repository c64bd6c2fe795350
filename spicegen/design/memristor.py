"""The device window of a design that names a memristor model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def with_window(given: Any) -> Any:
    """Keys of the device section, with the window of its model where they leave it out.

    Values of a wrong type pass unchanged: the section's own rules refuse them.

    Args:
        given: the keys as they were read.
    Raises:
        InputError: no such model, preset or parameter, or a parameter out of its range.
    """
    if not isinstance(given, Mapping) or not isinstance(given.get("model"), str):
        return given
    preset, parameters = given.get("preset"), given.get("parameters", {})
    if not isinstance(preset, str | None) or not isinstance(parameters, Mapping):
        return given
    from spicegen.devices import load_model

    model, origin = load_model(given["model"], preset, parameters)
    g_min, g_max = model.conductance_window(origin.use.v_read_volts)
    return {"g_min_siemens": g_min, "g_max_siemens": g_max, **given}
