"""Keras 3 models: `.keras` archives and whole-model `.h5` files, without Keras."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from spicegen.errors import NetworkError
from spicegen.weights.check import as_float64
from spicegen.weights.hdf5 import MAX_BYTES, datasets, open_hdf5

_WEIGHTS = "model.weights.h5"
_MAX_TEXT = 2**24
_DAMAGE = (OSError, EOFError, RuntimeError, KeyError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class KerasModel:
    """What a file holds.

    Attributes:
        config: the model as Keras describes it: `class_name` and `config`.
        weights: arrays of every layer by its name, in the order of Keras' get_weights:
            kernel, recurrent kernel, bias; forward before backward.
    """

    config: dict[str, Any]
    weights: Mapping[str, tuple[NDArray[np.float64], ...]]


def read_keras(path: Path) -> KerasModel:
    """A `.keras` or `.h5` file written by Keras 3.

    Raises:
        NetworkError: damaged, weights only, of another Keras, or arrays that are not finite
            real numbers; h5py is not installed.
    """
    if path.suffix.lower() == ".keras":
        return _read_archive(path)
    return _read_legacy(path)


def _read_archive(path: Path) -> KerasModel:
    try:
        with zipfile.ZipFile(path) as archive:
            members = {
                name: _member(archive, name, limit, path)
                for name, limit in (
                    ("metadata.json", _MAX_TEXT),
                    ("config.json", _MAX_TEXT),
                    (_WEIGHTS, MAX_BYTES),
                )
            }
    except _DAMAGE as error:
        raise NetworkError(
            str(path), "not a readable .keras archive", error, "save the model again"
        ) from error
    _check_version(_json(members["metadata.json"], path).get("keras_version"), path)
    config = _json(members["config.json"], path)
    with open_hdf5(BytesIO(members[_WEIGHTS]), f"{path}, {_WEIGHTS}") as root:
        stored = datasets(root, f"{path}, {_WEIGHTS}")
    return KerasModel(config, _by_layer(config, stored, path))


def _member(archive: zipfile.ZipFile, name: str, limit: int, path: Path) -> bytes:
    with archive.open(name) as member:
        content = member.read(limit + 1)
    if len(content) > limit:
        raise NetworkError(f"{path}, {name}", f"must have at most {limit} bytes")
    return content


def _by_layer(
    config: dict[str, Any], stored: dict[str, NDArray[np.float64]], path: Path
) -> dict[str, tuple[NDArray[np.float64], ...]]:
    """Arrays by layer name. The archive names a layer's group by class and count of the class."""
    counts: Counter[str] = Counter()
    weights, left = {}, set(stored)
    for layer in layers_of(config, path):
        group = _snake_case(str(layer["class_name"]))
        counts[group] += 1
        if counts[group] > 1:
            group = f"{group}_{counts[group] - 1}"
        own = [name for name in stored if name.startswith(f"layers/{group}/")]
        left -= set(own)
        own = sorted(own, key=lambda name: ("/backward_layer/" in name, name))
        weights[layer["config"]["name"]] = tuple(
            stored[name] for name in own if "seed_generator" not in name
        )
    if left := {name for name in left if name.startswith("layers/")}:
        raise NetworkError(
            str(path), "weights of a layer that the model does not list", f"'{min(left)}'"
        )
    return weights


def _snake_case(name: str) -> str:
    """Keras' own rule: LSTM -> lstm, SimpleRNN -> simple_rnn, TimeDistributed -> ..."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _read_legacy(path: Path) -> KerasModel:
    with open_hdf5(path, str(path)) as root:
        if "model_config" not in root.attrs or "model_weights" not in root:
            raise NetworkError(
                str(path),
                "the file must hold a whole Keras model",
                "weights only",
                "save it with model.save('name.keras')",
            )
        _check_version(_text(root.attrs.get("keras_version")), path)
        config = _json(_text(root.attrs["model_config"]), path)
        weights: dict[str, tuple[NDArray[np.float64], ...]] = {}
        for layer in layers_of(config, path):
            name = str(layer["config"]["name"])
            if name not in root["model_weights"]:
                weights[name] = ()  # inputs are not listed
                continue
            group = root["model_weights"][name]
            stored = datasets(group, f"{path}, layer '{name}'")
            order = [_text(each) for each in group.attrs.get("weight_names", ())]
            weights[name] = tuple(
                as_float64(stored[each], each) for each in order if "seed_generator" not in each
            )
    return KerasModel(config, weights)


def layers_of(config: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """The layer tables of a model, each with `class_name` and a `config` that has a `name`.

    Raises:
        NetworkError: not a Sequential or Functional model, or the tables are malformed.
    """
    kind = config.get("class_name")
    if kind not in ("Sequential", "Functional"):
        raise NetworkError(
            str(path),
            "the model must be Sequential or Functional",
            repr(kind),
            "custom models have no readable structure: export to ONNX instead",
        )
    inner = config.get("config")
    layers = inner.get("layers") if isinstance(inner, dict) else None
    if not isinstance(layers, list) or not all(is_layer(layer) for layer in layers):
        raise NetworkError(str(path), "the list of layers is malformed", remedy="save it again")
    return layers


def is_layer(layer: object) -> TypeGuard[dict[str, Any]]:
    """Whether something in a model's description is the table of a layer."""
    return (
        isinstance(layer, dict)
        and isinstance(layer.get("class_name"), str)
        and isinstance(layer.get("config"), dict)
        and isinstance(layer["config"].get("name"), str)
        and bool(layer["config"]["name"])
    )


def _check_version(version: object, path: Path) -> None:
    if not isinstance(version, str) or not version.startswith("3."):
        raise NetworkError(
            str(path),
            "the file must be written by Keras 3",
            f"Keras {version}",
            "load it in Keras 3 and save it again",
        )


def _text(value: object) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _json(text: str | bytes, path: Path) -> dict[str, Any]:
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NetworkError(str(path), "its description is not readable JSON", error) from error
    if not isinstance(table, dict):
        raise NetworkError(str(path), "its description must be a table")
    return table
