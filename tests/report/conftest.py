"""Hand-made runs for figures, simulated ones for pages, and a browser that opens these."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_pages import PROGRAMS, Open, Opened
from hand_made import HandMadeRun, hand_made_run
from page_runs import full_run, small_batch

import spicegen as sg
from spicegen.batch.report import write_report
from spicegen.report.source import Source


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., HandMadeRun]:
    """A hand-made run in a folder of its own; arguments as `hand_made_run`."""
    return lambda **options: hand_made_run(tmp_path / "run", **options)


@pytest.fixture
def make_source(make_run: Callable[..., HandMadeRun]) -> Callable[..., Source]:
    """The same as figures see it."""
    return lambda **options: Source(make_run(**options))


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory, ngspice_program: str) -> sg.RunResult:
    """A run that has everything a page can show."""
    return full_run(tmp_path_factory.mktemp("full") / "run")


@pytest.fixture(scope="session")
def report(full: sg.RunResult) -> Path:
    """The page of that run."""
    return full.report()


@pytest.fixture(scope="session")
def batch(tmp_path_factory: pytest.TempPathFactory, ngspice_program: str) -> Path:
    """The directory of a small batch."""
    return small_batch(tmp_path_factory.mktemp("batch"))


@pytest.fixture(scope="session")
def batch_report(batch: Path) -> Path:
    """The page of that batch."""
    return write_report(batch)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser without a window; tests that need one are skipped where there is none.

    Of one module only: its event loop must not run on beside that of other tests.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"none of {', '.join(PROGRAMS)} is on PATH")
    with playwright.sync_playwright() as driver:
        # in a container there is neither a sandbox of the kernel's nor much of /dev/shm
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = driver.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def opened(chromium: Any) -> Iterator[Open]:
    """Opens files from disk, offline."""
    contexts = []

    def open_file(path: Path, **options: Any) -> Opened:
        context = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "offline": True, **options}
        )
        contexts.append(context)
        page = context.new_page()
        found = Opened(page)
        page.on(
            "console",
            lambda said: said.type in ("warning", "error") and found.complaints.append(said.text),
        )
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.on("request", lambda request: found.requests.append(request.url))
        page.goto(path.absolute().as_uri())
        return found

    yield open_file
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def drawn(report: Path, opened: Open) -> Opened:
    """The page of the full run, everything on it drawn; for tests that only look."""
    found = opened(report)
    found.draw_everything()
    return found
