"""Write docs/design.md: every key of design.toml with its default and meaning.

python scripts/make_design_docs.py
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from spicegen.design import Design
from spicegen.design.nonideality import KINDS

TARGET = Path(__file__).parent.parent / "docs" / "design.md"

HEAD = """# design.toml

Every key has a default; a file names only what differs. `--set section.key=value` overrides
one key. A run directory holds the complete design it used. Units are the suffix of the key.

| key | default | |
| --- | --- | --- |
| `fidelity` | `"behavioural"` | `ideal`: mathematical elements; `behavioural`: finite gain, \
bandwidth, rails, switches, droop, injection. A section with a `fidelity` of its own overrides it. |
"""

LIST_HEAD = """## [[nonideality]]

A list: what makes the crossbar as built differ from the wanted one, see nonidealities.md. Each
entry has a `kind`, and `enabled` (default `True`): `False` is as if the entry were not there,
while the random draws of all others stay as they are. The order in the file plays no part,
except among entries of one kind. On the command line entries are numbered from 0:
`--set nonideality.0.kind=variation --set nonideality.0.sigma=0.05`.
"""

EVERY_ITEM = ("kind", "enabled")


def page() -> str:
    """The page as text."""
    parts = [HEAD]
    for name, field in Design.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            parts += _sections(name, section)
    parts.append(LIST_HEAD)
    parts += [_section(f'[[nonideality]] kind = "{kind}"', each) for kind, each in KINDS.items()]
    return "\n".join(parts)


def _sections(name: str, section: type[BaseModel]) -> list[str]:
    """A section, then those inside it."""
    inner = {key: _inner(field) for key, field in section.model_fields.items()}
    deeper = [
        part for key, kind in inner.items() if kind for part in _sections(f"{name}.{key}", kind)
    ]
    return [_section(f"[{name}]", section), *deeper]


def _inner(field: FieldInfo) -> type[BaseModel] | None:
    kinds = (field.annotation, *get_args(field.annotation))
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)


def _section(title: str, section: type[BaseModel]) -> str:
    summary = (section.__doc__ or "").strip().split("\n")[0]
    rows = [
        f"| `{key}` | {_default(field)} | {_meaning(field)} |"
        for key, field in section.model_fields.items()
        if key not in EVERY_ITEM and not _inner(field)
    ]
    return "\n".join(
        [f"## {title}\n\n{summary}\n\n| key | default | |\n| --- | --- | --- |", *rows, ""]
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
