"""Access without any credential: public objects read whole and searched, private ones and listings asked for."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from podwright.core.finding import Finding
from podwright.core.http import REDIRECTS, Answer, Client, UnreachableError
from podwright.core.model import Storage
from podwright.core.names import AUDIO, PRIVATE, side_of
from podwright.inspection.leaks.frames import Listener, Marks
from podwright.inspection.leaks.texts import Needles, find_index_words, find_secrets
from podwright.inspection.leaks.types import LeakKind, Secret
from podwright.stores import Store, own_address

#: A document is searched up to this size, in bytes: 10,000 episodes with long notes have 59 MB.
LARGEST = 128 << 20
#: Text in recordings lies at the ends, but for the tags that say how long they are. In bytes.
_ENDS = 1 << 20
_AUDIO = tuple(AUDIO)
#: What these show is not searched.
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".ico", ".woff2")

#: What an object does that holds something of somebody.
WORDS: Mapping[LeakKind, str] = {
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
    """All that no public object may hold."""

    needles: Needles
    marks: Marks
    #: SHA-256 of private objects, with whose they are.
    digests: Mapping[str, str]

    @property
    def count(self) -> int:
        """Return how many things are looked for."""
        return self.needles.count + len(self.marks.owners) + len(self.digests)


@dataclass(slots=True)
class Searching:
    """One public object, searched as its bytes come."""

    #: Its name.
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

    @property
    def sha256(self) -> str:
        """Return the digest of what came, in hex."""
        return self._digest.hexdigest()

    def take(self, chunk: bytes) -> None:
        """Take the next bytes."""
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
        """Take what came before the bytes: the name of a download, and what the store keeps with an object."""
        self._headers = "\n".join(f"{name}\n{value}" for name, value in headers.items()).encode()

    @property
    def _tag_length(self) -> int:
        """Return how much is read of the beginning: the whole tag, or so much as may hold one."""
        if self._head[:3] == b"ID3" and len(self._head) >= 10:
            high, upper, lower, low = self._head[6:10]
            return 10 + (high << 21 | upper << 14 | lower << 7 | low)
        return _ENDS

    def leaks(self) -> Iterator[Finding]:
        """Yield what the object gives away, once all of it came."""
        owner = self.sought.digests.get(self.sha256)
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
    """Return the finding of a secret that stands in an object, without what to do about it."""
    return Finding(where, f"{WORDS[kind]} {subject}", code=kind, about=subject)


#: After so many questions without an answer no more are asked.
MOST_SILENT = 10
#: No object has this name, so that what is answered for it says nothing.
_NOBODYS = "episodes/podwright-asks-for-nothing/podwright-asks-for-nothing.mp3"
#: How much of an answer tells it from another one, in bytes.
_HEAD = 4096
_LISTED = re.compile(rb"<List(?:Bucket|Versions|MultipartUploads)Result")
_QUERIES = ("", "?list-type=2&prefix={prefix}", "?versions&prefix={prefix}", "?uploads&prefix={prefix}")


@dataclass(slots=True)
class Door:
    """The addresses at which strangers ask; may be used by several threads."""

    client: Client
    storage: Storage
    store: Store
    #: Told the bytes that were read.
    advance: Callable[[int], None]
    _silent: int = 0
    _nothing: dict[str, Answer] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def bases(self) -> tuple[str, ...]:
        """Return where objects can be asked for: at the public address, and at the store, which may be open as well."""
        return tuple(dict.fromkeys(base for base, _ in self._places()))

    def _places(self) -> Iterator[tuple[str, str]]:
        """Yield the bases, each with what all names begin with in a listing of the whole bucket that it is of."""
        yield self.storage.public_url, _within(self.storage)
        private = self.storage.private
        for storage, key in ((self.storage, _NOBODYS), (private, PRIVATE + _NOBODYS)):
            own = own_address(self.store, key) if storage else None
            if storage and own:
                yield own.removesuffix(quote(key)), _within(storage)

    @property
    def roots(self) -> Mapping[str, str]:
        """Return where a listing can be asked for, with what names of this show begin with there."""
        places = list(self._places())
        return {root: within for base, within in places for root in (base, base.removesuffix(quote(within)))}

    @property
    def gave_up(self) -> bool:
        """Return whether there are so few answers that nothing more is asked."""
        return self._silent >= MOST_SILENT

    def ask(self, url: str) -> Answer | None:
        """Return the beginning of an answer; None where there is none."""
        if self.gave_up:
            return None
        try:
            return self.client.observe(url, headers={}, most=_HEAD)
        except UnreachableError:
            self.missed()
            return None

    def missed(self) -> None:
        """Count a question that got no answer."""
        with self._lock:
            self._silent += 1

    def says_nothing(self, answer: Answer, base: str) -> bool:
        """Return whether an answer is the one for what is not there: some servers answer everything with a page."""
        if base not in self._nothing:
            self._nothing[base] = self.ask(base + _NOBODYS) or Answer(0, {}, b"")
        nothing = self._nothing[base]
        return (answer.status, answer.data) == (nothing.status, nothing.data)


def _within(storage: Storage) -> str:
    """Return what all names of a store begin with in its bucket: "" or a prefix with "/" at its end."""
    path = "" if storage.folder else storage.url.partition("://")[2].partition("/")[2].rstrip("/")
    return f"{path}/" if path else ""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The outcome of reading a public object: the status, how many bytes, and what they give away."""

    status: int
    size: int
    leaks: tuple[Finding, ...]
    #: Of what was read, in hex; "" where nobody gets it.
    sha256: str = ""


def read_public(door: Door, key: str, size: int, *, sought: Sought) -> ReadResult:
    """Read a public object as anybody does, and search it. size: in the store, in bytes."""
    if door.gave_up:
        return ReadResult(0, 0, (_unread(key, "was not asked for, since others gave no answer"),))
    searching = Searching(key, sought)
    try:
        url = door.storage.public_url + quote(key)
        answer = door.client.observe_body(url, headers={}, most=max(size, LARGEST) + 1, take=searching.take)
        if answer.status in REDIRECTS:
            url = door.client.follow(url, method="GET").url
            searching = Searching(key, sought)
            answer = door.client.observe_body(url, headers={}, most=max(size, LARGEST) + 1, take=searching.take)
    except UnreachableError as error:
        door.missed()
        return ReadResult(0, searching.size, (_unread(key, error.reason),))
    finally:
        door.advance(size)
    if answer.status >= 500:
        return ReadResult(answer.status, 0, (_unread(key, f"answers {answer.status}; correct the server"),))
    if answer.status != 200:
        # What nobody gets gives nothing away; that listeners miss it is for `verify` to tell.
        return ReadResult(answer.status, 0, ())
    searching.take_headers(answer.headers)
    return ReadResult(200, searching.size, tuple(searching.leaks()), searching.sha256)


def _unread(key: str, why: str) -> Finding:
    return Finding(key, f"nobody knows what it holds: {why}", code="unread", about=key)


def ask_private(door: Door, key: str, owner: str) -> Iterator[Finding]:
    """Yield what anybody gets of an object that is private, or that was public once and is gone."""
    for base in door.bases:
        answer = door.ask(base + quote(key))
        if answer is None:
            yield _unread(key, f"{base} gave no answer; correct that, and look again")
        elif _is_open(door, answer, key, base=base):
            yield _open(key, owner, base)


def _is_open(door: Door, answer: Answer, key: str, *, base: str) -> bool:
    if answer.status in REDIRECTS:
        return _leads_there(door, base + quote(key), key)
    # SeaweedFS answers for a folder that was there with nothing.
    return answer.status in (200, 206) and bool(answer.data) and not door.says_nothing(answer, base)


def _open(key: str, owner: str, base: str) -> Finding:
    if side_of(key) == "private":
        message = f"anybody can read it at {base}; refuse all below {PRIVATE} in the bucket's policy "
        "(podwright doctor --policy public prints it) or the web server"
        return Finding(key, message, code="readable", about=owner)
    message = f"anybody still gets it at {base}, from when it was public; purge {base}{quote(key)} from the caches"
    return Finding(key, message, code="left", about=owner)


def _leads_there(door: Door, url: str, key: str) -> bool:
    """Return whether a redirect ends at the object's own bytes; a page to log in is no object."""
    try:
        answer = door.client.observe(door.client.follow(url, method="GET").url, headers={}, most=_HEAD)
    except UnreachableError:
        return False
    found = door.store.observe(key) if answer.status == 200 else None
    if found is None:
        return False
    length = min(found.size, len(answer.data))
    return answer.data[:length] == door.store.read_range(key, start=0, length=length)


def ask_guess(door: Door, key: str) -> Iterator[Finding]:
    """Yield where answers differ between what is there and what is not, so that names can be guessed.

    key: of a private object that is there.
    """
    for base in door.bases:
        there, not_there = door.ask(base + quote(key)), door.ask(f"{base}{PRIVATE}{_NOBODYS}")
        if there and not_there and there.status // 100 == 4 and there.status != not_there.status:
            message = (
                f"{base} answers {there.status} for what is there and {not_there.status} for what is not, so that "
                "titles can be guessed by their addresses; have both refused in the same way"
            )
            yield Finding(PRIVATE, message, code="guess", about="names below private/")


def ask_listing(door: Door) -> Iterator[Finding]:
    """Yield where anybody can list what there is."""
    for root, within in door.roots.items():
        for query in _QUERIES:
            answer = door.ask(root + query.format(prefix=quote(within + PRIVATE, safe="")))
            if answer and answer.status == 200 and _LISTED.search(answer.data):
                message = (
                    f"anybody can list the store at {root}; allow s3:GetObject alone (podwright doctor --policy public "
                    "prints it)"
                )
                yield Finding("listing", message, code="listed", about="names of all objects")
                break
        answer = door.ask(root + PRIVATE)
        if answer and answer.status == 200 and answer.data and not door.says_nothing(answer, root):
            message = f"anybody can open the folder {root}{PRIVATE}; have the web server refuse it"
            yield Finding("listing", message, code="listed", about="names below private/")
