"""network.toml: what it may say, and what is said when it does not."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, PositiveInt, ValidationError

from spicegen.errors import NetworkError, nearest
from spicegen.network.dense import DenseDescription
from spicegen.network.gru import GruDescription
from spicegen.network.kind import USER_FILE, LayerDescription
from spicegen.network.lstm import LstmDescription
from spicegen.network.network import check_unique_names
from spicegen.network.rnn import RnnDescription

KINDS: dict[str, type[LayerDescription]] = {
    "dense": DenseDescription,
    "rnn": RnnDescription,
    "lstm": LstmDescription,
    "gru": GruDescription,
}
"""Layer kinds by their name in network.toml."""

_Model = TypeVar("_Model", bound=BaseModel)


class _File(BaseModel):
    """The top level of network.toml; the layer tables are checked by their kind."""

    model_config = USER_FILE

    name: str = Field(min_length=1)
    inputs: PositiveInt
    arrays: str = Field(min_length=1)
    layer: list[dict[str, Any]] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class NetworkDescription:
    """A checked network.toml.

    Attributes:
        name: of the network.
        inputs: features per step.
        arrays: the weights, relative to the file's own folder.
        layers: from input to output.
    """

    name: str
    inputs: int
    arrays: Path
    layers: tuple[LayerDescription, ...]


def read_description(path: Path) -> NetworkDescription:
    """Read and check a network.toml, without its arrays.

    Raises:
        NetworkError: unreadable, not TOML, unknown keys, kinds or values; the message names
            file, layer and key.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NetworkError(str(path), "the file cannot be read", error.strerror) from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise NetworkError(str(path), "not a TOML file", error, "mend this place") from error
    file = _checked(_File, table, str(path))
    layers = tuple(
        _layer(layer, f"{path}, layer {_label(layer, number)}")
        for number, layer in enumerate(file.layer, 1)
    )
    check_unique_names([layer.name for layer in layers], str(path))
    return NetworkDescription(file.name, file.inputs, path.parent / file.arrays, layers)


def _label(layer: dict[str, Any], number: int) -> str:
    return f"'{layer['name']}'" if layer.get("name") else f"number {number}"


def _layer(table: dict[str, Any], where: str) -> LayerDescription:
    kinds = list(KINDS)
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        rule = f"must be one of {', '.join(kinds)}"
        shown = "none" if kind is None else repr(kind)
        raise NetworkError(f"{where}, key 'kind'", rule, shown, nearest(str(kind), kinds))
    return _checked(KINDS[kind], table, where)


def _checked(model: type[_Model], table: dict[str, Any], where: str) -> _Model:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise _refusal(error, list(model.model_fields), where) from error


def _refusal(error: ValidationError, known: list[str], where: str) -> NetworkError:
    """The most telling of pydantic's complaints in spicegen's words.

    An unknown key comes first: a misspelt key is also a missing one, and its name says more.
    """
    complaints = error.errors(include_url=False)
    complaint = min(complaints, key=lambda each: each["type"] != "extra_forbidden")
    if not complaint["loc"]:  # a rule about several keys at once
        return NetworkError(where, str(complaint["ctx"]["error"]))
    key = str(complaint["loc"][0])
    place = f"{where}, key '{key}'"
    if complaint["type"] == "extra_forbidden":
        return NetworkError(place, "unknown key", remedy=nearest(key, known))
    if complaint["type"] == "missing":
        return NetworkError(place, "this key is required", remedy="add it")
    if complaint["type"] == "literal_error":
        expected = complaint["ctx"]["expected"]
        rule = f"must be {expected.lower()}"  # Python's False is TOML's false
        return NetworkError(place, rule, repr(complaint["input"]), "others are not supported")
    message = complaint["msg"]
    return NetworkError(place, message[0].lower() + message[1:], repr(complaint["input"]))
