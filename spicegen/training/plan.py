"""The plan: what a user writes to have an array trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from spicegen.design.base import Section
from spicegen.errors import InputError, nearest
from spicegen.toml import read_toml
from spicegen.training.plan_parts import (
    Count,
    Delta,
    Device,
    Gradient,
    Manhattan,
    ModelDevice,
    Perceptron,
    PulsedDevice,
    Rule,
    Shift,
    Start,
    TableDevice,
)


class Common(Section):
    """What both kinds of plan have."""

    seed: Annotated[int, Field(ge=0)] = 0
    """Of everything random."""
    epochs: Count = 48
    """Most epochs."""
    runs: Count = 1
    """Trainings with seeds of their own, counted up from `seed`."""
    forward: Literal["circuit", "numpy"] = "circuit"
    """circuit: outputs are those of the simulated circuit; numpy: of the equations."""
    device: Device
    rule: Rule
    design: dict[str, Any] = {}  # noqa: RUF012  pydantic copies defaults
    """Tables of design.toml that differ from the default."""


class PerceptronPlan(Common):
    """A perceptron on measured or modelled devices, until all outputs reach their targets."""

    kind: Literal["perceptron"]
    perceptron: Perceptron = Perceptron()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        device = self.device
        if self.rule.name == "delta" and device.kind == "model" and device.pulses == "ngspice":
            raise ValueError(
                "write-verify gives each device pulses of its own amplitude and width, which word "
                'lines at a time cannot; set device.pulses = "numpy"'
            )
        if self.rule.name == "gradient" and self.rule.batch is not None:
            raise ValueError(
                f"every update of a perceptron sees all patterns, got rule.batch = "
                f"{self.rule.batch}; leave it out"
            )
        return self


class NetworkPlan(Common):
    """Dense and LSTM layers on an array that starts from given or random weights."""

    kind: Literal["network"]
    network: Path
    inputs: Path
    targets: Path
    """.npy: what the outputs should be, or whole numbers of classes."""
    test_inputs: Path | None = None
    test_targets: Path | None = None
    start: Start = Start()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.device.kind == "table":
            raise ValueError(
                "a network needs devices that start anywhere and move both ways, got device.kind "
                '= "table"; set device.kind = "pulsed" or "model"'
            )
        if self.rule.name != "gradient":
            raise ValueError(
                f'a network is trained by rule.name = "gradient", got "{self.rule.name}"'
            )
        if (self.test_inputs is None) != (self.test_targets is None):
            raise ValueError("test_inputs and test_targets go together")
        return self


Plan = PerceptronPlan | NetworkPlan
_FILES = ("network", "inputs", "targets", "test_inputs", "test_targets")
_ADAPTER: TypeAdapter[Plan] = TypeAdapter(Annotated[Plan, Field(discriminator="kind")])


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
        InputError: unknown keys or impossible values.
    """
    content = dict(tables)
    for name in _FILES:
        _place(content, name, folder)
    if isinstance(content.get("device"), dict):
        device = content["device"] = dict(content["device"])
        _place(device, "table", folder)
        if isinstance(device.get("shift"), dict):
            shift = device["shift"] = dict(device["shift"])
            _place(shift, "file", folder)
    try:
        return _ADAPTER.validate_python(content)
    except ValidationError as error:
        raise _explained(error, where) from error


def _place(table: dict[str, Any], name: str, folder: Path) -> None:
    if isinstance(table.get(name), str | Path):
        table[name] = folder / table[name]


def _explained(error: ValidationError, where: str) -> InputError:
    """The first problem in the words of a user."""
    problem = error.errors()[0]
    tags = {"perceptron", "network", "table", "model", "pulsed", "manhattan", "delta", "gradient"}
    path = [str(part) for k, part in enumerate(problem["loc"]) if k or part not in tags]
    path = [part for k, part in enumerate(path) if not (k == 1 and part in tags)]
    place = f"{where}, {'.'.join(path)}" if path else where
    match problem["type"]:
        case "extra_forbidden":
            known = _known(path, problem["loc"])
            return InputError(place, "there is no such key", None, nearest(path[-1], known))
        case "missing":
            return InputError(place, "this key is needed")
        case "value_error":
            return InputError(place, str(problem["ctx"]["error"]))
        case "union_tag_not_found":
            return InputError(place, f"the key {problem['ctx']['discriminator']} is needed")
        case "union_tag_invalid":
            expected = problem["ctx"]["expected_tags"]
            return InputError(place, f"must be one of {expected}", problem["ctx"]["tag"])
    rule = problem["msg"][0].lower() + problem["msg"][1:]
    return InputError(place, rule, repr(problem["input"]))


_KINDS: Mapping[str, type[Section]] = {
    "device.table": TableDevice,
    "device.model": ModelDevice,
    "device.pulsed": PulsedDevice,
    "rule.manhattan": Manhattan,
    "rule.delta": Delta,
    "rule.gradient": Gradient,
    "perceptron": Perceptron,
    "start": Start,
    "shift": Shift,
}


def _known(path: list[str], place: tuple[int | str, ...]) -> list[str]:
    """Keys that could stand in the place of an unknown one: those of its kind of section."""
    if len(path) == 1:
        return sorted((PerceptronPlan if place[0] == "perceptron" else NetworkPlan).model_fields)
    kind = f"{place[-3]}.{place[-2]}" if path[-2] in ("device", "rule") else path[-2]
    return sorted(_KINDS[kind].model_fields)
