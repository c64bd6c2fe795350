"""The C file of a module: its tables and equations, around `osdi_module.h`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from spicegen.devices.veriloga.c_function import (
    INDENT,
    Call,
    FunctionWriter,
    UnknownOperationError,
)
from spicegen.devices.veriloga.c_tables import sizes, structures, tables
from spicegen.devices.veriloga.mir import ZERO, Input, Instruction
from spicegen.devices.veriloga.module import STORED, Module
from spicegen.devices.veriloga.names import identifiers
from spicegen.devices.veriloga.opcodes import BOOLEAN, INTEGER, REAL, value_types
from spicegen.devices.veriloga.set_up import SetUp, understand

STATIC = "!(sim->flags & CALC_REACT_JACOBIAN)"
ANALYSES = ("ac", "dc", "ic", "nodeset", "noise", "tran")
PROBE = re.compile(r"V\((?P<high>[^,()]+)(?:,(?P<low>[^,()]+))?\)|I\((?P<branch>.*)\)")
TITLE = """/* {name}({terminals}): the equations of {source} as a model for OSDI 0.3.
 * Generated: change the Verilog-A source, not this file.
 *     cc {flags} FILE.c -o FILE.osdi -lm
 */
#include "osdi_functions.h"
"""


def c_file(module: Module, source: str, flags: str, ranges: Mapping[str, str]) -> str:
    """The whole file.

    Args:
        module: that the front end exports.
        source: name of the Verilog-A file, for the title.
        flags: of the C compiler, for the title.
        ranges: parameter -> its range as declared, such as `from (0:inf)`.
    Raises:
        UndefinedValueError, UnknownOperationError, UnknownSetUpError: there is no C for it.
    """
    members = identifiers(parameter.name for parameter in module.parameters)
    terminals = ", ".join(module.terminals)
    types = _cache_types(module, members)
    cached = [f"{types[value]} {value};" for value in dict.fromkeys(v for v, _ in module.cache)]
    return "\n".join(
        (
            TITLE.format(name=module.name, terminals=terminals, source=source, flags=flags),
            sizes(module),
            structures(module, members, cached),
            tables(module, members, ranges),
            _set_up(module, members, understand(module)),
            _evaluation(module, members, types),
            '#include "osdi_module.h"\n',
        )
    )


def _set_up(module: Module, members: Mapping[str, str], roles: SetUp) -> str:
    places = {one.name: index for index, one in enumerate(module.settable)}

    def call(one: Instruction, operands: Sequence[str]) -> Call | None:
        if one.callee in roles.range_calls:
            index = places[roles.range_calls[one.callee]]
            return Call("", f"self->wrong = &parameter[{index}]")
        if one.callee in roles.collapse_calls:
            return Call("", f"self->collapsed[{roles.collapse_calls[one.callee]}] = true")
        return None

    finals = {value: members[name] for value, name in roles.finals.items()}
    cached = dict.fromkeys(value for value, _ in module.cache)
    writer = FunctionWriter(
        module.set_up,
        {v: _set_up_input(module, one, members) for v, one in module.set_up.inputs.items()},
        [
            *((f"self->p.{name} =", value) for value, name in finals.items()),
            *((f"self->cache.{value} =", value) for value in cached),
        ],
        call,
        finals,
    )
    lines = writer.statements()
    return _function("void set_up(struct instance *self)", "parameters and cache", lines)


def _evaluation(module: Module, members: Mapping[str, str], types: Mapping[str, str]) -> str:
    function = module.evaluation
    live = function.live(module.outputs())
    known = {value: one for value, one in function.inputs.items() if value in live}
    names = identifiers(dict.fromkeys(_readable(one) for one in known.values()))
    inputs = {v: _input(module, one, members, types) for v, one in known.items()}
    first = [f"{INDENT}const double *v = sim->prev_solve;", f"{INDENT}bool limited = false;"]
    for kind, name, text in dict.fromkeys(
        (kind, names[_readable(known[v])], text) for v, (kind, text) in inputs.items()
    ):
        first.append(f"{INDENT}const {kind} {name} = {text};")
    writer = FunctionWriter(
        function,
        {v: (kind, names[_readable(known[v])]) for v, (kind, _) in inputs.items()},
        _outputs(module),
        lambda one, operands: _call(module, one, operands),
    )
    lines = [*first, *writer.statements(), f"{INDENT}return limited ? EVAL_RET_FLAG_LIM : 0;"]
    heading = "uint32_t evaluate(struct instance *self, const OsdiSimInfo *sim)"
    return _function(heading, "currents, charges and their derivatives", lines)


def _function(heading: str, purpose: str, lines: Sequence[str]) -> str:
    return "\n".join((f"/* {purpose} */", f"static {heading}", "{", *lines, "}", ""))


def _outputs(module: Module) -> list[tuple[str, str]]:
    found = []
    for index, node in enumerate(module.residuals):
        found += [
            (f"self->residual[{index}] =", node.resist),
            (f"self->charge[{index}] =", node.react),
            (f"self->residual_limit[{index}] =", node.resist_limit),
            (f"self->charge_limit[{index}] =", node.react_limit),
            (f"self->residual[{index}] {_sign(node.resist)}", node.resist_small),
            (f"self->charge[{index}] {_sign(node.react)}", node.react_small),
        ]
    for index, entry in enumerate(module.entries):
        found.append((f"self->resist[{index}] =", entry.resist))
        found.append((f"self->react[{index}] =", entry.react))
    return [(target, value) for target, value in found if value != ZERO]


def _sign(before: str) -> str:
    """How a part is assigned behind another."""
    return "=" if before == ZERO else "+="


def _readable(one: Input) -> str:
    """What a value is called in C, before C's own words are avoided."""
    return {"param_given": f"given_{one.name}", "port_connected": f"connected_{one.name}"}.get(
        one.kind, one.name if one.kind != "cached" else f"cached_{one.name}"
    )


def _cache_types(module: Module, members: Mapping[str, str]) -> dict[str, str]:
    function = module.set_up
    inputs = {v: _set_up_input(module, one, members)[0] for v, one in function.inputs.items()}
    return value_types(function, inputs)


def _set_up_input(module: Module, one: Input, members: Mapping[str, str]) -> tuple[str, str]:
    """C type and expression of what the set-up is given."""
    if one.kind == "param":
        return _parameter_type(module, one.name), f"self->p.{members[one.name]}"
    if one.kind == "param_given":
        return BOOLEAN, _given(module, one.name)
    return _device_input(module, one)


def _given(module: Module, name: str) -> str:
    places = {known.name: index for index, known in enumerate(module.settable)}
    return f"self->known[{places[name]}]" if name in places else "false"


def _parameter_type(module: Module, name: str) -> str:
    kinds = {one.name: one.kind for one in module.parameters}
    return INTEGER if kinds[name] == "integer" else REAL


def _device_input(module: Module, one: Input) -> tuple[str, str]:
    if one.kind == "temperature":
        return REAL, "self->temperature"
    if one.kind == "port_connected":
        return BOOLEAN, f"self->terminals > {module.terminals.index(one.name)}"
    if one == Input("sysfun", "mfactor"):
        return REAL, "self->multiplier"
    return REAL, "0.0"


def _input(
    module: Module, one: Input, members: Mapping[str, str], types: Mapping[str, str]
) -> tuple[str, str]:
    """C type and expression of what the evaluation is given."""
    if one.kind in ("param", "param_given"):
        return _set_up_input(module, one, members)
    if one.kind == "cached":
        source = module.set_up.copies.get(one.name, one.name)
        return types[source], f"self->cache.{source}"
    if one.kind in ("voltage", "current", "implicit_unknown"):
        return REAL, _probe(module, one)
    if one.kind == "abstime":
        return REAL, "sim->abstime"
    if one.kind == "enable_integration":
        return BOOLEAN, f"!({STATIC})"
    if one.kind == "enable_lim":
        return BOOLEAN, "sim->flags & ENABLE_LIM"
    if one.kind == "prev_state":
        index = one.name.removeprefix("prev_state_")
        return REAL, f"sim->prev_state[self->state[{index}]]"
    return _device_input(module, one)


def _probe(module: Module, one: Input) -> str:
    """A voltage or current from the simulator's solution."""
    if one.kind == "implicit_unknown":
        return _solved(module, one, f"implicit_equation_{one.name.removeprefix('inode')}")
    probe = PROBE.fullmatch(one.name)
    if probe is None:
        raise UnknownOperationError(one.name)
    if branch := probe["branch"]:
        return _solved(module, one, f"flow({branch})", f"flow(<{branch}>)")
    low = f" - {_solved(module, one, probe['low'])}" if probe["low"] else ""
    return _solved(module, one, probe["high"]) + low


def _solved(module: Module, one: Input, *names: str) -> str:
    for index, node in enumerate(module.nodes):
        if node in names:
            return f"v[self->node[{index}]]"
    raise UnknownOperationError(one.name)


def _call(module: Module, one: Instruction, operands: Sequence[str]) -> Call | None:
    """A call of the evaluation in C; None: it only prints, or its result is not needed."""
    function, name = module.evaluation, module.evaluation.callees.get(one.callee, "")
    if name == "Analysis":
        analysis = str(function.constants[one.operands[0]])
        known = f"(sim->flags & ANALYSIS_{analysis.upper()}) != 0" if analysis in ANALYSES else "0"
        return Call(INTEGER, STATIC if analysis == "static" else known)
    if name in ("SimParam", "SimParamOpt"):
        setting, otherwise = (*operands, "0.0")[:2]
        return Call(REAL, f"simulator_setting(sim, {setting}, {otherwise})")
    if name.startswith("BuiltinLimit"):
        return Call(REAL, f"limit_junction(sim->flags, &limited, {', '.join(operands)})")
    if stored := STORED.fullmatch(name):
        text = f"sim->next_state[self->state[{stored[1]}]] = {operands[0]}"
        return Call(REAL, text, acts=True)
    return Call(REAL, "0.0") if one.result else None
