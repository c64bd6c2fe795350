"""Public names of a package, imported when they are first used."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def attributes(
    package: str, homes: Mapping[str, tuple[str, ...]], modules: tuple[str, ...] = ()
) -> Callable[[str], Any]:
    """What a package takes as its `__getattr__` (PEP 562).

    Args:
        package: its full name.
        homes: by module of the package, the names that are public.
        modules: of the package, that are public as a whole.
    Raises:
        AttributeError: what is returned raises it for any other name.
    """

    def find(name: str) -> Any:
        if name in modules:
            return import_module(f"{package}.{name}")
        for module, names in homes.items():
            if name in names:
                return getattr(import_module(f"{package}.{module}"), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return find
