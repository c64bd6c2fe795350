"""What mkdocs.yml cannot say: equations, notebooks as pages, files outside docs/."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import nbformat
from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "examples" / "notebooks"
PLANNED: set[str] = set()
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
        text, pictures = notebook_page(notebook)
        files.append(File.generated(config, f"notebooks/{notebook.stem}.md", content=text))
        for name, picture in pictures.items():
            files.append(File.generated(config, f"notebooks/{name}", content=picture))
    return files


def notebook_page(path: Path) -> tuple[str, dict[str, bytes]]:
    """A notebook as Markdown, and its pictures by file name."""
    parts: list[str] = []
    pictures: dict[str, bytes] = {}
    for cell in nbformat.read(path, as_version=4).cells:  # type: ignore[no-untyped-call]
        if cell.cell_type != "code":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        printed = "".join(each.text for each in cell.outputs if each.output_type == "stream")
        parts += [f"```text\n{printed.rstrip()}\n```"] * bool(printed)
        for each in cell.outputs:
            if "image/png" in each.get("data", {}):
                name = f"{path.stem}_{len(pictures)}.png"
                pictures[name] = b64decode(each.data["image/png"])
                parts.append(f"![What the cell draws]({name})")
    return "\n\n".join(parts), pictures


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
