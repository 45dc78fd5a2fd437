"""The members' gateway over HTTP: who asks is known by the token in the address, and gets what their feeds carry.

HTTP semantics are those of RFC 9110 (https://www.rfc-editor.org/rfc/rfc9110).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from podwright.core.errors import PodwrightError
from podwright.core.names import KINDS, PRIVATE, parse
from podwright.core.serving import asked_range, is_known
from podwright.members.gateway.access import key_of
from podwright.members.gateway.limits import Limits, Rate
from podwright.members.gateway.shelf import Shelf
from podwright.members.people import Member
from podwright.members.register import Members
from podwright.stores import Store, presign

#: What one member may ask: an app that downloads a whole feed asks for a few hundred objects.
MEMBER_RATE = Rate(burst=600, per_second=20)
#: How many wrong tokens may come from one address. A token cannot be guessed; this keeps the log short.
STRANGER_RATE = Rate(burst=30, per_second=0.5)
#: How long a redirect to the store may be followed.
REDIRECT_LIFE = timedelta(minutes=10)
#: How much of an object is read from the store at once where it is not redirected to. In bytes.
BLOCK = 1 << 20

#: What looks like a token: 32 bytes in Base64 for addresses. Keys have no capital letters.
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])[\w-]{43}(?![\w-])")

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
    #: Told every request but those for parts of a file that is being played.
    audit: Callable[[Audit], None]


def make_app(gateway: Gateway) -> Starlette:
    """Return the application that answers for a gateway."""
    desk = _Desk(gateway)

    async def member(request: Request) -> Response:
        return await asyncio.to_thread(desk.answer, request)

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    return Starlette(
        routes=[
            Route("/m/{token}/{path:path}", member, methods=["GET", "HEAD"]),
            Route("/health", health, methods=["GET", "HEAD"]),
        ]
    )


class _Desk:
    """The answers to requests; holds what must last from one to the next."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._shelf = Shelf(gateway.store, gateway.clock)
        self._members, self._strangers = Limits(MEMBER_RATE), Limits(STRANGER_RATE)

    def answer(self, request: Request) -> Response:
        """Return the answer to one request, written into the audit."""
        token, path = request.path_params["token"], request.path_params["path"]
        try:
            who, response = self._serve(request, token, path)
        except PodwrightError:
            # What failed may name the database or the bucket, which is nobody's business here.
            who, response = None, _plain(503, "The gateway cannot answer now; try again later.", {"Retry-After": "60"})
        # An app that joins addresses wrongly sends a token once more, as a part of the path.
        asked = _TOKEN.sub("…", path)
        record = Audit(
            time=self._gateway.now(), member=who.name if who else None, path=asked, status=response.status_code
        )
        if response.status_code != 206 or not _continues(request):
            self._gateway.audit(record)
        return response

    def _serve(self, request: Request, token: str, path: str) -> tuple[Member | None, Response]:
        at, host = self._gateway.clock(), request.client.host if request.client else ""
        member = self._gateway.members.find(token)
        if member is None:
            if wait := self._strangers.take(host, at=at):
                return None, _later(wait)
            return None, _plain(403, "This address is not known; ask who gave it to you for a new one.")
        if member.revoked is not None:
            return member, _plain(403, "This address is no longer valid; ask who gave it to you for a new one.")
        if wait := self._members.take(member.name, at=at):
            return member, _later(wait)
        key = key_of(path, member, self._shelf.published())
        if key is None:
            return member, _plain(404, "There is nothing here for this membership.")
        return member, self._object(request, key, token)

    def _object(self, request: Request, key: str, token: str) -> Response:
        name = parse(key)
        media_type = name.media_type if name else "application/octet-stream"
        if name and KINDS[name.kind].caching in _MEDIA:
            return self._media(request, key, media_type=media_type)
        document = self._shelf.document(key)
        # The same version of an object gives the same bytes for the same token, so neither is needed to know the other.
        etag = f'"{hashlib.sha256(f"{document.sha256} {self._gateway.url} {token}".encode()).hexdigest()[:32]}"'
        headers = {**_HEADERS, "Cache-Control": "private, max-age=60", "ETag": etag}
        if _is_known(request, etag):
            return Response(status_code=304, headers=headers)
        return Response(self._rendered(key, document.data, token), headers={**headers, "Content-Type": media_type})

    def _rendered(self, key: str, data: bytes, token: str) -> bytes:
        """Return a document for one member."""
        gateway = self._gateway
        mine = f"{gateway.url}m/{token}/"
        for feed in self._shelf.manifest().feeds.values():
            if key == feed.key:
                own = f"{gateway.public_url}{key}"
                data = readdress(data, feed_url=own, member_url=f"{mine}{feed.name}.xml")
        return rewrite(data, public_url=gateway.public_url, member_url=mine)

    def _media(self, request: Request, key: str, *, media_type: str) -> Response:
        # A signature is for one method, and apps follow HEAD with HEAD: that is answered here.
        location = presign(self._gateway.store, key, life=REDIRECT_LIFE) if request.method == "GET" else None
        if location is not None:
            return RedirectResponse(location, 302, headers={**_HEADERS, "Cache-Control": "private, no-store"})
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
        blocks = (
            self._gateway.store.read_range(key, start=first, length=min(BLOCK, end - first))
            for first in range(start, end, BLOCK)
        )
        return StreamingResponse(blocks, status, headers=headers)


def _plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{text}\n", status, headers={**_HEADERS, "Cache-Control": "no-store", **(headers or {})})


def _later(wait: float) -> Response:
    """Return a refusal until later (RFC 6585 section 4: https://www.rfc-editor.org/rfc/rfc6585)."""
    return _plain(429, "Too many requests; wait a little.", {"Retry-After": str(int(wait) + 1)})


def _is_known(request: Request, etag: str) -> bool:
    return is_known(etag, if_none_match=request.headers.get("if-none-match", ""))


def _continues(request: Request) -> bool:
    """Return whether a range begins after the first byte: the same listening goes on."""
    return not request.headers.get("range", "").startswith("bytes=0-")


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
