"""Networks without recurrence as one sweep of operating points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_networks import chain, dense, signal

import spicegen as sg
from spicegen.engine import select
from spicegen.errors import EngineMissingError
from spicegen.pipeline import RunResult

NETWORK = chain(
    dense("a", 3, 5, "relu", seed=1), dense("b", 5, 4, "sigmoid", seed=2), dense("c", 4, 2, seed=3)
)
STATIC = "simulation.analysis=static"


def swept(samples: int, out: Path, *sets: str) -> RunResult:
    design = sg.load_design(None, [STATIC, *sets])
    return sg.run(NETWORK, signal(samples, 3, seed=4), design=design, out=out)


@pytest.mark.parametrize("engine", ["ngspice", "shared", "neospice"])
def test_every_engine(engine: str, tmp_path: Path) -> None:
    try:
        select(engine)
    except EngineMissingError as error:
        pytest.skip(str(error))
    result = swept(40, tmp_path / "a", f"simulation.engine={engine}")
    assert result.accuracy.max_error_pct <= 0.01
    np.testing.assert_array_equal(result.t_s, np.arange(40.0))
    assert result.waveforms["a.out0"].values.shape == (40,)


@pytest.mark.parametrize(
    "sets",
    [
        ("crossbar.topology=dual-column",),
        ("crossbar.topology=dual-column", "mapping.cells=transconductance"),
        ("mapping.cells=resistor", "signal.v_common_volts=1.2"),
        ("mapping.cells=transconductance", "signal.v_common_volts=1.2"),
        ("fidelity=ideal",),
    ],
)
def test_every_drawing(sets: tuple[str, ...], tmp_path: Path) -> None:
    assert swept(20, tmp_path / "a", *sets).accuracy.max_error_pct <= 0.01


def test_one_sample(tmp_path: Path) -> None:
    result = swept(1, tmp_path / "a")
    assert np.abs(result.outputs - result.reference).max() <= 1e-4


def test_an_input_that_never_changes(tmp_path: Path) -> None:
    inputs = signal(8, 3, seed=4)
    inputs[:, 1] = 0.25
    result = sg.run(NETWORK, inputs, design=sg.load_design(None, [STATIC]), out=tmp_path / "a")
    assert result.accuracy.max_error_pct <= 0.01
    assert "Vinput1 input1 0 DC" in (tmp_path / "a" / "circuit.cir").read_text()


def test_the_design_gives_the_same_deck_again(tmp_path: Path) -> None:
    swept(5, tmp_path / "a")
    design = sg.load_design(tmp_path / "a" / "design.toml")
    sg.run(NETWORK, signal(5, 3, seed=4), design=design, out=tmp_path / "b")
    decks = [(tmp_path / run / "circuit.cir").read_bytes() for run in "ab"]
    assert decks[0] == decks[1]
