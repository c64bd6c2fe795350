"""Figures of a training: conductances, weights, activations, loss, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from spicegen.report.style import (
    BLUE,
    CYCLE,
    QUIET,
    REFERENCE,
    VERMILLION,
    house_style,
    label,
    new_figure,
    save_figure,
    whole_numbers,
)

FloatArray = NDArray[np.float64]
MICRO = 1e6
MOST_LINES = 200
"""Conductances of one array that are drawn; of more, evenly chosen ones."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingHistory:
    """What is drawn of any training.

    Attributes:
        title: of every figure, safe to draw (`style.label`).
        loss: (epochs,).
        loss_name: its axis.
        loss_end: behind the last update.
        g_siemens: (epochs + 1, 2, word lines, bit lines) by array.
    """

    title: str
    loss: FloatArray
    loss_name: str
    loss_end: float
    g_siemens: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class PerceptronHistory:
    """What is drawn of a perceptron besides.

    Attributes:
        patterns: such as 0110.
        wanted: (pattern, neuron) +-target.
        outputs: (epochs + 1, pattern, neuron).
        word_volts: (pattern, word line) V.
    """

    patterns: Sequence[str]
    wanted: FloatArray
    outputs: FloatArray
    word_volts: FloatArray


def training_figures(
    history: TrainingHistory, perceptron: PerceptronHistory | None, folder: Path
) -> list[Path]:
    """Draw everything into a folder.

    Returns:
        the files.
    Raises:
        InputError: a file cannot be written.
    """
    figures = {"loss": loss_figure(history), "conductances": conductance_figure(history)}
    if perceptron is not None:
        (g_siemens,) = history.g_siemens.values()
        weights = g_siemens[:, 0] - g_siemens[:, 1]
        figures |= {
            "logic_weights": weight_figure(history.title, weights),
            "activations": activation_figure(history.title, perceptron),
            "weights_against_patterns": pattern_figure(history.title, weights[-1], perceptron),
        }
    folder.mkdir(parents=True, exist_ok=True)
    return [save_figure(figure, folder / f"{name}.png") for name, figure in figures.items()]


def loss_figure(history: TrainingHistory) -> Figure:
    """Loss in front of each epoch's updates, and behind the last."""
    with house_style():
        figure = new_figure(7.0, 3.8, history.title)
        axes = figure.subplots()
        loss = np.append(history.loss, history.loss_end)
        axes.plot(np.arange(loss.size), loss, "o-", color=BLUE, markersize=3)
        if (loss > 0).all() and loss.max() > 10 * loss.min():
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0.0)
        axes.set_ylabel(history.loss_name)
        _epochs(axes)
    return figure


def conductance_figure(history: TrainingHistory) -> Figure:
    """Every device over the epochs, positive and negative halves side by side."""
    with house_style():
        rows = len(history.g_siemens)
        figure = new_figure(9.0, 0.8 + 2.8 * rows, history.title)
        panels = figure.subplots(rows, 2, sharex=True, sharey="row", squeeze=False)
        for row, (name, g_siemens) in zip(panels, history.g_siemens.items(), strict=True):
            for axes, half, sign in zip(row, (0, 1), "+\N{MINUS SIGN}", strict=True):
                _lines(axes, MICRO * g_siemens[:, half])
                axes.set_title(f"{label(name)}: G{sign}")
            row[0].set_ylabel("conductance, \N{MICRO SIGN}S")
        for axes in panels[-1]:
            _epochs(axes)
    return figure


def weight_figure(title: str, weights_siemens: FloatArray) -> Figure:
    """W = G+ - G- over the epochs, (epochs + 1, word lines, bit lines) S, a panel per neuron."""
    with house_style():
        neurons = weights_siemens.shape[2]
        figure = new_figure(4.5 * neurons, 3.8, title)
        panels = figure.subplots(1, neurons, sharey=True, squeeze=False)[0]
        for neuron, axes in enumerate(panels):
            for line, colour in zip(range(weights_siemens.shape[1]), _colours(), strict=False):
                axes.plot(
                    MICRO * weights_siemens[:, line, neuron], color=colour, label=f"input {line}"
                )
            axes.axhline(0.0, color=REFERENCE, linewidth=0.6)
            axes.set_title(f"neuron {neuron}")
            _epochs(axes)
        panels[0].set_ylabel("W = G+ \N{MINUS SIGN} G\N{MINUS SIGN}, \N{MICRO SIGN}S")
        panels[-1].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def activation_figure(title: str, history: PerceptronHistory) -> Figure:
    """Outputs over the epochs, a panel per pattern, beside the targets."""
    with house_style():
        count = len(history.patterns)
        columns = min(3, count)
        rows = -(-count // columns)
        figure = new_figure(3.4 * columns, 0.6 + 2.4 * rows, title)
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for number, axes in enumerate(panels.flat):
            if number >= count:
                axes.set_visible(False)
                continue
            for neuron, colour in zip(range(history.wanted.shape[1]), CYCLE, strict=False):
                goal = history.wanted[number, neuron]
                outputs = history.outputs[:, number, neuron]
                axes.plot(outputs, color=colour, label=f"neuron {neuron}")
                axes.axhline(goal, color=colour, linestyle="--", linewidth=0.8)
            axes.set_title(f"pattern {history.patterns[number]}")
            axes.set_ylim(-1.05, 1.05)
        for axes in panels[-1]:
            _epochs(axes)
        for row in panels:
            row[0].set_ylabel("f = tanh(\N{GREEK SMALL LETTER BETA} I)")
        panels[0, -1].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def pattern_figure(title: str, weights_siemens: FloatArray, history: PerceptronHistory) -> Figure:
    """Final weights against patterns: the current that each input sends into each neuron."""
    with house_style():
        neurons, lines = weights_siemens.shape[1], weights_siemens.shape[0]
        figure = new_figure(5.4 * neurons, 4.8, title)
        order = np.argsort(-history.wanted[:, 0], kind="stable")
        for neuron in range(neurons):
            axes = figure.add_subplot(1, neurons, neuron + 1, projection="3d")
            nano = 1e9 * history.word_volts[order] * weights_siemens[:, neuron]
            at = np.indices(nano.shape)
            heights = nano.ravel()
            axes.bar3d(
                at[1].ravel() - 0.3,
                at[0].ravel() - 0.3,
                np.minimum(heights, 0.0),
                0.6,
                0.6,
                np.abs(heights),
                color=np.where(heights > 0, BLUE, VERMILLION),
                edgecolor=QUIET,
                linewidth=0.3,
            )
            axes.set_xticks(range(lines))
            names = [history.patterns[k] for k in order]
            signs = ["+" if history.wanted[k, neuron] > 0 else "\N{MINUS SIGN}" for k in order]
            axes.set_yticks(
                range(len(names)), [f"{n} {s}" for n, s in zip(names, signs, strict=True)]
            )
            axes.set_xlabel("input")
            axes.set_ylabel("pattern, target", labelpad=12)
            axes.set_zlabel("W V, nA")
            axes.set_title(f"neuron {neuron}")
    return figure


def _lines(axes: Axes, values: FloatArray) -> None:
    """(epochs + 1, word lines, bit lines) as thin lines, coloured by bit line."""
    bit_lines = values.shape[2]
    flat = values.reshape(len(values), -1)
    chosen = np.unique(np.linspace(0, flat.shape[1] - 1, MOST_LINES).astype(int))
    for place in chosen:
        axes.plot(flat[:, place], color=CYCLE[place % bit_lines % len(CYCLE)], linewidth=0.8)


def _epochs(axes: Axes) -> None:
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(whole_numbers())


def _colours() -> list[str]:
    return [*CYCLE, REFERENCE, QUIET]
