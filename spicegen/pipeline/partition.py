"""A static analysis cut into circuits that run at the same time.

It is cut behind each layer, at outputs of op-amps, and dense layers into blocks of bit lines.
Sources of the simulated voltages take the place of the outputs. That leaves out what word lines
draw from them, which `circuit.back_action` bounds. In each run the whole circuit is simulated as
well, for a few steps, and compared: `cut_error_pct`.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count
from threading import Event

import numpy as np

from spicegen import rundir
from spicegen.accuracy import full_scale
from spicegen.circuit import back_action
from spicegen.mapping import MappedDense, MappedNetwork
from spicegen.pipeline.prepare import Prepared, Stage
from spicegen.pipeline.result import FloatArray
from spicegen.pipeline.stage import Bench, Namer, Simulated

CHECKED_STEPS = 4
"""Samples, or steps of the first one, on which a cut is compared with the whole circuit."""


@dataclass(frozen=True)
class Joined:
    """A stage after its run.

    Attributes:
        circuits: its circuits, in the order of the signals.
        outputs: (sample, step, output) of its last layer, network units.
        t_read: instants of the outputs, as `BuiltCircuit.t_read_s`.
        cut_error_pct: largest difference between the cut and the whole circuit, percent of the
            full scale of each output; None where nothing was cut.
        back_action: bound of what the cut leaves out, share of a signal.
    """

    circuits: tuple[Simulated, ...]
    outputs: FloatArray
    t_read: FloatArray
    cut_error_pct: float | None = None
    back_action: float = 0.0


def namer(label: int | str) -> Namer:
    """Names of the files of a circuit."""
    return partial(rundir.staged, label=label)


def run_stages(prepared: Prepared, bench: Bench) -> list[Joined]:
    """Simulate every stage, each on what the one before gave.

    Args:
        prepared: the network as circuits.
        bench: simulates circuits; its design is theirs.
    """
    joined: list[Joined] = []
    seen, numbers = prepared.trace.inputs, count(1)
    # the check of a cut runs beside the circuits that it checks
    with ThreadPoolExecutor(bench.design.simulation.jobs + 1) as pool:
        for stage in prepared.stages:
            joined.append(run_stage(stage, seen, bench, numbers, pool))
            seen = joined[-1].outputs
    return joined


def run_stage(
    stage: Stage, inputs: FloatArray, bench: Bench, numbers: Iterator[int], pool: Executor
) -> Joined:
    """Simulate a stage: whole, or its parts one after the other and the blocks of each together.

    Args:
        stage: the layers.
        inputs: (sample, step, feature) what the first of them see, network units.
        bench: simulates circuits.
        numbers: of circuits, counted over the run.
        pool: where blocks are simulated.
    """
    number = next(numbers)
    if not stage.is_cut:
        whole = bench.simulate(stage.mapped, inputs, namer(number))
        return Joined((whole,), whole.outputs, whole.built.t_read_s)
    first = _first_steps(inputs, stage.mapped)
    with halting(bench) as quiet:
        check = pool.submit(quiet.simulate, stage.mapped, first, namer(f"{number}_uncut"))
        parts = list(_parts(stage, inputs, bench, quiet, chain([number], numbers), pool))
        whole = check.result()
    outputs = np.concatenate([block.outputs for block in parts[-1]], axis=2)
    apart = np.abs(whole.outputs - outputs[: whole.outputs.shape[0], : whole.outputs.shape[1]])
    return Joined(
        tuple(block for part in parts for block in part),
        outputs,
        np.concatenate([block.built.t_read_s for block in parts[-1]], axis=2),
        float(100 * (apart / full_scale(outputs)).max()),
        back_action(stage.mapped, bench.design),
    )


def _parts(
    stage: Stage,
    inputs: FloatArray,
    bench: Bench,
    quiet: Bench,
    numbers: Iterator[int],
    pool: Executor,
) -> Iterator[list[Simulated]]:
    """The blocks of each part, which see the joined outputs of the part before."""
    total, finished = sum(len(part.blocks) for part in stage.parts), count(1)
    bench.report("simulate", 0.0)
    for part in stage.parts:
        waiting = [
            pool.submit(quiet.simulate, block, inputs, namer(next(numbers)))
            for block in part.blocks
        ]
        for each in as_completed(waiting):
            each.result()
            bench.report("simulate", next(finished) / total)
        done = [each.result() for each in waiting]
        inputs = np.concatenate([block.outputs for block in done], axis=2)
        yield done


@contextmanager
def halting(bench: Bench) -> Iterator[Bench]:
    """A bench without a word, for several threads, whose engines end soon after an error in this
    block.

    Raises:
        CancelledError: in the other threads, at their next report.
    """
    halted = Event()

    def report(what: str, share: float) -> None:
        if halted.is_set():
            raise CancelledError

    try:
        yield replace(bench, report=report)
    except BaseException:
        halted.set()
        raise


def _first_steps(inputs: FloatArray, mapped: MappedNetwork) -> FloatArray:
    """What the whole circuit is given: few samples, or few steps of the first one."""
    recurrent = [layer for layer in mapped.layers if not isinstance(layer, MappedDense)]
    if not recurrent:
        return inputs[:CHECKED_STEPS]
    if any(layer.last_only for layer in recurrent):
        return inputs[:1]
    return inputs[:1, :CHECKED_STEPS]
