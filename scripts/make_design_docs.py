"""Write docs/design.md: every key of design.toml with its default and meaning.

python scripts/make_design_docs.py
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from spicegen.design import Design

TARGET = Path(__file__).parent.parent / "docs" / "design.md"

HEAD = """# design.toml

Every key has a default; a file names only what differs. `--set section.key=value` overrides
one key. A run directory holds the complete design it used. Units are the suffix of the key.

| key | default | |
| --- | --- | --- |
| `fidelity` | `"behavioural"` | `ideal`: mathematical elements; `behavioural`: finite gain, \
bandwidth, rails, switches, droop, injection. A section with a `fidelity` of its own overrides it. |
"""


def page() -> str:
    """The page as text."""
    parts = [HEAD]
    for name, field in Design.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            parts += _sections(name, section)
    return "\n".join(parts)


def _sections(name: str, section: type[BaseModel]) -> list[str]:
    """A section, then those inside it."""
    inner = {key: _inner(field) for key, field in section.model_fields.items()}
    deeper = [
        part for key, kind in inner.items() if kind for part in _sections(f"{name}.{key}", kind)
    ]
    return [_section(name, section), *deeper]


def _inner(field: FieldInfo) -> type[BaseModel] | None:
    kinds = (field.annotation, *get_args(field.annotation))
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)


def _section(name: str, section: type[BaseModel]) -> str:
    summary = (section.__doc__ or "").strip().split("\n")[0]
    rows = [
        f"| `{key}` | {_default(field)} | {_meaning(field)} |"
        for key, field in section.model_fields.items()
        if not _inner(field)
    ]
    return "\n".join(
        [f"## [{name}]\n\n{summary}\n\n| key | default | |\n| --- | --- | --- |", *rows, ""]
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None:
        return "absent"
    return f'`"{field.default}"`' if isinstance(field.default, str) else f"`{field.default!r}`"


def _meaning(field: FieldInfo) -> str:
    text = " ".join((field.description or "").split())
    choices = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
    if choices:
        text = f"{' or '.join(f'`{choice}`' for choice in choices)}. {text}"
    return text.replace("|", "\\|").strip()


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
