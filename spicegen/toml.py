"""TOML files that a user gives, read with errors that say where."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from spicegen.errors import InputError


def read_toml(path: Path, error: type[InputError] = InputError, remedy: str = "") -> dict[str, Any]:
    """The nested tables of a file.

    Args:
        path: of the file.
        error: what to raise.
        remedy: what the user can do about it.
    Raises:
        InputError: unreadable or no TOML; of the class `error`.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        rule = "the file must be readable"
        raise error(str(path), rule, cause.strerror, remedy) from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise error(str(path), "the file must be TOML", cause, remedy) from cause
