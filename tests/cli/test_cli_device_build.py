"""`spicegen device build`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from va_models import MEMRISTOR, need_compilers, written


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))


def test_build_says_how_a_deck_uses_the_model(cli, tmp_path: Path) -> None:
    need_compilers()
    outcome = cli("device", "build", written(MEMRISTOR, tmp_path), "-o", tmp_path / "out")
    assert (outcome.status, outcome.stderr) == (0, "")
    for words in (
        "hp_memristor(p, n)", "pre_osdi hp_memristor.osdi", ".model card hp_memristor",
        "N1 p n card", "openvaf-py", str(tmp_path / "out" / "hp_memristor.osdi"),
    ):  # fmt: skip
        assert words in outcome.stdout
    row = next(line for line in outcome.stdout.splitlines() if line.strip().startswith("r_off"))
    assert row.split()[:2] == ["r_off", "16000"]
    assert (tmp_path / "out" / "hp_memristor.c").is_file()


def test_result_as_json(cli, tmp_path: Path) -> None:
    need_compilers()
    outcome = cli("device", "build", written(MEMRISTOR, tmp_path), "--json")
    found = json.loads(outcome.stdout)
    assert found["module"] == "hp_memristor"
    assert Path(found["osdi"]).is_relative_to(tmp_path / "xdg")
    assert found["parameters"][0]["name"] == "r_on"


def test_notes_go_to_stderr(cli, tmp_path: Path) -> None:
    need_compilers()
    text = MEMRISTOR.replace("I(p, n) <+ i;", 'I(p, n) <+ i; $strobe("i");')
    path = written(text, tmp_path)
    outcome = cli("device", "build", path, "--json")
    assert outcome.status == 0
    assert outcome.stderr == f"spicegen: note: {path}, line 16: $strobe prints nothing\n"


def test_bad_source_is_one_line_and_status_2(cli, tmp_path: Path) -> None:
    path = written(MEMRISTOR.replace("I(p, n) <+ i;", "@(initial_step) i = 0;"), tmp_path)
    outcome = cli("device", "build", path)
    assert (outcome.status, outcome.stdout) == (2, "")
    assert outcome.error.startswith(f"{path}, line 16: @(initial_step) would run at every")


def test_device_without_a_command_shows_its_commands(cli) -> None:
    outcome = cli("device")
    assert outcome.status == 2
    assert "\n  build " in outcome.stderr


def test_help(cli) -> None:
    outcome = cli("device", "build", "--help")
    assert outcome.status == 0
    assert "FILE.va" in outcome.stdout
