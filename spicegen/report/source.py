"""What figures are drawn from: a finished run, seen through its directory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from spicegen import rundir
from spicegen.accuracy import Accuracy
from spicegen.circuit.clock import Clock
from spicegen.errors import InputError, RawFileError
from spicegen.waveforms import Waveforms
from spicegen.weights.npz import Arrays, check_arrays, kept_arrays

FloatArray = NDArray[np.float64]


class Run(Protocol):
    """A finished run; `pipeline.RunResult` is one."""

    @property
    def directory(self) -> Path:
        """The run directory."""

    @property
    def accuracy(self) -> Accuracy:
        """The score."""

    @property
    def outputs(self) -> FloatArray:
        """(sample, feature), (step, feature) or (sample, step, feature), network units."""

    @property
    def reference(self) -> FloatArray:
        """The float64 reference, of the same shape."""

    @property
    def summary(self) -> dict[str, Any]:
        """The content of result.json."""

    @property
    def waveforms(self) -> Waveforms:
        """Saved signals of the first stage, V over s."""


@dataclass(frozen=True, slots=True)
class Crossbar:
    """Conductances of one layer, or of one direction of it.

    Attributes:
        name: the layer's name, any text.
        g_pos_siemens, g_neg_siemens: (word lines, bit lines), S; 0 where no device stands.
        r_feedback_ohm: (bit lines,), ohm.
        g_target_siemens: (2, word lines, bit lines) what the weights ask of both halves, S;
            None where the run did not keep it.
        shared: the positive halves are a reference that all bit lines share.
        stuck: (2, word lines, bit lines) stuck devices; None where the run has no such fault.
        g_effective_siemens: (word lines, bit lines) g_pos - g_neg as it acts behind the wires, S;
            None without wires.
    """

    name: str
    g_pos_siemens: FloatArray
    g_neg_siemens: FloatArray
    r_feedback_ohm: FloatArray
    g_target_siemens: FloatArray | None = None
    shared: bool = False
    stuck: NDArray[np.bool_] | None = None
    g_effective_siemens: FloatArray | None = None

    @property
    def deviation_siemens(self) -> FloatArray | None:
        """(word lines, bit lines) g_pos - g_neg as built, less the wanted one, S; None where
        every device is as wanted."""
        if self.g_target_siemens is None:
            return None
        wanted_pos, wanted_neg = self.g_target_siemens
        deviation = (self.g_pos_siemens - wanted_pos) - (self.g_neg_siemens - wanted_neg)
        return deviation if deviation.any() else None


@dataclass(frozen=True)
class Source:
    """One circuit of a run, with what the run directory adds to it.

    Attributes:
        run: the run.
        stage: which of its circuits, counted from 1; only networks that read backwards
            have more than one.
    """

    run: Run
    stage: int = 1

    @cached_property
    def clock(self) -> Clock:
        """All timing of the circuit. The height of the phases plays no part in it."""
        timing, counts = self._design["timing"], self.run.summary["clock"]
        return Clock(
            t_step_s=timing["t_step_s"],
            t_transfer_s=timing.get("t_transfer_s", 0.0),
            t_edge_s=timing["t_edge_s"],
            v_high_volts=1.0,
            samples=counts["samples"],
            steps=counts["steps"],
            depth=self._count("phi_reset"),
            turns=self._count("phi_select") or 1,
        )

    @cached_property
    def waveforms(self) -> Waveforms:
        """Every saved signal of the circuit by name; the file is mapped, not read.

        Raises:
            InputError: its raw file is damaged.
        """
        if self.stage == 1:
            return self.run.waveforms
        path = self.run.directory / rundir.staged(rundir.RAW, self.stage)
        aliases = {name: probe["vector"] for name, probe in self._probes.items()}
        try:
            return Waveforms.from_raw(path, aliases)
        except RawFileError as error:
            raise rundir.damaged_raw(path, error) from error

    @cached_property
    def volts_per_unit(self) -> dict[str, float]:
        """Volts of 1.0 of each saved signal, 0 for clocks, in the order of the circuit."""
        return {name: float(probe["volts_per_unit"]) for name, probe in self._probes.items()}

    @cached_property
    def _probes(self) -> dict[str, Any]:
        return rundir.read_object(self.run.directory, rundir.staged(rundir.PROBES, self.stage))

    def _count(self, clock: str) -> int:
        """How many numbered clocks of that name were saved."""
        return sum(bool(re.fullmatch(rf"{clock}\d+", name)) for name in self.volts_per_unit)

    @cached_property
    def v_common_volts(self) -> float:
        """The voltage that signals are measured from, V."""
        return float(self._design["signal"]["v_common_volts"])

    @cached_property
    def _design(self) -> dict[str, Any]:
        """design.toml, in which a run leaves nothing open."""
        return rundir.read_design(self.run.directory)

    @cached_property
    def inputs(self) -> FloatArray | None:
        """(samples * steps, features) network units; None where the run did not keep them."""
        arrays = kept_arrays(self.run.directory / rundir.OUTPUTS, rundir.AGAIN)
        return rows(arrays["inputs"]) if "inputs" in arrays else None

    @cached_property
    def crossbars(self) -> tuple[Crossbar, ...]:
        """From input to output; empty where the run did not keep them.

        Raises:
            InputError: their file is damaged, or arrays in it do not fit each other.
        """
        path = self.run.directory / rundir.CROSSBARS
        if not path.is_file():
            return ()
        shared = self._design.get("crossbar", {}).get("topology") == "reference-column"
        arrays = kept_arrays(path, rundir.AGAIN)
        if "names" not in arrays:
            raise InputError(str(path), "it must name its crossbars", None, rundir.AGAIN)
        return tuple(
            _crossbar(path, arrays, index, str(name), shared)
            for index, name in enumerate(arrays["names"].ravel())
        )

    @property
    def outputs_per_sample(self) -> int:
        """Steps of each sample that are outputs: all of them, or one."""
        samples = int(self.run.summary["clock"]["samples"])
        return int(rows(self.run.reference).shape[0]) // samples

    @property
    def step_word(self) -> str:
        """What outputs are counted in."""
        return "network step" if self.outputs_per_sample > 1 else "sample"


def _crossbar(path: Path, arrays: Arrays, index: int, name: str, shared: bool) -> Crossbar:
    """One crossbar of the file.

    Raises:
        InputError: an array is missing or has another shape.
    """
    pos, neg, ohm, *more = (
        f"{part}_{index}"
        for part in (
            "g_pos_siemens", "g_neg_siemens", "r_feedback_ohm",
            "g_target_siemens", "stuck", "g_effective_siemens",
        )
    )  # fmt: skip
    check_arrays(path, arrays, dict.fromkeys((pos, neg, ohm)), rundir.AGAIN)
    shape = arrays[pos].shape
    if len(shape) != 2:
        where = f"{path}, array '{pos}'"
        raise InputError(where, "it must have word lines and bit lines", shape, rundir.AGAIN)
    shapes = dict(zip(more, ((2, *shape), (2, *shape), shape), strict=True))
    there = {key: each for key, each in shapes.items() if key in arrays}
    check_arrays(path, arrays, {neg: shape, ohm: shape[1:], **there}, rundir.AGAIN)
    target, stuck, effective = (arrays.get(key) for key in more)
    return Crossbar(name, arrays[pos], arrays[neg], arrays[ohm], target, shared, stuck, effective)


def rows(values: FloatArray) -> FloatArray:
    """(samples * steps, features) of any leading axes."""
    return values.reshape(-1, values.shape[-1])
