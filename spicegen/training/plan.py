"""The plan: what a user writes to have an array trained."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from spicegen.design.base import NotNegative, Positive, Section
from spicegen.errors import InputError, nearest

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


class Shift(Section):
    """What sets table devices apart in front of their first pulse."""

    distribution: Literal["lognormal", "exponential"] = "lognormal"
    low_siemens: Positive = 1e-8
    high_siemens: Positive = 1e-7
    file: Path | None = None
    """Shifts of an earlier run (shifts.npy), in the place of random ones."""

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.low_siemens >= self.high_siemens:
            raise ValueError(
                f"low_siemens must be below high_siemens, got {self.low_siemens:g} >= "
                f"{self.high_siemens:g}"
            )
        return self


class TableDevice(Section):
    """Devices that follow a measured table of potentiation."""

    kind: Literal["table"]
    table: Path | None = None
    """CSV, one conductance per pulse under a heading, S; absent = the packaged measurement."""
    order: Literal["rising", "sort", "measured"] = "rising"
    """rising: a table that falls somewhere is refused; sort: it is sorted; measured: devices
    follow it as it is."""
    gain: Positive = 10.0
    shift: Shift = Shift()


class ModelDevice(Section):
    """Devices of the library of memristor models (`spicegen device list`)."""

    kind: Literal["model"]
    model: str
    preset: str | None = None
    parameters: dict[str, float | str] = {}  # noqa: RUF012  pydantic copies defaults
    pulses: Literal["ngspice", "numpy"] = "ngspice"
    """ngspice: a transient of the crossbar, all devices with their moving state, word line by
    word line; numpy: the same state equations, device by device, without half-selected ones."""
    form: Literal["behavioural", "verilog-a"] = "behavioural"
    """How ngspice gets the model."""
    start_low: Share = 0.02
    start_high: Annotated[float, Field(gt=0, le=1)] = 0.1
    """Devices of a perceptron start at random states between these."""


class PulsedDevice(Section):
    """Devices described by their pulses."""

    kind: Literal["pulsed"]
    g_min_siemens: Positive = 1e-6
    g_max_siemens: Positive = 1e-4
    levels: Annotated[int, Field(ge=2)] | None = None
    """Pulses from one end of the window to the other, plus one; absent = exact changes."""
    asymmetry: Share = 0.0
    """A pulse up is larger by this share, a pulse down smaller."""
    cycle_variation: NotNegative = 0.0
    """Standard deviation from pulse to pulse, share of the step."""
    device_variation: NotNegative = 0.0
    """Standard deviation of the step from device to device, share of the step."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.g_min_siemens >= self.g_max_siemens:
            raise ValueError(
                f"g_min_siemens must be below g_max_siemens, got {self.g_min_siemens:g} >= "
                f"{self.g_max_siemens:g}"
            )
        if self.levels is None and (
            self.asymmetry or self.cycle_variation or self.device_variation
        ):
            raise ValueError("asymmetry and variation are those of pulses; set levels")
        return self


Device = Annotated[TableDevice | ModelDevice | PulsedDevice, Field(discriminator="kind")]


class Manhattan(Section):
    """One potentiating pulse per pair: on the positive half where the weight is to grow, on the
    negative one where it is to fall."""

    name: Literal["manhattan"]


class Delta(Section):
    """Weights by the gradient, conductances by write-verify."""

    name: Literal["delta"]
    learning_rate: Positive = 0.1
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Largest distance from the target, share of the change one pulse makes."""
    max_pulses: Count = 20


class Gradient(Section):
    """Weights by the gradient, conductances by open-loop pulses, word line by word line."""

    name: Literal["gradient"]
    learning_rate: Positive = 0.05
    optimiser: Literal["sgd", "adam"] = "sgd"
    """Of the controller beside the array; adam: Kingma and Ba 2015, arXiv:1412.6980."""
    batch: Count | None = None
    """Samples per update; absent = all."""
    truncate_steps: Count | None = None
    """Steps that gradients go back through recurrence; absent = whole sequences."""
    max_pulses: Count = 31
    """Most pulses of one device in one update."""


Rule = Annotated[Manhattan | Delta | Gradient, Field(discriminator="name")]


class Perceptron(Section):
    """One layer of tanh neurons on binary patterns, each neuron two adjacent columns."""

    patterns: tuple[Annotated[str, Field(pattern="^[01]+$")], ...] = (
        "0001", "0010", "0110", "1001", "1101", "1110",
    )  # fmt: skip
    targets: tuple[Annotated[str, Field(pattern="^[01]+$")], ...] = (
        "01", "10", "10", "01", "01", "10",
    )  # fmt: skip
    v_zero_volts: float = -0.1
    v_one_volts: float = 0.1
    """Word-line voltages of 0 and 1."""
    beta_per_ampere: Positive = 6e6
    """f = tanh(beta I)."""
    target: Positive = 0.8
    """Magnitude that outputs must reach."""
    aim: Positive | None = None
    """Magnitude that errors are counted from; absent = target. A rule with small steps needs one
    beyond the target, which it would only come closer to otherwise."""
    satisfied: Literal["ignored", "counted"] = "ignored"
    """ignored: an output beyond its target asks for nothing; counted: it asks to come back."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name, value in (("target", self.target), ("aim", self.aim or self.target)):
            if value >= 1:
                raise ValueError(
                    f"{name} must lie within the range of tanh, below 1, got {value:g}"
                )
        if self.aim is not None and self.aim < self.target:
            raise ValueError(f"aim must not lie below target, got {self.aim:g} < {self.target:g}")
        if len(self.patterns) != len(self.targets) or not self.patterns:
            raise ValueError(
                f"there must be one target per pattern, got {len(self.patterns)} patterns and "
                f"{len(self.targets)} targets"
            )
        for name, texts in (("patterns", self.patterns), ("targets", self.targets)):
            if len({len(text) for text in texts}) > 1:
                raise ValueError(f"{name} must have equal lengths")
        if len(set(self.patterns)) < len(self.patterns):
            raise ValueError("each pattern may stand there once")
        if self.v_one_volts == self.v_zero_volts:
            raise ValueError(f"v_one_volts and v_zero_volts must differ, got {self.v_one_volts:g}")
        return self


class Start(Section):
    """Conductances of a network in front of the first update."""

    weights: Literal["network", "random"] = "network"
    """network: those of its file; random: uniform within 1/sqrt(inputs), biases too."""
    variation: NotNegative = 0.0
    """Standard deviation of each conductance from what was programmed, share of it."""
    weight_limit: Positive = 3.0
    """Largest weight that every device can stand for; larger where the network's are."""


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
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(str(path), "the file must be readable", error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(str(path), "the file must be TOML", error) from error
    return plan_from(tables, path.parent, str(path))


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
            return InputError(place, "there is no such key", None, nearest(path[-1], _known(path)))
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


def _known(path: list[str]) -> list[str]:
    inner: dict[str, tuple[type[Section], ...]] = {
        "device": (TableDevice, ModelDevice, PulsedDevice),
        "rule": (Manhattan, Delta, Gradient),
        "perceptron": (Perceptron,),
        "start": (Start,),
        "shift": (Shift,),
    }
    sections = inner.get(path[-2], ()) if len(path) > 1 else (PerceptronPlan, NetworkPlan)
    return sorted({name for section in sections for name in section.model_fields})
