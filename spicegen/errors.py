"""Errors a user meets. Each says where, which rule, which value, and what to do."""

from __future__ import annotations

from pathlib import Path


class SpicegenError(Exception):
    """Base of every error that spicegen raises on purpose."""

    exit_code = 1


class InputError(SpicegenError):
    """A file, value or combination that the user gave breaks a rule.

    Args:
        where: what was being read: file, key, layer, word line.
        rule: the rule that is broken, with its unit.
        value: the offending value, if one can be shown.
        remedy: what the user can do about it.
    """

    exit_code = 2

    def __init__(self, where: str, rule: str, value: object = None, remedy: str = "") -> None:
        self.where, self.rule, self.value, self.remedy = where, rule, value, remedy
        message = f"{where}: {rule}"
        if value is not None:
            message += f", got {value}"
        if remedy:
            message += f"; {remedy}"
        super().__init__(message)


class NetworkError(InputError):
    """The network description or its arrays are not a network."""


class DesignError(InputError):
    """A design key or value is not possible."""


class MappingError(InputError):
    """The network does not fit the devices with this design."""


class SimulationError(SpicegenError):
    """An engine did not deliver a run that can be trusted.

    Args:
        what: what went wrong, in one line.
        engine_line: the engine's own words.
        deck_line: the line of the deck the engine speaks of.
        kept: folder with the deck and the log, for a look.
    """

    exit_code = 3

    def __init__(
        self, what: str, engine_line: str = "", deck_line: str = "", kept: str = ""
    ) -> None:
        self.what, self.engine_line = what, engine_line
        self.deck_line, self.kept = deck_line, kept
        parts = [what]
        if engine_line:
            parts.append(f"the engine says: {engine_line}")
        if deck_line:
            parts.append(f"deck line: {deck_line}")
        if kept:
            parts.append(f"files kept in {kept}")
        super().__init__("; ".join(parts))

    def keeping(self, folder: Path, instead_of: Path) -> SimulationError:
        """The same error after its files moved to `folder`."""

        def moved(text: str) -> str:
            return text.replace(str(instead_of.absolute()), str(folder)).replace(
                str(instead_of), str(folder)
            )

        return type(self)(
            moved(self.what), moved(self.engine_line), moved(self.deck_line), str(folder)
        )


class EngineMissingError(SimulationError):
    """The engine that was asked for is not installed."""


class TimeLimitError(SimulationError):
    """The engine ran longer than simulation.timeout_s."""


class EngineKilledError(SimulationError):
    """The engine was ended by someone else: nothing is said about the deck."""


class RawFileError(SimulationError):
    """A raw file is truncated, malformed, or lacks what it must hold."""


def nearest(word: str, known: list[str]) -> str:
    """A remedy naming the known word nearest to a misspelt one."""
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(sorted(known))}"
