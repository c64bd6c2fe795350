"""What of a text the compiler directives let through, with macros expanded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from spicegen.devices.veriloga.tokens import Token

PREDEFINED = ("__VAMS_ENABLE__", "__VAMS_COMPACT_MODELING__", "__OPENVAF__")
BRANCHES = ("`ifdef", "`ifndef", "`elsif", "`else", "`endif")
Include = Callable[[Token], Sequence[Token]]
"""The name in an include directive -> tokens of that file; none if the front end has it."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro: names of its arguments and its tokens."""

    arguments: tuple[str, ...]
    body: tuple[Token, ...]


class Preprocessor:
    """Keeps the macros of a source while its files are gone through.

    Args:
        include: finds included files.
    """

    def __init__(self, include: Include) -> None:
        self._include = include
        self._macros = {name: Macro((), ()) for name in PREDEFINED}
        self._open: list[int] = []  # files that are being gone through

    def active(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """The tokens of a file that are compiled."""
        if not tokens or tokens[0].file in self._open:
            return
        self._open.append(tokens[0].file)
        conditions: list[tuple[bool, bool]] = []  # of each open `ifdef: it holds, one has held
        position = 0
        while position < len(tokens):
            token = tokens[position]
            position += 1
            if token.text in BRANCHES:
                position = self._decide(tokens, position - 1, conditions)
            elif not all(holds for holds, _ in conditions):
                continue
            elif token.text == "`define":
                position = self._define(tokens, position)
            elif token.text in ("`undef", "`include"):
                yield from self._named(token, tokens[position : position + 1])
                position += 1
            elif token.kind == "directive":
                arguments, position = self._arguments(token, tokens, position)
                yield from self._expand(token, arguments, ())
            else:
                yield token
        self._open.pop()

    def _decide(
        self, tokens: Sequence[Token], position: int, conditions: list[tuple[bool, bool]]
    ) -> int:
        """Update the open conditions; position behind the directive."""
        word = tokens[position].text
        if word == "`endif":
            del conditions[-1:]
            return position + 1
        named = [] if word == "`else" else [one.text for one in tokens[position + 1 : position + 2]]
        holds = not named or (named[0] in self._macros) != (word == "`ifndef")
        if word in ("`ifdef", "`ifndef"):
            conditions.append((holds, holds))
        elif conditions:
            held = conditions[-1][1]
            conditions[-1] = (holds and not held, holds or held)
        return position + 1 + len(named)

    def _named(self, directive: Token, named: Sequence[Token]) -> Iterator[Token]:
        for token in named:
            if directive.text == "`undef":
                self._macros.pop(token.text, None)
            else:
                yield from self.active(self._include(token))

    def _define(self, tokens: Sequence[Token], position: int) -> int:
        """Remember a macro; position behind its last line."""
        end = position
        while end < len(tokens) and tokens[end].directive_line == tokens[position].directive_line:
            end += 1
        if end == position:
            return position
        name, body = tokens[position], list(tokens[position + 1 : end])
        arguments: list[str] = []
        if body and body[0].text == "(" and body[0].start == name.end:
            close = next((k for k, one in enumerate(body) if one.text == ")"), len(body))
            arguments = [one.text for one in body[1:close] if one.kind == "name"]
            body = body[close + 1 :]
        self._macros[name.text] = Macro(tuple(arguments), tuple(body))
        return end

    def _arguments(
        self, directive: Token, tokens: Sequence[Token], position: int
    ) -> tuple[list[list[Token]], int]:
        """Arguments of a macro where it is used, and the position behind them."""
        macro = self._macros.get(directive.text[1:])
        following = tokens[position].text if position < len(tokens) else ""
        if macro is None or not macro.arguments or following != "(":
            return [], position
        given: list[list[Token]] = [[]]
        depth = 0
        for index, token in enumerate(tokens[position:], position):
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth == 0:
                return given, index + 1
            if depth == 1 and token.text == ",":
                given.append([])
            elif index > position:
                given[-1].append(token)
        return given, len(tokens)

    def _expand(
        self, use: Token, given: list[list[Token]], within: tuple[str, ...]
    ) -> Iterator[Token]:
        """The tokens of a macro, each at the place of its use."""
        name = use.text[1:]
        macro = self._macros.get(name)
        if macro is None or name in within:
            return
        values = dict(zip(macro.arguments, given, strict=False))
        text = [
            replace(one, start=use.start, line=use.line, file=use.file, expanded=True)
            for inner in macro.body
            for one in values.get(inner.text, [inner])
        ]
        position = 0
        while position < len(text):
            token = text[position]
            position += 1
            if token.kind == "directive":
                arguments, position = self._arguments(token, text, position)
                yield from self._expand(token, arguments, (*within, name))
            else:
                yield token
