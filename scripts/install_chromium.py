#!/usr/bin/env python3
"""Install Chromium with apt, for the tests that open reports in a browser.

Run by ``make test``; safe to run again. Whatever stands in the way (no apt, no root, no network,
an Ubuntu whose Chromium is a snap) ends in one clear line and exit status 0: those tests are
then skipped.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from install_ngspice import CHECKOUT, Apt, find_privilege, give_to_owner

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PACKAGE = "chromium"
SKIPPED = "tests that open reports in a browser are skipped"
RETRY_S = 24 * 3600.0  # how long a failed attempt is remembered


def find_chromium() -> str | None:
    """A browser on PATH that the tests can drive."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def main(argv: list[str] | None = None) -> int:
    """Check, install, and say in one line how it stands; nothing where all is well."""
    parser = argparse.ArgumentParser(description="Install Chromium with apt.")
    parser.add_argument("--logs", type=Path, default=CHECKOUT / "build", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if find_chromium():
        return 0
    record = options.logs / "setup-chromium.failed"
    if record.is_file() and 0 <= time.time() - record.stat().st_mtime < RETRY_S:
        print(f"Chromium could not be installed earlier; {SKIPPED} (delete {record} to try again).")
        return 0
    privilege = find_privilege()
    if shutil.which("apt-get") is None or privilege is None:
        print(f"No {'root' if shutil.which('apt-get') else 'apt'} to install Chromium; {SKIPPED}.")
        return 0
    options.logs.mkdir(parents=True, exist_ok=True)
    log = options.logs / "setup-apt.log"
    print(f"Installing Chromium with apt, for tests (log: {log}) ...", flush=True)
    apt = Apt(Path("/"), log, privilege)
    apt.get("update")  # a failure may be another archive's; the installation tells
    if apt.install([PACKAGE]) and find_chromium():
        record.unlink(missing_ok=True)
    else:
        record.touch()
        print(f"apt could not install Chromium; {SKIPPED}.")
    give_to_owner(options.logs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
