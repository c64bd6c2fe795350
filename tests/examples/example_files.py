"""What the tests of the examples share."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]

Script = Callable[..., subprocess.CompletedProcess[str]]
Load = Callable[[str, str], ModuleType]
TrainTwice = Callable[..., tuple[Path, Path]]


def quick_commands(readme: Path) -> list[list[str]]:
    """Arguments of the README's `python` commands that are shortened, so that a test can wait."""
    blocks = re.findall(r"```sh\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    commands = [shlex.split(line, comments=True) for line in lines if line.startswith("python ")]
    return [words[1:] for words in commands if {"--windows", "--steps"} & set(words)]
