"""Sizes, structures and tables of a module's C file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from spicegen.devices.veriloga.c_function import INDENT
from spicegen.devices.veriloga.mir import ZERO
from spicegen.devices.veriloga.module import GROUND, Entry, Module, Parameter
from spicegen.devices.veriloga.opcodes import INTEGER, REAL, constant_text

INSTANCE = (
    "struct parameters set; /* on the instance line */",
    "struct parameters p;   /* what counts: instance line, else .model card, else default */",
    "struct cache cache;",
    "bool given[PARAMETERS + 1], known[PARAMETERS + 1];",
    "double multiplier;",
    "bool multiplier_given;",
    "double temperature;",
    "uint32_t terminals;",
    "const struct place *wrong; /* a parameter that breaks its rule */",
    "bool reported;",
    "double residual[NODES], charge[NODES], residual_limit[NODES], charge_limit[NODES];",
    "double resist[ENTRIES + 1], react[ENTRIES + 1];",
    "double *resist_pointer[ENTRIES + 1], *react_pointer[ENTRIES + 1];",
    "uint32_t node[NODES];",
    "bool collapsed[COLLAPSIBLE + 1];",
    "uint32_t state[STATES + 1];",
)
MODEL = ("struct parameters set; /* on the .model card */", "bool given[PARAMETERS + 1];")


def sizes(module: Module) -> str:
    """The macros that `osdi_module.h` relies on."""
    counts = {
        "NODES": len(module.nodes),
        "TERMINALS": len(module.terminals),
        "ENTRIES": len(module.entries),
        "COLLAPSIBLE": len(module.collapsible),
        "STATES": module.states,
        "PARAMETERS": len(module.settable),
    }
    lines = [f"#define {name} {count}" for name, count in counts.items()]
    return "\n".join((f'#define MODULE "{module.name.lower()}"', *lines, ""))


def structures(module: Module, members: Mapping[str, str], cached: Iterable[str]) -> str:
    """Parameters, cached values, model card and instance.

    Args:
        module: that the file is of.
        members: parameter -> C identifier.
        cached: members of the cache, with their types.
    """
    parameters = [
        f"{INTEGER if one.kind == 'integer' else REAL} {members[one.name]};{_note(one)}"
        for one in module.parameters
    ]
    return "\n".join(
        (
            _struct("parameters", parameters),
            "/* what follows from the parameters alone, computed once */",
            _struct("cache", cached),
            _struct("model", MODEL),
            _struct("instance", INSTANCE),
        )
    )


def tables(module: Module, members: Mapping[str, str], ranges: Mapping[str, str]) -> str:
    """What the simulator is told about parameters, nodes, derivatives and collapse."""
    own = module.settable
    pairs = [
        f"{{{first}, {'UINT32_MAX' if second == GROUND else second}}},"
        for first, second in module.collapsible
    ]
    names = [
        f"static char *names_{members[one.name]}[] = {{{', '.join(map(_text, _names(one)))}}};\n"
        for one in own
    ]
    described = [
        '{names_multiplier, 1, "multiplier", "", PARA_TY_REAL | PARA_KIND_INST, 0},',
        *(_described(one, members, "INST") for one in own),
        *(_described(one, members, "MODEL") for one in own),
    ]
    places = [_place(one, members, ranges) for one in own]
    nodes = [_node(index, name) for index, name in enumerate(module.nodes)]
    entries = [_entry(index, entry) for index, entry in enumerate(module.entries)]
    return "\n".join(
        (
            _table("const struct place parameter", places),
            _table("OsdiNode nodes", nodes),
            _table("OsdiJacobianEntry entries", entries),
            _table("OsdiNodePair collapsible", pairs),
            'static char *names_multiplier[] = {"$mfactor", "m"};\n' + "".join(names),
            _table("OsdiParamOpvar described", described),
        )
    )


def _struct(name: str, lines: Iterable[str]) -> str:
    body = "".join(f"{INDENT}{line}\n" for line in (list(lines) or ["char none;"]))
    return f"struct {name} {{\n{body}}};\n"


def _table(declared: str, rows: Sequence[str]) -> str:
    body = "".join(f"{INDENT}{row}\n" for row in (rows or ["{0},"]))
    return f"static {declared}[] = {{\n{body}}};\n"


def _note(parameter: Parameter) -> str:
    words = " ".join(filter(None, (parameter.description, parameter.unit)))
    words = re.sub(r"[^ -~]|/\*|\*/", " ", words).strip()
    return f" /* {words} */" if words else ""


def _text(words: str) -> str:
    return constant_text(" ".join(words.split()))


def _place(parameter: Parameter, members: Mapping[str, str], ranges: Mapping[str, str]) -> str:
    member = members[parameter.name]
    rule = f"{parameter.name} must be {ranges.get(parameter.name) or 'in its range'}"
    size = f"sizeof(((struct parameters *)0)->{member})"
    return f"{{offsetof(struct parameters, {member}), {size}, {_text(rule)}}},"


def _names(parameter: Parameter) -> tuple[str, ...]:
    return (parameter.name.lower(), *(alias.lower() for alias in parameter.aliases))


def _described(parameter: Parameter, members: Mapping[str, str], kind: str) -> str:
    number = "PARA_TY_INT" if parameter.kind == "integer" else "PARA_TY_REAL"
    words = f"{_text(parameter.description)}, {_text(parameter.unit)}"
    return (
        f"{{names_{members[parameter.name]}, {len(parameter.aliases)}, {words}, "
        f"{number} | PARA_KIND_{kind}, 0}},"
    )


def _node(index: int, name: str) -> str:
    flow = name.startswith("flow(")
    units = '"A", "V"' if flow else '"V", "A"'
    places = ", ".join(
        f"offsetof(struct instance, {member}[{index}])"
        for member in ("residual", "charge", "residual_limit", "charge_limit")
    )
    return f"{{{_text(name.lower())}, {units}, {places}, {constant_text(flow)}}},"


def _entry(index: int, entry: Entry) -> str:
    kinds = {"RESIST": entry.resist, "REACT": entry.react}
    flags = [f"JACOBIAN_ENTRY_{kind}" for kind, value in kinds.items() if value != ZERO]
    pointer = f"offsetof(struct instance, react_pointer[{index}])"
    if entry.react == ZERO:
        pointer = "UINT32_MAX"
    return f"{{{{{entry.row}, {entry.column}}}, {pointer}, {' | '.join(flags) or '0'}}},"
