"""A finished run: its score, its outputs, its waveforms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen import rundir
from spicegen.accuracy import Accuracy, compare
from spicegen.errors import InputError, RawFileError
from spicegen.waveforms import Waveforms
from spicegen.weights.npz import check_arrays, kept_arrays

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class RunResult:
    """A finished run.

    Attributes:
        directory: the run directory.
        accuracy: the score.
        outputs, reference: analog and reference outputs, network units, leading axes as
            the inputs had them.
        t_s: instants at which the outputs were read, s; shape of outputs without the last
            axis, or with it where outputs are read at different instants.
        summary: the content of result.json.
    """

    directory: Path
    accuracy: Accuracy
    outputs: FloatArray
    reference: FloatArray
    t_s: FloatArray
    summary: dict[str, Any]

    @cached_property
    def waveforms(self) -> Waveforms:
        """Every saved signal of the first stage by name, V over s; mapped, not read."""
        return open_waveforms(self.directory)

    def report(self, path: str | Path | None = None) -> Path:
        """Write one self-contained HTML page about the run, as `spicegen report` does.

        Args:
            path: file to write; report.html in the run directory by default.
        Raises:
            InputError: the file cannot be written.
        """
        from spicegen.report.page import write_run_report  # Jinja and drawings: only when asked

        return write_run_report(self, None if path is None else Path(path))

    def _repr_html_(self) -> str:
        """What a notebook shows: the network as blocks, and its errors."""
        from spicegen.report.page.snippet import run_html

        return run_html(self)


def open_run(directory: str | Path) -> RunResult:
    """A finished run, from its directory.

    Raises:
        InputError: as `rundir.read_result`, or its outputs are damaged.
    """
    directory = Path(directory)
    summary = rundir.read_result(directory)
    path = directory / rundir.OUTPUTS
    arrays = kept_arrays(path, rundir.AGAIN)
    check_arrays(path, arrays, dict.fromkeys(("analog", "reference", "t_s")), rundir.AGAIN)
    analog, reference, t_s = arrays["analog"], arrays["reference"], arrays["t_s"]
    check_arrays(path, arrays, {"reference": analog.shape}, rundir.AGAIN)
    if t_s.shape not in (analog.shape, analog.shape[:-1]):
        where, rule = f"{path}, array 't_s'", f"the shape must be {analog.shape[:-1]}"
        raise InputError(where, rule, t_s.shape, rundir.AGAIN)
    score = summary.get("accuracy")
    if not isinstance(score, dict) or "agreement_pct" not in score:
        raise InputError(
            f"{directory / rundir.RESULT}, accuracy", "this key is needed", None, rundir.AGAIN
        )
    accuracy = compare(analog, reference, classes=score["agreement_pct"] is not None)
    return RunResult(directory, accuracy, analog, reference, t_s, summary)


def open_waveforms(directory: Path, stage: int = 1) -> Waveforms:
    """Every saved signal of a run under its friendly name.

    Args:
        directory: of the run.
        stage: which of its circuits, counted from 1.
    Raises:
        InputError: the directory holds no finished run, or no such stage, or damaged files.
    """
    probes = rundir.read_object(directory, rundir.staged(rundir.PROBES, stage))
    path = directory / rundir.staged(rundir.RAW, stage)
    try:
        aliases = {name: probe["vector"] for name, probe in probes.items()}
        return Waveforms.from_raw(path, aliases)
    except RawFileError as error:
        raise rundir.damaged_raw(path, error) from error
