"""A body on its way into a bucket: sent again where a request is made again, told about, and checked at its source."""

from __future__ import annotations

import contextlib
import hashlib
import io
import zlib
from collections.abc import Iterator
from typing import IO

from podwright.core.artifact import CHUNK, Artifact, Body, BodyReader, body_size, is_stamped, load_sha256, open_body
from podwright.core.errors import StoreError
from podwright.stores import Advance


class _ToldReader(BodyReader):
    """A body that tells how far it was read for the first time; a retry reads it again and tells nothing."""

    def __init__(self, body: Body, progress: Advance | None) -> None:
        super().__init__(body)
        self._progress = progress
        self._told = 0

    def readinto(self, buffer: object) -> int:
        count = super().readinto(buffer)
        fresh = self.tell() - self._told
        if fresh > 0 and self._progress is not None:
            self._told += fresh
            self._progress(fresh)
        return count


@contextlib.contextmanager
def sending(body: Body, progress: Advance | None) -> Iterator[bytes | IO[bytes]]:
    """A body as botocore wants it: a small one as bytes, which spares the wait for `100 Continue`; else a file."""
    with io.BufferedReader(_ToldReader(body, progress), CHUNK) as reader:
        yield reader.read() if body_size(body) <= CHUNK else reader


def check_readable(body: Body) -> None:
    """Raises OSError where a source is gone or cut short: in an upload botocore takes that for a bad connection."""
    with open_body(body) as reader:
        if len(reader):
            reader.seek(-1, io.SEEK_END)
            reader.read(1)


def check_source(artifact: Artifact, body: Body) -> None:
    """Raises OSError or StoreError where a file is not what it was: by its stamp, else by hashing all again."""
    if is_stamped(body):
        for segment in body:
            check_readable((segment,))
    else:
        check_unchanged(artifact, load_sha256(body))


def check_unchanged(artifact: Artifact, sha256: str) -> None:
    """Raises StoreError where a source has another SHA-256 than the artifact."""
    if sha256 != artifact.sha256:
        raise StoreError(f"{artifact.key}: its source changed while it was published; publish again")


def load_crc32(body: Body, whole: hashlib._Hash) -> bytes:
    """CRC-32 of a part, big-endian, while the digest of the whole goes on."""
    checksum = 0
    buffer = memoryview(bytearray(CHUNK))
    with open_body(body) as reader:
        while count := reader.readinto(buffer):
            checksum = zlib.crc32(buffer[:count], checksum)
            whole.update(buffer[:count])
    return checksum.to_bytes(4, "big")
