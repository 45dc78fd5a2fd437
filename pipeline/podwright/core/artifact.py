"""An object that we want in the store: its key, its headers, its digest, and a body opened late and read many times."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

#: A part of an object is at least so large, in bytes, but for the last, and there are at most so many
#: (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
LEAST_PART = 5 << 20
MOST_PARTS = 10_000

Side = Literal["public", "private"]

#: Size of one read, in bytes: large enough that Python's own time vanishes, small enough for four threads in 150 MB.
CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class FileSlice:
    """A part of a file; offset and length are in bytes."""

    path: Path
    offset: int
    length: int
    stamp: int | None = None


Segment = bytes | FileSlice
Body = tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One object of the published podcast."""

    #: Name in the store, ASCII, no leading slash.
    key: str
    media_type: str
    cache_control: str
    #: Whether anybody may read it.
    side: Side
    #: Length of the whole body, in bytes.
    size: int
    #: Of the whole body, in hex.
    sha256: str
    #: The bytes, or None where only the store holds them (a machine without the audio).
    body: Body | None
    #: The name that a browser gives to a download.
    filename: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """A way to make an object of one that the store has: other bytes in front of the same rest.

    key, etag and size (bytes) are those of the object whose rest is taken over, from byte `start` on.
    """

    #: The new bytes.
    front: Body
    key: str
    etag: str
    size: int
    start: int

    @property
    def rest(self) -> int:
        """Bytes that are taken over."""
        return self.size - self.start

    @property
    def total(self) -> int:
        """Bytes of the new object."""
        return body_size(self.front) + self.rest

    @property
    def part(self) -> int:
        """Bytes of the first part, which is sent; the others are as large, as R2 wants them, but for the last.

        So they can also be copied at the same time. R2: https://developers.cloudflare.com/r2/objects/multipart-objects/
        """
        return max(LEAST_PART, body_size(self.front), -(-self.total // MOST_PARTS))

    @property
    def is_worthwhile(self) -> bool:
        """Return whether it spares more than a request or two cost."""
        return self.total - self.part >= LEAST_PART


def body_size(body: Body) -> int:
    """Return the length of a body in bytes."""
    return sum(len(s) if isinstance(s, bytes) else s.length for s in body)


class BodyReader(io.RawIOBase):
    """A body as a seekable binary file: tag bytes and file ranges read as one stream, with no copy on disk.

    Raises OSError where a file has another stamp than its slice says, or became shorter.
    """

    def __init__(self, body: Body) -> None:
        super().__init__()
        self._segments = body
        self._starts: list[int] = []
        end = 0
        for segment in body:
            self._starts.append(end)
            end += len(segment) if isinstance(segment, bytes) else segment.length
        self._size = end
        self._at = 0
        self._index = 0
        self._file: io.FileIO | None = None

    def __len__(self) -> int:
        return self._size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative position {base + offset}")
        self._at = base + offset
        self._close_file()
        self._index = 0
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if not view:
            return 0
        while self._index < len(self._segments):
            segment = self._segments[self._index]
            length = len(segment) if isinstance(segment, bytes) else segment.length
            inside = self._at - self._starts[self._index]
            if inside < length:
                want = min(len(view), length - inside)
                got = self._read_segment(segment, inside, view[:want])
                self._at += got
                return got
            self._close_file()
            self._index += 1
        return 0

    def _read_segment(self, segment: Segment, inside: int, view: memoryview) -> int:
        if isinstance(segment, bytes):
            view[:] = segment[inside : inside + len(view)]
            return len(view)
        if self._file is None:
            self._file = io.FileIO(segment.path)
            if segment.stamp not in (None, os.fstat(self._file.fileno()).st_mtime_ns):
                raise OSError(f"{segment.path.name} changed while it was published")
            self._file.seek(segment.offset + inside)
        got = self._file.readinto(view)
        if not got:
            raise OSError(f"{segment.path.name} became shorter while it was read")
        return got

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def close(self) -> None:
        self._close_file()
        super().close()


def slice_body(body: Body, start: int, length: int) -> Body:
    """Return length bytes of a body from start on, as a body."""
    pieces: list[Segment] = []
    for segment in body:
        size = len(segment) if isinstance(segment, bytes) else segment.length
        first, last = max(0, start), min(size, start + length)
        if first < last:
            if isinstance(segment, bytes):
                pieces.append(segment[first:last])
            else:
                pieces.append(replace(segment, offset=segment.offset + first, length=last - first))
        start -= size
    return tuple(pieces)


def load_stamps(body: Body) -> Body:
    """Return the body with the stamps that its files have now; to be called before it is hashed."""
    return tuple(s if isinstance(s, bytes) else replace(s, stamp=s.path.stat().st_mtime_ns) for s in body)


def is_stamped(body: Body) -> bool:
    """Return whether there is a file behind a body, and a change of any would be noticed."""
    slices = [segment for segment in body if not isinstance(segment, bytes)]
    return bool(slices) and all(segment.stamp is not None for segment in slices)


def open_body(body: Body) -> BodyReader:
    """Open a body for reading from its first byte; each call gives an independent reader."""
    return BodyReader(body)


def load_sha256(body: Body) -> str:
    """Return the SHA-256 of a body in hex, read once in chunks."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(CHUNK))
    with open_body(body) as reader:
        while got := reader.readinto(buffer):
            digest.update(buffer[:got])
    return digest.hexdigest()


def bytes_artifact(
    key: str,
    data: bytes,
    *,
    media_type: str,
    cache_control: str,
    side: Side,
    filename: str | None = None,
) -> Artifact:
    """Return an artifact whose body is small and already in memory."""
    return Artifact(
        key=key,
        media_type=media_type,
        cache_control=cache_control,
        side=side,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        body=(data,),
        filename=filename,
    )
