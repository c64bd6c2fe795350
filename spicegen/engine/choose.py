"""Which engines are there, and which one a run takes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from spicegen.engine.base import Engine, EngineInfo
from spicegen.engine.neospice import NeospiceEngine
from spicegen.engine.ngspice import NgspiceEngine
from spicegen.engine.shared import SharedEngine
from spicegen.errors import EngineMissingError, InputError, nearest

ENGINES: Mapping[str, Callable[[], Engine]] = {
    "ngspice": NgspiceEngine,
    "shared": SharedEngine,
    "neospice": NeospiceEngine,
}
NAMES = ("auto", *ENGINES)
KLU_RELEASE = 43


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine of a run.

    Args:
        engine: ready to simulate.
        info: its name, version and capabilities.
        announcement: one line for the user: which engine, and what to know about it.
    """

    engine: Engine
    info: EngineInfo
    announcement: str


def available() -> list[EngineInfo]:
    """The engines that are installed, in the order of preference."""
    found = []
    for make in ENGINES.values():
        try:
            found.append(make().info())
        except EngineMissingError:
            continue
    return found


def select(name: str = "auto", *, steps: bool = False) -> Choice:
    """The engine that was asked for; `auto`: ngspice if it is on PATH, else neospice.

    Args:
        name: of the engine.
        steps: the run needs sources that are set from step to step, which libngspice can do
            and the program ngspice cannot: the first then stands in for the second.

    Raises:
        InputError: there is no engine of that name.
        EngineMissingError: it is not installed; the message says what to install.
    """
    if name not in NAMES:
        raise InputError(
            "engine", f"must be one of {', '.join(NAMES)}", name, nearest(name, list(NAMES))
        )
    if steps and name in ("auto", "ngspice"):
        return _stepping(name)
    stand_in = name == "auto" and shutil.which("ngspice") is None
    if name == "auto":
        name = "neospice" if stand_in else "ngspice"
    try:
        engine = ENGINES[name]()
    except EngineMissingError as error:
        if not stand_in:
            raise
        raise EngineMissingError(
            "there is no engine: ngspice is not on PATH and neospice is not installed; install "
            "ngspice (Debian, Ubuntu: apt install ngspice) or pip install neospice"
        ) from error
    info = engine.info()
    return Choice(engine, info, announce(info, stand_in))


def _stepping(name: str) -> Choice:
    """libngspice in the place of ngspice; neospice where that is missing and nothing was said."""
    try:
        engine: Engine = SharedEngine()
    except EngineMissingError as error:
        if name == "auto":
            engine = NeospiceEngine()
            why = "because sources are set from step to step and libngspice is missing"
            return Choice(engine, engine.info(), f"{announce(engine.info())}, {why}")
        raise EngineMissingError(
            "this static analysis sets sources from step to step, which the program ngspice "
            f"cannot: {error.what}, or use --engine neospice"
        ) from error
    why = "libngspice, as the program ngspice cannot set sources from step to step"
    return Choice(engine, engine.info(), f"{announce(engine.info())}: {why}")


def announce(info: EngineInfo, stand_in: bool = False) -> str:
    """One line that names the engine and says what the user should know about it.

    Args:
        info: the engine.
        stand_in: it was taken because there is no ngspice.
    """
    line = f"engine: {info.name} {info.version}".rstrip()
    if stand_in:
        return (
            f"{line}, the embedded engine, because no ngspice is on PATH; install ngspice "
            f">= {KLU_RELEASE} for the reference engine"
        )
    if info.name != "neospice" and not info.capabilities.klu:
        return (
            f"{line}, without the KLU solver: the results are the same, large crossbars take "
            f"longer; ngspice >= {KLU_RELEASE} has it"
        )
    return line
