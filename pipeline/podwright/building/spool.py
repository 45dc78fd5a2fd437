"""Rendered bytes that wait for their upload: in memory while they are few, in one temporary file when they are many."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from podwright.core.artifact import CHUNK, Artifact, Body, FileSlice, Segment, open_body

#: How many bytes stay in memory, so that a catalogue of any size is published in the memory of a small one.
BUDGET = 16 << 20


class Spool:
    """Takes bytes and gives bodies that can be read until the spool is closed; the file goes with the spool."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held = 0
        self._file: BinaryIO | None = None
        self._path: Path | None = None

    def body(self, data: bytes) -> Body:
        """Return a body of exactly these bytes."""
        if self._held + len(data) <= BUDGET:
            self._held += len(data)
            return (data,)
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix="spool-", dir=self._folder)
            self._file, self._path = os.fdopen(descriptor, "wb"), Path(name)
        offset = self._file.tell()
        self._file.write(data)
        self._file.flush()
        assert self._path is not None  # noqa: S101 - set together with the file
        return (FileSlice(self._path, offset, len(data)),)

    def gather(self, pieces: Iterable[bytes]) -> Body:
        """Return a body of all these bytes in a row, of which few are in memory at once."""
        body: list[Segment] = []
        waiting = bytearray()
        for piece in pieces:
            waiting += piece
            if len(waiting) >= CHUNK:
                body += self.body(bytes(waiting))
                waiting.clear()
        return (*body, *(self.body(bytes(waiting)) if waiting else ()))

    def close(self) -> None:
        """Remove the file."""
        if self._file is not None and self._path is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def spooled(artifact: Artifact, spool: Spool) -> Artifact:
    """Return an artifact with its rendered bytes in the spool; file ranges stay as they are."""
    return artifact if artifact.body is None else replace(artifact, body=spooled_body(artifact.body, spool))


def spooled_body(body: Body, spool: Spool) -> Body:
    """Return a body with its bytes in the spool; file ranges stay as they are."""
    return tuple(
        piece for segment in body for piece in (spool.body(segment) if isinstance(segment, bytes) else (segment,))
    )


def load_body(body: Body) -> bytes:
    """Return all bytes of a body."""
    with open_body(body) as reader:
        return reader.read()
