"""What is tried again where a solver gives up, and what never is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_networks import chain, lstm, signal

from spicegen.circuit import Circuit
from spicegen.circuit.graph import Transient
from spicegen.design import Design, design_from
from spicegen.engine import Job, RunRecord
from spicegen.errors import RawFileError, SimulationError, TimeLimitError
from spicegen.netlist import Deck, write_deck
from spicegen.pipeline.attempts import can_help, ladder, simulate
from spicegen.pipeline.prepare import prepare

TOO_SMALL = SimulationError("ngspice reports an error", "doAnalyses: TRAN:  Timestep too small")


def circuit(**simulation: str) -> tuple[Circuit, Design]:
    design = design_from({"simulation": simulation})
    prepared = prepare(chain(lstm("m", 2, 2, seed=1)), signal(3, 2, seed=1), design)
    return prepared.circuit().circuit, design


class Flaky:
    """An engine that fails with the given errors before it passes."""

    def __init__(self, *failures: SimulationError) -> None:
        self.failures = list(failures)
        self.decks: list[str] = []
        self.limits: list[float | None] = []

    def info(self) -> object:
        raise NotImplementedError

    def simulate(self, job: Job) -> RunRecord:
        self.decks.append(job.deck.read_text())
        self.limits.append(job.timeout_s)
        job.log.write_text(f"run {len(self.decks)}")
        if self.failures:
            raise self.failures.pop(0)
        return RunRecord(1.0, 10)


def climb(engine: Flaky, folder: Path, **simulation: str):  # type: ignore[no-untyped-def]
    made, design = circuit(**simulation)
    job = Job(folder / "c.cir", folder / "w.raw", folder / "n.log", (), 1.0, timeout_s=50.0)

    def write(rung: Circuit) -> Deck:
        return write_deck(rung, job.deck)

    said: list[str] = []
    rungs = ladder(made, design, "ngspice")
    return simulate(engine, job, rungs, write, said.append), said  # type: ignore[arg-type]


def options(deck: str) -> str:
    return next(line for line in deck.splitlines() if line.startswith(".options"))


def test_the_rungs() -> None:
    made, design = circuit()
    rungs = ladder(made, design, "ngspice")
    assert [name for name, _ in rungs] == [
        "klu", "klu, rshunt", "sparse", "sparse, smaller step"
    ]  # fmt: skip
    assert rungs[0][1] is made
    assert rungs[1][1].options["rshunt"] == 1e12
    assert "klu" not in rungs[2][1].options
    finer = rungs[3][1].analysis
    assert isinstance(finer, Transient)
    assert isinstance(made.analysis, Transient)
    assert finer == replace(made.analysis, t_max_s=made.analysis.t_max_s / 10)


def test_a_solver_asked_for_by_name_stays() -> None:
    made, design = circuit(solver="klu")
    names = [name for name, _ in ladder(made, design, "ngspice")]
    assert names == ["klu", "klu, rshunt", "klu, rshunt, smaller step"]


def test_neospice_has_one_solver_and_operating_points_no_step() -> None:
    made, design = circuit()
    names = [name for name, _ in ladder(made, design, "neospice")]
    assert names == ["neosolver", "neosolver, smaller step"]
    made, design = circuit(analysis="static")
    assert [name for name, _ in ladder(made, design, "neospice")] == ["neosolver"]
    assert [name for name, _ in ladder(made, design, "shared")] == ["klu", "klu, rshunt", "sparse"]


def test_the_first_deck_that_passes_is_kept(tmp_path: Path) -> None:
    engine = Flaky(TOO_SMALL, TOO_SMALL)
    (deck, record, attempts), said = climb(engine, tmp_path)
    assert [options(text).split()[1] for text in engine.decks] == ["klu", "klu", "sparse"]
    assert "rshunt=1000000000000.0" in options(engine.decks[1])
    assert deck.path.read_text() == engine.decks[2]
    assert record.points == 10
    assert [attempt.settings for attempt in attempts] == ["klu", "klu, rshunt", "sparse"]
    assert [bool(attempt.failure) for attempt in attempts] == [True, True, False]
    assert said[0].startswith("klu failed (doAnalyses: TRAN:  Timestep too small)")
    assert said[1].endswith("trying sparse")
    assert (tmp_path / "n.failed1.log").read_text() == "run 1"
    assert (tmp_path / "n.log").read_text() == "run 3"
    assert engine.limits[0] == 50.0
    assert all(limit is not None and limit <= 50.0 for limit in engine.limits)


def test_all_rungs_fail(tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match=r"with every setting \(klu; klu, rshunt; sparse; "):
        climb(Flaky(*[TOO_SMALL] * 4), tmp_path)
    assert (tmp_path / "n.log").read_text() == "run 4"


@pytest.mark.parametrize(
    "error",
    [
        TimeLimitError("ngspice ran longer than the limit", "timestep too small"),
        SimulationError("ngspice reports an error", "Error: unknown subckt: x1 a b nothing"),
        SimulationError("ngspice was ended by signal SIGSEGV"),
        RawFileError("ngspice left waveforms that cannot be trusted"),
    ],
)
def test_no_second_try(error: SimulationError, tmp_path: Path) -> None:
    engine = Flaky(error)
    with pytest.raises(type(error)):
        climb(engine, tmp_path)
    assert len(engine.decks) == 1


@pytest.mark.parametrize(
    "line",
    [
        "doAnalyses: TRAN:  Timestep too small; time = 1e-06, timestep = 1e-18",
        "Warning: singular matrix:  check node xa.x",
        "doAnalyses: iteration limit reached",
        "Error: no convergence in step 3",
        "Error: the analysis did not converge",
        "Error: The operating point could not be simulated successfully.",
    ],
)
def test_what_solvers_say(line: str) -> None:
    assert can_help(SimulationError("x", line))
