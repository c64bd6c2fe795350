"""A Verilog-A module as the front end exports it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spicegen.devices.veriloga.mir import ZERO, Function, Input, read_function

INTEGER_FLAG, STRING_FLAG, TYPE_MASK = 1, 2, 3
GROUND = -1
STORED = re.compile(r"StoreLimit\(lim_state(\d+)\)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter; `local` ones cannot be set from outside."""

    name: str
    kind: str  # real, integer or string
    unit: str
    description: str
    aliases: tuple[str, ...]
    local: bool = False


@dataclass(frozen=True, slots=True)
class Residual:
    """What flows out of a node: values of the evaluation, `ZERO` where there is none.

    The front end keeps apart what it believes to be zero but in small-signal analyses. That
    belief is wrong for a node behind a branch of zero volts, so these parts are added.

    Args:
        resist: current, A (of a branch current's equation: voltage, V).
        react: charge, C (flux, Vs).
        resist_small, react_small: to be added to them.
        resist_limit, react_limit: corrections where $limit changed a voltage.
    """

    resist: str = ZERO
    react: str = ZERO
    resist_small: str = ZERO
    react_small: str = ZERO
    resist_limit: str = ZERO
    react_limit: str = ZERO


@dataclass(frozen=True, slots=True)
class Entry:
    """Derivative of a node's residual with respect to another node's voltage."""

    row: int
    column: int
    resist: str
    react: str


@dataclass(frozen=True, slots=True)
class Module:
    """The equations of a module, and what a simulator must know about it.

    Args:
        nodes: terminals first; then internal nodes, branch currents `flow(...)`.
        residuals: one per node.
        cache: (value of the set-up, value of the evaluation) that stand for the same.
        collapsible: pairs of nodes that may be one; GROUND for the ground.
        states: number of voltages that $limit remembers.
    """

    name: str
    terminals: tuple[str, ...]
    nodes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    residuals: tuple[Residual, ...]
    entries: tuple[Entry, ...]
    set_up: Function
    evaluation: Function
    cache: tuple[tuple[str, str], ...]
    collapsible: tuple[tuple[int, int], ...]
    states: int

    @property
    def settable(self) -> tuple[Parameter, ...]:
        """The parameters that can be set from outside."""
        return tuple(parameter for parameter in self.parameters if not parameter.local)

    def outputs(self) -> set[str]:
        """Values of the evaluation that a simulator is given."""
        found = {entry.resist for entry in self.entries} | {entry.react for entry in self.entries}
        for one in self.residuals:
            found |= {one.resist, one.react, one.resist_small, one.react_small}
            found |= {one.resist_limit, one.react_limit}
        return found - {ZERO}


def read_module(exported: Mapping[str, Any], local: set[str]) -> Module:
    """A module from the front end's dictionaries.

    Args:
        exported: what `frontend_worker` prints for one module.
        local: names of the parameters that are declared as localparam.
    """
    system = exported["dae"]
    evaluation = _evaluation(exported)
    set_up = read_function(
        exported["init"], {}, _inputs(exported["init_inputs"], exported["init"]["params"]), {}
    )
    cache = tuple((set_up.copies.get(source, source), value) for source, value in _cached(exported))
    nodes = tuple(node["name"] for node in system["nodes"])
    return Module(
        name=exported["name"],
        terminals=tuple(system["terminals"]),
        nodes=nodes,
        parameters=tuple(_parameter(entry, local) for entry in exported["parameters"]),
        residuals=_residuals(system["residuals"], evaluation, len(nodes)),
        entries=tuple(
            Entry(
                entry["row_node_idx"],
                entry["col_node_idx"],
                _value(entry["resist_var"], evaluation),
                _value(entry["react_var"], evaluation),
            )
            for entry in system["jacobian"]
        ),
        set_up=set_up,
        evaluation=evaluation,
        cache=cache,
        collapsible=tuple(
            (first, second if second < len(nodes) else GROUND)
            for first, second in exported["collapsible"]
        ),
        states=exported["states"],
    )


def _evaluation(exported: Mapping[str, Any]) -> Function:
    function = exported["eval"]
    inputs = _inputs(exported["eval_inputs"], function["params"])
    inputs.update({value: Input("cached", source) for source, value in _cached(exported)})
    callees = {name: str(entry["name"]) for name, entry in function["function_decls"].items()}
    return read_function(
        function, exported["strings"], inputs, callees, _limited(function, inputs, callees)
    )


def _limited(
    function: Mapping[str, Any], inputs: Mapping[str, Input], callees: Mapping[str, str]
) -> dict[str, str]:
    """Input `new_state_k` -> the result of the call that stores state k."""
    stored = {
        match[1]: entry["result"]
        for entry in function["instructions"]
        if entry["opcode"] == "call"
        and (match := STORED.fullmatch(callees.get(entry["func_ref"], "")))
    }
    return {
        value: stored[source.name.removeprefix("new_state_")]
        for value, source in inputs.items()
        if source.kind == "new_state"
    }


def _cached(exported: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(value of the set-up, value of the evaluation), where the evaluation uses it at all."""
    values = {position: f"v{value}" for position, value in exported["eval_positions"]}
    return [
        (f"v{source}", values[position])
        for source, position in exported["cache"]
        if position in values
    ]


def _inputs(described: list[list[str]], values: list[str]) -> dict[str, Input]:
    """Inputs by value; what the front end has no description of is `unknown`."""
    found = {value: Input("unknown", "unknown") for value in values}
    found.update({f"v{value}": Input(kind, name) for kind, name, value in described})
    return found


def _parameter(entry: Mapping[str, Any], local: set[str]) -> Parameter:
    kinds = {INTEGER_FLAG: "integer", STRING_FLAG: "string"}
    return Parameter(
        entry["name"],
        kinds.get(entry["flags"] & TYPE_MASK, "real"),
        entry["units"],
        entry["description"],
        tuple(entry["aliases"]),
        entry["name"] in local,
    )


def _residuals(
    exported: list[dict[str, Any]], evaluation: Function, nodes: int
) -> tuple[Residual, ...]:
    found = [Residual()] * nodes
    for entry in exported:
        found[entry["node_idx"]] = Residual(
            _value(entry["resist_var"], evaluation),
            _value(entry["react_var"], evaluation),
            _value(entry["resist_small_signal_var"], evaluation),
            _value(entry["react_small_signal_var"], evaluation),
            _value(entry["resist_lim_rhs_var"], evaluation),
            _value(entry["react_lim_rhs_var"], evaluation),
        )
    return tuple(found)


def _value(name: str, function: Function) -> str:
    value = re.sub(r"^mir_", "v", name)
    return function.copies.get(value, value)
