"""Arguments and files that the device commands share."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spicegen.errors import InputError

if TYPE_CHECKING:
    from spicegen.devices import MemristorModel, Preset

ModelName = Annotated[
    str, typer.Argument(metavar="NAME", help="Model; `device list` shows all.", show_default=False)
]
PresetName = Annotated[
    str | None, typer.Option("--preset", help="Parameter set; the model's first by default.")
]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PARAMETER=VALUE", help="Override one parameter; may be repeated."
    ),
]
OutDirectory = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="DIR", help="Directory for numbers and figure; made if missing."
    ),
]


def chosen(
    name: str, preset: str | None, overrides: Sequence[str] | None
) -> tuple[MemristorModel, Preset]:
    """The model that the arguments ask for.

    Raises:
        InputError: unknown names, or values that are not possible.
    """
    from spicegen.devices import load_model

    return load_model(name, preset, values_of(overrides))


def values_of(overrides: Sequence[str] | None) -> dict[str, object]:
    """What `--set` gives: numbers, or words such as `biolek`.

    Raises:
        InputError: not parameter=value.
    """
    values: dict[str, object] = {}
    for text in overrides or ():
        key, separator, value = text.partition("=")
        if not separator:
            raise InputError("--set", "an override is parameter=value", repr(text))
        values[key.strip()] = _number(value.strip())
    return values


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text  # a choice such as `biolek`, or refused by name


def made(out: Path | None, default: str) -> Path:
    """The output directory, made if it is missing.

    Raises:
        InputError: the name belongs to a file.
    """
    out = Path(default) if out is None else out
    if out.exists() and not out.is_dir():
        raise InputError(f"output {out}", "the name must be free or a directory", "a file")
    out.mkdir(parents=True, exist_ok=True)
    return out


def write_csv(path: Path, columns: Mapping[str, Iterable[Any]]) -> None:
    """Columns of equal length with a header; numbers read back exactly."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """A result for machines."""
    path.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def warn_beyond(preset: Preset, volts: float) -> None:
    """Say so where a voltage lies outside what the parameters hold for."""
    from spicegen.cli.terminal import told

    if abs(volts) > preset.use.v_max_volts:
        told(
            f"warning: {abs(volts):g} V lies beyond the validity of preset {preset.name} "
            f"({preset.use.v_max_volts:g} V: {preset.validity})"
        )
