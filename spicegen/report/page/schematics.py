from typing import Any


def schematics_of(table: Any) -> list[Any]:
    return []
