"""Asking as anybody can: for each public object, for what is private, for what was public once, and for a listing."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

from podwright.core.finding import Finding
from podwright.core.http import REDIRECTS, Answer, Client, UnreachableError
from podwright.core.model import Storage
from podwright.core.names import PRIVATE, side_of
from podwright.inspection.leaks.reading import LARGEST, Searching, Sought
from podwright.stores import Store, presign

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
    """The addresses at which strangers ask; may be used by several threads. advance: told the bytes that were read."""

    client: Client
    storage: Storage
    store: Store
    advance: Callable[[int], None]
    _silent: int = 0
    _nothing: dict[str, Answer] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def bases(self) -> tuple[str, ...]:
        """Where objects can be asked for: at the public address, and at the store itself, which may be open as well."""
        signed = presign(self.store, _NOBODYS, life=timedelta(minutes=1))
        own = signed.partition("?")[0].removesuffix(quote(_NOBODYS)) if signed else self.storage.public_url
        return tuple(dict.fromkeys((self.storage.public_url, own)))

    @property
    def roots(self) -> tuple[str, ...]:
        """Where a listing can be asked for."""
        within = quote(self.within)
        return tuple(dict.fromkeys(one for base in self.bases for one in (base, base.removesuffix(within))))

    @property
    def within(self) -> str:
        """What all names begin with in a listing of the whole bucket: "" or a prefix with "/" at its end."""
        if self.storage.folder is not None:
            return ""
        path = self.storage.url.partition("://")[2].partition("/")[2].rstrip("/")
        return f"{path}/" if path else ""

    @property
    def gave_up(self) -> bool:
        """Whether there are so few answers that nothing more is asked."""
        return self._silent >= MOST_SILENT

    def ask(self, url: str) -> Answer | None:
        """The beginning of an answer; None where there is none."""
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
        """Whether an answer is the one for what is not there: some servers answer everything with a page."""
        if base not in self._nothing:
            self._nothing[base] = self.ask(base + _NOBODYS) or Answer(0, {}, b"")
        nothing = self._nothing[base]
        return (answer.status, answer.data) == (nothing.status, nothing.data)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a public object: the status of the answer, how many bytes, and what they give away."""

    status: int
    size: int
    leaks: tuple[Finding, ...]


def read_public(door: Door, key: str, size: int, *, sought: Sought) -> Heard:
    """Read a public object as anybody does, and search it. size: in the store, in bytes."""
    if door.gave_up:
        return Heard(0, 0, (_unread(key, "was not asked for, since others gave no answer"),))
    searching = Searching(key, sought)
    try:
        url = door.storage.public_url + quote(key)
        answer = door.client.observe_body(
            url, headers={}, most=max(size, LARGEST) + 1, expected=size, take=searching.take
        )
        if answer.status in REDIRECTS:
            url = door.client.follow(url, method="GET").url
            searching = Searching(key, sought)
            answer = door.client.observe_body(
                url, headers={}, most=max(size, LARGEST) + 1, expected=size, take=searching.take
            )
    except UnreachableError as error:
        door.missed()
        return Heard(0, searching.size, (_unread(key, error.reason),))
    finally:
        door.advance(size)
    if answer.status >= 500:
        return Heard(answer.status, 0, (_unread(key, f"answers {answer.status}; correct the server"),))
    if answer.status != 200:
        # What nobody gets gives nothing away; that listeners miss it is for `verify` to tell.
        return Heard(answer.status, 0, ())
    searching.take_headers(answer.headers)
    return Heard(200, searching.size, tuple(searching.leaks()))


def _unread(key: str, why: str) -> Finding:
    return Finding(key, f"nobody knows what it holds: {why}", code="unread", about=key)


def ask_private(door: Door, key: str, owner: str) -> Iterator[Finding]:
    """Whether anybody gets an object that is private, or that was public once and is gone."""
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
        message = f"anybody can read it at {base}; refuse all below {PRIVATE} in the bucket's policy or the web server"
        return Finding(key, message, code="readable", about=owner)
    message = f"anybody still gets it at {base}, from when it was public; purge the caches before the store"
    return Finding(key, message, code="left", about=owner)


def _leads_there(door: Door, url: str, key: str) -> bool:
    """Whether a redirect ends at the object's own bytes; a page to log in is no object."""
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
    """Whether answers differ between what is there and what is not, so that names can be tried until one fits.

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
    """Whether anybody can list what there is."""
    for root in door.roots:
        for query in _QUERIES:
            answer = door.ask(root + query.format(prefix=quote(door.within + PRIVATE, safe="")))
            if answer and answer.status == 200 and _LISTED.search(answer.data):
                message = f"anybody can list the store at {root}; allow s3:GetObject alone"
                yield Finding("listing", message, code="listed", about="names of all objects")
                break
        answer = door.ask(root + PRIVATE)
        if answer and answer.status == 200 and answer.data and not door.says_nothing(answer, root):
            message = f"anybody can open the folder {root}{PRIVATE}; have the web server refuse it"
            yield Finding("listing", message, code="listed", about="names below private/")
