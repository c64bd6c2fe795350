"""The site builds without a warning, and asks nothing from the network."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from pages import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does."""
    folder = tmp_path_factory.mktemp("site")
    done = build(folder)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stdout + done.stderr
    return folder


def build(folder: Path, config: Path = ROOT / "mkdocs.yml") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(
        [*command, "--config-file", str(config), "--site-dir", str(folder)],
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_page_and_notebook_is_there(site: Path) -> None:
    pages = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    pages.remove(Path("images/README.md"))
    notebooks = (ROOT / "examples" / "notebooks").glob("*.ipynb")
    pages += [Path("notebooks") / path.name for path in notebooks]
    for page in pages:
        assert (site / page.with_suffix(".html")).is_file(), page


def test_notebooks_are_shown_with_what_they_print_and_draw(site: Path) -> None:
    """Text that a browser shows, tags taken out."""
    for path in (ROOT / "examples" / "notebooks").glob("*.ipynb"):
        page = (site / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")
        shown = html.unescape(re.sub(r"<[^>]*>", "", page))
        assert "```" not in shown
        pictures = re.findall(r'<img alt="What the cell draws" src="([^"]+)"', page)
        cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
        assert len(pictures) == sum("data" in out for cell in cells for out in cell.outputs)
        assert all((site / "notebooks" / picture).is_file() for picture in pictures)
        for cell in cells:
            assert cell.source in shown, path
            for output in cell.outputs:
                assert output.get("text", "").strip() in shown, path


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loads = re.compile(r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']?(?:https?:)?//""")
    links = re.compile(r"""<link\b[^>]*\bhref=["']?(?:https?:)?//""")
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not loads.search(text) and not links.search(text), page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet


def test_equations_are_drawn_without_a_script(site: Path) -> None:
    text = (site / "blocks.html").read_text(encoding="utf-8")
    assert text.count("<math") >= 8
    assert "\\frac" not in text


def test_a_broken_link_or_anchor_is_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    text = text[: text.index("\nnav:")]
    hooks = "scripts/docs_hooks.py"
    text = text.replace(hooks, str(ROOT / hooks))
    (tmp_path / "mkdocs.yml").write_text(text)
    links = ("no.md", "index.md#no", "../no.toml")
    text = "# Title\n\n" + "\n".join(f"[a link]({link})" for link in links)
    (tmp_path / "docs" / "index.md").write_text(text)
    done = build(tmp_path / "site", tmp_path / "mkdocs.yml")
    assert done.returncode != 0
    for named in ("'no.md'", "'index.md#no'", "'../no.toml'"):
        assert named in done.stderr, done.stderr
