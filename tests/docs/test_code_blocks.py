"""Every code block of the documentation runs, as written (see pages.py for how)."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import NO_CODE, ROOT, blocks, run_page

PAGES = sorted({*(ROOT / "docs").rglob("*.md")} - {ROOT / "docs/images/README.md"})
ALL = {page: list(blocks(page.read_text(encoding="utf-8"))) for page in PAGES}
WITH_CODE = [page for page in PAGES if any(b.language not in NO_CODE for b in ALL[page])]


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Commands that run in this process set handlers of signals."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: page.stem)
def test_all_blocks_run(page: Path, tmp_path: Path, ngspice_program: str) -> None:
    run_page(page, tmp_path)


def test_few_blocks_are_left_out_and_each_for_a_reason() -> None:
    code = [block for page in PAGES for block in ALL[page] if block.language not in NO_CODE]
    left_out = [block.not_run for block in code if block.not_run]
    assert len(left_out) <= len(code) / 6
    assert all(len(reason.split()) >= 3 for reason in left_out)


def test_a_failing_block_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for text, said in (
        ("```python\n1 / 0\n```\n", "ZeroDivisionError"),
        ("```sh\necho no >&2\nfalse\necho on\n```\n", "no"),
        ("<!-- hidden\n```python\nx = 1\n```\n-->\n\n```python\nassert x == 2\n```\n", "page.md:7"),
        ("```toml\nno toml\n```\n", "page.md:1"),
        ("```verilog\nmodule\n```\n", "nothing runs"),
    ):
        page.write_text(text)
        (folder := tmp_path / "run").mkdir()
        with pytest.raises((AssertionError, ValueError), match=said):
            run_page(page, folder, base=tmp_path)
        for link in folder.iterdir():
            link.unlink()
        folder.rmdir()
