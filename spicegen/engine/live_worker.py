"""libngspice that stays: `python -m spicegen.engine.live_worker`.

Each line of standard input is a request of `shared_worker`, with `folder` (where the deck
lies) and `log` (where ngspice's words go); each line of standard output is an answer: the
exit status that a process of its own would have had. Ends when standard input does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from spicegen.engine.shared_worker import Stage, command, open_library, run_deck, run_steps

STDOUT, STDERR = 1, 2


@contextmanager
def words_into(log: str) -> Iterator[None]:
    """Everything that this process says, the library's own prints included, goes to a file."""
    before = [os.dup(number) for number in (STDOUT, STDERR)]
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        for number in (STDOUT, STDERR):
            os.dup2(target, number)
        yield
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    finally:
        os.close(target)
        for number, kept in zip((STDOUT, STDERR), before, strict=True):
            os.dup2(kept, number)
            os.close(kept)


def carry_out(session: Any, stage: Stage, request: dict[str, Any]) -> bool:
    """Run one deck, and forget it: circuits and waveforms of earlier runs would pile up."""
    deck, raw, feed = request["deck"], request["raw"], request["feed"]
    try:
        if feed:
            return run_steps(session, stage, deck, raw, Path(feed))
        return run_deck(session, deck, raw)
    finally:
        command(session, "destroy all")
        command(session, "remcirc")


def main() -> int:
    """Serve requests until there are no more."""
    answers = os.fdopen(os.dup(STDOUT), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)
    stage = Stage()
    session = open_library(stage)
    for line in sys.stdin:
        request = json.loads(line)
        os.chdir(request["folder"])
        with words_into(request["log"]):
            status = 0 if carry_out(session, stage, request) else 1
        answers.write(f"{status}\n")
        answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
