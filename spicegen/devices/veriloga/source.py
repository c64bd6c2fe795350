"""A Verilog-A file with the files it includes, and the part of them that is compiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from spicegen.devices.veriloga.preprocessor import Preprocessor
from spicegen.devices.veriloga.tokens import Token, tokens
from spicegen.errors import InputError

# the front end brings these
STANDARD = ("disciplines.vams", "constants.vams", "discipline.h", "constants.h")


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

    Attributes:
        path: the file.
        files: it, and the files that it includes.
        compiled: the tokens that directives let through, in order.
    Raises:
        InputError: a file cannot be read, or is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: list[SourceFile] = []
        self._read(path, str(path))
        self.compiled = list(Preprocessor(self._included).active(self.files[0].tokens))

    def place(self, token: Token) -> str:
        """File and line of a token, for messages."""
        return f"{self.files[token.file].path}, line {token.line}"

    def _included(self, named: Token) -> tuple[Token, ...]:
        index = self.files[named.file].includes.get(named.start)
        return () if index is None else self.files[index].tokens

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
        for directive, named in pairwise(file.tokens):
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
