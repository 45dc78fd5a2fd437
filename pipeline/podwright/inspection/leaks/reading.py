"""Reading what anybody can read: each public object whole, searched while it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from podwright.core.finding import Finding
from podwright.core.names import AUDIO
from podwright.inspection.leaks.frames import Listener, Marks
from podwright.inspection.leaks.texts import Needles, find_index_words, find_secrets
from podwright.inspection.leaks.types import LeakKind, Secret

#: A document is searched up to this size, in bytes: 10,000 episodes with long notes have 59 MB.
LARGEST = 128 << 20
#: Text in recordings lies at the ends, but for the tags that say how long they are. In bytes.
_ENDS = 1 << 20
_AUDIO = tuple(AUDIO)
#: What these show is not searched.
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".ico", ".woff2")

_WORDS: Mapping[LeakKind, str] = {
    "title": "tells the title of",
    "notes": "tells from the notes of",
    "key-point": "tells a key point of",
    "transcript": "tells from the transcript of",
    "text": "tells what belongs to",
    "link": "names a link of",
    "word": "finds words of",
    "guid": "names the guid of",
    "key": "names where to find",
    "audio": "plays the audio of",
    "copy": "is a copy of what belongs to",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What no public object may hold. digests: SHA-256 of private objects, with whose they are."""

    needles: Needles
    marks: Marks
    digests: Mapping[str, str]

    @property
    def count(self) -> int:
        """How many things are looked for."""
        return self.needles.count + len(self.marks.owners) + len(self.digests)


@dataclass(slots=True)
class Searching:
    """One public object, searched as its bytes come. key: its name."""

    key: str
    sought: Sought
    size: int = 0
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    _head: bytearray = field(default_factory=bytearray)
    _tail: bytearray = field(default_factory=bytearray)
    _headers: bytes = b""
    _listener: Listener = field(init=False)

    def __post_init__(self) -> None:
        self._listener = Listener(self.sought.marks)

    def take(self, chunk: bytes) -> None:
        """The next bytes."""
        self.size += len(chunk)
        self._digest.update(chunk)
        self._listener.hear(chunk)
        if self.key.endswith(_PICTURES):
            return
        if self._tail:
            self._tail += chunk
        else:
            self._head += chunk
            # What follows a tag is no part of its last text.
            limit = self._tag_length if self.key.endswith(_AUDIO) else LARGEST
            self._tail += self._head[limit:]
            del self._head[limit:]
        del self._tail[:-_ENDS]

    def take_headers(self, headers: Mapping[str, str]) -> None:
        """What came before the bytes: the name of a download, and what the store keeps with an object."""
        self._headers = "\n".join(f"{name}\n{value}" for name, value in headers.items()).encode()

    @property
    def _tag_length(self) -> int:
        """How much is read of the beginning: the whole tag, or so much as may hold one."""
        if self._head[:3] == b"ID3" and len(self._head) >= 10:
            high, upper, lower, low = self._head[6:10]
            return 10 + (high << 21 | upper << 14 | lower << 7 | low)
        return _ENDS

    def leaks(self) -> Iterator[Finding]:
        """What the object gives away, once all of it came."""
        owner = self.sought.digests.get(self._digest.hexdigest())
        if owner is not None:
            yield leak(self.key, "copy", owner)
        for subject in sorted(self._listener.known()):
            yield leak(self.key, "audio", subject)
        pieces = (bytes(self._head), bytes(self._tail), self._headers)
        told = {(one.subject, one.kind): one for piece in pieces for one in self._told(piece)}
        yield from (leak(self.key, one.kind, one.subject) for one in told.values())

    def _told(self, data: bytes) -> Iterator[Secret]:
        yield from find_secrets(data, self.sought.needles)
        if self.key.startswith("search/"):
            yield from find_index_words(data, self.sought.needles)


def leak(where: str, kind: LeakKind, subject: str) -> Finding:
    """A secret that stands in an object."""
    message = f"{_WORDS[kind]} {subject}; publish again, purge caches, and take out what still says it"
    return Finding(where, message, code=kind, about=subject)
