"""What a run is made of, as a hash: the same content is the same run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import spicegen
from spicegen.cost import table_hash
from spicegen.design import Design
from spicegen.design.load import FILES
from spicegen.errors import InputError
from spicegen.network import Network

LIMITS = ("timeout_s", "memory_bytes")
"""Keys of the section simulation that end a run and never change its result."""

KEY_DIGITS = 32


def network_hash(network: Network) -> str:
    """SHA-256 of a network's layers and weights, in hexadecimal."""
    digest = hashlib.sha256()
    _feed(digest, network)
    return digest.hexdigest()


def inputs_hash(inputs: NDArray[Any]) -> str:
    """SHA-256 of inputs: shape and float64 values, in hexadecimal."""
    digest = hashlib.sha256()
    _feed(digest, np.asarray(inputs, dtype=np.float64))
    return digest.hexdigest()


def design_content(design: Design) -> dict[str, Any]:
    """Every value of a design that a result depends on; files by what is in them.

    Raises:
        InputError: a file cannot be read.
    """
    return base_content(design.model_dump(mode="json"))


def base_content(tables: Mapping[str, Any]) -> dict[str, Any]:
    """The base design of a plan as it was written, which need not be one without swept keys.

    Raises:
        InputError: a file that it names cannot be read.
    """
    content = dict(tables)
    simulation = dict(content.pop("simulation", {}))
    for limit in LIMITS:
        simulation.pop(limit, None)
    content |= {"simulation": simulation} if simulation else {}
    for section, key in FILES:
        own = content.get(section)
        if isinstance(own, dict) and key in own:
            content[section] = {**own, key: value_content(f"{section}.{key}", own[key])}
    return content


def value_content(key: str, value: Any) -> Any:
    """What a value of a design key stands for: a file by the SHA-256 of its bytes.

    Raises:
        InputError: the file cannot be read.
    """
    if tuple(key.split(".")) not in FILES or not isinstance(value, str):
        return value
    try:
        path = Path(value)
        status = path.stat()
        return _file_hash(path, status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise InputError(f"{key} {value}", "the file must be readable", error.strerror) from error


@lru_cache(maxsize=64)
def _file_hash(path: Path, changed_ns: int, size: int) -> str:
    """SHA-256 of a file's bytes, in hexadecimal; read once as long as it does not change."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run_key(network: str, inputs: str, design: Design, engine: str) -> str:
    """Key of a run: design, network, inputs, seed and engine version.

    Args:
        network, inputs: their hashes.
        design: with its seed.
        engine: name and version.
    """
    table = table_hash(design.cost.table) if design.cost.enabled else ""
    parts = [spicegen.__version__, network, inputs, engine, design_content(design), table]
    text = json.dumps(parts, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS]


def _feed(digest: Any, value: Any) -> None:
    """Hash a value so that different ones give different bytes: each with its kind and size."""
    if is_dataclass(value):
        digest.update(f"<{type(value).__name__}".encode())
        for field in fields(value):
            digest.update(f"|{field.name}=".encode())
            _feed(digest, getattr(value, field.name))
        digest.update(b">")
    elif isinstance(value, np.ndarray):
        digest.update(f"[{value.dtype.str}{value.shape}]".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, tuple | list):
        digest.update(f"({len(value)}".encode())
        for item in value:
            _feed(digest, item)
    elif isinstance(value, dict):
        digest.update(f"{{{len(value)}".encode())
        for key, item in value.items():
            digest.update(f"{key!r}:".encode())
            _feed(digest, item)
    else:
        text = repr(value)
        digest.update(f"{type(value).__name__}{len(text)}:{text}".encode())
