"""From a source to the equations of its module, by the front end of OpenVAF."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from spicegen.devices.veriloga import frontend_worker
from spicegen.devices.veriloga.declarations import parameters
from spicegen.devices.veriloga.instrument import write_instrumented
from spicegen.devices.veriloga.module import Module, read_module
from spicegen.devices.veriloga.source import Source
from spicegen.devices.veriloga.tools import Answer, run
from spicegen.errors import InputError

DISTRIBUTION = "openvaf-py"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ERROR = re.compile(r"^error: (?P<what>.*?)\n\s*--> (?P<file>.*?):(?P<line>\d+):\d+$", re.M | re.S)
PANIC = re.compile(r"panicked at [^\n]*:\n(?P<what>[^\n]*)")
SHOWN = 3


def front_end_version() -> str:
    """Version of the front end; empty where it is not installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return ""


def read_equations(source: Source) -> Module:
    """Compile a source to equations.

    Raises:
        InputError: the front end refuses it (its words, file and line), or is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="spicegen-va-") as name:
        folder = Path(name)
        files = write_instrumented(source, folder)
        worker = Path(frontend_worker.__file__)
        answer = run([sys.executable, "-P", "-W", "ignore", worker, folder / "0.va"])
    if answer.status == frontend_worker.NOT_INSTALLED:
        raise _missing(source)
    if answer.status != 0:
        raise complaint(source.path, answer, files)
    exported: list[dict[str, Any]] = json.loads(answer.output)
    if len(exported) != 1:
        raise InputError(str(source.path), "must hold exactly one module", len(exported))
    local = {one.name for one in parameters(source.compiled) if one.local}
    return read_module(exported[0], local)


def complaint(path: Path, answer: Answer, files: Mapping[str, Path]) -> InputError:
    """A compiler's words as an error, with the places in the user's files.

    Args:
        path: the file that was compiled.
        answer: of the compiler.
        files: name of a file that the compiler read -> the user's file.
    """
    text = COLOUR.sub("", answer.complaints + answer.output)
    found = list(
        dict.fromkeys(
            (files.get(Path(one["file"]).name, Path(one["file"])), one["line"], _flat(one["what"]))
            for one in ERROR.finditer(text)
        )
    )
    if found:
        file, line, what = found[0]
        others = [f"{other.name}, line {n}: {said}" for other, n, said in found[1:SHOWN]]
        if len(found) > SHOWN:
            others.append(f"and {len(found) - SHOWN} more")
        return InputError(f"{file}, line {line}", "; ".join((what, *others)))
    panic = PANIC.search(text)
    words = panic["what"] if panic else next(iter(text.strip().splitlines()[-1:]), "no words")
    return InputError(
        str(path),
        f"the Verilog-A compiler failed without naming a line ({_flat(words)})",
        remedy="leave out statements until it compiles, to find the one that it cannot take",
    )


def _flat(words: str) -> str:
    return " ".join(words.split())


def _missing(source: Source) -> InputError:
    return InputError(
        str(source.path),
        "compiling Verilog-A needs OpenVAF",
        remedy=f"pip install '{DISTRIBUTION}' (or spicegen[veriloga]), or put openvaf-r on PATH; "
        'device.form = "behavioural" needs neither',
    )
