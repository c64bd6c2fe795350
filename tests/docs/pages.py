"""Code blocks of a Markdown page, and how they run.

The blocks of a page run from top to bottom in one folder, an empty one from which `examples/` and
`models/` can be reached:

- ```python blocks share one namespace;
- ```sh blocks run line by line and stop at the first command that fails: in this process where
  all lines are commands of spicegen, else in bash with the programs of this environment;
- a block with a title (```toml title="network.toml") is written into that file;
- other ```toml, ```json blocks must parse;
- ```text, ```math and blocks without a language are no code.

What a reader need not see stands in a comment that begins with `<!-- hidden`; the blocks in it run
like the others. `<!-- not run: reason -->` in front of a block leaves it out, and so does
`<!-- needs torch -->` where that module is not installed; what follows must then do without.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from markdown_it import MarkdownIt

from spicegen.cli.app import main

ROOT = Path(__file__).resolve().parents[2]
SHELL = {"|", ">", "&&", ";"}
NO_CODE = {"", "text", "math"}
HIDDEN = re.compile(r"\A<!-- hidden\n(.*)-->\s*\Z", re.DOTALL)
NOT_RUN = re.compile(r"\A<!-- not run: (.+) -->\s*\Z", re.DOTALL)
NEEDS = re.compile(r"\A<!-- needs (\w+) -->\s*\Z")
TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block, and the line of its page on which it begins."""

    language: str
    title: str
    text: str
    line: int
    not_run: str = ""
    hidden: bool = False


def blocks(page: str, first_line: int = 1) -> Iterator[Block]:
    """All blocks of a page, in order, hidden ones included."""
    reason = ""
    for token in MarkdownIt("commonmark").parse(page):
        line = first_line + (token.map[0] if token.map else 0)
        if token.type == "html_block":
            if hidden := HIDDEN.match(token.content):
                yield from (replace(each, hidden=True) for each in blocks(hidden[1], line + 1))
            elif unwanted := NOT_RUN.match(token.content):
                reason = unwanted[1]
            elif needs := NEEDS.match(token.content):
                reason = "" if importlib.util.find_spec(needs[1]) else f"without {needs[1]} here"
        elif token.type == "fence":
            language, _, rest = token.info.partition(" ")
            title = TITLE.search(rest)
            yield Block(language, title[1] if title else "", token.content, line, reason)
            reason = ""


def section(page: str, heading: str) -> str:
    """The part of a page under a heading of the second level."""
    (found,) = re.findall(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE
    )
    return str(found)


def run_page(page: Path, folder: Path, base: Path = ROOT) -> None:
    """Run every block of a page in a folder, which becomes the working directory.

    Raises:
        AssertionError: a block fails; tells page, line and what was said.
    """
    for name in ("examples", "models", "tests"):
        (folder / name).symlink_to(ROOT / name)
    text = page.read_text(encoding="utf-8")
    run_blocks(blocks(text), folder, str(page.relative_to(base)))


def run_blocks(todo: Iterable[Block], folder: Path, name: str) -> None:
    """Run blocks of one page in a folder, but for those that are not to be run.

    Raises:
        AssertionError: as `run_page`.
    """
    namespace: dict[str, object] = {"__name__": "__main__"}
    with contextlib.chdir(folder):
        for block in todo:
            if not block.not_run:
                _run(block, f"{name}:{block.line}", namespace)


def _run(block: Block, where: str, namespace: dict[str, object]) -> None:
    if block.title:
        Path(block.title).write_text(block.text, encoding="utf-8")
    elif block.language == "sh":
        _shell(block.text, where)
    elif block.language in CHECKS:
        try:
            CHECKS[block.language](block.text, namespace)
        except Exception as error:
            raise AssertionError(f"{where}: {type(error).__name__}: {error}") from error
    else:
        assert block.language in NO_CODE, f"{where}: nothing runs blocks of {block.language}"


def _python(text: str, namespace: dict[str, object]) -> None:
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"copyreg|torch|keras|onnxscript")
        code = compile(text, "block", "exec", dont_inherit=True)
        exec(code, namespace)  # noqa: S102 - our own pages


CHECKS: dict[str, Callable[[str, dict[str, object]], object]] = {
    "python": _python,
    "toml": lambda text, _: tomllib.loads(text),
    "json": lambda text, _: json.loads(text),
}


def _shell(text: str, where: str) -> None:
    """Commands of spicegen alone run in this process, which has imported everything already."""
    lines = [shlex.split(line, comments=True) for line in text.replace("\\\n", " ").splitlines()]
    if all(words[:1] == ["spicegen"] and not {*words} & SHELL for words in filter(None, lines)):
        for words in filter(None, lines):
            said = io.StringIO()
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
                status = main(words[1:])
            assert status == 0, f"{where}: {shlex.join(words)}\n{said.getvalue()}"
        return
    programs = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", text],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{where}: {text}\n{done.stdout}\n{done.stderr}"
