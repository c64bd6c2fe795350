"""What differs between the plan that filled a directory and the one at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from spicegen.errors import InputError

SHOWN = 5
SHOWN_SIGNS = 60
_ABSENT = object()


def refuse_other_plan(before: Mapping[str, Any], now: Mapping[str, Any], directory: Path) -> None:
    """Let only the plan that began a directory go on in it.

    Args:
        before, now: contents of plans.
        directory: of the batch.
    Raises:
        InputError: the contents differ; it names what does.
    """
    now = json.loads(json.dumps(now))
    found = list(_differences(before, now, ""))
    if not found:
        return
    told = "; ".join(found[:SHOWN]) + ("; ..." if len(found) > SHOWN else "")
    raise InputError(
        str(directory),
        "this directory belongs to another plan",
        None,
        f"choose another directory, or undo the change: {told}",
    )


def _differences(before: Any, now: Any, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*before, *now]):
            inner = f"{path}.{key}" if path else str(key)
            yield from _differences(before.get(key, _ABSENT), now.get(key, _ABSENT), inner)
    elif before != now:
        yield f"{path} was {_shown(before)}, is {_shown(now)}"


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return "absent"
    text = json.dumps(value)
    return f"{text[:SHOWN_SIGNS]}..." if len(text) > SHOWN_SIGNS else text
