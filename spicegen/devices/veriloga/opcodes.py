"""The front end's operations in C: type of the result, expression."""

from __future__ import annotations

import math

from spicegen.devices.veriloga.mir import Constant, Function

REAL, INTEGER, BOOLEAN = "double", "int32_t", "bool"

_ONE = "sqrt exp floor ceil sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh"
_TWO = ("hypot", "atan2", "pow")
FUNCTIONS = (*_ONE.split(), *_TWO)
OPERATIONS: dict[str, tuple[str, str]] = {
    "fneg": (REAL, "-{0}"),
    "fadd": (REAL, "{0} + {1}"),
    "fsub": (REAL, "{0} - {1}"),
    "fmul": (REAL, "{0} * {1}"),
    "fdiv": (REAL, "{0} / {1}"),
    "frem": (REAL, "fmod({0}, {1})"),
    "ln": (REAL, "log({0})"),
    "log": (REAL, "log10({0})"),
    **{name: (REAL, f"{name}({{0}})") for name in _ONE.split()},
    **{name: (REAL, f"{name}({{0}}, {{1}})") for name in _TWO},
    "ineg": (INTEGER, "-{0}"),
    "inot": (INTEGER, "~{0}"),
    "iadd": (INTEGER, "{0} + {1}"),
    "isub": (INTEGER, "{0} - {1}"),
    "imul": (INTEGER, "{0} * {1}"),
    "idiv": (INTEGER, "divide_integers({0}, {1})"),
    "irem": (INTEGER, "integer_remainder({0}, {1})"),
    "ishl": (INTEGER, "shift_left({0}, {1})"),
    "ishr": (INTEGER, "shift_right({0}, {1})"),
    "iand": (INTEGER, "{0} & {1}"),
    "ior": (INTEGER, "{0} | {1}"),
    "ixor": (INTEGER, "{0} ^ {1}"),
    "clog2": (INTEGER, "clog2({0})"),
    "bnot": (BOOLEAN, "!{0}"),
    **{
        f"{kind}{name}": (BOOLEAN, f"{{0}} {sign} {{1}}")
        for kind in "fib"
        for name, sign in {
            "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "eq": "==", "ne": "!=",
        }.items()
    },
    "ficast": (INTEGER, "round_to_integer({0})"),
    "ifcast": (REAL, "(double){0}"),
    "bicast": (INTEGER, "(int32_t){0}"),
    "ibcast": (BOOLEAN, "{0} != 0"),
    "fbcast": (BOOLEAN, "{0} != 0.0"),
    "bfcast": (REAL, "(double){0}"),
}  # fmt: skip


def constant_type(value: Constant) -> str:
    """C type of a constant."""
    if isinstance(value, bool):
        return BOOLEAN
    return INTEGER if isinstance(value, int) else REAL


def constant_text(value: Constant) -> str:
    """A constant that C reads as the same number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return "INT32_MIN" if value == -(2**31) else str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return "NAN"
        if math.isinf(value):
            return "INFINITY" if value > 0 else "-INFINITY"
        return repr(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def value_types(function: Function, inputs: dict[str, str]) -> dict[str, str]:
    """C type of every value of a function.

    Args:
        function: of the front end.
        inputs: value -> C type, for the inputs and the results of calls.
    """
    types = {value: constant_type(constant) for value, constant in function.constants.items()}
    types.update(inputs)
    for one in function:
        if one.opcode in OPERATIONS:
            types[one.result] = OPERATIONS[one.opcode][0]
    joins = [one for one in function if one.opcode == "phi"]
    settled = False
    while not settled:
        settled = True
        for join in joins:
            known = {types[value] for _, value in join.edges if value in types}
            if join.result not in types and known:
                types[join.result] = known.pop()
                settled = False
    return types
