"""Recordings recognised by pieces of their frames, whatever file they lie in and at whatever byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Bytes of a piece, and how many are taken of a recording, evenly spread.
PIECE = 64
PIECES = 32
#: A piece with fewer different bytes may be silence, which all recordings share.
_VARIED = 32
#: So many pieces of one recording are no coincidence, nor the jingle that all episodes share.
ENOUGH = 4
_TABLE = 1 << 20
_WORD = 8

#: length bytes from an offset on.
ReadRange = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Marks:
    """Pieces of recordings, each with whose it is."""

    pieces: Mapping[bytes, str]
    heads: NDArray[np.uint64]
    table: NDArray[np.bool_]

    @property
    def owners(self) -> set[str]:
        """Return whose recordings can be known again."""
        return set(self.pieces.values())


def load_pieces(read: ReadRange, *, offset: int, length: int) -> Iterator[bytes]:
    """Yield pieces of the frames that lie in length bytes from offset on; fewer where much is silence."""
    stride = max(PIECE, length // PIECES)
    for at in range(offset, offset + length - PIECE + 1, stride):
        piece = read(at, PIECE)
        if len(set(piece)) >= _VARIED:
            yield piece


def build_marks(pieces: Mapping[bytes, str]) -> Marks:
    """Make pieces ready to be searched for."""
    heads = np.unique(np.array([int.from_bytes(piece[:_WORD], "little") for piece in pieces], dtype=np.uint64))
    table = np.zeros(_TABLE, dtype=np.bool_)
    table[(heads % _TABLE).astype(np.intp)] = True
    return Marks(pieces, heads, table)


class Listener:
    """A search of the bytes of one object, as they come, for known recordings."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._rest = b""
        self._heard: set[bytes] = set()

    def hear(self, chunk: bytes) -> None:
        """Take the next bytes."""
        if not self._marks.pieces:
            return
        data = self._rest + chunk
        for shift in range(_WORD):
            count = (len(data) - shift) // _WORD
            words = np.frombuffer(data, dtype="<u8", count=max(count, 0), offset=shift if count > 0 else 0)
            likely = np.flatnonzero(self._marks.table[(words % _TABLE).astype(np.intp)])
            sure = likely[np.isin(words[likely], self._marks.heads)]
            for at in (int(one) * _WORD + shift for one in sure):
                piece = data[at : at + PIECE]
                if piece in self._marks.pieces:
                    self._heard.add(piece)
        self._rest = data[-(PIECE - 1) :]

    def known(self) -> set[str]:
        """Return whose recordings were heard: enough of their pieces, or all of those of which there are few."""
        counts: dict[str, int] = {}
        for piece in self._heard:
            owner = self._marks.pieces[piece]
            counts[owner] = counts.get(owner, 0) + 1
        all_of = dict.fromkeys(counts, 0)
        for owner in self._marks.pieces.values():
            if owner in all_of:
                all_of[owner] += 1
        return {owner for owner, count in counts.items() if count >= min(ENOUGH, all_of[owner])}
