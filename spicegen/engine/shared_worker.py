"""The process in which libngspice runs: `python -m spicegen.engine.shared_worker`.

Standard input is a JSON object: `deck` (a file in the working directory; empty: only say
what the library can do), `raw` (file to write) and `feed` (file of what is set from step to
step, or null). NGSPICE_LIBRARY_PATH names the library. Everything ngspice says goes to
standard output and error, as from ngspice itself.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spicegen.engine.steps import Stepper


class Stage:
    """Which stepper a session serves just now; a session outlives the runs it makes."""

    def __init__(self) -> None:
        self.stepper: Stepper | None = None
        self.wanted: list[str] = []
        self.places: list[int] = []

    def take_on(self, stepper: Stepper | None) -> None:
        """Serve this stepper from now on; None: a deck whose sources are all its own."""
        self.stepper, self.places = stepper, []
        self.wanted = [vector[2:-1] for vector in stepper.feed.vectors] if stepper else []


def open_library(stage: Stage | None = None) -> Any:
    """PySpice's session with the library, which passes on what ngspice says.

    Two habits of PySpice 1.5 are worked around. Its logger calls every ngspice after 34
    unsupported: it is silenced. It raises NgSpiceCommandError for any text on ngspice's
    standard error, notes such as "Starting dynamic gmin stepping" included: that error is
    dropped in `command`, the caller judges the log.

    The library reads a `.spiceinit` when it starts: first of the working directory, else of
    the user. One of our own goes first. (`ngSpice_nospiceinit` is made for this, but crashes
    when called before the start and is too late after it; ngspice 46.)

    Args:
        stage: its stepper gives EXTERNAL sources their voltages and sees every accepted time
            point.
    """
    logging.getLogger("PySpice").addHandler(logging.NullHandler())
    logging.getLogger("PySpice").propagate = False
    from PySpice.Spice.NgSpice.Shared import NgSpiceShared

    class Session(NgSpiceShared):  # type: ignore[misc]  # PySpice has no types
        def send_char(self, message: str, ngspice_id: int) -> int:
            stream, _, text = message.partition(" ")
            target = sys.stderr if stream == "stderr" else sys.stdout
            end = "" if text.endswith("\r") else "\n"
            target.write((text if stream in ("stdout", "stderr") else message) + end)
            target.flush()
            return 0

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path(".spiceinit").write_text("set num_threads=1\n")
        return Session() if stage is None else _stepped(Session, stage)(send_data=True)


def _stepped(session: Any, stage: Stage) -> Any:
    """The class of a session with a stage.

    `send_data` and `get_vsrc_data` are the documented hooks, but PySpice turns all saved
    vectors into a dictionary before it calls the first: with a few hundred of them that takes
    longer than the simulation. So the functions beneath them are replaced.
    """
    from PySpice.Spice.NgSpice.Shared import ffi

    name_of = ffi.string

    class SteppedSession(session):  # type: ignore[misc]
        @staticmethod
        def _send_data(points: Any, count: int, _ngspice_id: int, _user_data: Any) -> int:
            stepper = stage.stepper
            if stepper is None:
                return 0
            values, places = points.vecsa, stage.places
            if not places:
                known = {ffi.string(values[k].name).decode(): k for k in range(count)}
                places.extend(known[name] for name in ["time", *stage.wanted])
            stepper.take(values[places[0]].creal, [values[k].creal for k in places[1:]])
            return 0

        @staticmethod
        def _get_vsrc_data(
            voltage: Any, time_s: float, node: Any, _ngspice_id: int, _user_data: Any
        ) -> int:
            stepper = stage.stepper
            assert stepper is not None  # only decks with a feed have EXTERNAL sources
            voltage[0] = stepper.voltages(time_s)[stepper.column[name_of(node)]]
            return 0

    return SteppedSession


def command(session: Any, text: str) -> bool:
    """Give one command to ngspice; False if ngspice itself refuses to go on."""
    from PySpice.Spice.NgSpice.Shared import NgSpiceCommandError

    try:
        with contextlib.suppress(NgSpiceCommandError):
            session.exec_command(text)
    except NameError as error:  # PySpice's word for a return code but 0
        sys.stderr.write(f"Error: {error}\n")
        return False
    return True


def run_deck(session: Any, deck: str, raw: str) -> bool:
    """Run a deck and write its last plot; False if that was refused."""
    if not (command(session, f"source {deck}") and command(session, "run")):
        return False
    if session.last_plot == "const":
        sys.stderr.write("Error: the deck left no analysis\n")
        return False
    return command(session, f"write {raw}")


def run_steps(session: Any, stage: Stage, deck: str, raw: str, feed: Path) -> bool:
    """Run a deck with a feed."""
    from spicegen.engine.feed import read_feed
    from spicegen.engine.steps import StepError, Stepper

    stepper = Stepper(read_feed(feed))
    stage.take_on(stepper)
    done = run_deck(session, deck, raw)
    stage.take_on(None)
    try:
        stepper.check()
    except StepError as error:
        sys.stderr.write(f"Error: {error}\n")
        return False
    return done


def main() -> int:
    """Run one deck, or describe the library. Returns the exit status."""
    request = json.load(sys.stdin)
    if not request["deck"]:
        command(open_library(), "osdi no-such-library.osdi")
        return 0
    if request["feed"]:
        stage = Stage()
        session, feed = open_library(stage), Path(request["feed"])
        return 0 if run_steps(session, stage, request["deck"], request["raw"], feed) else 1
    return 0 if run_deck(open_library(), request["deck"], request["raw"]) else 1


if __name__ == "__main__":
    sys.exit(main())
