"""Write docs/design.md, docs/cli.md and docs/python.md: keys, commands and names of the package.

python scripts/make_reference_docs.py
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from types import MemberDescriptorType, NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.models import ArgumentInfo

import spicegen
from spicegen.cli.app import app
from spicegen.design import Design
from spicegen.design.nonideality import KINDS

FOLDER = Path(__file__).parent.parent / "docs"

DESIGN_HEAD = """# design.toml

Every key has a default; a file names only what differs. `--set section.key=value` overrides
one key. A run directory holds the complete design it used. Units are the suffix of the key.

| key | type | unit | default | range | |
| --- | --- | --- | --- | --- | --- |
"""
FIDELITY = (
    "Ideal: mathematical elements; behavioural: finite gain, bandwidth, rails, switches, droop, "
    "injection. A section with a `fidelity` of its own overrides it."
)
LIST_HEAD = """## [[nonideality]]

A list: what makes the crossbar as built differ from the wanted one, see
[nonidealities.md](nonidealities.md). Each
entry has a `kind`, and `enabled` (default `true`): `false` is as if the entry were not there,
while the random draws of all others stay as they are. The order in the file plays no part,
except among entries of one kind. On the command line entries are numbered from 0:
`--set nonideality.0.kind=variation --set nonideality.0.sigma=0.05`.
"""
EVERY_ITEM = ("kind", "enabled")
UNITS = {  # of the last part of a key's name
    "ampere": "A", "bytes": "byte", "celsius": "degree C", "coulomb": "C", "farad": "F",
    "hertz": "Hz", "kelvin": "K", "metre": "m", "ohm": "ohm", "ohm_metre": "ohm m",
    "per_kelvin": "1/K", "s": "s", "siemens": "S", "volts": "V", "watt": "W",
}  # fmt: skip
TYPES = {
    "array": "list", "boolean": "true or false", "integer": "integer", "number": "number",
    "object": "table", "string": "text",
}  # fmt: skip

TEXT = {str: "TEXT", float: "NUMBER", int: "N", Path: "FILE"}

CLI_HEAD = '''# Commands

Every command explains itself: `spicegen COMMAND --help`. The examples below follow each other in
one folder with a `network.toml`, a `signal.npy`, a `plan.toml` and so on.

Exit status: 0 done, 2 bad input or usage, 3 the simulation failed, 4 accuracy bar missed, 130
interrupted. Messages go to stderr; `--json` prints the result and nothing else on stdout.

<!-- hidden
```python
import shutil
from pathlib import Path

import numpy as np
import spicegen as sg
from spicegen.demo.eeg_signal import eeg_like

shutil.copytree("examples/eeg_lstm", ".", dirs_exist_ok=True)
np.save("signal.npy", eeg_like(steps=4, seed=1))
np.savetxt("targets.csv", np.full((2, 3), 5e-3), delimiter=",")
Path("design.toml").write_text("[device]\\nlevels = 64\\n")
Path("plan.toml").write_text("""
network = "network.toml"
inputs = "signal.npy"
[design.simulation]
analysis = "static"
[sweep]
device.levels = [16, 256]
""")
Path("wire.va").write_text("""
`include "disciplines.vams"
module wire_va(p, n);
  inout p, n; electrical p, n;
  parameter real r_ohm = 1e3 from (0:inf);
  analog I(p, n) <+ V(p, n) / r_ohm;
endmodule
""")
sg.batch("plan.toml", "runs/mc")
```
-->
'''

PYTHON_HEAD = """# Python

What `import spicegen as sg` offers. Names of a room are documented in the room: `python -m pydoc
spicegen.devices`. Arrays are (sample, feature) or (sample, step, feature), values SI units inside
the circuit and network units outside; design keys carry their unit as suffix.
"""


def design_page() -> str:
    """Every key of design.toml: type, unit, default, range, meaning."""
    parts = [DESIGN_HEAD + _key_row("fidelity", Design, FIDELITY) + "\n"]
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
    head = f"## {title}\n\n{summary}\n\n| key | type | unit | default | range | |\n" + (
        "| --- | --- | --- | --- | --- | --- |"
    )
    fields = section.model_fields.items()
    keys = [key for key, field in fields if key not in EVERY_ITEM and not _inner(field)]
    return "\n".join([head, *(_key_row(key, section) for key in keys), ""])


def _key_row(key: str, section: type[BaseModel], meaning: str = "") -> str:
    field = section.model_fields[key]
    schema = section.model_json_schema()["properties"][key]
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    words = ["choice" if "enum" in kind else TYPES[kind["type"]] for kind in kinds]
    text = meaning or " ".join((field.description or "").split())
    cells = (
        f"`{key}`", " or ".join(words), _unit(key), _default(field), _range(kinds[0]), text,
    )  # fmt: skip
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _unit(key: str) -> str:
    for suffix in sorted(UNITS, key=len, reverse=True):
        if key == suffix or key.endswith(f"_{suffix}"):
            return UNITS[suffix]
    return ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None:
        return "absent"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, float):
        return f"`{value:g}`"
    shown = f'"{value}"' if isinstance(value, str) else repr(value).replace("()", "[]")
    return f"`{shown}`"


def _range(kind: dict[str, Any]) -> str:
    if "enum" in kind:
        return ", ".join(f"`{choice}`" for choice in kind["enum"])
    if "const" in kind:
        return f"`{kind['const']}`"
    kind = kind.get("items", kind)
    low = kind.get("minimum", kind.get("exclusiveMinimum"))
    high = kind.get("maximum", kind.get("exclusiveMaximum"))
    if low is None and high is None:
        return "finite" if kind.get("type") == "number" else ""
    ends = "[" if "minimum" in kind else "(", "]" if "maximum" in kind else ")"
    first = "-inf" if low is None else f"{low:g}"
    return f"{ends[0]}{first}, {'inf' if high is None else f'{high:g}'}{ends[1]}"


def cli_page() -> str:
    """Every command with its arguments, options and example."""
    return "\n".join([CLI_HEAD, *(_command(words, call) for words, call in commands())])


def commands(group: typer.Typer = app, words: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """All commands in the order of the help, as (words behind `spicegen`, function)."""
    for each in group.registered_commands:
        if each.callback is not None:
            yield f"{words} {each.name or each.callback.__name__}".strip(), each.callback
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            yield from commands(inner.typer_instance, f"{words} {inner.name}".strip())


def _command(words: str, call: Callable[..., Any]) -> str:
    text, _, example = inspect.cleandoc(call.__doc__ or "").partition("\b\nExample:\n")
    hints = get_type_hints(call, include_extras=True)
    defaults = inspect.signature(call).parameters
    rows = [
        _option(name, hint, defaults[name].default)
        for name, hint in hints.items()
        if name != "return"
    ]
    return "\n".join(
        [
            f"## spicegen {words}\n\n{text.strip()}\n\n```sh\n{inspect.cleandoc(example)}\n```\n",
            "| argument or option | value | default | range | |\n| --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _option(name: str, hint: Any, default: Any) -> str:
    kind, about = get_args(hint)
    if isinstance(kind, UnionType):
        (kind,) = (each for each in get_args(kind) if each is not NoneType)
    many = get_origin(kind) is list
    kind = get_args(kind)[0] if many else kind
    argument = isinstance(about, ArgumentInfo)
    # typer takes the first of an option's names for its default, where it is in an annotation
    options = [each for each in (about.default, *(about.param_decls or ())) if each is not ...]
    names = about.metavar or name.upper() if argument else ", ".join(options or [f"--{name}"])
    choices = [f"`{each.value}`" for each in kind] if _is_enum(kind) else []
    value = "choice" if choices else "" if kind is bool or argument else about.metavar or TEXT[kind]
    if about.min is not None:
        bounds = f"[{about.min:g}, {'inf)' if about.max is None else f'{about.max:g}]'}"
    else:
        bounds = ", ".join(choices)
    if default is inspect.Parameter.empty:
        shown = "required"
    else:
        shown = "" if default in (None, False) else f"`{getattr(default, 'value', default)}`"
    again = "repeatable" if many else ""
    cells = (
        f"`{names}`", ", ".join(filter(None, (value, again))), shown, bounds,
        " ".join((about.help or "").split()),
    )  # fmt: skip
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def python_page() -> str:
    """Every name of the package itself: signature and docstring."""
    return "\n".join([PYTHON_HEAD, *(_name(name) for name in sorted(spicegen.__all__))])


def _name(name: str) -> str:
    thing = getattr(spicegen, name)
    if inspect.ismodule(thing):  # the room `batch` is callable as the function of that name
        thing = getattr(thing, name)
    parts = [f"## sg.{name}\n", _shown(name, thing)]
    if inspect.isclass(thing) and not issubclass(thing, BaseModel | Exception):
        parts += [
            f"### {name}.{key}\n\n{_shown(f'.{key}', member)}"
            for key, member in vars(thing).items()
            if not key.startswith("_") and not isinstance(member, MemberDescriptorType | str)
        ]
    return "\n".join(parts)


def _shown(name: str, thing: Any) -> str:
    """A signature and a docstring, as they are."""
    read = getattr(thing, "fget", None) or getattr(thing, "func", None)
    if read is not None:  # a property, cached or not
        returned = inspect.signature(read).return_annotation
        return f"```text\n{name}: {returned}\n\n{inspect.getdoc(read) or ''}\n```\n"
    thing = getattr(thing, "__func__", thing)
    signature = str(inspect.signature(thing)) if inspect.isfunction(thing) else ""
    signature = re.sub(r"^\((self|cls)(, )?", "(", signature).replace("'", "")
    return f"```text\n{name}{signature}\n\n{inspect.getdoc(thing) or ''}\n```\n"


PAGES = {"design.md": design_page, "cli.md": cli_page, "python.md": python_page}

if __name__ == "__main__":
    for file, page in PAGES.items():
        (FOLDER / file).write_text(page(), encoding="utf-8")
