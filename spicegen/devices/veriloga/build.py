"""From a Verilog-A file to a library that ngspice loads."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from spicegen.cache import default_cache, entry_key, fetch, generator_digest
from spicegen.devices.veriloga import library
from spicegen.devices.veriloga.c_function import UndefinedValueError, UnknownOperationError
from spicegen.devices.veriloga.c_module import c_file
from spicegen.devices.veriloga.check import OPENVAF as INSTALL_OPENVAF
from spicegen.devices.veriloga.check import check
from spicegen.devices.veriloga.declarations import module_names, parameters
from spicegen.devices.veriloga.frontend import complaint, front_end_version, read_equations
from spicegen.devices.veriloga.model import DESCRIPTION, CompiledModel, model_text, read_model
from spicegen.devices.veriloga.refusals import notes, refuse
from spicegen.devices.veriloga.set_up import UnknownSetUpError
from spicegen.devices.veriloga.source import Source
from spicegen.devices.veriloga.tools import COMPILERS, OPENVAF, find, first_line, run
from spicegen.errors import InputError

CACHE = "osdi"
HEADERS = ("osdi_0_3.h", "osdi_functions.h", "osdi_module.h")
# -fwrapv: integers of Verilog-A wrap; no contraction, so that every machine rounds alike
FLAGS = ("-std=c11", "-O2", "-fPIC", "-shared", "-fwrapv", "-fno-math-errno", "-ffp-contract=off")


def build_osdi(va_file: Path, cache: Path | None = None) -> CompiledModel:
    """Compile a Verilog-A module for ngspice, or take it from the cache.

    The OpenVAF compiler is used where it is on PATH (`openvaf-r` or `openvaf`), else the
    front end in the package openvaf-py with the system's C compiler.

    Args:
        va_file: holds one module; `disciplines.vams` and `constants.vams` need not be there.
        cache: folder of compiled models; `$XDG_CACHE_HOME/spicegen/osdi` if None.
    Raises:
        InputError: the file cannot be read, does not compile, or holds what would be
            computed wrongly (file and line); or a compiler is missing.
    """
    source = Source(va_file)
    openvaf = find(OPENVAF)
    refuse(source, with_openvaf=openvaf is not None)
    name = module_names(source.compiled)[0].text.lower()
    if openvaf is not None:
        compiler = _described(first_line(openvaf) or openvaf.name)
        build = partial(_build_with_openvaf, source, name, openvaf, compiler)
        parts: list[object] = [str(openvaf), compiler]
    else:
        tool = _c_compiler(source)
        compiler = f"openvaf-py {front_end_version()}, {first_line(tool)}"
        build = partial(_build_with_c, source, name, tool, compiler)
        parts = [str(tool), compiler, FLAGS]
    texts = [(file.path.name, file.text) for file in source.files]
    digest = generator_digest(Path(__file__).parent)
    key = entry_key([digest, platform.machine(), sys.platform, parts, texts])
    left_out = () if openvaf is not None else notes(source)
    read = partial(read_model, notes=left_out)
    return fetch(default_cache(CACHE) if cache is None else cache, f"{name}-{key}", read, build)


def install(model: CompiledModel, folder: Path) -> CompiledModel:
    """Copy a model's files into a folder, such as that of a deck.

    A library that stands there already is replaced, not written into: an ngspice that runs
    with it keeps the one it has loaded.

    Returns:
        The model at its new place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in model.files:
        new = folder / f".{path.name}.new"
        shutil.copyfile(path, new)
        new.replace(folder / path.name)
    placed = replace(model, osdi=folder / model.osdi.name)
    return placed if model.c_file is None else replace(placed, c_file=folder / model.c_file.name)


def _described(words: str) -> str:
    return " ".join(words.split())


def _c_compiler(source: Source) -> Path:
    tool = find(COMPILERS)
    if tool is None:
        raise InputError(
            str(source.path),
            "compiling Verilog-A needs a C compiler, and none of "
            f"{', '.join(COMPILERS)} is on PATH",
            remedy="install gcc or clang (Debian, Ubuntu: apt install gcc libc6-dev), or use "
            'device.form = "behavioural", which needs none',
        )
    return tool


def _build_with_openvaf(
    source: Source, name: str, openvaf: Path, compiler: str, folder: Path
) -> None:
    if front_end_version():  # only the equations tell whether a variable should remember
        check(read_equations(source), source, with_openvaf=True)
    target = folder / f"{name}.osdi"
    answer = run([openvaf, "-o", target, source.path.absolute()], folder)
    if answer.status != 0 or not target.is_file():
        raise complaint(source.path, answer, {file.path.name: file.path for file in source.files})
    _describe(source, target, compiler)


def _build_with_c(source: Source, name: str, tool: Path, compiler: str, folder: Path) -> None:
    module = read_equations(source)
    check(module, source)
    ranges = {one.name: one.range for one in parameters(source.compiled)}
    try:
        text = c_file(module, source.path.name, " ".join(FLAGS), ranges)
    except (UndefinedValueError, UnknownOperationError, UnknownSetUpError) as error:
        raise _not_in_c(source, error) from error
    (folder / f"{name}.c").write_text(text, encoding="utf-8")
    for header in HEADERS:
        shutil.copyfile(Path(__file__).parent / header, folder / header)
    target = folder / f"{name}.osdi"
    answer = run([tool, *FLAGS, f"{name}.c", "-o", target.name, "-lm"], folder)
    if answer.status != 0:
        words = next((s for s in answer.complaints.splitlines() if "error" in s), "no words")
        headers = "install the C library's headers (Debian, Ubuntu: apt install libc6-dev)"
        raise InputError(
            str(source.path),
            f"the C compiler {tool} failed on the generated file: {words.strip()}",
            remedy=headers if "No such file" in words else INSTALL_OPENVAF,
        )
    _describe(source, target, compiler)


def _not_in_c(source: Source, error: Exception) -> InputError:
    if isinstance(error, UndefinedValueError):
        return InputError(
            str(source.path),
            "an equation depends on a value that is not defined in every case",
            remedy="give each variable a value first, and write if/else instead of case/default",
        )
    if isinstance(error, UnknownOperationError):
        return InputError(
            str(source.path), f"uses the operation {error}, for which there is no C",
            remedy=INSTALL_OPENVAF,
        )  # fmt: skip
    return InputError(str(source.path), f"holds {error}", remedy=INSTALL_OPENVAF)


def _describe(source: Source, target: Path, compiler: str) -> None:
    """Write down what the library says about itself."""
    worker = Path(library.__file__)
    answer = run([sys.executable, "-P", "-W", "ignore", worker, target])
    if answer.status != 0:
        words = next(iter(answer.complaints.strip().splitlines()[-1:]), "no words")
        raise InputError(str(source.path), f"the compiled library cannot be loaded: {words}")
    text = model_text(json.loads(answer.output), compiler)
    (target.parent / DESCRIPTION).write_text(text, encoding="utf-8")
