"""A store in a folder: what a web server on the same machine serves.

A plain folder has no place for media types, caching and digests; the web server sets headers by the ending of the name,
and the manifest keeps the digests.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import threading
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from podwright.core.artifact import CHUNK, Artifact, Body, FileSlice, Splice, open_body
from podwright.core.errors import ComposeError, MovedError, StoreError
from podwright.core.names import is_key
from podwright.stores.contract import MOST_READ, Advance, Read, Stored, check_key, conflict
from podwright.stores.settling import settle_files

#: Half-written files are here, on the same file system as what they become, and never inside what is served.
_SCRATCH = "private/.podwright"
#: What the system says of a name that is not there, or that is a folder.
_ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class LocalStore:
    """Objects as files below a folder. Every write is a rename, so a reader sees the old file or the new one.

    What replaces a file, and what is written by `write`, is on the disk before it gets its name. New files are so once
    they are settled, which a publish does before anything names them (docs/decisions/new-files-settled-together.md).
    """

    concurrency = 2

    def __init__(self, root: Path, *, url: str) -> None:
        self.root = root
        self.url = url
        self._sweeping = threading.Lock()
        self._swept = False
        #: New files that a power failure may take away again.
        self._unsettled: list[str] = []

    def observe(self, key: str) -> Stored | None:
        """Return what a stat says; the version changes with every write, since every write makes a new file."""
        with _wrapped(key):
            try:
                found = self._path(key).stat()
            except _ABSENT:
                return None
        if not stat.S_ISREG(found.st_mode):
            return None
        # Of a file that got a second name the content is old and the change is new: so ctime, not mtime.
        return Stored(key, found.st_size, _etag(found), None, datetime.fromtimestamp(found.st_ctime, UTC))

    def observe_all(self, prefix: str) -> Iterator[Stored]:
        """Yield everything whose key begins with prefix. A link that leads out of the folder is not followed."""
        keys: list[str] = []
        with _wrapped(prefix):
            for folder, names, files in os.walk(self.root, onerror=_raise_unless_absent):
                here = Path(folder)
                names[:] = [name for name in names if here / name != self.root / _SCRATCH]
                keys += [(here / name).relative_to(self.root).as_posix() for name in files]
        for key in sorted(key for key in keys if key.startswith(prefix)):
            own = is_key(key) and not self._leads_out(self.root / key)
            if found := self.observe(key) if own else self._observe_foreign(key):
                yield found

    def _observe_foreign(self, name: str) -> Stored | None:
        """Return what somebody else put there under a name that is no key, or as a link; it is never opened."""
        # Not every name on a disk is text.
        said = os.fsencode(name).decode(errors="backslashreplace")
        with _wrapped(said):
            try:
                found = (self.root / name).lstat()
            except _ABSENT:
                return None
        plain = stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode)
        modified = datetime.fromtimestamp(found.st_ctime, UTC)
        return Stored(said, found.st_size, _etag(found), None, modified) if plain else None

    def read(self, key: str, *, unless: str | None = None) -> Read | None:
        """Return a small file; its version is that of the file that was opened."""
        with _wrapped(key):
            try:
                with _opened(self._path(key)) as file:
                    found = os.fstat(file.fileno())
                    etag = _etag(found)
                    if found.st_size > MOST_READ:
                        raise StoreError(f"{key}: has {found.st_size} bytes, more than any document; see what it is")
                    return Read(None if etag == unless else file.read(), etag)
            except _ABSENT:
                return None

    def read_range(self, key: str, *, start: int, length: int) -> bytes:
        """Return a part of a file."""
        with _wrapped(key), _opened(self._path(key)) as file:
            file.seek(start)
            data = file.read(length)
        if len(data) != length:
            raise StoreError(f"{key}: it ends before byte {start + length}; publish it again")
        return data

    def put(self, artifact: Artifact, *, progress: Advance | None = None) -> Stored:
        """Write a file beside its place, see that what was read is what was promised, and put it there."""
        if artifact.body is None:
            raise StoreError(f"{artifact.key}: nothing to store; publish from where its source is")
        return self._store(artifact, artifact.body, progress=progress)

    def copy(self, source: str, artifact: Artifact) -> Stored:
        """Copy a file under another key; its bytes are verified on the way."""
        found = self.observe(source)
        if found is None:
            raise StoreError(f"{source}: the store lost it; publish from where its source is")
        return self._store(artifact, (FileSlice(self._path(source), 0, found.size),), progress=None)

    def keep(self, source: str, key: str, *, etag: str) -> bool:
        """Give a file a second name, which costs nothing: a file is never written to, only replaced."""
        path, target = self._path(source), self._path(key)
        with _wrapped(key), self._locked("scratch", fcntl.LOCK_SH):
            name = self.root / _SCRATCH / f"{uuid.uuid4().hex}.tmp"
            try:
                try:
                    os.link(os.path.realpath(path), name)
                except _ABSENT:
                    return False
                except OSError:
                    return self._keep_copy(path, key, etag=etag)
                if _etag(name.stat()) != etag:
                    return False
                target.parent.mkdir(parents=True, exist_ok=True)
                name.replace(target)
            finally:
                # It is still there where it was the same file as the target (rename(2)).
                name.unlink(missing_ok=True)
        return True

    def _keep_copy(self, path: Path, key: str, *, etag: str) -> bool:
        """Copy a file instead, on file systems where a file has one name."""
        try:
            with _opened(path) as file:
                if _etag(os.fstat(file.fileno())) != etag:
                    return False
                self._replace(key, iter(lambda: file.read(CHUNK), b""))
        except _ABSENT:
            return False
        return True

    def compose(self, artifact: Artifact, splice: Splice, *, progress: Advance | None = None) -> Stored:
        """Write a file beside its place from new bytes and a part of another file; all its bytes are verified."""
        rest = FileSlice(self._path(splice.key), splice.start, splice.rest)
        if artifact.size != splice.total:
            raise ComposeError(f"{artifact.key}: {splice.key} has not the rest of its bytes")

        def load_blocks() -> Iterator[memoryview]:
            self._check_version(splice)
            try:
                yield from _verified_blocks(artifact, (*splice.front, rest), progress)
            except StoreError:
                # What was read of a file that was replaced meanwhile says nothing of the one that was meant.
                self._check_version(splice)
                raise
            self._check_version(splice)

        with _wrapped(artifact.key):
            etag = self._replace(artifact.key, load_blocks())
        return Stored(artifact.key, artifact.size, etag, artifact.sha256)

    def _check_version(self, splice: Splice) -> None:
        found = self.observe(splice.key)
        if found is None or found.etag != splice.etag:
            raise MovedError(splice.key)

    def write(
        self,
        key: str,
        data: bytes,
        *,
        media_type: str,
        cache_control: str,
        expected: str | None,
        contended: bool = True,
    ) -> str:
        """Write a small file if nobody else did since; one writer at a time, by a lock that ends with its process."""
        del media_type, cache_control, contended
        with _wrapped(key), self._locked("write", fcntl.LOCK_EX):
            present = self.observe(key)
            if (present.etag if present else None) != expected:
                raise conflict(key)
            return self._replace(key, (data,), at_once=True)

    def settle(self) -> None:
        """Have all new files survive a power failure."""
        paths, self._unsettled = self._unsettled, []
        with _wrapped(self.root.name):
            settle_files(self.root, paths)

    def delete(self, keys: Iterable[str]) -> None:
        """Remove files; their folders stay, since somebody may be writing into them."""
        for key in keys:
            with _wrapped(key), contextlib.suppress(*_ABSENT):
                self._path(key).unlink()

    def _path(self, key: str) -> Path:
        """Return the file of a key. Raise StoreError where it would lie outside the folder."""
        path = self.root / check_key(key)
        if self._leads_out(path):
            raise StoreError(f"{key}: a link leads out of {self.root.name}; remove the link")
        return path

    def _leads_out(self, path: Path) -> bool:
        if not _has_link(str(self.root), path.relative_to(self.root).parts):
            return False
        # Not Path.resolve, which raises where links go in a circle; whoever opens such a file is told by the system.
        return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.root))

    def _store(self, artifact: Artifact, body: Body, *, progress: Advance | None) -> Stored:
        with _wrapped(artifact.key):
            etag = self._replace(artifact.key, _verified_blocks(artifact, body, progress))
        return Stored(artifact.key, artifact.size, etag, artifact.sha256)

    def _replace(self, key: str, blocks: Iterable[bytes | memoryview], *, at_once: bool = False) -> str:
        """Write a file and then give it its name; returns its version. If `blocks` raises, nothing has happened.

        at_once: settle it, as if it replaced another one, which a power failure must not leave empty.
        """
        path = self._path(key)
        is_new = not at_once and not os.path.lexists(path)
        with self._scratch_file() as file:
            for block in blocks:
                file.write(block)
            file.flush()
            if not is_new:
                os.fsync(file.fileno())
            etag = _etag(os.fstat(file.fileno()))
            try:
                os.replace(file.name, path)  # noqa: PTH105 - a text, of which a Path would be made for nothing
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(file.name, path)  # noqa: PTH105
        if is_new:
            self._unsettled.append(str(path))
        return etag

    @contextlib.contextmanager
    def _scratch_file(self) -> Iterator[BinaryIO]:
        """Yield a new file that is removed unless it gets another name."""
        with self._locked("scratch", fcntl.LOCK_SH):
            name = f"{self.root}/{_SCRATCH}/{uuid.uuid4().hex}.tmp"
            try:
                with open(name, "xb") as file:  # noqa: PTH123
                    yield file
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    @contextlib.contextmanager
    def _locked(self, name: str, mode: int) -> Iterator[None]:
        """Hold a lock; it ends with the process that holds it."""
        with self._opened_lock(name) as file:
            fcntl.flock(file, mode)
            yield

    def _opened_lock(self, name: str) -> BinaryIO:
        if self._swept:
            # Of many files only the first finds nothing prepared, unless somebody deleted the folder meanwhile.
            with contextlib.suppress(FileNotFoundError):
                return (self._path(_SCRATCH) / f"{name}.lock").open("ab")
        return (self._prepare() / f"{name}.lock").open("ab")

    def _prepare(self) -> Path:
        """Make the folder of half-written files; the first time, remove what killed runs left there.

        `private/` is for its owner alone. Whoever writes holds the scratch lock, shared: if it can be had for oneself,
        nobody writes and every file is a leftover.
        """
        scratch = self._path(_SCRATCH)
        self.root.mkdir(parents=True, exist_ok=True)
        scratch.parent.mkdir(mode=0o700, exist_ok=True)
        scratch.mkdir(exist_ok=True)
        with self._sweeping:
            if not self._swept:
                with (scratch / "scratch.lock").open("ab") as file, contextlib.suppress(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    for leftover in scratch.glob("*.tmp"):
                        leftover.unlink()
                self._swept = True
        return scratch


def _verified_blocks(artifact: Artifact, body: Body, progress: Advance | None) -> Iterator[memoryview]:
    """Yield the blocks of a body. Raise StoreError after the last one where together they are not what was promised."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(min(CHUNK, artifact.size + 1)))
    with open_body(body) as reader:
        while count := reader.readinto(buffer):
            digest.update(buffer[:count])
            yield buffer[:count]
            if progress is not None:
                progress(count)
    if digest.hexdigest() != artifact.sha256:
        raise StoreError(f"{artifact.key}: its source changed while it was published; publish again")


def _has_link(folder: str, parts: Iterable[str]) -> bool:
    """Return whether any part of a path below a folder is a link; what is not there has none below it."""
    for part in parts:
        folder = f"{folder}/{part}"
        try:
            if stat.S_ISLNK(os.lstat(folder).st_mode):
                return True
        except _ABSENT:
            return False
    return False


def _opened(path: Path) -> BinaryIO:
    """Open a file for reading. Raise FileNotFoundError for what is none: to open a pipe waits for its writer."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path.name)
    return path.open("rb")


def _etag(found: os.stat_result) -> str:
    return f"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"


def _raise_unless_absent(error: OSError) -> None:
    if not isinstance(error, _ABSENT):
        raise error


@contextlib.contextmanager
def _wrapped(what: str) -> Iterator[None]:
    """Raise what the system refuses as a StoreError that says what to do."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{what}: {error}; check what is in the folder, its space and permissions") from error
