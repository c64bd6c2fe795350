"""A Verilog-A file with the files it includes, and the part of them that is compiled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from spicegen.devices.veriloga.tokens import Token, tokens
from spicegen.errors import InputError

# the front end brings these
STANDARD = ("disciplines.vams", "constants.vams", "discipline.h", "constants.h")
PREDEFINED = ("__VAMS_ENABLE__", "__VAMS_COMPACT_MODELING__", "__OPENVAF__")
DEPTH = 20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file.

    Args:
        path: as the user or the including file names it.
        text: its content.
        tokens: of the text.
        includes: position of the name in an include directive -> index of the file named.
    """

    path: Path
    text: str
    tokens: tuple[Token, ...]
    includes: dict[int, int] = field(default_factory=dict)


class Source:
    """A Verilog-A file, read with everything that it includes.

    Args:
        path: the file.
    Raises:
        InputError: a file cannot be read, or is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: list[SourceFile] = []
        self._macros: dict[str, list[Token]] = {name: [] for name in PREDEFINED}
        self._read(path, str(path))
        self.compiled = list(self._active(0))

    def place(self, token: Token) -> str:
        """File and line of a token, for messages."""
        return f"{self.files[token.file].path}, line {token.line}"

    def _read(self, path: Path, where: str) -> int:
        known = [file.path for file in self.files]
        if path in known:
            return known.index(path)
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise InputError(where, f"cannot read {path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise InputError(where, f"{path} must be a text in UTF-8") from error
        index = len(self.files)
        file = SourceFile(path, text, tuple(tokens(text, index)))
        self.files.append(file)
        self._follow_includes(file)
        return index

    def _follow_includes(self, file: SourceFile) -> None:
        for directive, named in zip(file.tokens, file.tokens[1:], strict=False):
            if directive.text != "`include" or named.kind != "string":
                continue
            name = named.text[1:-1]
            found = self._find(file, name)
            if found is not None:
                file.includes[named.start] = self._read(found, self.place(named))
            elif Path(name).name not in STANDARD:
                raise InputError(
                    self.place(named),
                    f"the included file {name} is not there",
                    remedy=f"put it beside {file.path.name}",
                )

    def _find(self, file: SourceFile, name: str) -> Path | None:
        for folder in (file.path.parent, self.path.parent):
            if (folder / name).is_file():
                return folder / name
        return None

    def _active(self, index: int, depth: int = 0) -> Iterator[Token]:
        """Tokens that the preprocessor lets through; macros stand for their own tokens."""
        file = self.files[index]
        conditions: list[bool] = []  # of each `ifdef that is open: it holds
        taken: list[bool] = []  # a branch of it has held
        skip_to = 0
        for position, token in enumerate(file.tokens):
            if token.start < skip_to:
                continue
            following = file.tokens[position + 1 : position + 2]
            if token.text in ("`ifdef", "`ifndef", "`elsif", "`else", "`endif"):
                skip_to = self._decide(token, following, conditions, taken)
            elif not all(conditions):
                continue
            elif token.text == "`define":
                skip_to = self._define(file, position)
            elif token.text == "`undef" and following:
                self._macros.pop(following[0].text, None)
                skip_to = following[0].end
            elif token.text == "`include" and following:
                skip_to = following[0].end
                if depth < DEPTH and following[0].start in file.includes:
                    yield from self._active(file.includes[following[0].start], depth + 1)
            elif token.kind == "directive":
                yield from self._expand(token, depth)
            else:
                yield token

    def _decide(
        self,
        token: Token,
        following: tuple[Token, ...],
        conditions: list[bool],
        taken: list[bool],
    ) -> int:
        """Update the open conditions; position behind the directive."""
        if token.text == "`endif":
            if conditions:
                conditions.pop()
                taken.pop()
            return token.end
        holds = True
        if token.text != "`else" and following:
            holds = (following[0].text in self._macros) != (token.text == "`ifndef")
        if token.text in ("`ifdef", "`ifndef"):
            conditions.append(holds)
            taken.append(holds)
        elif conditions:
            conditions[-1] = holds and not taken[-1]
            taken[-1] |= holds
        return following[0].end if token.text != "`else" and following else token.end

    def _define(self, file: SourceFile, position: int) -> int:
        """Remember a macro; position behind its last line."""
        start = file.tokens[position].end
        end = start
        while True:
            end = file.text.find("\n", end)
            if end < 0:
                end = len(file.text)
                break
            if not file.text[start:end].rstrip().endswith("\\"):
                break
            end += 1
        body = [token for token in file.tokens[position + 1 :] if token.start < end]
        if body:
            self._macros[body[0].text] = body[1:]
        return end

    def _expand(self, token: Token, depth: int) -> Iterator[Token]:
        """The tokens of a macro, each at the place of its use."""
        for inner in self._macros.get(token.text[1:], ()):
            here = replace(
                inner, start=token.start, line=token.line, file=token.file, expanded=True
            )
            if inner.kind == "directive" and depth < DEPTH:
                yield from self._expand(here, depth + 1)
            else:
                yield here
