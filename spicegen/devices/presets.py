"""Presets: published parameter sets in models/<name>/presets.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from spicegen.devices.parameter import Parameter, Value
from spicegen.devices.pulse_table import read_pulse_table
from spicegen.errors import InputError, nearest
from spicegen.paths import packaged
from spicegen.toml import read_toml


@dataclass(frozen=True, slots=True)
class Use:
    """How a preset is driven and read; voltages are those its parameters were made for.

    Args:
        v_max_volts: largest magnitude within the validity of the parameters.
        v_read_volts: read voltage.
        read_disturb: largest change of the state by 1 ms at the read voltage.
        forgetting: largest change of the state in 1 ms at zero volts.
        amplitude_volts, frequency_hertz, x0: a sine with a clear loop, from this state.
        v_set_volts, v_reset_volts, t_pulse_s: pulses that raise and lower the conductance.
    """

    v_max_volts: float
    v_read_volts: float
    read_disturb: float
    forgetting: float
    amplitude_volts: float
    frequency_hertz: float
    x0: float
    v_set_volts: float
    v_reset_volts: float
    t_pulse_s: float


@dataclass(frozen=True, slots=True)
class Preset:
    """A parameter set with its origin.

    Args:
        name, title: for people.
        source: author, year, place; doi: of that source, or empty.
        checked: the values were compared with the source itself.
        note: what else to know.
        validity: what the values hold for, in words.
        values: parameter name to value.
        origins: where single values come from elsewhere than from `source`.
        use: how to drive it.
    """

    name: str
    title: str
    source: str
    doi: str
    checked: bool
    note: str
    validity: str
    values: Mapping[str, Value]
    origins: Mapping[str, str]
    use: Use


def load_presets(model: str, parameters: tuple[Parameter, ...]) -> dict[str, Preset]:
    """All presets of a model; the first is the default.

    Args:
        model: its name, that of its folder in models/.
        parameters: each with unit and range, which every value must keep.
    Raises:
        InputError: the file is unreadable, or a value breaks a rule.
    """
    path = packaged("models") / model / "presets.toml"
    tables = read_toml(path)
    if "preset" not in tables:
        raise InputError(str(path), "presets stand in tables [preset.NAME]")
    return {
        name: _preset(path, name, table, parameters) for name, table in tables["preset"].items()
    }


def _preset(
    path: Path, name: str, table: dict[str, Any], parameters: tuple[Parameter, ...]
) -> Preset:
    where = f"{path.parent.name}/{path.name}, preset {name}"
    try:
        raw, use = dict(table["values"]), Use(**table["use"])
        texts = {key: str(table[key]) for key in ("title", "source", "doi", "note", "validity")}
        checked = bool(table["checked"])
    except (KeyError, TypeError) as error:
        names = ", ".join(field.name for field in fields(Use))
        rule = f"title, source, doi, checked, note, validity, [values], [use] with {names}"
        raise InputError(where, f"a preset needs {rule}", error) from error
    if "csv" in table:
        curves = read_pulse_table(path.parent / str(table["csv"]))
        units = {about.name: about.unit for about in parameters}
        raw |= {key: {"value": value, "unit": units[key]} for key, value in curves.items()}
    values = {about.name: _value(about, raw, where) for about in parameters}
    if unknown := sorted(raw.keys() - values.keys()):
        raise InputError(where, "no such parameter", unknown[0], nearest(unknown[0], list(values)))
    origins = {key: str(entry["source"]) for key, entry in raw.items() if "source" in entry}
    return Preset(name, **texts, checked=checked, values=values, origins=origins, use=use)


def _value(about: Parameter, raw: Mapping[str, Any], where: str) -> Value:
    entry = raw.get(about.name)
    if not isinstance(entry, dict) or "value" not in entry or "unit" not in entry:
        rule = f'{about.name} must be {{ value = ..., unit = "{about.unit}" }}'
        raise InputError(where, rule, entry)
    if entry["unit"] != about.unit:
        rule = f"the unit of {about.name} must be {about.unit!r}"
        raise InputError(where, rule, repr(entry["unit"]))
    return about.read(entry["value"], where)
