"""The members' gateway over HTTP: who asks is known by the token in the address, and gets what their feeds carry.

HTTP semantics are those of RFC 9110 (https://www.rfc-editor.org/rfc/rfc9110).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from ipaddress import IPv4Address, ip_address, ip_network
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from podwright.core.errors import PodwrightError
from podwright.core.names import KINDS, PRIVATE, parse
from podwright.core.serving import asked_range, is_known
from podwright.members.gateway.access import key_of
from podwright.members.gateway.lanes import Lane
from podwright.members.gateway.limits import Limits, Rate
from podwright.members.gateway.shelf import Document, Shelf
from podwright.members.people import Member
from podwright.members.register import Members
from podwright.stores import Store, presign, printable
from podwright.stores.ledger.manifest import Manifest

#: What one member may ask: an app that downloads a whole feed asks for a few hundred objects.
MEMBER_RATE = Rate(burst=600, per_second=20)
#: How many wrong tokens may come from one address. A token cannot be guessed; this keeps the log short.
STRANGER_RATE = Rate(burst=30, per_second=0.5)
#: How often a member's listening to one object, who is refused until later, and all strangers together leave a line.
PART_LINES = Rate(burst=1, per_second=1 / 3_600)
REFUSAL_LINES = Rate(burst=1, per_second=1 / 60)
STRANGER_LINES = Rate(burst=1_000, per_second=1)
#: How long a redirect to the store may be followed.
REDIRECT_LIFE = timedelta(minutes=10)
#: How much of an object is read from the store at once where it is not redirected to. In bytes.
BLOCK = 256 << 10
#: How many calls of the members' database, and of the store, may be under way: as many as they keep connections for.
MEMBERS_WIDTH, STORE_WIDTH = 5, 8
#: Characters of a path that the audit keeps; no key is longer.
LONGEST_PATH = 300

#: What looks like a token or a part of one: Base64 for addresses. Keys have no capital letters.
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])[\w-]{20,}")

#: Kinds of objects that are sent as they are, or redirected to; all others may hold addresses, and are rewritten.
_MEDIA = frozenset({"audio", "image"})
_HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One request as it is logged."""

    time: datetime
    #: A name, or None for a stranger.
    member: str | None
    #: What follows the token.
    path: str
    status: int
    #: How many refused requests since the last line have none of their own.
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The times that the gateway waits for others, in seconds."""

    #: For a whole request, on a new connection or after the answer to the one before.
    request: int = 10
    #: For any of an answer to be taken (Linux).
    stall: float = 60
    #: For the store and the members' database.
    answer: float = 8
    #: For the store, where an older manifest is known.
    look: float = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway: what it serves, and to whom."""

    store: Store
    members: Members
    #: The public address of the gateway, ending with "/".
    url: str
    #: The public address of the store.
    public_url: str
    #: The time of a request.
    now: Callable[[], datetime]
    #: Seconds that never go back.
    clock: Callable[[], float]
    #: Told every request but those for parts of a file that is being played, and most of those that are refused.
    audit: Callable[[Audit], None]
    bounds: Bounds = Bounds()


def make_app(gateway: Gateway) -> Starlette:
    """Return the application that answers for a gateway."""
    desk = _Desk(gateway)

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for no other
        return _plain(error.status_code, error.detail, error.headers)

    app = Starlette(
        routes=[
            Route("/m/{token}", desk.answer, methods=["GET", "HEAD"]),
            Route("/m/{token}/{path:path}", desk.answer, methods=["GET", "HEAD"]),
            Route("/health", health, methods=["GET", "HEAD"]),
        ],
        exception_handlers={HTTPException: refused},
    )
    # A redirect would repeat the token.
    app.router.redirect_slashes = False
    return app


class _Desk:
    """The answers to requests; holds what must last from one to the next.

    What asks the database and what asks the store wait in lanes of their own, so that a silent store holds up nobody
    who needs nothing of it.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._shelf = Shelf(gateway.store, gateway.clock)
        self._members, self._strangers = Limits(MEMBER_RATE), Limits(STRANGER_RATE)
        self._lines = {rate: Limits(rate) for rate in (PART_LINES, REFUSAL_LINES, STRANGER_LINES)}
        self._left_out = 0
        self._database = Lane(MEMBERS_WIDTH, patience=gateway.bounds.answer)
        self._store = Lane(STORE_WIDTH, patience=gateway.bounds.answer)

    async def answer(self, request: Request) -> Response:
        """Return the answer to one request, written into the audit."""
        token, path = request.path_params["token"], request.path_params.get("path", "")
        stranger = network_of(request.client.host if request.client else "")
        member: Member | None = None
        try:
            member = await self._database.call(lambda: self._gateway.members.find(token))
            answer = await self._serve(request, member, token, path, stranger=stranger)
        except PodwrightError:
            # What failed may name the database or the bucket, which is nobody's business here.
            answer = _plain(503, "The gateway cannot answer now; try again later.", {"Retry-After": "60"})
        self._log(member, stranger, path, answer)
        return answer

    async def _serve(
        self, request: Request, member: Member | None, token: str, path: str, *, stranger: str
    ) -> Response:
        limits, name = (self._members, member.name) if member else (self._strangers, stranger)
        if wait := limits.take(name, at=self._gateway.clock()):
            return _later(wait)
        if member is None:
            return _plain(403, "This address is not known; ask who gave it to you for a new one.")
        if member.revoked is not None:
            return _plain(403, "This address is no longer valid; ask who gave it to you for a new one.")
        await self._look()
        found = await self._database.call(partial(self._known, request, member, token, path))
        return found if isinstance(found, Response) else await self._store.call(found)

    async def _look(self) -> None:
        """Wait a little for what is published now, where that is not known."""
        look = self._shelf.look()
        if look and not (await asyncio.wait([asyncio.wrap_future(look)], timeout=self._gateway.bounds.look))[0]:
            self._shelf.give_up()

    def _log(self, member: Member | None, stranger: str, path: str, answer: Response) -> None:
        """Write a line into the audit, unless others like it have told enough."""
        at, name = self._gateway.clock(), f"member {member.name}" if member else stranger
        rates = []
        if answer.status_code == 206 and not answer.headers["Content-Range"].startswith("bytes 0-"):
            rates = [(PART_LINES, f"{name} {path}")]
        if answer.status_code == 429:
            rates = [(REFUSAL_LINES, name)]
        if member is None:
            rates.append((STRANGER_LINES, ""))
        if any(self._lines[rate].take(about, at=at) for rate, about in rates):
            self._left_out += answer.status_code != 206
            return
        record = Audit(
            time=self._gateway.now(),
            member=member.name if member else None,
            path=_logged(path),
            status=answer.status_code,
            left_out=self._left_out,
        )
        self._left_out = 0
        self._gateway.audit(record)

    def _known(self, request: Request, member: Member, token: str, path: str) -> Response | Callable[[], Response]:
        """Return the answer to a member, or how the store is asked for it."""
        published = self._shelf.published()
        key = key_of(path, member, published)
        if key is None:
            return _plain(404, "There is nothing here for this membership.")
        name = parse(key)
        media_type = name.media_type if name else "application/octet-stream"
        if name and KINDS[name.kind].caching in _MEDIA:
            # A signature is for one method, and apps follow HEAD with HEAD: that is answered here.
            location = presign(self._gateway.store, key, life=REDIRECT_LIFE) if request.method == "GET" else None
            if location is not None:
                return RedirectResponse(location, 302, headers={**_HEADERS, "Cache-Control": "private, no-store"})
            return lambda: self._media(request, key, media_type=media_type)
        sha256 = published.manifest.objects[key].sha256

        def answer(document: Document) -> Response:
            # The same version of an object gives the same bytes for the same token, whatever they are.
            text = f"{document.sha256} {self._gateway.url} {token}"
            etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
            headers = {**_HEADERS, "Cache-Control": "private, max-age=60", "ETag": etag}
            if _is_known(request, etag):
                return Response(status_code=304, headers=headers)
            body = self._rendered(key, document.data, token, published.manifest)
            return Response(body, headers={**headers, "Content-Type": media_type})

        if document := self._shelf.known(key, sha256):
            return answer(document)
        return lambda: answer(self._shelf.read(key, sha256))

    def _rendered(self, key: str, data: bytes, token: str, manifest: Manifest) -> bytes:
        """Return a document for one member."""
        gateway = self._gateway
        mine = f"{gateway.url}m/{token}/"
        for feed in manifest.feeds.values():
            if key == feed.key:
                own = f"{gateway.public_url}{key}"
                data = readdress(data, feed_url=own, member_url=f"{mine}{feed.name}.xml")
        return rewrite(data, public_url=gateway.public_url, member_url=mine)

    def _media(self, request: Request, key: str, *, media_type: str) -> Response:
        # What the store has now, which during a publish may be another version than was published.
        found = self._gateway.store.observe(key)
        if found is None:
            return _plain(404, "There is nothing here for this membership.")
        etag = f'"{found.etag}"'
        headers = {
            **_HEADERS,
            "Cache-Control": "private, max-age=86400",
            "ETag": etag,
            "Accept-Ranges": "bytes",
            "Content-Type": media_type,
        }
        if _is_known(request, etag):
            return Response(status_code=304, headers=headers)
        span = _span(request, etag, found.size)
        start, end = span or (0, found.size)
        if span and start == end:
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{found.size}"})
        status = 206 if span else 200
        if span:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
        headers["Content-Length"] = str(end - start)
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers)
        return StreamingResponse(self._blocks(key, start=start, end=end), status, headers=headers)

    async def _blocks(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield bytes of an object, from `start` to before `end`."""
        read = self._gateway.store.read_range
        for first in range(start, end, BLOCK):
            yield await self._store.call(partial(read, key, start=first, length=min(BLOCK, end - first)))


def _plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{text}\n", status, headers={**_HEADERS, "Cache-Control": "no-store", **(headers or {})})


def _later(wait: float) -> Response:
    """Return a refusal until later (RFC 6585 section 4: https://www.rfc-editor.org/rfc/rfc6585)."""
    return _plain(429, "Too many requests; wait a little.", {"Retry-After": str(int(wait) + 1)})


def _is_known(request: Request, etag: str) -> bool:
    return is_known(etag, if_none_match=request.headers.get("if-none-match", ""))


def network_of(host: str) -> str:
    """Return a stranger's name for the limits: an IPv6 network of 64 bits, which one subscriber has (RFC 6177)."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:LONGEST_PATH]
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


def _logged(path: str) -> str:
    """Return a path as the audit has it: an app that joins addresses wrongly sends a token once more in it."""
    told = printable(_TOKEN.sub("…", path))
    return told if len(told) <= LONGEST_PATH else f"{told[:LONGEST_PATH]}…"


def _span(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """Return what is asked for of an object; None for the whole, as for other methods and of another version.

    RFC 9110 sections 14.2 and 13.1.5.
    """
    if request.method != "GET" or request.headers.get("if-range", etag) != etag:
        return None
    return asked_range(request.headers.get("range", ""), size=size)


def rewrite(data: bytes, *, public_url: str, member_url: str) -> bytes:
    """Return a document with the member's address, which ends with "/", in front of each private key.

    An address stands in documents as it is, escaped for XML, or as JSON writes it; `public_url` holds no quote.
    """
    old, new = f"{public_url}{PRIVATE}", f"{member_url}{PRIVATE}"
    for spell in (str, escape, _in_json):
        data = data.replace(spell(old).encode(), spell(new).encode())
    return data


def _in_json(text: str) -> str:
    return json.dumps(text)[1:-1].replace("/", "\\/")


def readdress(data: bytes, *, feed_url: str, member_url: str) -> bytes:
    """Return a feed whose `atom:link rel="self"` is where the member reads it."""
    return data.replace(escape(feed_url).encode(), escape(member_url).encode())
