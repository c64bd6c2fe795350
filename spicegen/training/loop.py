"""The one loop: forward, loss, backward, pulses; epoch by epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen.circuit.programming import pulse_slots
from spicegen.errors import InputError
from spicegen.mapping.nonideality.draws import generator
from spicegen.network import NetworkTrace
from spicegen.training.array import network_of
from spicegen.training.backward import gradients
from spicegen.training.devices import FloatArray
from spicegen.training.forward import Forward
from spicegen.training.plan_parts import Gradient, Rule
from spicegen.training.rules import Updater, updater_of
from spicegen.training.store import Store, member
from spicegen.training.task import Task

Record = dict[str, NDArray[Any]]
Seen = Callable[[int, float], None]
"""Called with the number of epochs that are done, and the last one's loss."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A training that has ended.

    Attributes:
        epochs: that were made: updates of all samples.
        converged: outputs reached their targets; None where nothing says when.
        records: of every epoch: `loss`, `outputs` (before its updates, where an epoch is one
            update), `cycles` (pulse slots), `seconds`, and by array `g.<name>` behind its
            updates, S, and `counts.<name>`, the sum of its pulses.
        start: `g.<name>` in front of the first.
        outputs: behind the last update.
        loss: of these.
        test_outputs: behind the last update; None where there is nothing to test.
        seconds: it took, checkpoints included.
    """

    epochs: int
    converged: bool | None
    records: tuple[Record, ...]
    start: Record
    outputs: FloatArray
    loss: float
    test_outputs: FloatArray | None
    seconds: float

    def history(self) -> Record:
        """Arrays over epochs: `g.<name>` has one row more, the start."""
        found = {name: self.start[name][None] for name in self.start}
        for name in self.records[0] if self.records else ():
            rows = np.stack([record[name] for record in self.records])
            found[name] = np.concatenate([found[name], rows]) if name in found else rows
        return found


def run_epochs(
    task: Task,
    rule: Rule,
    forward: Forward,
    epochs: int,
    seed: int,
    *,
    store: Store | None = None,
    seen: Seen | None = None,
) -> Trained:
    """Train until the task is reached or all epochs are made.

    Args:
        task: its arrays change.
        rule: of the updates.
        forward: gives the signals.
        epochs: most of them, those in the store included.
        seed: of what is random in updates and in the order of samples.
        store: where every epoch is kept, and where an earlier training goes on.
        seen: told after every epoch.
    Raises:
        InputError: the store is damaged or holds more epochs, or the loss is not finite.
        SimulationError: the engine failed.
    """
    began = time.perf_counter()
    updater, records, start = updater_of(rule, task.arrays), list[Record](), _conductances(task)
    if store is not None and (kept := store.checkpoint()):
        starts = {f"start.{name}": value for name, value in start.items()}
        store.check(kept.state, _shapes(starts | _state(task, updater)))
        if kept.epoch > epochs:
            raise InputError(
                str(store.directory),
                f"{kept.epoch} epochs were made here already",
                f"at most {epochs}",
                f"ask for {kept.epoch} or more (--epochs), or choose another directory",
            )
        records = store.records(kept.epoch, _shapes(_blank(task)))
        start = {name: kept.state[f"start.{name}"] for name in start}
        _restore(task, updater, kept.state)
    converged = None if task.reached is None else False
    trace = None
    for epoch in range(len(records), epochs):
        record, trace = _epoch(task, rule, updater, forward, seed, epoch)
        if record is None:
            converged = True
            break
        records.append(record)
        if store is not None:
            starts = {f"start.{name}": value for name, value in start.items()}
            store.keep(epoch, record, starts | _state(task, updater))
        if seen is not None:
            seen(len(records), float(record["loss"]))
    if not converged:
        trace = forward(task.arrays, task.inputs)
        converged = None if task.reached is None else task.reached(trace.outputs)
    assert trace is not None
    tested = None
    if task.test_inputs is not None:
        tested = forward(task.arrays, task.test_inputs, "test_").outputs
    loss = task.loss(trace.outputs, task.targets)[0]
    taken = time.perf_counter() - began
    return Trained(
        len(records), converged, tuple(records), start, trace.outputs, loss, tested, taken
    )


def _epoch(
    task: Task, rule: Rule, updater: Updater, forward: Forward, seed: int, epoch: int
) -> tuple[Record | None, NetworkTrace | None]:
    """All samples once; no record where nothing is left to do."""
    topology = task.design.crossbar.topology
    truncate = rule.truncate_steps if isinstance(rule, Gradient) else None
    began, counts = time.perf_counter(), dict[str, Any]()
    losses, cycles, trace = [], 0, None
    batches = list(_batches(len(task.inputs), rule, seed, epoch))
    for number, batch in enumerate(batches):
        targets = task.targets[batch]
        trace = forward(task.arrays, task.inputs[batch])
        if task.reached is not None and task.reached(trace.outputs):
            return None, trace
        value, slope = task.loss(trace.outputs, targets)
        slopes = gradients(network_of(task.network, task.arrays), trace, slope, truncate)
        slopes = {
            name: slopes[name][: array.crossbar.word_lines] for name, array in task.arrays.items()
        }
        _check_finite(epoch, value, slopes)
        update = epoch * len(batches) + number
        given = updater(task.arrays, slopes, partial(_draws, seed, update))
        losses.append(value * len(targets))
        cycles += sum(pulse_slots(count, topology) for count in given.values())
        for name, count in given.items():
            key = f"counts.{member(name)}"
            counts[key] = counts.get(key, 0) + count
    assert trace is not None
    record: Record = {
        "loss": np.array(sum(losses) / len(task.inputs)),
        "cycles": np.array(cycles),
        "seconds": np.array(time.perf_counter() - began),
        **counts,
        **_conductances(task),
    }
    if len(batches) == 1:
        record["outputs"] = trace.outputs
    return record, trace


def _check_finite(epoch: int, loss: float, slopes: Mapping[str, FloatArray]) -> None:
    """Refuse to go on from numbers that are none.

    Raises:
        InputError: the loss or a gradient is not finite.
    """
    if math.isfinite(loss) and all(np.isfinite(slope).all() for slope in slopes.values()):
        return
    raise InputError(
        f"epoch {epoch + 1}",
        "loss and gradients must be finite",
        f"a loss of {loss:g}",
        "scale inputs and targets to about 1",
    )


def _draws(seed: int, update: int, array: str) -> np.random.Generator:
    return generator(seed, "training", update, array)


def _batches(samples: int, rule: Rule, seed: int, epoch: int) -> Iterator[NDArray[np.int64]]:
    """Numbers of samples, update by update; all in order where an epoch is one update."""
    size = rule.batch if isinstance(rule, Gradient) else None
    order = np.arange(samples)
    if size is not None and size < samples:
        order = generator(seed, "training", epoch, "order").permutation(samples)
    for first in range(0, samples, size or samples):
        yield order[first : first + (size or samples)]


def _conductances(task: Task) -> Record:
    return {f"g.{member(name)}": array.devices.g_siemens for name, array in task.arrays.items()}


def _blank(task: Task) -> Record:
    """A record of no epoch, for names and shapes."""
    number, found = np.zeros(()), _conductances(task)
    counts = {f"counts.{name.removeprefix('g.')}": value for name, value in found.items()}
    return {"loss": number, "cycles": number, "seconds": number, **counts, **found}


def _shapes(arrays: Record) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in arrays.items()}


def _state(task: Task, updater: Updater) -> Record:
    found: Record = {f"rule.{key}": value for key, value in updater.state().items()}
    for name, array in task.arrays.items():
        prefix = f"device.{member(name)}"
        found |= {f"{prefix}.{key}": value for key, value in array.devices.state().items()}
    return found


def _restore(task: Task, updater: Updater, state: Mapping[str, NDArray[Any]]) -> None:
    updater.restore(_below("rule.", state))
    for name, array in task.arrays.items():
        array.devices.restore(_below(f"device.{member(name)}.", state))


def _below(prefix: str, state: Mapping[str, NDArray[Any]]) -> Record:
    return {
        key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)
    }
