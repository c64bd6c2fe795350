"""Naive op-amps in dual columns against ours, in one run: same weights, inputs and clock.

Every rung between the two stands in the table, so that the factor can be attributed.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import spicegen as sg
from benchmarks import naive_opamp
from benchmarks.measure import Measured, example, rerun, run_into, told
from benchmarks.naive_opamp import Variant, default_options, substitute
from benchmarks.report import Bar, Report, Row, Table, command_of, table
from benchmarks.turns import PAIRS
from spicegen.errors import SimulationError

STEPS = 40
REPEATS = PAIRS
"""Of the naive deck that makes the ratio. Ours runs after each other deck, so that other
work on the machine meets both alike; medians count."""
BAR = 20.0
RIGHT_PCT = 1.0
"""A deck whose largest error is below this computes the network; others are wrong."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A deck of the comparison.

    Attributes:
        what: for the table.
        topology: of the crossbars.
        variant: naive op-amp, or None for ours.
        ours: our solver options instead of ngspice's own.
        share: part of the steps that it runs (one rung is too slow for all of them).
        repeats: how often.
    """

    what: str
    topology: str
    variant: Variant | None
    ours: bool
    share: float = 1.0
    repeats: int = 1


DEFAULT = Rung("ours (default design)", "dual-row", None, True)
RUNGS = (
    Rung(
        "naive: limiter, RC at GBW",
        "dual-column",
        naive_opamp.limiter_corner,
        False,
        repeats=REPEATS,
    ),
    Rung(
        "naive: limiter, RC at GBW, buffer",
        "dual-column",
        naive_opamp.limiter_corner_buffer,
        False,
    ),
    Rung(
        "naive: limiter, RC at GBW/gain, buffer",
        "dual-column",
        naive_opamp.limiter_pole_buffer,
        False,
        0.5,
    ),
    Rung("naive: RC at GBW/gain, limiter", "dual-column", naive_opamp.pole_limiter, False),
    Rung("naive: limiter alone", "dual-column", naive_opamp.limiter_alone, False),
    Rung("naive: limiter, RC at GBW", "dual-column", naive_opamp.limiter_corner, True),
    Rung("our op-amp", "dual-column", None, False),
    Rung("our op-amp", "dual-column", None, True),
    Rung("our op-amp", "dual-row", None, False),
)


def measure(steps: int | None = None) -> Report:
    """All rungs; the ratio is taken from the fastest naive deck that computes the network."""
    count = steps or STEPS
    with tempfile.TemporaryDirectory() as folder:
        found, failed = _run_all(_Decks(Path(folder), count))
    ours = found[DEFAULT]
    naive = {
        rung: runs
        for rung, runs in found.items()
        if rung.variant and not rung.ours and runs[0].max_pct < RIGHT_PCT
    }
    bars: tuple[Bar, ...] = ()
    if naive:
        ratio = min(map(_cost, naive.values())) / _cost(ours)
        title = "engine time, fastest naive deck that computes the network / ours"
        bars = (Bar(title, ratio, BAR, "times", at_least=True),)
    notes = tuple(f"{rung.what}: {failed[rung]}" for rung in failed)
    made = _table(found, failed, count)
    return Report("speed", command_of("speed", steps), (made,), bars, notes)


class _Decks:
    """Decks of our own in each topology and length; naive ones are rewritten from them."""

    def __init__(self, folder: Path, steps: int) -> None:
        self._folder = folder
        self._steps = steps
        self._finished: dict[tuple[str, int], tuple[Path, Measured]] = {}
        network, inputs = example(steps)
        design = sg.load_design(None, ["crossbar.topology=dual-column"])
        clock = sg.emit(network, inputs, design, folder / "clock")["clock"]
        times = ("t_step_s", "t_transfer_s")
        self._clock = [f"timing.{name}={clock[name]!r}" for name in times]

    def run(self, rung: Rung) -> Measured:
        """One run of a rung, on the clock that the dual columns ask for: the slower one.

        Raises:
            SimulationError: ngspice does not complete it.
        """
        steps = max(1, round(rung.share * self._steps))
        overrides = [f"crossbar.topology={rung.topology}", "simulation.save=outputs", *self._clock]
        key = rung.topology, steps
        if key not in self._finished:
            network, inputs = example(self._steps)
            out = self._folder / f"{rung.topology}-{steps}"
            self._finished[key] = out, run_into(out, network, inputs[:steps], overrides)
        return rerun(*self._finished[key], _rewriter(rung, sg.load_design(None, overrides)))


def _run_all(decks: _Decks) -> tuple[dict[Rung, list[Measured]], dict[Rung, str]]:
    """The runs of each rung, and what ngspice says of those that fail."""
    found: dict[Rung, list[Measured]] = {}
    failed: dict[Rung, str] = {}
    for rung in _in_turns():
        if rung in failed:
            continue
        told(f"speed: {rung.what}, {rung.topology}")
        try:
            found.setdefault(rung, []).append(decks.run(rung))
        except SimulationError as error:
            failed[rung] = error.engine_line or error.what
            del found[rung]
    return found, failed


def _cost(runs: list[Measured]) -> float:
    """Engine time of a rung, ms per step."""
    return statistics.median(one.cpu_ms_per_step for one in runs)


def _in_turns() -> Iterator[Rung]:
    for turn in range(REPEATS):
        for rung in RUNGS:
            if turn < rung.repeats:
                yield from (rung, DEFAULT)


def _rewriter(rung: Rung, design: sg.Design) -> Callable[[str], str]:
    def rewrite(deck: str) -> str:
        if rung.variant:
            deck = substitute(deck, rung.variant, design)
        return deck if rung.ours else default_options(deck)

    return rewrite


def _table(found: dict[Rung, list[Measured]], failed: dict[Rung, str], steps: int) -> Table:
    base = _cost(found[DEFAULT])
    rows: list[Row] = []
    for rung in (*RUNGS, DEFAULT):
        row: list[float | str | None] = [
            rung.what,
            rung.topology,
            "ours" if rung.ours else "ngspice's own",
        ]
        if rung in failed:
            rows.append([*row, None, None, None, "does not converge", None, None])
            continue
        one, cost = found[rung][0], _cost(found[rung])
        rows.append(
            [*row, one.steps, one.points_per_step, cost, cost / base, one.mean_pct, one.max_pct]
        )
    columns = [
        "op-amp",
        "topology",
        "solver options",
        "steps",
        "points/step:.1f",
        "engine CPU, ms/step:.1f",
        "x ours:.1f",
        "mean %:.4f",
        "max %:.4f",
    ]
    return table(f"EEG LSTM, one clock for all, {steps} steps", columns, rows)
