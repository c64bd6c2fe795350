"""The conductances that a network asks of its memristors, device by device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spicegen import rundir
from spicegen.design import Design, design_text
from spicegen.errors import DesignError
from spicegen.mapping import Given
from spicegen.network import Network
from spicegen.pipeline.conductances import HALVES, crossbars_of, write_conductances
from spicegen.pipeline.prepare import prepare

FloatArray = NDArray[np.float64]
STEPS = 8


@dataclass(frozen=True, eq=False)
class NetworkTargets:
    """Every memristor of a network: crossbar by crossbar, positive before negative halves.

    Attributes:
        design: complete; with it the network asks for these conductances again.
        places: (devices,) names of crossbars and of halves, numbers of word and bit lines.
        g_siemens: (devices,) S.
        present: where pairs stand, by crossbar.
    """

    design: Design
    places: Mapping[str, NDArray[Any]]
    g_siemens: FloatArray
    present: Mapping[str, NDArray[np.bool_]]

    def by_crossbar(self, reached_siemens: FloatArray) -> Given:
        """(devices,) conductances as arrays of crossbars; 0 where there is no pair."""
        parts = iter(np.split(reached_siemens, self._ends))
        given = {}
        for name, present in self.present.items():
            halves = np.zeros((2, *present.shape))
            halves[0][present], halves[1][present] = next(parts), next(parts)
            given[name] = (halves[0], halves[1])
        return given

    def write(self, folder: Path, reached_siemens: FloatArray) -> None:
        """Write conductances.npz, and a design.toml that draws them."""
        write_conductances(folder / rundir.CONDUCTANCES, self.by_crossbar(reached_siemens))
        mapping = self.design.mapping.model_copy(update={"conductances": rundir.CONDUCTANCES})
        design = self.design.model_copy(update={"mapping": mapping})
        (folder / rundir.DESIGN).write_text(design_text(design), encoding="utf-8")

    @property
    def _ends(self) -> NDArray[np.int64]:
        pairs = [int(present.sum()) for present in self.present.values()]
        return np.cumsum(np.repeat(pairs, len(HALVES)))[:-1]


def network_targets(
    network: Network, design: Design, inputs: NDArray[Any] | None = None
) -> NetworkTargets:
    """Every memristor of every layer.

    Args:
        network: the trained network.
        design: its device window bounds the conductances.
        inputs: the ranges of signals, and through them the shares of a bit line's weights,
            follow from these; from seeded random values in [-1, 1] if None.
    Raises:
        DesignError: the design has memristors that stand in no pair or behind a switch.
    """
    _refuse_unpaired(design)
    if inputs is None:
        generator = np.random.default_rng(design.simulation.seed)
        inputs = generator.uniform(-1.0, 1.0, (STEPS, network.input_size))
    prepared = prepare(network, inputs, design)
    crossbars = crossbars_of([stage.mapped for stage in prepared.stages])
    columns: dict[str, list[Any]] = {"crossbar": [], "half": [], "word_line": [], "bit_line": []}
    conductances = []
    for name, crossbar in crossbars.items():
        rows, lines = np.nonzero(crossbar.present)
        for half in HALVES:
            conductances.append(getattr(crossbar, half)[crossbar.present])
            columns["crossbar"].append(np.full(rows.size, name))
            columns["half"].append(np.full(rows.size, half[2:5]))
            columns["word_line"].append(rows)
            columns["bit_line"].append(lines)
    return NetworkTargets(
        prepared.design,
        {key: np.concatenate(parts) for key, parts in columns.items()},
        np.concatenate(conductances),
        {name: crossbar.present for name, crossbar in crossbars.items()},
    )


def _refuse_unpaired(design: Design) -> None:
    """Targets are halves of pairs, each a memristor of its own without anything in series."""
    for key, given, plain in (
        ("topology", design.crossbar.topology, ("dual-row", "dual-column")),
        ("selector", design.crossbar.selector, ("none",)),
    ):
        if given not in plain:
            raise DesignError(
                f"crossbar.{key}",
                "memristors are programmed as pairs without switches",
                f'"{given}"',
                f'set crossbar.{key} = "{plain[0]}"',
            )
