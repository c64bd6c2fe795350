"""Finished runs on disk, each durable before it counts.

`batch.sqlite` holds a row per finished run; SQLite's rollback journal with synchronous=EXTRA
makes a committed row survive a kill and a power loss, on local and on network file systems
(the faster write-ahead log does not work on the latter). The kernel drops the lock on
`batch.lock` however its owner ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from spicegen.errors import InputError

DATABASE = "batch.sqlite"
LOCK = "batch.lock"
RUNS = "runs"
SCRATCH = "scratch"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS plan (content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, key TEXT NOT NULL, status TEXT NOT NULL, columns TEXT NOT NULL
);
"""

Row = dict[str, Any]


class StorageError(InputError):
    """The results directory cannot take another row. Finished runs are safe.

    Args:
        where: the directory.
        cause: what the system or the database says.
    """

    def __init__(self, where: str | Path, cause: Exception) -> None:
        said = (cause.strerror if isinstance(cause, OSError) else None) or cause
        super().__init__(
            str(where),
            f"the directory must be writable and have room: {said}",
            None,
            "finished runs are kept; make room and start the same batch again",
        )


class Store:
    """The results directory of a batch.

    Args:
        directory: of the batch.
        make: make the database if it is missing.
    """

    def __init__(self, directory: Path, *, make: bool) -> None:
        self.directory = directory
        # readers too may have to roll back what a killed batch had half written
        mode = "rwc" if make else "rw"
        address = f"{(directory / DATABASE).absolute().as_uri()}?mode={mode}"
        with told(directory):
            self._database = sqlite3.connect(address, uri=True, isolation_level=None)
            self._database.execute("PRAGMA synchronous = EXTRA")
            # by readers as well: a batch may have been killed between file and tables
            self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Release the database."""
        self._database.close()

    def plan(self) -> dict[str, Any] | None:
        """The content of the plan that fills this directory; None in a new one."""
        with told(self.directory):
            found = self._database.execute("SELECT content FROM plan").fetchone()
        return None if found is None else dict(json.loads(found[0]))

    def begin(self, content: Mapping[str, Any]) -> None:
        """Take a plan's content into a new directory."""
        text = json.dumps(content, sort_keys=True, allow_nan=False)
        with told(self.directory):
            self._database.execute("INSERT INTO plan VALUES (?)", (text,))

    def finished(self, *, failed: bool = True) -> dict[int, str]:
        """Key of every finished run by its number.

        Args:
            failed: count runs that failed.
        """
        condition = "" if failed else " WHERE status = 'done'"
        with told(self.directory):
            rows = self._database.execute(f"SELECT run, key FROM runs{condition}")  # noqa: S608
            return dict(rows.fetchall())

    def add(self, row: Row, files: Mapping[str, bytes]) -> None:
        """Make a finished run durable: its files, then its row.

        Raises:
            StorageError: the disk is full or cannot be written; the run does not count.
        """
        with told(self.directory):
            folder = self.directory / RUNS / f"{row['run']:06d}"
            shutil.rmtree(folder, ignore_errors=True)
            if files:
                _write_folder(folder, files)
            text = json.dumps(row, allow_nan=False)
            self._database.execute(
                "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)",
                (row["run"], row["key"], row["status"], text),
            )

    def rows(self) -> Iterator[Row]:
        """Every row, in the order of the plan."""
        with told(self.directory):
            cursor = self._database.execute("SELECT columns FROM runs ORDER BY run")
            for (text,) in cursor:
                yield json.loads(text)


@contextmanager
def open_locked(directory: Path) -> Iterator[Store]:
    """The store of a batch that is about to work in a directory, which is made if needed.

    Raises:
        InputError: another batch works there, the directory holds something else, or it
            cannot be written.
    """
    _check_directory(directory)
    with told(directory):
        directory.mkdir(parents=True, exist_ok=True)
        lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(lock, 100, 0).decode(errors="replace").strip()
            raise InputError(
                str(directory),
                "one batch at a time works in a directory",
                owner or "another one at work",
                "wait for it, or choose another directory",
            ) from error
        with told(directory):
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"process {os.getpid()} on {os.uname().nodename}".encode(), 0)
        shutil.rmtree(directory / SCRATCH, ignore_errors=True)
        store = Store(directory, make=True)
        try:
            yield store
        finally:
            store.close()
            shutil.rmtree(directory / SCRATCH, ignore_errors=True)
    finally:
        os.close(lock)


@contextmanager
def open_results(directory: Path) -> Iterator[Store]:
    """The store of a batch, to read: also while the batch is at work.

    Raises:
        InputError: the directory holds no batch.
    """
    if not (directory / DATABASE).is_file():
        raise InputError(
            str(directory), "this must be the directory of a batch", f"no {DATABASE} in it"
        )
    store = Store(directory, make=False)
    try:
        yield store
    finally:
        store.close()


def _check_directory(directory: Path) -> None:
    if directory.exists() and not directory.is_dir():
        raise InputError(
            f"output {directory}", "the name must be free or a directory", "another kind of file"
        )
    if not directory.is_dir() or (directory / LOCK).is_file():
        return
    if any(directory.iterdir()):
        raise InputError(
            f"output {directory}",
            "the directory must be new, or that of a batch",
            "other files in it",
            "choose another",
        )


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Files of a run under a temporary name, on disk before they get their own."""
    partial = folder.with_name(f".{folder.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, content in files.items():
        with (partial / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    _sync_folder(partial)
    partial.rename(folder)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def told(directory: Path) -> Iterator[None]:
    """Trouble with the disk in words a user can act on.

    Raises:
        StorageError: the system or the database cannot write or read there.
        InputError: the database is damaged.
    """
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        # full disks and locks are subclasses; of this class itself are damaged files
        if type(error) is sqlite3.DatabaseError:
            raise InputError(
                str(directory / DATABASE),
                "the database of the batch must be whole",
                error,
                "put a copy of it back, or make the batch again in another directory",
            ) from error
        raise StorageError(directory, error) from error
