"""Run directories: written under a temporary name, renamed when complete."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import spicegen
from spicegen.errors import InputError, RawFileError, SimulationError
from spicegen.toml import read_toml

DECK = "circuit.cir"
DESIGN = "design.toml"
RAW = "waveforms.raw"
LOG = "ngspice.log"
OUTPUTS = "outputs.npz"
FEED = "feed.npz"
PROBES = "probes.json"
CROSSBARS = "crossbars.npz"
CONDUCTANCES = "conductances.npz"
RESULT = "result.json"
BUDGET = "budget.npz"
CALIBRATION = "calibration.json"
SCHEMATICS = "schematics"


def staged(name: str, label: int | str) -> str:
    """The file of a circuit: the first has the plain name, the second `circuit2.cir`, ...

    Args:
        name: of the first circuit's file.
        label: number of the circuit, or what stands behind the stem.
    """
    stem, _, suffix = name.partition(".")
    return name if label == 1 else f"{stem}{label}.{suffix}"


def check_target(out: Path, force: bool) -> None:
    """Refuse a target that must not be written, before any work is done.

    With `force`, only a directory that is empty or that spicegen wrote is replaced.

    Raises:
        InputError: the target exists, is no run directory, or its parent cannot be written.
    """
    if out.name in ("", ".."):
        raise InputError(
            f"output {out}",
            "a run directory needs a name of its own",
            None,
            "choose a new one, such as runs/a",
        )
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise InputError(
            f"output {out}", "the name must be free or a directory", "another kind of file"
        )
    if out.is_dir() and any(out.iterdir()):
        if not force:
            raise InputError(
                f"output {out}", "the directory exists", None, "choose another, or use --force"
            )
        missing = [name for name in (DECK, DESIGN, PROBES) if not (out / name).is_file()]
        if missing:
            raise InputError(
                f"output {out}",
                "only a directory that spicegen wrote can be replaced",
                f"a directory without {missing[0]}",
                "choose another",
            )
    parent = _existing_parent(out)
    if not os.access(parent, os.W_OK | os.X_OK):
        raise InputError(f"output {out}", f"{parent} must be writable", None, "choose another")


@contextmanager
def new_run(out: Path, force: bool) -> Iterator[Path]:
    """A folder to fill, which becomes `out` when the block ends without an error.

    After a SimulationError the files stay, in `<out>.failed`; after anything else the
    folder is removed, and `out` is as it was before.

    Args:
        out: run directory to make.
        force: replace it if it is one.
    Raises:
        InputError: `out` must not be written.
        SimulationError: that of the block, which now names the folder that was kept.
    """
    check_target(out, force)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
    except SimulationError as error:
        failed = out.with_name(f"{out.name}.failed")
        shutil.rmtree(failed, ignore_errors=True)
        partial.rename(failed)
        raise error.keeping(failed, instead_of=partial) from error
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _replace(partial, out)


def write_json(path: Path, content: Any) -> None:
    """JSON with NaN refused, as a person would want to read it."""
    path.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def read_json(directory: Path, name: str) -> Any:
    """A JSON file of a run directory.

    Raises:
        InputError: the directory holds no finished run, or the file is damaged.
    """
    path = directory / name
    if not path.is_file():
        raise InputError(
            str(directory), "this must be the directory of a finished run", f"no {name} in it"
        )
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(str(path), "the file must be readable JSON", error) from error


def read_object(directory: Path, name: str) -> dict[str, Any]:
    """A JSON file of a run directory that holds an object.

    Raises:
        InputError: as `read_json`, or the file holds something else.
    """
    content = read_json(directory, name)
    if not isinstance(content, dict):
        raise InputError(str(directory / name), "it must hold an object", None, AGAIN)
    return content


def damaged_raw(path: Path, error: RawFileError) -> InputError:
    """What a reader of a finished run says of its raw file.

    Args:
        path: the raw file.
        error: what the file's parser says.
    """
    why = str(error).removeprefix(str(path)).lstrip(":, ")
    return InputError(str(path), "the raw file must be whole", why, f"remove it, or {AGAIN}")


def read_design(directory: Path) -> dict[str, Any]:
    """design.toml of a run as nested tables, in which nothing is left open.

    Raises:
        InputError: the file cannot be read.
    """
    path = directory / DESIGN
    return read_toml(path, remedy=AGAIN)


AGAIN = "make the run again with `spicegen run`"
STEPS = (
    ("mapping", DESIGN),
    ("emission", PROBES),
    ("simulation", RAW),
    ("read-back", OUTPUTS),
    ("scoring", RESULT),
)
"""What makes a run directory, and the file that each step leaves."""


def read_result(directory: Path) -> dict[str, Any]:
    """result.json of a finished run.

    Raises:
        InputError: no such directory, no run in it, an unfinished run (the step that is missing
            is named), or a run of a newer spicegen.
    """
    where, rule = str(directory), "this must be the directory of a finished run"
    if not directory.is_dir():
        raise InputError(where, rule, "no such directory")
    if not (directory / RESULT).is_file():
        there = [step for step, name in STEPS if (directory / name).is_file()]
        if not there:
            raise InputError(where, rule, f"no {RESULT} in it")
        step, name = next(each for each in STEPS if not (directory / each[1]).is_file())
        kept = f"; {LOG} there may say why" if (directory / LOG).is_file() else ""
        raise InputError(
            where,
            rule,
            f"one whose {step} is missing (no {name} in it){kept}",
            AGAIN,
        )
    result = read_json(directory, RESULT)
    if not isinstance(result, dict) or not isinstance(result.get("spicegen"), str):
        raise InputError(str(directory / RESULT), "it must be the result of a run", "another JSON")
    made_by, own = result["spicegen"], spicegen.__version__
    if release(made_by) > release(own):
        raise InputError(
            str(directory / RESULT),
            f"it must be made by spicegen {own} or older",
            f"spicegen {made_by}",
            "update spicegen",
        )
    return result


def release(version: str) -> tuple[int, ...]:
    """The numbers of a version's release, such as (0, 1, 0) of 0.1.0.dev3."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in numbers[0].split(".")) if numbers else ()


def _replace(partial: Path, out: Path) -> None:
    """Rename the finished folder; a replaced one goes only after the new one is in place."""
    old = out.with_name(f".{out.name}.replaced-{os.getpid()}")
    if out.exists():
        out.rename(old)
    partial.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _existing_parent(path: Path) -> Path:
    parent = path.absolute().parent
    while not parent.exists():
        parent = parent.parent
    return parent
