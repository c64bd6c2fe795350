"""How a deck loads compiled Verilog-A models."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spicegen.errors import InputError

FILE_NAME = re.compile(r"[\w.+-]+")


def osdi_block(libraries: Sequence[str]) -> str:
    """Lines of a deck that load libraries before the deck is parsed.

    Commands that begin with `pre_` run before the circuit is built, in `ngspice -b` by hand
    and in every ngspice engine alike. The analysis lines of the deck and `-r` work as without
    the block. ngspice evaluates compiled models in as many OpenMP threads as its start-up
    file says (8); on few cores that is up to 100 times slower than one thread.

    Args:
        libraries: file names, without a folder: ngspice looks beside the deck.
    Raises:
        InputError: a name that ngspice cannot take.
    """
    for name in libraries:
        if not FILE_NAME.fullmatch(name):
            raise InputError(
                "library of a compiled model",
                "the file name must be made of letters, digits, . _ + and -",
                name,
                "ngspice takes neither blanks nor quotes in it",
            )
    loads = (f"pre_osdi {name}" for name in libraries)
    return "\n".join((".control", "pre_set num_threads=1", *loads, ".endc"))
