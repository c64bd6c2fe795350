"""The process in which libngspice runs: `python -m spicegen.engine.shared_worker`.

Standard input is a JSON object: `deck` (a file in the working directory; empty: only say
what the library can do) and `raw` (file to write). NGSPICE_LIBRARY_PATH names the library.
Everything ngspice says goes to standard output and error, as from ngspice itself.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any


def open_library() -> Any:
    """PySpice's session with the library, which passes on what ngspice says.

    Two habits of PySpice 1.5 are worked around. Its logger calls every ngspice after 34
    unsupported: it is silenced. It raises NgSpiceCommandError for any text on ngspice's
    standard error, notes such as "Starting dynamic gmin stepping" included: that error is
    dropped in `command`, the caller judges the log.

    The library reads a `.spiceinit` when it starts: first of the working directory, else of
    the user. One of our own goes first. (`ngSpice_nospiceinit` is made for this, but crashes
    when called before the start and is too late after it; ngspice 46.)
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
        return Session()


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


def main() -> int:
    """Run one deck, or describe the library. Returns the exit status."""
    request = json.load(sys.stdin)
    session = open_library()
    if not request["deck"]:
        command(session, "osdi no-such-library.osdi")
        return 0
    if not (command(session, f"source {request['deck']}") and command(session, "run")):
        return 1
    plot = session.last_plot
    if plot == "const":
        sys.stderr.write("Error: the deck left no analysis\n")
        return 1
    return 0 if command(session, f"write {request['raw']}") else 1


if __name__ == "__main__":
    sys.exit(main())
