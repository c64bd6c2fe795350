"""ngspice as a program: one process per job, the reference engine."""

from __future__ import annotations

import re
import shutil
from functools import cached_property
from pathlib import Path

from spicegen.engine.base import Capabilities, EngineInfo, Job, RunRecord
from spicegen.engine.checks import check_run
from spicegen.engine.process import ask, child_environment, run_to_log
from spicegen.errors import EngineMissingError

NAME = "ngspice"
# -n: no .spiceinit, neither the user's nor one in the deck's folder. No -o: with it ngspice
# prints no progress and keeps the log in a buffer until it ends.
FLAGS = ("-n", "-b")
# one deck that never simulates: an OSDI-capable ngspice misses the library, another the command
ABILITIES = """abilities
R1 a 0 1
.control
osdi no-such-library.osdi
if $?xspice_enabled
echo xspice extensions
end
quit
.endc
.end
"""


class NgspiceEngine:
    """Runs decks with an ngspice executable.

    Args:
        executable: the program; the one on PATH where None.
    Raises:
        EngineMissingError: there is none.
    """

    def __init__(self, executable: Path | None = None) -> None:
        found = str(executable) if executable else shutil.which("ngspice")
        if found is None:
            raise EngineMissingError(
                "ngspice was asked for and is not on PATH; install it with the system's package "
                "manager (Debian, Ubuntu: apt install ngspice), or use --engine neospice"
            )
        self._executable = str(Path(found).absolute())

    def info(self) -> EngineInfo:
        """Version and capabilities, as the program tells them."""
        return self._info

    def simulate(self, job: Job) -> RunRecord:
        """Run a deck in batch mode; waveforms go to the raw file while it runs.

        Raises:
            TimeLimitError, SimulationError, RawFileError: see `Engine.simulate`.
        """
        raw = job.raw.resolve()
        raw.unlink(missing_ok=True)  # an older file must never pass for this run's
        argv = [self._executable, *FLAGS, "-r", str(raw), job.deck.name]
        outcome = run_to_log(NAME, argv, job, child_environment())
        return check_run(NAME, job, outcome, {"flags": " ".join(FLAGS), "threads": "1"})

    @cached_property
    def _info(self) -> EngineInfo:
        banner = ask([self._executable, "--version"], "")
        abilities = ask([self._executable, *FLAGS], ABILITIES)
        return EngineInfo(
            NAME, version_of(banner), self._executable, abilities_of(banner, abilities)
        )


def version_of(banner: str) -> str:
    """The version in ngspice's banner, such as `46`; empty if there is none."""
    found = re.search(r"ngspice-(\d[\w.]*)", banner)
    return found[1] if found else ""


def abilities_of(banner: str, abilities: str) -> Capabilities:
    """What an ngspice can do, from its banner and from its answer to the `ABILITIES` deck."""
    return Capabilities(
        klu="KLU" in banner,
        osdi="osdi lib" in abilities and "no such command" not in abilities,
        xspice="xspice extensions" in abilities.casefold(),
        full_dialect=True,
        streaming=True,
        progress=True,
    )
