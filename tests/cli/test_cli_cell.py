"""`spicegen cell`: what it writes, and its refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from spicegen.pdk import load_kit

if TYPE_CHECKING:
    from conftest import Cli


@pytest.fixture
def kit(ngspice_program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed kit, and a cache of this test's own."""
    if not load_kit("gf180mcu").installed:
        pytest.skip("the models of gf180mcu are not installed")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_list(cli: Cli) -> None:
    told = json.loads(cli("cell", "list", "--json").stdout)
    assert {"tanh", "opamp", "sample_hold"} <= {cell["name"] for cell in told["cells"]}
    assert [kit["name"] for kit in told["kits"]] == ["gf180mcu", "sky130"]
    assert "weak inversion" in cli("cell", "list").stdout


def test_show_draws_a_transistor_cell(cli: Cli, tmp_path: Path) -> None:
    words = ("cell", "show", "tanh", "--set", "fidelity=transistor")
    assert "n 40/2 um nf=4" in cli(*words, "--figure", tmp_path / "tanh.svg").stdout
    assert "40/2 nf=4" in (tmp_path / "tanh.svg").read_text()
    told = json.loads(cli(*words, "--set", "pdk.name=sky130", "--json").stdout)
    assert told["values"]["half"]["polarity"] == "p"
    assert told["values"]["half"]["w_metre"] == pytest.approx(4e-6)


@pytest.mark.usefixtures("kit")
def test_characterise(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "sheet"
    words = ("--corner", "ss", "--temperature", 85, "--supply", 3, "--mismatch-seed", 3, "-o", out)
    sheet = json.loads(cli("cell", "characterise", "multiplier", *words, "--json").stdout)
    assert (sheet["corner"], sheet["temperature_celsius"], sheet["v_supply_volts"]) == ("ss", 85, 3)
    assert (sheet["kit"], sheet["mismatch_seed"]) == ("gf180mcu", 3)
    assert json.loads((out / "sheet.json").read_text()) == sheet
    assert (out / "sheet.png").stat().st_size > 10_000
    deck = (out / "product.cir").read_text()
    assert ".temp 85.0" in deck and "Vvdd vdd 0 DC 3.0" in deck and "seed=3" in deck
    assert "sw_stat_mismatch=1" in (out / "gf180mcu_ss_mismatch.spice").read_text()


@pytest.mark.usefixtures("kit")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("multiplyer",), "there is no such cell; did you mean multiplier?"),
        (("tanh", "--corner", "slow"), "no such corner, got 'slow'; known are typical, ff"),
        (("tanh", "--kit", "gf"), "there is no such kit, got 'gf'"),
        (("tanh", "--load", "1e-12"), "--load: only the op-amp has a load"),
        (("opamp", "--load", "1e-10"), "the phase margin must be at least 30 degrees, got"),
        (("tanh", "--temperature", "nan"), "pdk.temperature_celsius"),
        (("tanh", "-o", "taken"), "the name must be free or a directory, got a file"),
    ],
)
def test_refusals(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken").write_text("mine")
    outcome = cli("cell", "characterise", *words)
    assert outcome.status == 2
    assert message in outcome.error
    assert Path("taken").read_text() == "mine"
    assert not list(tmp_path.glob("cell_*"))
