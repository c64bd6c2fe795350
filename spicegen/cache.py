"""What takes long to make, by the content that it was made from.

An entry is a folder that appears by a rename, complete or not at all: a build that is
killed leaves no entry, and of two builds at the same time one wins, with the same content.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from spicegen.errors import InputError

Entry = TypeVar("Entry")
BUILDING = ".building-"
STALE_S = 3600.0


def default_cache(kind: str) -> Path:
    """Where things of one kind are kept: `$XDG_CACHE_HOME/spicegen/<kind>`, else in `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "spicegen" / kind


def generator_digest(package: Path) -> str:
    """A digest of the sources of a package: another generator makes other things."""
    digest = hashlib.sha256()
    for path in sorted(package.iterdir()):
        if path.suffix in (".py", ".h"):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def entry_key(parts: Sequence[object]) -> str:
    """Name of the entry for everything that determines what is in it."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def fetch(
    cache: Path, key: str, read: Callable[[Path], Entry], build: Callable[[Path], None]
) -> Entry:
    """An entry of the cache, built if it is not there.

    Args:
        cache: folder of the cache; made if need be.
        key: name of the entry.
        read: reads an entry; raises OSError, ValueError or KeyError if it is not complete.
        build: writes an entry into an empty folder.
    Raises:
        InputError: what is not there cannot be kept either.
    """
    folder = cache / key
    with suppress(OSError, ValueError, KeyError):
        return read(folder)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            _sweep(cache)
    except OSError as error:
        raise InputError(
            f"cache {cache}",
            "the folder must be writable",
            error.strerror,
            "set XDG_CACHE_HOME to one that is",
        ) from error
    with _new_folder(cache) as made:
        build(made)
        try:
            made.rename(folder)
        except OSError:
            _take_place(made, folder, read)
    return read(folder)


@contextmanager
def _new_folder(cache: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=BUILDING, dir=cache))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # has gone if it became the entry


def _take_place(made: Path, folder: Path, read: Callable[[Path], Entry]) -> None:
    """Another process was faster, or left a broken entry, which this one replaces."""
    with suppress(OSError, ValueError, KeyError):
        read(folder)
        return
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)


def _sweep(cache: Path) -> None:
    """Remove what builds that were killed have left."""
    for left in cache.glob(f"{BUILDING}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_S:
                shutil.rmtree(left, ignore_errors=True)
