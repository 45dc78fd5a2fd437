"""Results of earlier runs, kept beside the workspace so that what did not change is not worked out again.

The cache is disposable: deleting it, or not being able to write it, changes nothing but time. An entry is believed only
when the files it came from have the same size and stamp, and the same code made it.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import sqlite3
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

#: Bytes of built episodes that wait in memory for being written.
_WAITING = 4 << 20
#: The coarsest clock by which file systems stamp files, in ns: a file this fresh may change again unseen.
_TICK = 20_000_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fact (kind TEXT, path TEXT, size INTEGER, stamp INTEGER, value TEXT NOT NULL,
                                 PRIMARY KEY (kind, path));
CREATE TABLE IF NOT EXISTS episode (folder TEXT PRIMARY KEY, signature TEXT NOT NULL, basis TEXT NOT NULL,
                                    outline BLOB NOT NULL, built BLOB NOT NULL, item BLOB NOT NULL,
                                    words BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS made (name TEXT PRIMARY KEY, signature TEXT NOT NULL, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class CachedEpisode:
    """A built episode, as `records` writes it."""

    #: A digest of its own files and of what it inherits.
    signature: str
    #: A digest of all else that it was made from.
    basis: str
    outline: bytes
    built: bytes


@dataclass(slots=True)
class Cache:
    """An open cache. Changes are kept in memory and written by `save`; built episodes also before, in groups."""

    _db: sqlite3.Connection
    _notes: dict[str, str] = field(default_factory=dict)
    _facts: dict[tuple[str, str], tuple[int, int, str]] = field(default_factory=dict)
    _rows: list[tuple[str, str, str, bytes, bytes, bytes, bytes]] = field(default_factory=list)
    _waiting: int = 0
    _made: dict[str, tuple[str, str]] = field(default_factory=dict)

    def note(self, name: str) -> str | None:
        """Return a single remembered text."""
        row = self._db.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_note(self, name: str, value: str) -> None:
        """Remember a single text."""
        self._notes[name] = value

    def fact(self, kind: str, path: str, *, size: int, stamp: int) -> Any:
        """Return what is known of a file of that size and stamp, as JSON values; None where nothing is."""
        if known := self._facts.get((kind, path)):
            return json.loads(known[2]) if known[:2] == (size, stamp) else None
        row = self._db.execute(
            "SELECT value FROM fact WHERE kind = ? AND path = ? AND size = ? AND stamp = ?", (kind, path, size, stamp)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def set_fact(self, kind: str, path: str, *, size: int, stamp: int, value: Any) -> None:
        """Remember what a file of that size and stamp contains."""
        self._facts[kind, path] = (size, stamp, json.dumps(value))

    def outlines(self) -> Iterator[tuple[str, str, bytes]]:
        """Yield folder, signature and outline of every built episode."""
        yield from self._db.execute("SELECT folder, signature, outline FROM episode")

    def built(self, folder: str, *, signature: str, basis: str) -> bytes | None:
        """Return a built episode that was saved, if it was made of the same."""
        row = self._db.execute(
            "SELECT built FROM episode WHERE folder = ? AND signature = ? AND basis = ?", (folder, signature, basis)
        ).fetchone()
        return row[0] if row else None

    def item(self, folder: str) -> bytes:
        """Return the feed item of a built episode that was saved."""
        row = self._db.execute("SELECT item FROM episode WHERE folder = ?", (folder,)).fetchone()
        return bytes(row[0]) if row else b""

    def words(self, folder: str) -> bytes:
        """Return the words by which the search finds a built episode that was saved."""
        row = self._db.execute("SELECT words FROM episode WHERE folder = ?", (folder,)).fetchone()
        return bytes(row[0]) if row else b""

    def set_episode(self, folder: str, episode: CachedEpisode, *, item: bytes, words: bytes) -> None:
        """Remember a built episode. It is believed only as far as the store holds it, so that it may be written now."""
        row = (folder, episode.signature, episode.basis, episode.outline, episode.built, item, words)
        self._rows.append(row)
        self._waiting += sum(map(len, row))
        if self._waiting > _WAITING:
            with contextlib.suppress(sqlite3.Error), self._db:
                self._save_episodes()
            self._rows.clear()
            self._waiting = 0

    def all_made(self) -> dict[str, tuple[str, Any]]:
        """Return by name what was made of several episodes: the digest of what it was made from, and JSON values."""
        rows = self._db.execute("SELECT name, signature, value FROM made")
        return {name: (signature, json.loads(value)) for name, signature, value in rows}

    def set_made(self, name: str, signature: str, value: Any) -> None:
        """Remember what was made of several episodes."""
        self._made[name] = (signature, json.dumps(value))

    def save(self, folders: Iterable[str]) -> None:
        """Write what was remembered, and forget the episodes whose folders are not among those named."""
        with contextlib.suppress(sqlite3.Error), self._db:
            self._db.executemany("INSERT OR REPLACE INTO note VALUES (?, ?)", self._notes.items())
            self._db.executemany(
                "INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?, ?)",
                [(*key, *value) for key, value in self._facts.items()],
            )
            self._save_episodes()
            self._db.executemany(
                "INSERT OR REPLACE INTO made VALUES (?, ?, ?)", [(name, *row) for name, row in self._made.items()]
            )
            gone = {row[0] for row in self._db.execute("SELECT folder FROM episode")} - set(folders)
            self._db.executemany("DELETE FROM episode WHERE folder = ?", [(folder,) for folder in gone])

    def _save_episodes(self) -> None:
        self._db.executemany("INSERT OR REPLACE INTO episode VALUES (?, ?, ?, ?, ?, ?, ?)", self._rows)

    def save_notes(self) -> None:
        """Write the single texts, and leave all else as it is."""
        with contextlib.suppress(sqlite3.Error), self._db:
            self._db.executemany("INSERT OR REPLACE INTO note VALUES (?, ?)", self._notes.items())

    def close(self) -> None:
        """Close the file; what was not saved is dropped."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_cache(folder: Path) -> Cache:
    """Open the cache in a folder, made where it is missing. A damaged file or other code's cache is started anew.

    Where the folder cannot be written, the cache lives in memory for this run.
    """
    path = folder / "cache.sqlite"
    with contextlib.suppress(OSError, sqlite3.Error):
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / ".gitignore").exists():
            (folder / ".gitignore").write_text("*\n")
        try:
            return Cache(_connect(path))
        except sqlite3.DatabaseError:
            for leftover in folder.glob("cache.sqlite*"):
                leftover.unlink()
            return Cache(_connect(path))
    return Cache(_connect(Path(":memory:")))


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=5)
    # A write-ahead log survives a kill at any moment; the last transaction may be lost, which only costs time.
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.executescript(_SCHEMA)
    code = _code_stamp()
    known = db.execute("SELECT value FROM note WHERE name = 'code'").fetchone()
    if known != (code,):
        with db:
            for table in ("note", "fact", "episode", "made"):
                db.execute(f"DROP TABLE {table}")
            db.executescript(_SCHEMA)
            db.execute("INSERT INTO note VALUES ('code', ?)", (code,))
    return db


@functools.cache
def _code_stamp() -> str:
    """Return a digest that changes whenever podwright's code, one of its templates or an installed library does.

    A run has the code that it began with.
    """
    here = str(Path(__file__).parents[1])
    files = [Path(folder, name) for folder, _, names in os.walk(here) for name in names if not name.endswith(".pyc")]
    stamps = sorted((str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in files)
    libraries = Path(sysconfig.get_path("purelib"))
    return hashlib.sha256(repr((stamps, libraries.stat().st_mtime_ns)).encode()).hexdigest()


def load_clock(folder: Path) -> int:
    """Return the file system's own time now, in ns; 0 where it cannot be told."""
    probe = folder / "clock"
    try:
        # The scan that follows says what is wrong with links here.
        if folder.is_symlink() or probe.is_symlink():
            return 0
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        return probe.stat().st_mtime_ns
    except OSError:
        return 0


def is_believed(stamp: int, *, clock: int) -> bool:
    """Return whether a file looked at when it was `clock` cannot have changed since without another stamp; both in ns.

    This is the rule by which git decides that an index entry is racily clean
    (https://git-scm.com/docs/racy-git).
    """
    return stamp < clock - _TICK
