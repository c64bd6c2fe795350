"""Where the templates, models and examples are, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def packaged(folder: str) -> Path:
    """The folder `templates`, `models` or `examples` that belongs to this installation.

    A wheel carries them inside the package (`spicegen/_files`); a checkout has them
    at its top level, beside the package.
    """
    inside = _PACKAGE / "_files" / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder
