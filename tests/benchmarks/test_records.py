"""The command line of the benchmarks, and what is kept of their results."""

from __future__ import annotations

import json
import platform
import tempfile
from pathlib import Path

import pytest

from benchmarks import markdown, records, startup
from benchmarks.__main__ import NAMES, main
from benchmarks.report import Bar, Report, read_report, table

DOCS = Path(__file__).resolve().parents[2] / "docs"
BARS = (
    Bar("mean", 0.5, 0.2, "%"),
    Bar("ratio", 25.0, 20.0, "times", at_least=True, headline=True),
)
REPORT = Report(
    "name", "command", (table("A|B", ["a|b", "n:.1f"], [["x", 1.25], ["y", None]]),), BARS
)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one page that has a place for `sensitivity` and the bars."""
    page = tmp_path / "page.md"
    marks = [
        f"<!-- begin {name} -->\nold\n<!-- end {name} -->\n" for name in ("sensitivity", "bars")
    ]
    page.write_text("Text.\n" + "More.\n".join(marks))
    monkeypatch.setattr(records, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(records, "PAGES", (page,))
    return tmp_path


def test_results_are_recorded_and_shown(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensitivity", "--steps", "2", "--record"]) == 0
    stored = json.loads((kept / "results" / "sensitivity.json").read_text())
    assert stored["machine"]["cpus"] >= 1
    assert stored["name"] == "sensitivity"
    written = (kept / "page.md").read_text()
    command = "`python -m benchmarks sensitivity --steps 2`"
    assert written.startswith(f"Text.\n<!-- begin sensitivity -->\n{command}")
    assert "old" not in written
    assert "More.\n<!-- begin bars -->\n| what | bar |" in written
    assert "EEG LSTM, 2 steps" in capsys.readouterr().out
    assert records.shown(written) == written


def test_json_goes_to_stdout_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensitivity", "--steps", "2", "--json"]) == 0
    written = capsys.readouterr()
    (stored,) = json.loads(written.out)
    assert stored["command"] == "python -m benchmarks sensitivity --steps 2"
    assert "EEG LSTM, 2 steps" in written.err


def test_failures_end_with_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(steps: int | None) -> Report:
        raise markdown.MarkError("no place")

    monkeypatch.setattr(startup, "measure", fails)
    assert main(["startup"]) == 1
    assert "benchmarks: no place" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["sped"], "there is no benchmark sped"), (["eeg", "--steps", "0"], "at least 1")],
)
def test_bad_arguments_are_refused(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert complaint in capsys.readouterr().err


def test_every_benchmark_has_one_place_in_the_pages() -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in records.PAGES}
    places = [name for page in pages.values() for name in markdown.places(page)]
    assert sorted(places) == sorted([*NAMES, "bars", "bars"])
    for page in pages.values():
        filled = markdown.fill(page, dict.fromkeys(markdown.places(page), "new"))
        assert filled.count("new\n<!-- end") == len(markdown.places(page))


def test_the_pages_show_what_was_recorded() -> None:
    assert records.kept().keys() <= set(NAMES)
    for path in records.PAGES:
        page = path.read_text(encoding="utf-8")
        assert records.shown(page) == page, f"{path.name}: python -m benchmarks ... --record"


def test_nothing_recorded_tells_where_it_was_measured() -> None:
    for path in records.RESULTS.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        for place in (tempfile.gettempdir(), str(Path.home()), str(records.TOP), platform.node()):
            assert place not in text, path.name


def test_a_page_without_a_place_is_refused() -> None:
    with pytest.raises(markdown.MarkError, match="no '<!-- begin speed -->'"):
        markdown.fill("<!-- begin other -->\n", {"speed": "new"})


def test_a_report_shows_missed_bars() -> None:
    assert [bar.met for bar in BARS] == [False, True]
    assert "mean: 0.5 %, bar <= 0.2: MISSED" in REPORT.as_text()
    assert "ratio: 25 times, bar >= 20: met" in REPORT.as_markdown()
    assert "| a\\|b | n |\n| --- | ---: |\n| x | 1.2 |\n| y | - |" in REPORT.as_markdown()
    assert [entry["met"] for entry in REPORT.as_dict()["bars"]] == [False, True]


def test_a_report_survives_json() -> None:
    assert read_report(json.loads(json.dumps(REPORT.as_dict()))) == REPORT


def test_headlines_are_the_bars_that_say_so() -> None:
    *_, last = records.headlines([REPORT]).splitlines()
    assert last == "| ratio | >= 20 times | 25 times | met | `command` |"
    assert "mean" not in records.headlines([REPORT])
