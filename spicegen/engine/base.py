"""What every engine takes and gives: a job, a record, and a declaration of what it can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do.

    Args:
        klu: has the KLU solver; without it crossbars with wires are up to 70 times slower,
            `.options klu` in a deck is then ignored.
        osdi: loads compiled Verilog-A models.
        xspice: runs A devices (code models).
        full_dialect: takes everything of ngspice's language; otherwise the engine refuses
            decks with what it would get wrong.
        streaming: writes points to the raw file while it runs, so memory does not grow.
        progress: calls `Job.progress`.
        steps: takes jobs with a `feed`.
    """

    klu: bool = False
    osdi: bool = False
    xspice: bool = False
    full_dialect: bool = False
    streaming: bool = False
    progress: bool = False
    steps: bool = False


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """An engine that is installed here.

    Args:
        name: ngspice, shared or neospice.
        version: as the engine says it, such as `46`; empty if it does not say.
        path: the executable or the library.
        capabilities: what this installation can do.
    """

    name: str
    version: str
    path: str
    capabilities: Capabilities

    @property
    def release(self) -> int:
        """The version's first number; 0 if there is none."""
        first = self.version.split(".")[0]
        return int(first) if first.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Job:
    """One deck to simulate.

    Args:
        deck: a complete deck; the files it includes are relative to its folder.
        raw: where the waveforms go.
        log: where the engine's words go.
        probes: the vectors the caller will read, such as `v(h0)`; each must be in the raw file.
        t_stop_s: last time point, s; the number of the last step if there are `steps`; None:
            no transient.
        timeout_s: longest time the run may take, s of wall clock; None: no limit.
        progress: called now and then with the part that is done, 0 to 1.
        steps: number of operating points of a static run, of each of which one row is kept;
            None: a transient.
        points: number of points of an analysis that is no transient; None: not known before.
        feed: file of what is set from step to step (`engine.feed`), or None.
        memory_bytes: most address space of the engine's process; None: no limit.
    """

    deck: Path
    raw: Path
    log: Path
    probes: tuple[str, ...]
    t_stop_s: float | None
    timeout_s: float | None = None
    progress: Callable[[float], None] | None = None
    steps: int | None = None
    feed: Path | None = None
    memory_bytes: int | None = None
    points: int | None = None

    @property
    def folder(self) -> Path:
        """Folder of the deck, in which the engine runs."""
        return self.deck.resolve().parent


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A finished run that passed every check.

    Args:
        simulate_s: wall-clock time of the engine, its start included, s.
        points: time points (or sweep points) in the raw file.
        options: how the engine was run: solver, threads, flags.
        warnings: lines of the log worth showing, each once.
    """

    simulate_s: float
    points: int
    options: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class Engine(Protocol):
    """A simulator behind the common interface."""

    def info(self) -> EngineInfo:
        """Name, version and capabilities; asked for once, then remembered."""
        ...

    def simulate(self, job: Job) -> RunRecord:
        """Run a deck and check the run.

        Raises:
            EngineMissingError: the engine is not installed.
            TimeLimitError: the run took longer than `job.timeout_s`.
            SimulationError: the engine crashed, reported an error or cannot take this deck.
            RawFileError: the waveforms are missing, broken, incomplete or not finite.
        """
        ...
