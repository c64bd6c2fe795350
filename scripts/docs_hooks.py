"""What mkdocs.yml cannot say: equations, notebooks as pages, files outside docs/."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from nbconvert import MarkdownExporter

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "examples" / "notebooks"
PLANNED = {"report.md", "training.md", "transistor.md"}
"""Pages that may be missing; the navigation leaves them out until they are there."""
OUTSIDE = re.compile(r"\]\((?:\.\./)+(?!\.\./)([^)#\s]+)")


def equation(source: str, *_: Any, **__: Any) -> str:
    """A block of LaTeX as MathML; the same fence, ```math, is drawn by GitHub."""
    rows = [convert(row, display="block") for row in source.split("\n\n") if row.strip()]
    return "\n".join(rows)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fences of equations; the navigation without pages that are still to come."""
    fences = config.mdx_configs.setdefault("pymdownx.superfences", {})
    fences["custom_fences"] = [{"name": "math", "class": "math", "format": equation}]
    missing = {name for name in PLANNED if not (Path(config.docs_dir) / name).is_file()}
    if config.nav is not None:
        config.nav = _without(config.nav, missing)
    return config


def _without(entries: list[Any], missing: set[str]) -> list[Any]:
    kept = []
    for entry in entries:
        if isinstance(entry, dict):
            ((title, inside),) = entry.items()
            if isinstance(inside, list):
                kept.append({title: _without(inside, missing)})
            elif inside not in missing:
                kept.append(entry)
        elif entry not in missing:
            kept.append(entry)
    return kept


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Notebooks become pages, with the pictures of their outputs beside them."""
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        text, resources = MarkdownExporter().from_notebook_node(
            nbformat.read(notebook, as_version=4),  # type: ignore[no-untyped-call]
            {"output_files_dir": f"{notebook.stem}_files"},
        )
        page = f"notebooks/{notebook.stem}.md"
        files.append(File.generated(config, page, content=_fenced(text)))
        for name, picture in resources["outputs"].items():
            files.append(File.generated(config, f"notebooks/{name}", content=picture))
    return files


def _fenced(text: str) -> str:
    """Printed output is indented by four blanks, which would be highlighted as code."""
    return re.sub(
        r"(?:^    .*\n(?:\s*\n(?=    ))*)+",
        lambda block: "```text\n" + re.sub(r"^    ", "", block[0], flags=re.MULTILINE) + "```\n",
        text,
        flags=re.MULTILINE,
    )


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Files of the checkout that a page links to are copied into the site."""
    up = "../" * page.file.src_uri.count("/")

    def copied(link: re.Match[str]) -> str:
        path = link[1]
        target = ROOT / path
        if path.startswith("examples/notebooks/"):
            return f"]({up}{path.removeprefix('examples/').removesuffix('.ipynb')}.md"
        if not target.is_file() or target.suffix == ".md":
            return link[0]  # left as it is: mkdocs complains
        if files.get_file_from_path(path) is None:
            files.append(File.generated(config, path, abs_src_path=str(target)))
        return f"]({up}{path}"

    return OUTSIDE.sub(copied, markdown)
