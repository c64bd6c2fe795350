"""How circuits of transistor cells are brought near to their networks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from spicegen.design.base import Section


class CalibrationSection(Section):
    """Trims of transistor circuits, and what they are found with."""

    method: Literal["measured", "datasheet", "none"] = "measured"
    """datasheet: trims that bring a model of the circuit, made of its cells' data sheets, nearest
    to the network; measured: the same again with the model corrected by what a simulation of the
    trimmed circuit shows of every cell; none: all cells as they are drawn."""
    inputs: str | None = None
    """File of calibration inputs, as inputs of a run, relative to the design file; absent = the
    run's own inputs."""
    steps: Annotated[int, Field(ge=4)] = 40
    """Steps of the simulation of method = "measured", over all sequences."""
    cells: Literal["gain-offset", "fitted"] = "fitted"
    """What is found of each cell by method = "measured". gain-offset: a factor and an offset at its
    output; fitted: also a shift at its input, and a factor for each product of a sum."""
    file: str | None = None
    """Calibration of an earlier run (its calibration.json), to use in the place of a new one;
    relative to the design file."""
