"""A store in a folder: what a web server on the same machine serves.

A plain folder has no place for media types and caching; the web server sets them by the ending of the name.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pipeline.artifact import CHUNK, Artifact, Body, FileSlice, open_body
from pipeline.errors import ConflictError, StoreError
from pipeline.stores import Advance, Read, Stored

#: Half-written files are here, on the same file system as what they become, and never inside what is served.
_SCRATCH = "private/.podwright"


class LocalStore:
    """Objects as files below a folder. Every write is a rename, so a reader sees the old file or the new one."""

    concurrency = 2

    def __init__(self, root: Path, *, url: str) -> None:
        self.root = root
        self.url = url

    def observe(self, key: str) -> Stored | None:
        """What is under a key; the version changes with every write, since every write makes a new file."""
        try:
            found = self._path(key).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _store_error(key, error) from error
        return Stored(key, found.st_size, _etag(found), None)

    def observe_all(self, prefix: str) -> Iterator[Stored]:
        """Everything whose key begins with prefix."""
        keys = []
        for folder, names, files in os.walk(self.root):
            names[:] = [name for name in names if Path(folder, name) != self.root / _SCRATCH]
            keys += [Path(folder, name).relative_to(self.root).as_posix() for name in files]
        for key in sorted(keys):
            if key.startswith(prefix) and (found := self.observe(key)):
                yield found

    def read(self, key: str, *, unless: str | None = None) -> Read | None:
        """A small object."""
        path = self._path(key)
        try:
            with path.open("rb") as file:
                etag = _etag(os.fstat(file.fileno()))
                return Read(None if etag == unless else file.read(), etag)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _store_error(key, error) from error

    def put(self, artifact: Artifact, *, progress: Advance) -> Stored:
        """Write a file beside its place, see that what was read is what was promised, and put it there."""
        if artifact.body is None:
            raise StoreError(f"{artifact.key}: nothing to store")
        return self._store(artifact, artifact.body, progress=progress)

    def copy(self, source: str, artifact: Artifact) -> Stored:
        """Copy a file under another key."""
        path = self._path(source)
        try:
            size = path.stat().st_size
        except OSError as error:
            raise _store_error(source, error) from error
        return self._store(artifact, (FileSlice(path, 0, size),), progress=_untold)

    def write(self, key: str, data: bytes, *, media_type: str, cache_control: str, expected: str | None) -> str:
        """Write a small file if nobody else did since; one writer at a time, by a lock that ends with its process."""
        del media_type, cache_control
        with self._locked():
            present = self.observe(key)
            if (present.etag if present else None) != expected:
                raise ConflictError(f"{key}: another publish was faster; look again and publish again")
            with self._scratch_file() as (file, scratch):
                file.write(data)
                return self._place(scratch, key)

    def delete(self, keys: Iterable[str]) -> None:
        """Remove files."""
        for key in keys:
            try:
                self._path(key).unlink(missing_ok=True)
            except OSError as error:
                raise _store_error(key, error) from error

    def _path(self, key: str) -> Path:
        """The file of a key. Raises StoreError for a key that would leave the folder."""
        parts = PurePosixPath(key).parts
        if not key.isascii() or key.startswith("/") or "\\" in key or ".." in parts or "/".join(parts) != key:
            raise StoreError(f"{key!r} is no key; use ASCII names joined by slashes")
        path = self.root / key
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise StoreError(f"{key}: a link leads out of {self.root.name}; remove the link")
        return path

    def _store(self, artifact: Artifact, body: Body, *, progress: Advance) -> Stored:
        digest = hashlib.sha256()
        buffer = memoryview(bytearray(CHUNK))
        try:
            with self._scratch_file() as (file, scratch), open_body(body) as reader:
                while count := reader.readinto(buffer):
                    digest.update(buffer[:count])
                    file.write(buffer[:count])
                    progress(count)
                if digest.hexdigest() != artifact.sha256:
                    raise StoreError(f"{artifact.key}: its source changed while it was published; publish again")
                etag = self._place(scratch, artifact.key)
        except OSError as error:
            raise _store_error(artifact.key, error) from error
        return Stored(artifact.key, artifact.size, etag, artifact.sha256)

    @contextlib.contextmanager
    def _scratch_file(self) -> Iterator[tuple[BinaryIO, Path]]:
        """A new file that is removed unless it is put in its place."""
        folder = self._scratch()
        descriptor, name = tempfile.mkstemp(dir=folder)
        scratch = Path(name)
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                yield file, scratch
        finally:
            scratch.unlink(missing_ok=True)

    def _scratch(self) -> Path:
        """The folder of half-written files; `private/` above it is for its owner alone."""
        private = self.root / "private"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            private.mkdir(mode=0o700, exist_ok=True)
            (self.root / _SCRATCH).mkdir(exist_ok=True)
        except OSError as error:
            raise _store_error(str(self.root), error) from error
        return self.root / _SCRATCH

    def _place(self, scratch: Path, key: str) -> str:
        """Rename a finished file to its key. Its content is on disk before its name is."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.chmod(0o644)
        with scratch.open("rb") as file:
            os.fsync(file.fileno())
        scratch.replace(path)
        return _etag(path.stat())

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._scratch() / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _untold(count: int) -> None:
    """A copy inside the store sends nothing."""


def _etag(found: os.stat_result) -> str:
    return f"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"


def _store_error(key: str, error: OSError) -> StoreError:
    return StoreError(f"{key}: {error.strerror or error}; check the folder's space and permissions")
