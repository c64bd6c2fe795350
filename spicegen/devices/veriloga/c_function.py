"""One function of the front end as statements in C."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from spicegen.devices.veriloga.mir import Function, Instruction
from spicegen.devices.veriloga.opcodes import OPERATIONS, constant_text, value_types

WIDTH = 96  # characters of a statement, about
INDENT = "    "
NEGATED = re.compile(r"![\w.>\[\]-]+")
ATOMIC = re.compile(r"\w+(\([^()]*\))?")


class UndefinedValueError(Exception):
    """An output depends on a value that is undefined on some way through the function."""


class UnknownOperationError(Exception):
    """There is no C for an operation; the message names it."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call in C.

    Args:
        type: C type of its result; empty if it has none.
        text: the expression.
        acts: it does more than compute its result.
    """

    type: str
    text: str
    acts: bool = False


Caller = Callable[[Instruction, Sequence[str]], Call | None]
"""A call instruction and its operands in C -> the call; None: it does nothing."""


@dataclass
class FunctionWriter:
    """Writes the statements of one function.

    Args:
        function: of the front end.
        inputs: value -> (C type, expression).
        outputs: (assignment such as `self->x =`, value), at the end of the function.
        names: value -> C identifier, for values that deserve one.
        call: says what calls are in C.
    """

    function: Function
    inputs: Mapping[str, tuple[str, str]]
    outputs: Sequence[tuple[str, str]]
    call: Caller
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.order = _reachable(self.function)
        self.calls = {
            one.result: call
            for one in self.function
            if one.opcode == "call" and one.result and (call := self.call(one, one.operands))
        }
        acting = [value for value, call in self.calls.items() if call.acts]
        self.live = self.function.live([*(value for _, value in self.outputs), *acting])
        given = {value: kind for value, (kind, _) in self.inputs.items()}
        given.update({value: call.type for value, call in self.calls.items()})
        self.types = value_types(self.function, given)
        self.text: dict[str, str] = {}
        self._check_defined()
        self._choose_places()

    def statements(self) -> list[str]:
        """Declarations and statements, indented once."""
        shared: dict[str, list[str]] = {}
        for value in self.shared:
            shared.setdefault(self.types[value], []).append(self._name(value))
        lines = [f"{INDENT}{kind} {', '.join(names)};" for kind, names in sorted(shared.items())]
        for index, block in enumerate(self.order):
            if index:
                lines.append(f"{block}:;")
            following = self.order[index + 1] if index + 1 < len(self.order) else ""
            lines += [INDENT + line for line in self._block(block, following)]
        targets = {line.split()[-1][:-1] for line in lines if "goto " in line}
        lines.append("end:;")
        return [line for line in lines if not line.endswith(":;") or line[:-2] in targets]

    def _check_defined(self) -> None:
        """Every live value is defined, on every way that leads to it."""
        known = {*self.function.constants, *self.inputs, *self.function.definitions()}
        if missing := self.live - known:
            raise UndefinedValueError(min(missing))
        predecessors = self.function.predecessors()
        for one in self._reached():
            if one.opcode == "phi" and one.result in self.live:
                sources = {block for block, _ in one.edges}
                if not {*predecessors[one.block]} & {*self.order} <= sources:
                    raise UndefinedValueError(one.result)

    def _reached(self) -> Iterator[Instruction]:
        for block in self.order:
            yield from self.function.blocks[block]

    def _choose_places(self) -> None:
        """Which values stand inside another expression, and which have a variable for all."""
        homes = {one.result: one for one in self._reached() if one.result in self.live}
        uses: Counter[str] = Counter()
        crossing: set[str] = {value for value, one in homes.items() if one.opcode == "phi"}
        for one in self._reached():
            if one.result and one.result not in self.live:
                continue
            uses.update(one.used)
            crossing |= {v for block, v in one.edges if not self._forward(v, block, one, homes)}
            crossing |= {v for v in one.operands if v in homes and homes[v].block != one.block}
        ends = [block for block in self.order if not self.function.blocks[block]] or self.order[-1:]
        for _, value in self.outputs:
            uses[value] += 1
            if value in homes and homes[value].block not in ends:
                crossing.add(value)
        self.shared = [v for v in homes if v in crossing and homes[v].opcode in _VALUED]
        self.inlined = {
            value
            for value, one in homes.items()
            if uses[value] == 1 and value not in crossing and one.opcode in OPERATIONS
        } - set(self.names)

    def _forward(
        self, value: str, block: str, join: Instruction, homes: Mapping[str, Instruction]
    ) -> bool:
        """A phi takes the value straight from where it is computed, and not around a loop."""
        ahead = block in self.order and self.order.index(block) < self.order.index(join.block)
        return ahead and value in homes and homes[value].block == block

    def _name(self, value: str) -> str:
        return self.names.get(value, value)

    def _value(self, value: str, inside: bool = False) -> str:
        """A value in C; in parentheses if it is an expression inside another."""
        if value in self.text:
            text = self.text[value]
            return text if not inside or ATOMIC.fullmatch(text) else f"({text})"
        if value in self.inputs:
            return self.inputs[value][1]
        if value in self.function.constants:
            text = constant_text(self.function.constants[value])
            return f"({text})" if inside and text.startswith("-") else text
        return self._name(value)

    def _block(self, block: str, following: str) -> Iterator[str]:
        instructions = self.function.blocks[block]
        for one in instructions:
            yield from self._statement(one)
        end = instructions[-1] if instructions else None
        if end is not None and end.opcode == "br":
            yield from self._branch(end, following)
        elif end is not None and end.opcode == "jmp":
            yield from self._moves(block, end.targets[0])
            if end.targets[0] != following:
                yield f"goto {end.targets[0]};"
        else:
            yield from (f"{target} {self._value(value)};" for target, value in self.outputs)
            if following:
                yield "goto end;"

    def _statement(self, one: Instruction) -> Iterator[str]:
        if one.opcode in ("phi", "br", "jmp", "exit"):
            return
        if one.opcode == "call" and not one.result:
            call = self.call(one, [self._value(value) for value in one.operands])
            if call is not None:
                yield f"{call.text};"
            return
        if one.result not in self.live:
            return
        text = self._expression(one)
        if one.result in self.inlined and len(text) <= WIDTH:
            self.text[one.result] = text
            return
        kind = "" if one.result in self.shared else f"{self.types[one.result]} "
        yield f"{kind}{self._name(one.result)} = {text};"

    def _expression(self, one: Instruction) -> str:
        if one.opcode == "call":
            call = self.call(one, [self._value(value) for value in one.operands])
            assert call is not None
            return call.text
        if one.opcode not in OPERATIONS:
            raise UnknownOperationError(one.opcode)
        pattern = OPERATIONS[one.opcode][1]
        inside = not pattern.endswith(")")
        return pattern.format(*(self._value(value, inside) for value in one.operands))

    def _branch(self, one: Instruction, following: str) -> Iterator[str]:
        condition = self._value(one.operands[0])
        yes, no = one.targets
        moves_yes = [*self._moves(one.block, yes)]
        moves_no = [*self._moves(one.block, no)]
        if yes == following and not moves_yes:
            condition = condition[1:] if NEGATED.fullmatch(condition) else f"!({condition})"
            yes, no, moves_yes, moves_no = no, yes, moves_no, moves_yes
        if moves_yes:
            yield f"if ({condition}) {{"
            yield from (INDENT + line for line in (*moves_yes, f"goto {yes};"))
            yield "}"
        else:
            yield f"if ({condition})"
            yield f"{INDENT}goto {yes};"
        yield from moves_no
        if no != following:
            yield f"goto {no};"

    def _moves(self, source: str, target: str) -> Iterator[str]:
        """Assignments to the phis of a block, on the way from another."""
        pairs = [
            (one.result, dict(one.edges)[source])
            for one in self.function.blocks[target]
            if one.opcode == "phi" and one.result in self.live
        ]
        pairs = [(result, value) for result, value in pairs if result != value]
        assigned = {result for result, _ in pairs}
        kept = list(dict.fromkeys(value for _, value in pairs if value in assigned))
        if kept:  # each is read before it changes
            yield "{"
        for value in kept:
            yield f"{INDENT}{self.types[value]} old_{value} = {self._name(value)};"
        for result, value in pairs:
            text = f"old_{value}" if value in kept else self._value(value)
            yield f"{INDENT if kept else ''}{self._name(result)} = {text};"
        if kept:
            yield "}"


_VALUED = {*OPERATIONS, "phi", "call"}


def _reachable(function: Function) -> list[str]:
    """Blocks that run, each after those that lead to it, loops aside."""
    order: list[str] = []
    seen: set[str] = set()
    todo = [(next(iter(function.blocks)), False)]
    while todo:
        block, done = todo.pop()
        if done:
            order.append(block)
        elif block not in seen:
            seen.add(block)
            todo.append((block, True))
            for one in function.blocks[block]:
                todo.extend((target, False) for target in one.targets)
    return order[::-1]
