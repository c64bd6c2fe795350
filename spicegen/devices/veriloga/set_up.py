"""What the set-up of a module does besides computing: parameter values, ranges, node collapse.

The front end compiles declarations into instructions: for each parameter a branch on whether
it was given, range checks that end in a call on each way, and a `phi` that joins the value
given with the default. The calls have no names; their place tells what they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spicegen.devices.veriloga.mir import Function, Instruction
from spicegen.devices.veriloga.module import GROUND, Module


class UnknownSetUpError(Exception):
    """The set-up holds something that the C file cannot express; the message says what."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the values and calls of a set-up stand for.

    Args:
        finals: value -> the parameter whose final value it is.
        range_calls: callee -> the parameter that is out of its range when it is called.
        collapse_calls: callee -> index of the pair of nodes that become one.
    """

    finals: Mapping[str, str]
    range_calls: Mapping[str, str]
    collapse_calls: Mapping[str, int]


def understand(module: Module) -> SetUp:
    """Find out what the calls of a set-up stand for.

    Raises:
        UnknownSetUpError: one of them cannot be told.
    """
    function = module.set_up
    raw = {value: one.name for value, one in function.inputs.items() if one.kind == "param"}
    finals = {one.result: raw[value] for one in function for _, value in one.edges if value in raw}
    calls = [one for one in function if one.opcode == "call"]
    if computed := [one.callee for one in calls if one.result]:
        raise UnknownSetUpError(f"a call ({computed[0]}) whose result is needed at set-up")
    printing = frozenset(one.callee for one in calls if one.operands)
    body = _body(function, finals)
    ranges = {
        one.callee: _declared(function, one)
        for one in calls
        if one.callee not in printing and one.block not in body
    }
    rest = sorted({one.callee for one in calls} - printing - set(ranges), key=_number)
    pairs = _collapses(module)
    if len(rest) > len(pairs):
        raise UnknownSetUpError(f"a call ({rest[-1]}) of unknown meaning at set-up")
    collapses = dict(zip(rest, pairs, strict=False))
    return SetUp(finals, ranges, {one: k for one, k in collapses.items() if k is not None})


def _collapses(module: Module) -> list[int | None]:
    """For each call that asks for a collapse, in order: the pair, None if it must not be.

    A pair of nodes is followed by the currents between them that are unknowns (paired with
    the ground). Such a current would vanish with the collapse, although equations may use
    it; its own equation keeps the two nodes at one voltage as well.
    """
    found: list[int | None] = []
    for index, (first, second) in enumerate(module.collapsible):
        if second == GROUND and module.nodes[first].startswith("flow("):
            found[-1:] = [None]
        else:
            found.append(index)
    return found


def _number(callee: str) -> int:
    return int("".join(filter(str.isdigit, callee)))


def _body(function: Function, finals: Mapping[str, str]) -> set[str]:
    """Blocks that run when all parameters have their final value."""
    body = set(function.blocks)
    for one in function:
        if one.result in finals:
            body &= _reachable(function, one.block)
    return body


def _reachable(function: Function, start: str) -> set[str]:
    found: set[str] = set()
    todo = [start]
    while todo:
        for one in function.blocks[todo.pop()]:
            todo.extend(target for target in one.targets if target not in found)
            found.update(one.targets)
    return found


def _declared(function: Function, call: Instruction) -> str:
    """The parameter in whose declaration a range check calls: its `given` branch is nearest."""
    predecessors = function.predecessors()
    seen: set[str] = set()
    todo = list(predecessors[call.block])
    while todo:
        block = todo.pop(0)
        if block in seen:
            continue
        seen.add(block)
        for one in function.blocks[block]:
            source = function.inputs.get(one.operands[0]) if one.opcode == "br" else None
            if source is not None and source.kind == "param_given":
                return source.name
        todo.extend(predecessors[block])
    raise UnknownSetUpError(f"a call ({call.callee}) that belongs to no parameter")
