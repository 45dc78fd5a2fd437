"""The subjects of the doctor, and his questions about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from podwright.core.finding import Level
from podwright.core.http import Answer, Client, UnreachableError
from podwright.core.model import Storage
from podwright.stores import Store, own_address
from podwright.stores.ledger.manifest import Manifest, ObjectRecord

Kind = Literal["feed", "list", "audio", "transcript", "chapters", "image", "asset", "page", "private"]

#: Unless something else is said, objects up to this size are read whole. In bytes.
WHOLE = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A store, the address at which the public reads it, and what it says was published."""

    storage: Storage
    store: Store
    manifest: Manifest
    client: Client
    #: Objects up to this size, in bytes, are read whole and compared with what was published.
    whole: int = WHOLE

    def url(self, key: str) -> str:
        """Return the address of a key."""
        return self.storage.public_url + quote(key)

    def asked(self, target: Target) -> str:
        """Return the address at which a stranger asks: for what is private in a place of its own, there."""
        apart = target.kind == "private" and self.storage.private_url is not None
        own = own_address(self.store, target.key) if apart else None
        return target.url or own or self.url(target.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A published object. media_type is the Content-Type that it was stored with; others may stand for it."""

    key: str
    kind: Kind
    media_type: str
    record: ObjectRecord
    others: tuple[str, ...] = ()
    #: Where to ask for it, if not at its own address.
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """The questions about one object, each asked once."""

    place: Place
    target: Target
    #: Those that got no answer.
    unanswered: list[UnreachableError] = field(default_factory=list)
    _answers: dict[object, Answer] = field(default_factory=dict)

    def ask(self, *, method: str = "GET", headers: Mapping[str, str] | None = None, most: int = 0) -> Answer:
        """Return an answer of the public address. Raises UnreachableError."""
        sent = dict(headers or {})
        question = (method, tuple(sorted(sent.items())))
        if question not in self._answers:
            url = self.place.asked(self.target)
            try:
                self._answers[question] = self.place.client.observe(url, method=method, headers=sent, most=most)
            except UnreachableError as error:
                self.unanswered.append(error)
                raise
        return self._answers[question]

    @property
    def got(self) -> Answer:
        """Return what an app gets: the whole object where it is small, else only its headers."""
        return self.ask(most=self.place.whole + 1 if self.is_small else 0)

    @property
    def is_small(self) -> bool:
        """Return whether the object is read whole."""
        return self.target.record.size <= self.place.whole


Told = Iterator[tuple[Level, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceProbe:
    """A check of the store or the address as a whole; fine is what is told where it finds nothing."""

    name: str
    subject: Literal["store", "public_url"]
    observe: Callable[[Place], Told]
    fine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A check of objects of some kinds."""

    name: str
    kinds: frozenset[Kind]
    observe: Callable[[Visit], Told]
    fine: str
