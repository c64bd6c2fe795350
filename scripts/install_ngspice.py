#!/usr/bin/env python3
"""Install ngspice and libngspice with apt, from Debian's backports where main is too old.

Run by ``make setup``; safe to run again. Needs nothing but the standard library. Whatever
stands in the way (no apt, no root, no network) ends in one clear line and exit status 0,
because spicegen then runs on its embedded engine.
"""

from __future__ import annotations

import argparse
import ctypes.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from apt_sources import (
    FORMATS,
    Format,
    Source,
    Version,
    backports_suite,
    lists_backports,
    parse_archive_uris,
    parse_candidate,
    parse_ngspice_version,
    show,
)

REQUIRED: Version = (43, 0)  # the oldest that spicegen is measured with
# How long a failed attempt is remembered, so that apt is not asked at every make.
RETRY_WITHOUT_NGSPICE_S = 3600.0
RETRY_WITH_OLD_NGSPICE_S = 24 * 3600.0
STRICT = ("-o", "APT::Update::Error-Mode=any")  # an unreachable archive is a failure
LOCK_WAITS, LOCK_WAIT_S = 24, 5.0  # apt-daily runs in the first minutes of a new machine
CHECKOUT = Path(__file__).resolve().parent.parent


# --- what is installed ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """What of ngspice the machine has."""

    version: Version | None
    library: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is left to install."""
        return self.new_enough and self.library

    @property
    def new_enough(self) -> bool:
        """Whether the ngspice on PATH is recent enough."""
        return self.version is not None and self.version >= REQUIRED

    def consequence(self) -> str:
        """What spicegen will do with it."""
        if self.version is None:
            return "spicegen will use its embedded engine, neospice"
        if not self.new_enough:
            return (
                f"spicegen will use ngspice {show(self.version)}, which is older than "
                f"{show(REQUIRED)} and slower on large crossbars"
            )
        if not self.library:
            return (
                f"spicegen will use ngspice {show(self.version)}; without libngspice its "
                "in-process engine ('shared') is not available"
            )
        return f"ngspice {show(self.version)} and libngspice are installed"


def find_installed(root: Path) -> Found:
    """Look for ngspice on PATH and for libngspice below ``root``."""
    return Found(_installed_version(), _library_installed(root))


def _installed_version() -> Version | None:
    program = shutil.which("ngspice")
    if program is None:
        return None
    try:
        banner = _output([program, "--version"], timeout_s=20.0)
    except (OSError, subprocess.TimeoutExpired):
        return None  # a broken ngspice is as good as none
    return parse_ngspice_version(banner)


def _library_installed(root: Path) -> bool:
    patterns = [
        f"{lib}/{arch}libngspice.so.0*" for lib in ("usr/lib", "lib") for arch in ("*/", "")
    ]
    if any(
        next(root.glob(pattern), None) for pattern in [*patterns, "usr/local/lib/libngspice.so*"]
    ):
        return True
    return root == Path("/") and ctypes.util.find_library("ngspice") is not None


def _output(command: Sequence[str], timeout_s: float = 60.0) -> str:
    """What the command prints, in the C locale."""
    completed = subprocess.run(  # noqa: S603 - a list of fixed words, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "LC_ALL": "C"},
        timeout=timeout_s,
        check=False,
        text=True,
        errors="replace",
    )
    return completed.stdout


# --- acting ---------------------------------------------------------------------------


def find_privilege() -> tuple[str, ...] | None:
    """What to put before a command to run it as root; None if root is out of reach."""
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    command = [sudo, "-n", "true"]
    allowed = subprocess.run(  # noqa: S603 - a list of fixed words, no shell
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return (sudo, "-n") if allowed.returncode == 0 else None


@dataclass(frozen=True, slots=True)
class Apt:
    """apt on this machine: its configuration below ``root``, its chatter in ``log``."""

    root: Path
    log: Path
    privilege: tuple[str, ...]

    def run(self, *command: str) -> bool:
        """Run one command as root; its output goes to the log."""
        proxies = [
            f"{name}={os.environ[name]}"
            for name in ("http_proxy", "https_proxy", "no_proxy")
            if name in os.environ  # sudo would drop them
        ]
        environment = ["env", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive", *proxies]
        with self.log.open("a") as log:
            print("$", *command, file=log, flush=True)
            completed = subprocess.run(  # noqa: S603 - a list, no shell; file names are ours
                [*self.privilege, *environment, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        return completed.returncode == 0

    def get(self, *arguments: str) -> bool:
        """``apt-get``, waiting while another apt holds the lock."""
        options = ("-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=1")
        for _ in range(LOCK_WAITS):
            before = self.log.stat().st_size if self.log.exists() else 0
            if self.run("apt-get", *options, *arguments):
                return True
            if b"Could not get lock" not in self.log.read_bytes()[before:]:
                return False
            time.sleep(LOCK_WAIT_S)
        return False

    def policy(self, package: str, release: str | None = None) -> str:
        """``apt-cache policy``, with a release preferred where one is given."""
        preferred = ("-t", release) if release else ()
        return _output(["apt-cache", *preferred, "policy", package])

    def install(self, packages: Sequence[str], release: str | None = None) -> bool:
        """Install packages, from a release where one is given."""
        preferred = ("-t", release) if release else ()
        return self.get("install", "-y", "--no-install-recommends", *preferred, *packages)

    def source_files(self) -> list[Path]:
        """The files apt reads its sources from."""
        etc = self.root / "etc/apt"
        parts = sorted((etc / "sources.list.d").glob("*"))
        return [p for p in (etc / "sources.list", *parts) if p.suffix in FORMATS and p.is_file()]

    def sources(self) -> list[Source]:
        """What these files say."""
        files = self.source_files()
        return [s for p in files for s in FORMATS[p.suffix].parse(p.read_text(errors="replace"))]


def add_backports(apt: Apt, codename: str, archive_uris: frozenset[str]) -> Path | None:
    """Add the backports suite next to the source that has the release's own suite.

    Returns:
        The file that was added and whose lists apt has fetched; None if that failed or
        no source could be derived, with nothing left behind.
    """
    derived = _derive_from_files(apt.source_files(), codename, archive_uris)
    if derived is None:
        return None
    fmt, text = derived
    path = apt.root / f"etc/apt/sources.list.d/spicegen-backports{fmt.suffix}"
    with tempfile.NamedTemporaryFile("w", suffix=fmt.suffix) as draft:
        draft.write(text)
        draft.flush()
        if not apt.run("install", "-m", "644", draft.name, str(path)):
            return None
    # Only this source, and strictly: another archive's trouble must not count against it.
    only_this = (f"Dir::Etc::sourcelist={path}", "Dir::Etc::sourceparts=/dev/null")
    options = [word for o in (*only_this, "APT::Get::List-Cleanup=0") for word in ("-o", o)]
    if apt.get(*STRICT, *options, "update"):
        return path
    apt.run("rm", "-f", str(path))
    return None


def _derive_from_files(
    files: Sequence[Path], codename: str, archive_uris: frozenset[str]
) -> tuple[Format, str] | None:
    # First the archive that apt names; where it names none that we recognise, any.
    for known in (archive_uris, None):
        for path in files:
            fmt = FORMATS[path.suffix]
            text = fmt.derive(path.read_text(errors="replace"), codename, known)
            if text is not None:
                return fmt, f"# Added by spicegen (scripts/install_ngspice.py) for ngspice.\n{text}"
    return None


def install_from_backports(apt: Apt, codename: str, packages: Sequence[str]) -> bool:
    """Install from the release's backports; on failure the machine is as it was."""
    suite = backports_suite(codename)
    added = None
    if not lists_backports(apt.sources(), codename):
        added = add_backports(apt, codename, parse_archive_uris(apt.policy("ngspice")))
        if added is None:
            return False
    candidate = parse_candidate(apt.policy("ngspice", suite))
    if candidate and candidate >= REQUIRED and apt.install(packages, suite):
        return True
    if added is not None:
        apt.run("rm", "-f", str(added))
    return False


def install(apt: Apt, found: Found) -> str:
    """Install what is missing, from where it is new enough.

    Returns:
        What went wrong, as the beginning of a sentence; empty if nothing did.
    """
    packages = ["libngspice0"] if found.new_enough else ["ngspice", "libngspice0"]
    # A failure here may be another archive's, and older lists may do: go on, but remember.
    updated = apt.get(*STRICT, "update")
    failed = "apt could not install ngspice" if updated else "apt could not fetch its lists"
    candidate = parse_candidate(apt.policy("ngspice"))
    if candidate is None:
        return "apt offers no ngspice" if updated else failed
    trouble = ""
    if candidate < REQUIRED:
        system = read_os_release(apt.root)
        codename = system.get("VERSION_CODENAME", "")
        if system.get("ID") == "debian" and codename:
            if install_from_backports(apt, codename, packages):
                return ""
            trouble = f"{backports_suite(codename)} gave no ngspice {show(REQUIRED)} or newer"
        else:
            trouble = f"this release has no ngspice newer than {show(candidate)}"
    return trouble if apt.install(packages) else failed


def read_os_release(root: Path) -> dict[str, str]:
    """The names of the system in ``/etc/os-release``; empty if there is no such file."""
    path = root / "etc/os-release"
    if not path.is_file():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


# --- remembering a failed attempt -----------------------------------------------------


def remember(path: Path, trouble: str, found: Found) -> None:
    """Note an attempt made as root that left something to wish for."""
    record = {"trouble": trouble, "found": repr(found), "time": time.time()}
    path.write_text(json.dumps(record) + "\n")


def recall(path: Path, found: Found) -> str | None:
    """The trouble of an earlier attempt that need not be repeated yet; else None."""
    try:
        record = json.loads(path.read_text())
        trouble, then, when = str(record["trouble"]), record["found"], float(record["time"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # no record, or one that was cut off
    patience = RETRY_WITH_OLD_NGSPICE_S if found.version else RETRY_WITHOUT_NGSPICE_S
    fresh = 0 <= time.time() - when < patience
    return trouble if then == repr(found) and fresh else None


def give_to_owner(folder: Path) -> None:
    """Leave a folder that root has made to the checkout's owner."""
    if os.geteuid() == 0:
        owner = CHECKOUT.stat()
        for path in (folder, *folder.glob("setup-*")):
            os.chown(path, owner.st_uid, owner.st_gid)


# --- the whole ------------------------------------------------------------------------


def main(argv: Sequence[str] | None = None) -> int:
    """Check, install, and say in one line how it stands."""
    parser = argparse.ArgumentParser(description="Install ngspice and libngspice with apt.")
    parser.add_argument("--retry", action="store_true", help="try again what failed before")
    parser.add_argument("--root", type=Path, default=Path("/"), help=argparse.SUPPRESS)
    parser.add_argument("--logs", type=Path, default=CHECKOUT / "build", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    found = find_installed(options.root)
    if found.complete:
        print(f"{found.consequence()}.")
        return 0
    log, record = options.logs / "setup-apt.log", options.logs / "setup-ngspice.json"
    earlier = None if options.retry else recall(record, found)
    if earlier is not None:
        print(f"{earlier}; {found.consequence()} ('make ngspice' tries again, log: {log}).")
        return 0
    if shutil.which("apt-get") is None or shutil.which("apt-cache") is None:
        remedy = f"install ngspice {show(REQUIRED)} or newer with your package manager"
        print(f"No apt here; {found.consequence()}. For ngspice, {remedy}.")
        return 0
    privilege = find_privilege()
    if privilege is None:
        remedy = f"sudo python3 -B {Path(__file__).resolve()}"
        print(f"No root here; {found.consequence()}. To install ngspice: {remedy}")
        return 0
    options.logs.mkdir(parents=True, exist_ok=True)
    print(f"Installing ngspice and libngspice with apt (log: {log}) ...", flush=True)
    trouble = install(Apt(options.root, log, privilege), found)
    found = find_installed(options.root)
    if found.complete:
        record.unlink(missing_ok=True)
        print(f"{found.consequence()}.")
    else:
        trouble = trouble or "apt installed ngspice, but another one comes first on PATH"
        remember(record, trouble, found)
        report_failure(log, trouble, found)
    give_to_owner(options.logs)
    return 0


def report_failure(log: Path, trouble: str, found: Found) -> None:
    """Show apt's last words where it left no ngspice at all, then the line that counts."""
    if found.version is None:
        for line in log.read_text(errors="replace").splitlines()[-5:]:
            print(f"  {line}", file=sys.stderr, flush=True)
    print(f"{trouble}; {found.consequence()} ('make ngspice' tries again, log: {log}).")


if __name__ == "__main__":
    sys.exit(main())
