"""The plan: what a user writes to have many runs made."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from spicegen.design.load import FILES, beside
from spicegen.errors import InputError, nearest
from spicegen.toml import read_toml

Keep = Literal["metrics", "outputs", "waveforms"]


class Part(BaseModel):
    """Common rules: no unknown keys, no changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Range(Part):
    """Values between two ends, both included."""

    model_config = ConfigDict(populate_by_name=True)

    first: float = Field(alias="from", allow_inf_nan=False)
    last: float = Field(alias="to", allow_inf_nan=False)
    points: Annotated[int, Field(ge=2)]
    scale: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.first == self.last:
            raise ValueError(f"from and to must differ, both are {self.first:g}")
        if self.scale == "log" and min(self.first, self.last) <= 0:
            raise ValueError("both ends of a logarithmic range must be above 0")
        return self

    def values(self) -> list[float]:
        """Its points; the ends exactly as given."""
        if self.scale == "linear":
            spaced = np.linspace(self.first, self.last, self.points)
        else:
            spaced = np.geomspace(self.first, self.last, self.points)
        inner = [float(f"{value:.12g}") for value in spaced.tolist()[1:-1]]
        return [_tidy(value) for value in (self.first, *inner, self.last)]


class MonteCarlo(Part):
    """Repetitions with seeds of their own."""

    runs: Annotated[int, Field(ge=1)]
    """Seeds per point of the sweep and corner."""
    seed: Annotated[int, Field(ge=0)] = 0
    """From which the seeds follow."""


class Outputs(Part):
    """What is kept of each run besides its row."""

    keep: Keep = "metrics"
    """metrics: the row; outputs: outputs.npz and result.json as well; waveforms: the whole
    run directory."""
    cost: bool = True
    """Power, energy, latency and area in every row, where the design allows them."""


class Plan(Part):
    """Many runs of one network on one set of inputs.

    `sweep` and `corners` hold design keys by their dotted names, whatever tables they were
    written in.
    """

    network: Path
    inputs: Path
    design: dict[str, Any] = {}
    """The base design's tables."""
    mode: Literal["grid", "zip"] = "grid"
    """grid: every combination of the swept values; zip: first with first, second with second."""
    sweep: dict[str, list[Any]] = {}
    corners: dict[str, dict[str, Any]] = {}
    monte_carlo: MonteCarlo | None = None
    outputs: Outputs = Outputs()


def load_plan(path: Path) -> Plan:
    """A plan from its file; file names in it are relative to its folder.

    Raises:
        InputError: unreadable, unknown keys, impossible values.
    """
    return plan_from(read_toml(path), path.parent, str(path))


def plan_from(tables: Mapping[str, Any], folder: Path, where: str = "plan") -> Plan:
    """A plan from nested tables.

    Args:
        tables: as the file holds them.
        folder: what file names are relative to.
        where: the origin of the tables, for errors.
    Raises:
        InputError: unknown keys, impossible values, an unreadable design file.
    """
    content = dict(tables)
    for name in ("network", "inputs"):
        if isinstance(content.get(name), str | Path):
            content[name] = folder / content[name]
    beside_design = folder
    if isinstance(content.get("design"), str):
        beside_design = (folder / content["design"]).parent
        content["design"] = read_toml(folder / content["design"])
    content["design"] = copy.deepcopy(content.get("design", {}))
    if isinstance(content["design"], dict):
        beside(content["design"], beside_design)
    sweep = dict(_table(content, "sweep", where))
    if isinstance(sweep.get("mode"), str):
        content["mode"] = sweep.pop("mode")
    content["sweep"] = {
        key: [_placed(key, one, folder) for one in _values(value, f"{where}, sweep.{key}")]
        for key, value in _leaves(sweep)
    }
    corners = _table(content, "corners", where)
    for name, corner in corners.items():
        if not isinstance(corner, dict):
            raise InputError(
                f"{where}, corners.{name}", "a corner is a table of design keys", repr(corner)
            )
    content["corners"] = {
        name: {key: _placed(key, value, folder) for key, value in _leaves(corner)}
        for name, corner in corners.items()
    }
    try:
        plan = Plan.model_validate(content)
    except ValidationError as error:
        raise _explained(error, where) from error
    _check_keys(plan, where)
    return plan


def _table(content: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise InputError(f"{where}, {name}", "this must be a table", repr(table))
    return table


def _leaves(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Dotted keys and what stands there; `opamp.gain` may be one quoted key or nested tables."""
    found: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict) and "from" not in value:
            found += _leaves(value, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", value))
    return found


def _placed(key: str, value: Any, folder: Path) -> Any:
    """A value of a design key; names of files are relative to the plan's folder."""
    names_file = isinstance(value, str) and tuple(key.split(".")) in FILES
    return str(folder / value) if names_file else value


def _values(value: Any, where: str) -> list[Any]:
    """The values of a swept key, each once.

    Raises:
        InputError: no list and no range, nothing in it, or a value twice.
    """
    if isinstance(value, dict):
        try:
            return list(Range.model_validate(value).values())
        except ValidationError as error:
            raise _explained(error, where) from error
    if not isinstance(value, list) or not value:
        raise InputError(
            where,
            "a swept key needs a list of values, or a range",
            repr(value),
            "such as [1, 2, 5] or { from = 1, to = 100, points = 5, scale = 'log' }",
        )
    for position, one in enumerate(value):
        if any(one == other and _kind(one) == _kind(other) for other in value[:position]):
            raise InputError(where, "each value may stand there once", repr(one))
    return value


def _check_keys(plan: Plan, where: str) -> None:
    """Refuse keys that would be set twice, and lists of a zip that do not go together."""
    lengths = {key: len(values) for key, values in plan.sweep.items()}
    if plan.mode == "zip" and len(set(lengths.values())) > 1:
        told = ", ".join(f"{key} {length}" for key, length in lengths.items())
        raise InputError(
            f"{where}, sweep", "zipped keys must have equally many values", told, "or use mode grid"
        )
    for name, corner in plan.corners.items():
        for key in corner:
            if key in plan.sweep:
                raise InputError(
                    f"{where}, corners.{name}", "a key is swept or set by corners, not both", key
                )
    seed = "simulation.seed"
    if plan.monte_carlo and seed in {*plan.sweep, *(k for c in plan.corners.values() for k in c)}:
        raise InputError(where, f"monte_carlo sets {seed} itself", None, "leave it out")


def _kind(value: Any) -> type:
    """1 and 1.0 are the same number, and `true` is none."""
    return float if type(value) is int else type(value)


def _tidy(value: float) -> float | int:
    """A whole number as such, so that ranges serve keys that count."""
    return int(value) if value.is_integer() and math.fabs(value) < 2**53 else value


def _explained(error: ValidationError, where: str) -> InputError:
    """The first problem in the words of a user."""
    problem = error.errors()[0]
    path = [str(part) for part in problem["loc"]]
    place = f"{where}, {'.'.join(path)}" if path else where
    if problem["type"] == "extra_forbidden":
        return InputError(place, "there is no such key", None, nearest(path[-1], _known(path)))
    if problem["type"] == "missing":
        return InputError(place, "this key is needed")
    if problem["type"] == "value_error":
        return InputError(place, str(problem["ctx"]["error"]))
    rule = problem["msg"][0].lower() + problem["msg"][1:]
    return InputError(place, rule, repr(problem["input"]))


def _known(path: list[str]) -> list[str]:
    sections: dict[str, type[BaseModel]] = {"monte_carlo": MonteCarlo, "outputs": Outputs}
    if len(path) == 1:
        return [name for name in Plan.model_fields if name != "mode"]
    return list(sections.get(path[0], Range).model_fields)
