"""Packages that only some users need."""

from __future__ import annotations

import importlib
from typing import Any

from spicegen.errors import NetworkError


def require(module: str, extra: str, where: str) -> Any:
    """The module, or a message that says how to install it.

    Args:
        module: to import, such as "onnx".
        extra: of spicegen that brings it.
        where: the file that needs it.
    Raises:
        NetworkError: the module is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise NetworkError(
            where,
            f"reading this file needs the package {module.partition('.')[0]}",
            "it is not installed",
            f"pip install 'spicegen[{extra}]'",
        ) from error
