"""Whether a run can be trusted (design.md, section 7)."""

from __future__ import annotations

import signal
from collections.abc import Mapping

from spicegen.engine.base import Job, RunRecord
from spicegen.engine.deck import find_line
from spicegen.engine.keep import keep_steps
from spicegen.engine.log import LogFindings, read_log
from spicegen.engine.process import Outcome
from spicegen.errors import EngineKilledError, InputError, RawFileError, SimulationError
from spicegen.waveforms import Waveforms, main_plot, read_raw
from spicegen.waveforms.plot import name_hint

SHOWN = 5
FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""Signals that no engine sends to itself."""


def check_run(name: str, job: Job, outcome: Outcome, options: Mapping[str, str]) -> RunRecord:
    """The record of a run that passes every check.

    Args:
        name: of the engine, for messages.
        job: what was to be simulated.
        outcome: how the process ended.
        options: how the engine was run, for the record; the solver is added.
    Returns:
        The record, with points and warnings.
    Raises:
        SimulationError: ended by a signal, an error in the log, or an exit status but 0.
        RawFileError: no waveforms, or broken ones, no points, a probe missing or not
            finite, or the last time point not reached.
    """
    findings = read_log(job.log.read_text(encoding="utf-8", errors="replace"))
    _check_end(name, job, outcome, findings)
    try:
        points = _check_waveforms(job)
    except (RawFileError, InputError) as error:
        hint = findings.warnings[0] if findings.warnings else ""
        what = f"{name} left waveforms that cannot be trusted: {error}"
        raise RawFileError(what, engine_line=hint, kept=str(job.folder)) from error
    if findings.solver:
        options = {**options, "solver": findings.solver}
    return RunRecord(outcome.seconds, points, options, findings.warnings)


def _check_end(name: str, job: Job, outcome: Outcome, findings: LogFindings) -> None:
    kept = str(job.folder)
    cause = findings.cause or _last_line(job)
    if outcome.status < 0:
        ended_by = signal.Signals(-outcome.status)
        kind = EngineKilledError if ended_by in FROM_OUTSIDE else SimulationError
        raise kind(f"{name} was ended by signal {ended_by.name}", cause, kept=kept)
    if findings.errors:
        what = f"{name} reports an error (exit status {outcome.status})"
        raise SimulationError(what, cause, find_line(job.deck, cause), kept)
    if outcome.status:
        raise SimulationError(f"{name} ended with exit status {outcome.status}", cause, kept=kept)


def _last_line(job: Job) -> str:
    lines = job.log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _check_waveforms(job: Job) -> int:
    """Number of points of the analysis, once its waveforms are complete and finite."""
    if not job.raw.is_file():
        raise RawFileError(f"there is no file {job.raw.name}")
    if job.steps is not None:
        keep_steps(job.raw, job.steps)
    plot = main_plot(read_raw(job.raw))
    missing = [probe for probe in job.probes if probe not in plot]
    if missing:
        shown = ", ".join(missing[:SHOWN]) + (", ..." if len(missing) > SHOWN else "")
        raise RawFileError(
            f"{len(missing)} of {len(job.probes)} probes are missing: {shown}; "
            f"{name_hint(missing[0], plot.names)}"
        )
    if plot.points == 0:
        raise RawFileError("there are no points")
    waveforms = Waveforms(plot)
    waveforms.require_finite(job.probes)
    if job.t_stop_s is not None:
        waveforms.require_reached(job.t_stop_s)
    if job.points is not None and plot.points != job.points:
        raise RawFileError(f"{plot.points} of {job.points} points of the analysis are there")
    return plot.points
