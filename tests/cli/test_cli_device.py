"""`spicegen device`: what it writes, and its refusals."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli


def test_list(cli: Cli) -> None:
    rows = json.loads(cli("device", "list", "--json").stdout)
    assert {"name", "title", "presets"} <= rows[0].keys()
    assert "vteam" in cli("device", "list").stdout


def test_show(cli: Cli, tmp_path: Path) -> None:
    figure = tmp_path / "loop.png"
    told = json.loads(cli("device", "show", "vteam", "--json", "--figure", figure).stdout)
    assert told["preset"]["name"] == "linear"
    assert figure.stat().st_size > 0
    assert "k_on_m_per_s" in cli("device", "show", "vteam", "--preset", "symmetric").stdout


def test_iv(cli: Cli, tmp_path: Path) -> None:
    done = cli("device", "iv", "analog_threshold", "--cycles", 1, "-o", tmp_path, "--json")
    result = json.loads(done.stdout)
    assert result["forms"]["numpy"]["area_volt_ampere"] > 0
    rows = list(csv.DictReader((tmp_path / "iv_numpy.csv").read_text().splitlines()))
    assert len(rows) == 401
    assert (tmp_path / "iv.png").is_file()


def test_iv_beyond_the_validity_warns(cli: Cli, tmp_path: Path) -> None:
    done = cli("device", "iv", "analog_threshold", "--amplitude", 9, "-o", tmp_path)
    assert done.status == 0
    assert "9 V lies beyond the validity of preset one_volt" in done.stderr


def test_pulse(cli: Cli, tmp_path: Path) -> None:
    words = ("--pulses", 10, "--set", "beta=1", "-o", tmp_path, "--json")
    result = json.loads(cli("device", "pulse", "analog_threshold", *words).stdout)
    assert result["nonlinearity_up"] > 0
    assert len((tmp_path / "pulse.csv").read_text().splitlines()) == 12


def test_program(cli: Cli, tmp_path: Path) -> None:
    target = tmp_path / "target.csv"
    target.write_text("1e-5,2e-5\n5e-5,9e-5\n")
    words = ("--target-csv", target, "-o", tmp_path / "out", "--json")
    result = json.loads(cli("device", "program", "analog_threshold", *words).stdout)
    assert (result["devices"], result["failed"]) == (4, 0)
    rows = list(csv.DictReader((tmp_path / "out" / "program.csv").read_text().splitlines()))
    assert abs(float(rows[3]["reached_siemens"]) - 9e-5) <= result["tolerance_siemens"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "vtaem"), "did you mean vteam"),
        (("show", "vteam", "--preset", "lnear"), "did you mean linear"),
        (("iv", "vteam", "--set", "r_on_ohm"), "an override is parameter=value"),
        (("iv", "vteam", "--set", "r_on_ohm=-1"), "r_on_ohm must lie in"),
        (("program", "vteam"), "give either --target-csv or --weights"),
        (("program", "vteam", "--target-csv", "nowhere.csv"), "the file must be readable"),
    ],
)
def test_refusals(cli: Cli, words: tuple[str, ...], message: str) -> None:
    done = cli("device", *words)
    assert done.status == 2
    assert message in done.error


@pytest.mark.parametrize("text", ["a,b\n", "1e-5,-1\n", "1,2\n3\n", ""])
def test_targets_that_are_no_conductances(cli: Cli, tmp_path: Path, text: str) -> None:
    target = tmp_path / "target.csv"
    target.write_text(text)
    assert cli("device", "program", "vteam", "--target-csv", target).status == 2


def test_an_output_that_is_a_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    assert (
        "must be free or a directory"
        in cli("device", "iv", "vteam", "-o", tmp_path / "taken").error
    )
