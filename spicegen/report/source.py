"""What figures are drawn from: a finished run, seen through its directory."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from spicegen import rundir
from spicegen.accuracy import Accuracy
from spicegen.circuit.clock import Clock
from spicegen.waveforms import Waveforms

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
        """Every saved signal of the circuit by name; the file is mapped, not read."""
        if self.stage == 1:
            return self.run.waveforms
        path = self.run.directory / rundir.staged(rundir.RAW, self.stage)
        aliases = {name: probe["vector"] for name, probe in self._probes.items()}
        return Waveforms.from_raw(path, aliases)

    @cached_property
    def volts_per_unit(self) -> dict[str, float]:
        """Volts of 1.0 of each saved signal, 0 for clocks, in the order of the circuit."""
        return {name: float(probe["volts_per_unit"]) for name, probe in self._probes.items()}

    @cached_property
    def _probes(self) -> dict[str, Any]:
        name = rundir.staged(rundir.PROBES, self.stage)
        return dict(rundir.read_json(self.run.directory, name))

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
        return tomllib.loads((self.run.directory / rundir.DESIGN).read_text(encoding="utf-8"))

    @cached_property
    def inputs(self) -> FloatArray | None:
        """(samples * steps, features) network units; None where the run did not keep them."""
        with np.load(self.run.directory / rundir.OUTPUTS, allow_pickle=False) as arrays:
            return rows(arrays["inputs"]) if "inputs" in arrays.files else None

    @cached_property
    def crossbars(self) -> tuple[Crossbar, ...]:
        """From input to output; empty where the run did not keep them."""
        path = self.run.directory / rundir.CROSSBARS
        if not path.is_file():
            return ()
        shared = self._design.get("crossbar", {}).get("topology") == "reference-column"
        with np.load(path, allow_pickle=False) as arrays:
            return tuple(
                Crossbar(
                    str(name),
                    arrays[f"g_pos_siemens_{index}"],
                    arrays[f"g_neg_siemens_{index}"],
                    arrays[f"r_feedback_ohm_{index}"],
                    arrays.get(f"g_target_siemens_{index}"),
                    shared,
                    arrays.get(f"stuck_{index}"),
                    arrays.get(f"g_effective_siemens_{index}"),
                )
                for index, name in enumerate(arrays["names"])
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


def rows(values: FloatArray) -> FloatArray:
    """(samples * steps, features) of any leading axes."""
    return values.reshape(-1, values.shape[-1])
