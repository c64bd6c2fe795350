"""What a Verilog-A source declares: modules, parameters with their ranges, variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from spicegen.devices.veriloga.tokens import Token

OPENING, CLOSING = ("(", "[", "{"), (")", "]", "}")
TYPES = ("real", "integer", "string")
RANGE_WORDS = ("from", "exclude")


@dataclass(frozen=True, slots=True)
class DeclaredParameter:
    """A parameter as declared; `range` is its text, such as `from (0:inf)`."""

    token: Token
    kind: str
    local: bool
    range: str

    @property
    def name(self) -> str:
        """As it is written in the source."""
        return self.token.text


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a module or of a named block.

    Args:
        token: its name.
        kind: real, integer or string.
        after: the last token of its declaration.
        initial: it is declared with a value.
        array: it is declared with a range of indices.
        block: it belongs to a named block.
    """

    token: Token
    kind: str
    after: Token
    initial: bool
    array: bool
    block: bool

    @property
    def name(self) -> str:
        """As it is written in the source."""
        return self.token.text


def module_names(stream: Sequence[Token]) -> list[Token]:
    """The names of the modules, in order."""
    return [
        name
        for word, name in pairwise(stream)
        if word.text in ("module", "macromodule") and name.kind == "name"
    ]


def parameters(stream: Sequence[Token]) -> list[DeclaredParameter]:
    """All parameters and localparams."""
    return [
        DeclaredParameter(item[0], kind, word.text == "localparam", _range(item))
        for position, word in enumerate(stream)
        if word.text in ("parameter", "localparam")
        for kind, item in _items(stream, position + 1)
    ]


def variables(stream: Sequence[Token]) -> list[Variable]:
    """All variables of modules and named blocks; not those of functions."""
    found: list[Variable] = []
    depth = 0
    function = False
    for position, word in enumerate(stream):
        before = stream[position - 1].text if position else ""
        if word.text in ("function", "endfunction"):
            function = word.text == "function"
        elif word.text in ("begin", "end"):
            depth += 1 if word.text == "begin" else -1
        elif word.text in TYPES and not function and before not in ("parameter", "localparam"):
            found += _variables(stream, position, depth > 0)
    return found


def _variables(stream: Sequence[Token], position: int, block: bool) -> Iterator[Variable]:
    start = position + 1
    array = start < len(stream) and stream[start].text == "["
    for _, item in _items(stream, position):
        texts = [token.text for token in item]
        yield Variable(
            item[0],
            stream[position].text,
            _end(stream, position),
            "=" in texts,
            array or texts[1:2] == ["["],
            block,
        )


def _items(stream: Sequence[Token], position: int) -> Iterator[tuple[str, list[Token]]]:
    """(type, tokens of one item) of a list of declarations that begins with a type or a name."""
    kind = "real"
    if stream[position].text in TYPES:
        kind = stream[position].text
        position += 1
    depth = 0
    item: list[Token] = []
    for token in stream[position:]:
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if depth < 0 or (depth == 0 and token.text in (",", ";")):
            if item and item[0].kind == "name":
                yield kind, item
            item = []
            if token.text != ",":
                return
        elif item or token.kind == "name":
            item.append(token)


def _end(stream: Sequence[Token], position: int) -> Token:
    return next((token for token in stream[position:] if token.text == ";"), stream[-1])


def _range(item: Sequence[Token]) -> str:
    """The range clauses of a parameter, as declared."""
    starts = [index for index, token in enumerate(item) if token.text in RANGE_WORDS]
    if not starts:
        return ""
    words = [f" {t.text} " if t.text in RANGE_WORDS else t.text for t in item[starts[0] :]]
    return "".join(words).strip()
