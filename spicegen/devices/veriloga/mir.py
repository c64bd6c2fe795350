"""The equations of a module as the front end exports them: values, instructions, blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

ZERO = "v3"  # the front end's name of the constant 0.0
COPY = "optbarrier"
Constant = float | int | bool | str


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operation on values, or the end of a block.

    Args:
        block: that holds it.
        opcode: such as `fadd`, `phi`, `call`, `br`, `jmp`.
        result: value that it defines; empty if none.
        operands: values that it takes; of a `br` its condition.
        edges: of a `phi`: (block the run comes from, value).
        targets: of a `jmp` the block to go to; of a `br` those for true and for false.
        callee: of a `call`: the front end's name of the function.
    """

    block: str
    opcode: str
    result: str = ""
    operands: tuple[str, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()
    targets: tuple[str, ...] = ()
    callee: str = ""

    @property
    def used(self) -> tuple[str, ...]:
        """Every value that it takes."""
        return self.operands + tuple(value for _, value in self.edges)


@dataclass(frozen=True, slots=True)
class Input:
    """A value that a function is given.

    Args:
        kind: such as `param`, `voltage`, `cached`.
        name: of what it is, such as `V(p,n)`.
    """

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """One function of a module: the evaluation, or the set-up that runs before.

    Args:
        blocks: name -> its instructions, the first block is where the function begins.
        constants: value -> constant.
        inputs: value -> what it stands for.
        callees: the front end's names of functions -> what they do; empty for the set-up.
        copies: value -> the value that it is a copy of; no instruction uses such a copy.
    """

    blocks: Mapping[str, tuple[Instruction, ...]]
    constants: Mapping[str, Constant]
    inputs: Mapping[str, Input]
    callees: Mapping[str, str]
    copies: Mapping[str, str]

    def __iter__(self) -> Iterator[Instruction]:
        for block in self.blocks.values():
            yield from block

    def definitions(self) -> dict[str, Instruction]:
        """Value -> the instruction that defines it."""
        return {one.result: one for one in self if one.result}

    def predecessors(self) -> dict[str, list[str]]:
        """Block -> the blocks that lead to it."""
        found: dict[str, list[str]] = {block: [] for block in self.blocks}
        for one in self:
            for target in one.targets:
                found[target].append(one.block)
        return found

    def needed(self, roots: Iterable[str]) -> set[str]:
        """Values that `roots` are computed from, `roots` included."""
        definitions = self.definitions()
        todo = list(roots)
        found: set[str] = set()
        while todo:
            value = todo.pop()
            if value not in found:
                found.add(value)
                todo.extend(definitions[value].used if value in definitions else ())
        return found

    def live(self, roots: Iterable[str]) -> set[str]:
        """Values that `roots` or any branch depend on, `roots` included."""
        conditions = [value for one in self if one.opcode == "br" for value in one.operands]
        return self.needed([*roots, *conditions])


def read_function(
    exported: Mapping[str, Any],
    strings: Mapping[str, str],
    inputs: Mapping[str, Input],
    callees: Mapping[str, str],
    same: Mapping[str, str] | None = None,
) -> Function:
    """A function from the front end's dictionaries.

    Args:
        exported: `get_mir_instructions()` or `get_init_mir_instructions()`.
        strings: value -> text, the constants that are texts.
        inputs: value -> what it stands for.
        callees: names of functions that it calls.
        same: input -> the value of this function that it is.
    """
    blocks: dict[str, list[Instruction]] = {}
    for entry in exported["instructions"]:
        blocks.setdefault(entry["block"], []).append(_read_instruction(entry))
    for block in exported["blocks"]:
        blocks.setdefault(block, [])
    constants: dict[str, Constant] = {
        **exported["constants"],
        **exported["int_constants"],
        **exported["bool_constants"],
        **strings,
    }
    every = [one for block in blocks.values() for one in block]
    direct = {one.result: one.operands[0] for one in every if one.opcode == COPY}
    copies = _originals({**direct, **(same or {})})
    return Function(
        {
            name: tuple(_without(copies, one) for one in block if one.opcode != COPY)
            for name, block in blocks.items()
        },
        constants,
        inputs,
        callees,
        copies,
    )


def _originals(direct: Mapping[str, str]) -> dict[str, str]:
    """Value -> what it is a copy of, through copies of copies."""
    found = {}
    for copy in direct:
        original = copy
        while original in direct:
            original = direct[original]
        found[copy] = original
    return found


def _without(copies: Mapping[str, str], one: Instruction) -> Instruction:
    return replace(
        one,
        operands=tuple(copies.get(value, value) for value in one.operands),
        edges=tuple((block, copies.get(value, value)) for block, value in one.edges),
    )


def _read_instruction(entry: Mapping[str, Any]) -> Instruction:
    targets: tuple[str, ...] = ()
    operands = tuple(entry.get("operands", ()))
    if entry["opcode"] == "jmp":
        targets = (entry["destination"],)
    elif entry["opcode"] == "br":
        targets = (entry["true_block"], entry["false_block"])
        operands = (entry["condition"],)
    return Instruction(
        block=entry["block"],
        opcode=entry["opcode"],
        result=entry.get("result", ""),
        operands=operands,
        edges=tuple((edge["block"], edge["value"]) for edge in entry.get("phi_operands", ())),
        targets=targets,
        callee=entry.get("func_ref", ""),
    )
