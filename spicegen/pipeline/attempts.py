"""The retry ladder: other solver settings where a solver gives up on a sound deck.

KLU aborts now and then where Sparse completes, a tiny conductance to ground makes a singular
matrix regular, and a smaller step follows an edge that a larger one jumps over. Each rung is
recorded. Nothing is tried again after a time limit, a bad deck or waveforms that are not whole.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from spicegen.circuit import Circuit
from spicegen.circuit.graph import Transient
from spicegen.design import Design
from spicegen.engine import Engine, Job, RunRecord
from spicegen.errors import SimulationError, TimeLimitError
from spicegen.netlist import Deck

TROUBLE = re.compile(
    r"time ?step too small|singular matrix|matrix is singular|no convergence|not converge"
    r"|convergence failed|iteration limit|(?:gmin|source) stepping (?:failed|did)"
    r"|operating point could not|finding the operating point|transient op failed",
    re.I,
)
"""What solvers say when other settings may help."""

SOLVERS = ("klu", "sparse")

R_SHUNT_OHM = 1e12
"""From every node to ground: far above every resistance of a circuit."""

SMALLER_STEP = 10
"""Divides the longest time step on the last rung."""

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a deck.

    Attributes:
        settings: what distinguishes it: solver, shunts, step.
        seconds: wall-clock time, s.
        failure: the engine's words, or empty where the run passed.
    """

    settings: str
    seconds: float
    failure: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As result.json tells it."""
        return {"settings": self.settings, "seconds": self.seconds, "failure": self.failure}


def ladder(circuit: Circuit, design: Design, engine: str) -> list[tuple[str, Circuit]]:
    """A circuit with the settings to try, one after the other.

    Args:
        circuit: with the settings of the design.
        design: a solver that was asked for by name is kept on every rung.
        engine: its name; neospice has one solver and no shunts.
    """
    solver = next(name for name in circuit.options if name in SOLVERS)
    rungs = [(solver, circuit)]
    if engine == "neospice":
        rungs = [("neosolver", circuit)]
    else:
        rungs.append((f"{solver}, rshunt", _with(circuit, solver, rshunt=R_SHUNT_OHM)))
        if solver == "klu" and design.simulation.solver == "auto":
            solver = "sparse"
            rungs.append((solver, _with(circuit, solver)))
    analysis = circuit.analysis
    if isinstance(analysis, Transient):
        finer = replace(analysis, t_max_s=analysis.t_max_s / SMALLER_STEP)
        rungs.append((f"{rungs[-1][0]}, smaller step", replace(rungs[-1][1], analysis=finer)))
    return rungs


def simulate(
    engine: Engine,
    job: Job,
    rungs: list[tuple[str, Circuit]],
    write: Callable[[Circuit], Deck],
    announce: Announce | None = None,
) -> tuple[Deck, RunRecord, tuple[Attempt, ...]]:
    """Run a circuit, and where the solver gives up, run it with the next settings.

    Args:
        engine: runs decks.
        job: the deck that stands there for the first rung; its time limit holds for all.
        rungs: see `ladder`.
        write: writes the deck of a rung in the place of the one before.
        announce: told about every further rung.
    Returns:
        The deck that gave the result, its record, and every attempt.
    Raises:
        SimulationError: the first failure, where the last rung failed as well.
    """
    attempts: list[Attempt] = []
    first: SimulationError | None = None
    end = None if job.timeout_s is None else time.monotonic() + job.timeout_s
    for settings, circuit in rungs:
        deck = write(circuit)
        started = time.monotonic()
        if attempts and end is not None:
            job = replace(job, timeout_s=end - started)
        try:
            record = engine.simulate(job)
        except SimulationError as error:
            if not can_help(error) or (end is not None and time.monotonic() >= end):
                raise
            first = first or error
            attempts.append(Attempt(settings, time.monotonic() - started, error.engine_line))
            if len(attempts) < len(rungs):
                job.log.replace(job.log.with_suffix(f".failed{len(attempts)}.log"))
                following = rungs[len(attempts)][0]
                if announce:
                    announce(f"{settings} failed ({error.engine_line}): trying {following}")
            continue
        attempts.append(Attempt(settings, record.simulate_s))
        return deck, record, tuple(attempts)
    assert first is not None
    tried = "; ".join(attempt.settings for attempt in attempts)
    what = f"{first.what} with every setting ({tried})"
    raise SimulationError(what, first.engine_line, first.deck_line, first.kept) from first


def can_help(error: SimulationError) -> bool:
    """Whether other solver settings may help."""
    return not isinstance(error, TimeLimitError) and bool(TROUBLE.search(error.engine_line))


def _with(circuit: Circuit, solver: str, **options: float) -> Circuit:
    """The circuit with another solver and further options."""
    kept = {name: value for name, value in circuit.options.items() if name not in SOLVERS}
    return replace(circuit, options={solver: "", **kept, **options})
