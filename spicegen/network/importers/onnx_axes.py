"""Operators that only move, drop, merge or select axes of a signal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

from spicegen.errors import NetworkError
from spicegen.network.importers.onnx_values import (
    Axis,
    Part,
    Signal,
    WrongAxesError,
    normal_axis,
)

_UNROLLED = (
    "a recurrence written out step by step cannot be read back: export with "
    "torch.onnx.export(..., dynamo=False), save a Keras model as .keras, or give the weights "
    "as .safetensors with a network.toml"
)


def transpose(signal: Signal, order: Sequence[int] | None, where: str) -> Signal:
    """Axes in another order; reversed if none is given.

    Raises:
        NetworkError: the order does not name each axis once.
    """
    rank = len(signal.axes)
    positions = list(order) if order is not None else list(range(rank))[::-1]
    if sorted(positions) != list(range(rank)):
        raise NetworkError(where, f"perm must name each of {rank} axes once", positions)
    return replace(signal, axes=tuple(signal.axes[each] for each in positions))


def squeeze(signal: Signal, positions: Sequence[int] | None, where: str) -> Signal:
    """Drop axes of size 1 that carry nothing.

    Raises:
        NetworkError: an axis that is named carries values.
    """
    rank = len(signal.axes)
    if positions is None:
        drop = [k for k, axis in enumerate(signal.axes) if _is_empty(axis)]
    else:
        drop = [normal_axis(each, rank, where) for each in positions]
    for each in drop:
        if not _is_empty(signal.axes[each]):
            raise NetworkError(where, "drops an axis that carries values", signal.axes[each].label)
    return replace(signal, axes=tuple(axis for k, axis in enumerate(signal.axes) if k not in drop))


def unsqueeze(signal: Signal, positions: Sequence[int], where: str) -> Signal:
    """Insert axes of size 1."""
    rank = len(signal.axes) + len(positions)
    added = {normal_axis(each, rank, where) for each in positions}
    old = iter(signal.axes)
    return replace(
        signal,
        axes=tuple(Axis("one", 1) if k in added else next(old) for k in range(rank)),
    )


def gather(signal: Signal, index: int, position: int, keep: bool, where: str) -> Signal:
    """One entry of an axis: one step, or one direction."""
    position = normal_axis(position, len(signal.axes), where)
    axis = signal.axes[position]
    chosen = _chosen(signal, axis, index, index, where)
    axes = signal.without(position)
    if keep:
        left = Axis("direction", 1) if axis.label == "direction" else Axis("one", 1)
        axes = (*axes[:position], left, *axes[position:])
    return Signal(axes, chosen)


def slice_axis(signal: Signal, start: int, end: int, position: int, where: str) -> Signal:
    """A range of an axis: all of it, one step, or some directions."""
    position = normal_axis(position, len(signal.axes), where)
    axis = signal.axes[position]
    size = axis.size
    if start == 0 and end >= (size if size is not None else 2**31 - 1):
        return signal
    # The last index: of a range to the end it is -1, whatever the size.
    last = -1 if end >= 2**31 - 1 or end == size else end - 1
    chosen = _chosen(signal, axis, start, last, where)
    left = Axis("direction", len(chosen)) if axis.label == "direction" else Axis("one", 1)
    return Signal((*signal.axes[:position], left, *signal.axes[position + 1 :]), chosen)


def concatenate(signals: Sequence[Signal], position: int, where: str) -> Signal:
    """Several signals along their directions or units.

    Raises:
        NetworkError: along another axis, or signals that do not fit.
    """
    first = signals[0]
    position = normal_axis(position, len(first.axes), where)
    label = first.axes[position].label
    alike = all(
        each.labels == first.labels and each.without(position) == first.without(position)
        for each in signals
    )
    if not alike or label not in ("direction", "unit"):
        raise NetworkError(
            where,
            "only the directions or layers of recurrent nodes can be put together",
            " and ".join(str(each.labels) for each in signals),
        )
    if label == "unit" and any("direction" in each.labels for each in signals):
        raise NetworkError(where, "an axis of directions must be merged first")
    sizes = [each.axes[position].size for each in signals]
    total = None if None in sizes else sum(size for size in sizes if size is not None)
    axes = (*first.axes[:position], Axis(label, total), *first.axes[position + 1 :])
    return Signal(axes, tuple(part for each in signals for part in each.parts))


def reshape(signal: Signal, target: Sequence[int | str], zero_copies: bool, where: str) -> Signal:
    """Merge or split axes, where what results has a meaning.

    Args:
        signal: what is reshaped.
        target: sizes; -1 is what is left, 0 the size at the same place if `zero_copies`,
            words are sizes that the file leaves open.
        zero_copies: ONNX' allowzero = 0.
        where: for messages.
    Raises:
        NetworkError: no reading of the new axes, or several.
    """
    axes = _split(signal.axes)
    wanted = [
        signal.axes[k] if size == 0 and zero_copies and k < len(signal.axes) else size
        for k, size in enumerate(target)
    ]
    found = {tuple(axis.label for axis in each): each for each in _readings(axes, wanted)}
    if len(found) > 1:  # of one sample, or one step: both in one axis is the reading less likely
        found = {key: each for key, each in found.items() if "rows" not in key} or found
    if len(found) != 1:
        tried = f"{signal.labels} of sizes {[axis.size for axis in axes]} as {list(target)}"
        if not found:
            raise WrongAxesError(where, "the new axes must be samples, steps and units", tried)
        raise WrongAxesError(
            where,
            "the new axes must have one meaning, not several",
            tried,
            "export with sizes that differ, such as a batch of 3 and 5 steps, or with dynamic axes",
        )
    return replace(signal, axes=next(iter(found.values())))


def flatten(signal: Signal, position: int, where: str) -> Signal:
    """Merge all axes before and all axes from a position on.

    Raises:
        WrongAxesError: axes of different meaning would be merged.
    """
    rank = len(signal.axes)
    position = position if position == rank else normal_axis(position, rank, where)
    halves = [merged(_split(half)) for half in (signal.axes[:position], signal.axes[position:])]
    left, right = halves
    if left is None or right is None:
        raise WrongAxesError(where, "merges axes of different meaning", signal.labels)
    return replace(signal, axes=(left, right))


def merged(axes: tuple[Axis, ...]) -> Axis | None:
    """Consecutive axes as one, or None where that has no meaning."""
    full = tuple(axis for axis in axes if not _is_empty(axis))
    if not full:
        return axes[0] if len(axes) == 1 else Axis("one", 1)
    if len(full) == 1:
        return full[0]
    sizes = [axis.size for axis in full]
    size = None if None in sizes else prod(size for size in sizes if size is not None)
    labels = tuple(axis.label for axis in full)
    if labels == ("direction", "unit") or set(labels) == {"part"}:
        return Axis("unit", size)
    if set(labels) == {"sample", "step"}:
        return Axis("rows", size, full)
    return None


def _is_empty(axis: Axis) -> bool:
    return axis.label == "one" or (axis.label == "direction" and axis.size == 1)


def _split(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """The same axes, rows taken apart."""
    return tuple(inner for axis in axes for inner in (axis.merged or (axis,)))


def _readings(
    axes: tuple[Axis, ...], target: Sequence[int | str | Axis]
) -> Iterator[tuple[Axis, ...]]:
    """Every way to see the target sizes as groups of consecutive axes."""
    if not target:
        if all(_is_empty(axis) for axis in axes):
            yield ()
        return
    for count in range(len(axes) + 1):
        group = merged(axes[:count]) if count else Axis("one", 1)
        if group is not None and _fits(group, target[0]):
            for rest in _readings(axes[count:], target[1:]):
                yield (group, *rest)


def _fits(axis: Axis, size: int | str | Axis) -> bool:
    if isinstance(size, Axis):
        return axis == size
    if isinstance(size, str):
        return axis.label == size
    return axis.label != "one" if size == -1 else axis.size == size


def _chosen(signal: Signal, axis: Axis, first: int, last: int, where: str) -> tuple[Part, ...]:
    """The parts of indices first .. last of an axis."""
    size = axis.size
    if size is not None:
        first, last = (each % size if -size <= each < size else each for each in (first, last))
    if axis.label == "direction" and size is not None and 0 <= first <= last < size:
        return signal.parts[first : last + 1]
    if axis.label != "step":
        raise NetworkError(where, "selects some of the values", f"axis {axis.label}")
    ends = {-1, size - 1} if size is not None else {-1}
    if first == last and first in ends and not any(part.backward for part in signal.parts):
        return signal.at("final")
    if first == last == 0 and all(part.backward for part in signal.parts):
        return signal.at("final")
    backward = any(part.backward for part in signal.parts)
    if first == last and backward:
        raise NetworkError(
            where,
            "takes one step of a sequence that a direction reads backwards, where its state is "
            "not the final one",
            f"step {first}",
            "use the final states (h_n); of a Keras model, save the .keras file instead",
        )
    raise NetworkError(
        where, "takes some steps of a sequence", f"steps {first} .. {last}", _UNROLLED
    )
