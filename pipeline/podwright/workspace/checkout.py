"""The commit that a workspace is checked out at, read from git's files: where cron runs there may be no `git`.

Formats: https://git-scm.com/docs/gitrepository-layout and https://git-scm.com/docs/gitformat-pack. What cannot be read
is not known, which is no error: a workspace need not be a repository.
"""

from __future__ import annotations

import bisect
import heapq
import mmap
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from podwright.core.errors import FormatError
from podwright.workspace.documents import load_bytes

#: In bytes: of a file that names something, of the list of all names, of an object, and of one read of it.
_SMALL, _LIST, _LARGEST, _BLOCK = 4 << 10, 16 << 20, 1 << 20, 4 << 10
#: At most so many names lead to a commit, objects to one that is stored as a difference, and commits are looked at.
_LINKS, _DEPTH, _WALKED = 5, 4_096, 10_000
#: Clocks of those who commit may differ by so many seconds.
_SLACK = 86_400
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
#: Stands in an index where a place does not fit into 31 bits.
_FAR = 1 << 31
#: How a pack says that an object is stored as a difference from one at another offset, or of a name.
_OFFSET_DELTA, _NAMED_DELTA = 6, 7
#: What reading a damaged repository raises.
_UNREADABLE = (FormatError, OSError, ValueError, LookupError, RecursionError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A workspace in a repository of git."""

    #: The commit that it is at, in hex.
    commit: str
    #: The folder of the repository's objects.
    objects: Path

    def is_behind(self, other: str) -> bool:
        """Return whether another commit came after this one, as far as the repository knows that one."""
        try:
            return self.commit != other and self.commit in _ancestors(_Objects(self.objects), other, self.commit)
        except _UNREADABLE:
            return False


def observe_checkout(root: Path) -> Checkout | None:
    """Return the commit that a workspace is at; None where it is in no repository, or that cannot be read."""
    try:
        marked = next((folder / ".git" for folder in (root, *root.parents) if (folder / ".git").exists()), None)
        if marked is None:
            return None
        own = marked if marked.is_dir() else marked.parent / _line(marked).removeprefix("gitdir: ")
        common = own / _line(own / "commondir") if (own / "commondir").exists() else own
        name = _line(own / "HEAD")
        for _ in range(_LINKS):
            if _ID.fullmatch(name):
                return Checkout(name, common / "objects")
            name = _resolved(name.removeprefix("ref: "), own, common)
    except _UNREADABLE:
        return None
    return None


def _resolved(name: str, own: Path, common: Path) -> str:
    """Return what a name stands for. Raises ValueError where there is none."""
    for folder in (own, common):
        if (folder / name).is_file():
            return _line(folder / name)
    lines = load_bytes(common / "packed-refs", limit=_LIST).decode().splitlines()
    return {words[-1]: words[0] for line in lines if (words := line.split())}[name]


def _line(path: Path) -> str:
    return load_bytes(path, limit=_SMALL).decode().strip()


# Commits


def _ancestors(repository: _Objects, begin: str, until: str) -> Iterator[str]:
    """Yield a commit and those that it came after, the latest first; none that is much older than `until`."""
    end = _parse_commit(repository.load(until))[0]
    time, parents = _parse_commit(repository.load(begin))
    queue, seen = [(-time, begin, parents)], {begin}
    for _ in range(_WALKED):
        if not queue:
            return
        time, name, parents = heapq.heappop(queue)
        yield name
        for parent in parents if -time >= end - _SLACK else ():
            if parent not in seen:
                seen.add(parent)
                later, further = _parse_commit(repository.load(parent))
                heapq.heappush(queue, (-later, parent, further))


def _parse_commit(data: bytes) -> tuple[int, tuple[str, ...]]:
    """Return when a commit was made, in seconds, and the commits that it came after."""
    head = data.partition(b"\n\n")[0].decode(errors="replace")
    times = re.findall(r"^committer .* (\d+) [+-]\d+$", head, re.MULTILINE)
    return int(times[0]), tuple(re.findall(r"^parent ([0-9a-f]+)$", head, re.MULTILINE))


# Objects


class _Objects:
    """The objects of a repository."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._packs = [(path.with_suffix(".pack"), _Index(path)) for path in sorted(folder.glob("pack/*.idx"))]

    def load(self, name: str) -> bytes:
        """Return an object, without its header. Raises FormatError where it is not here."""
        for path, index in self._packs:
            offset = index.find(bytes.fromhex(name))
            if offset is not None:
                return self._unpack(path, offset, width=len(name) // 2)
        with (self._folder / name[:2] / name[2:]).open("rb") as file:
            return _inflated(file).partition(b"\0")[2]

    def _unpack(self, path: Path, offset: int, *, width: int) -> bytes:
        """Return the object at a place of a pack: most stand there whole, others as differences from another."""
        differences: list[bytes] = []
        base: bytes | None = None
        with path.open("rb") as file:
            while base is None:
                file.seek(offset)
                kind = _read_kind(file)
                if kind == _OFFSET_DELTA:
                    offset -= _read_distance(file)
                elif kind == _NAMED_DELTA:
                    base = self.load(file.read(width).hex())
                data = _inflated(file)
                if kind not in (_OFFSET_DELTA, _NAMED_DELTA):
                    base = data
                elif len(differences) < _DEPTH:
                    differences.append(data)
                else:
                    raise FormatError("an object is a difference from too many others")
        for difference in reversed(differences):
            base = _applied(difference, base)
        return base


class _Index:
    """The places of objects in a pack, by an index of version 2."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._data[:8] != b"\xfftOc\0\0\0\2":
            raise FormatError("is an index of another version")

    def find(self, name: bytes) -> int | None:
        """Return where an object stands, None where it is in another pack."""
        first, last = (self._number(8 + 4 * (name[0] - 1)) if name[0] else 0), self._number(8 + 4 * name[0])
        count, names = self._number(8 + 4 * 255), 8 + 4 * 256
        at = bisect.bisect_left(range(last), name, lo=first, key=lambda at: self._name(names, at, len(name)))
        if at == last or self._name(names, at, len(name)) != name:
            return None
        places = names + count * (len(name) + 4)
        place = self._number(places + 4 * at)
        if not place & _FAR:
            return place
        return int.from_bytes(self._data[(start := places + 4 * count + 8 * (place ^ _FAR)) : start + 8], "big")

    def _name(self, names: int, at: int, width: int) -> bytes:
        return self._data[names + at * width : names + (at + 1) * width]

    def _number(self, at: int) -> int:
        return int(struct.unpack_from(">I", self._data, at)[0])


def _inflated(file: BinaryIO) -> bytes:
    """Read compressed bytes to their end. Raises FormatError where there is none, or too late."""
    stream, data = zlib.decompressobj(), b""
    while not stream.eof:
        block = stream.unconsumed_tail or file.read(_BLOCK)
        if not block or len(data) > _LARGEST:
            raise FormatError("an object is cut off, or too large")
        data += stream.decompress(block, _LARGEST)
    return data


def _read_kind(file: BinaryIO) -> int:
    """Read of what kind an object is, and its size, which its compressed bytes tell as well."""
    first = byte = file.read(1)[0]
    while byte & 0x80:
        byte = file.read(1)[0]
    return first >> 4 & 7


def _read_distance(file: BinaryIO) -> int:
    """Read how far before an object stands what it is a difference from."""
    byte = file.read(1)[0]
    value = byte & 0x7F
    while byte & 0x80:
        byte = file.read(1)[0]
        value = (value + 1 << 7) | (byte & 0x7F)
    return value


def _applied(difference: bytes, base: bytes) -> bytes:
    """Return what a difference makes of an object: pieces of that, and bytes of its own."""
    at, parts = 0, []
    for _ in range(2):
        # The sizes of both, which the pieces tell as well.
        while difference[at] & 0x80:
            at += 1
        at += 1
    while at < len(difference):
        code = difference[at]
        at += 1
        if not code & 0x80:
            parts.append(difference[at : at + code])
            at += code
            continue
        numbers = [0, 0]
        for bit in range(7):
            if code >> bit & 1:
                numbers[bit > 3] |= difference[at] << 8 * (bit % 4)
                at += 1
        parts.append(base[numbers[0] : numbers[0] + (numbers[1] or 0x10000)])
        if sum(map(len, parts)) > _LARGEST:
            raise FormatError("an object is too large")
    return b"".join(parts)
