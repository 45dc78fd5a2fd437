"""HTTP requests as anybody's app makes them: nothing is decoded, and nothing takes for ever."""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from podwright import __version__
from podwright.core.deadline import Deadline
from podwright.core.errors import StoreError
from podwright.core.showing import shown

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from podwright.core.transfer import Admit, Limits

#: How long one answer may take in all, and so every wait inside it.
PATIENCE = timedelta(seconds=20)
#: How long an answer may take for which somebody waits who would go on without it.
_BRIEF = timedelta(seconds=5)
#: A long body may take longer, but comes at least so fast, in bytes a second: four times what 128 kbit/s need.
SLOWEST = 64_000
#: Redirects that are followed; some apps give up after fewer (https://curl.se/docs/manpage.html#--max-redirs has 50).
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 1 << 16


#: Gets a piece of a body.
Take = Callable[[bytes], object]


class UnreachableError(StoreError):
    """An address that gave no answer, or none that is HTTP."""

    @property
    def reason(self) -> str:
        """Return why, and what to do, without the address."""
        return str(self).partition(": ")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of an address.

    headers have lower-case names; data is as sent, no more of it than was asked for.
    """

    status: int
    headers: Mapping[str, str]
    data: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header, whatever the case of its name."""
        return self.headers.get(name.lower())


@dataclass(frozen=True, slots=True)
class Digest:
    """All of a body, as far as it is of use: its length in bytes and its SHA-256 in hex, with what came before it."""

    answer: Answer
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Route:
    """The end of the redirects from an address."""

    #: The statuses of the redirects on the way.
    statuses: tuple[int, ...]
    #: The address where they end.
    url: str
    #: The answer there.
    answer: Answer
    #: Whether one led from HTTPS to plain HTTP.
    downgraded: bool = False
    #: Why there is no end, `what is wrong; what to do`.
    lost: str | None = None


class Client:
    """An HTTP client that keeps connections open between requests. Adds no credentials, reads no environment.

    May be used by several threads; connections: how many of them, so that none opens a connection for each request.
    """

    def __init__(self, *, patience: timedelta = PATIENCE, connections: int = 1, admit: Admit | None = None) -> None:
        """Take what a client needs. admit: refuses machines by raising UnreachableError; None: each may be asked."""
        # urllib3 takes longer to load than a run with nothing to do.
        from podwright.core import transfer

        self._transfer = transfer
        seconds = patience.total_seconds()
        # Silence is noticed by the socket's own limit, a moment earlier, and told as that.
        self._whole = transfer.Limits(connecting=seconds, silence=seconds + 0.5)
        agent = {"User-Agent": _agent()}
        self._pool = transfer.open_pools(maxsize=connections, silence=seconds, admit=admit, headers=agent)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.clear()

    def observe(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str], most: int, body: bytes | None = None
    ) -> Answer:
        """Return the answer to one request, with at most the first `most` bytes of its body.

        body: what is sent, if anything.

        Raises UnreachableError where there is none in time, the certificate is not trusted, or the connection breaks.
        """
        data = bytearray()

        def begin(_: Answer) -> tuple[int, Take]:
            return most, data.extend

        answer = self._ask(url, self._whole, method=method, headers=headers, body=body, begin=begin)
        return replace(answer, data=bytes(data))

    def observe_digest(self, url: str, *, headers: Mapping[str, str], most: int, tell: Callable[[int], None]) -> Digest:
        """Return the digest of the first `most` bytes of a body, of which none is kept; tell gets each count of them.

        Raises UnreachableError as `observe` does, and where the body comes slower than SLOWEST.
        """
        digest, size = hashlib.sha256(), 0

        def take(chunk: bytes) -> None:
            nonlocal size
            digest.update(chunk)
            size += len(chunk)
            tell(len(chunk))

        answer = self.observe_body(url, headers=headers, most=most, take=take)
        return Digest(answer, size, digest.hexdigest())

    def observe_body(self, url: str, *, headers: Mapping[str, str], most: int, take: Callable[[bytes], None]) -> Answer:
        """Return an answer without its body, of which take gets the first `most` bytes as they come.

        Raises UnreachableError as `observe` does, and where they come slower than SLOWEST.
        """
        return self.receive(url, headers=headers, begin=lambda _: (most, take))

    def receive(self, url: str, *, headers: Mapping[str, str], begin: Callable[[Answer], tuple[int, Take]]) -> Answer:
        """Return an answer without its body, of which `begin` says, by its head, how much is read and by whom.

        Raises UnreachableError as `observe_body` does.
        """
        limits = replace(self._whole, slowest=SLOWEST)
        return self._ask(url, limits, method="GET", headers=headers, body=None, begin=begin)

    def follow(self, url: str, *, method: str = "HEAD", until: str | None = None, first: Answer | None = None) -> Route:
        """Return where redirects lead from an address; nothing is asked at the address `until`, where they are done.

        first: the address' own answer, where it is known already. Raises UnreachableError as `observe` does.
        """
        statuses: list[int] = []
        downgraded = False
        answer = first or self.observe(url, method=method, headers={}, most=0)
        while answer.status in REDIRECTS:
            statuses.append(answer.status)
            target = _target(url, answer)
            lost = _lost(url, target, answer, count=len(statuses))
            downgraded = downgraded or (url.startswith("https:") and target.startswith("http:"))
            if lost or target == until:
                return Route(tuple(statuses), target, answer, downgraded, lost)
            url = target
            answer = self.observe(url, method=method, headers={}, most=0)
        return Route(tuple(statuses), url, answer, downgraded)

    def _ask(
        self,
        url: str,
        limits: Limits,
        *,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None,
        begin: Callable[[Answer], tuple[int, Take]],
    ) -> Answer:
        with _wrapped(url, self._transfer.RAISED, self._transfer.EndedError):
            transfer = self._transfer.Transfer(limits, Deadline())
            with transfer.guarded():
                response = self._send(url, method=method, headers=headers, body=body)
                transfer.turn()
                answer = Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, b"")
                most, take = begin(answer)
                for chunk in _chunks(response, most=most):
                    transfer.take(len(chunk))
                    take(chunk)
            transfer.finish()
        return answer

    def _send(
        self, url: str, *, method: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> BaseHTTPResponse:
        """Send a request; once more where a kept connection was closed meanwhile, unless that could act twice.

        https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
        """

        def send() -> BaseHTTPResponse:
            return self._pool.request(
                method,
                url,
                body=body,
                headers={"User-Agent": _agent(), "Accept-Encoding": "identity", **headers},
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            )

        try:
            return send()
        except self._transfer.RAISED.ProtocolError:
            if method not in ("GET", "HEAD"):
                raise
            return send()


def observe_as_anybody(url: str) -> bytes | None:
    """Return the beginning of what anybody gets at an address, wherever it leads; None for nothing, or no answer."""
    asked = {"Cache-Control": "no-cache"}
    try:
        with Client(patience=_BRIEF) as client:
            answer = client.observe(url, headers=asked, most=_CHUNK)
            if answer.status in REDIRECTS:
                answer = client.observe(client.follow(url, method="GET", first=answer).url, headers=asked, most=_CHUNK)
    except UnreachableError:
        return None
    return answer.data if answer.status == 200 else None


def observe_expiry(url: str, *, patience: timedelta = PATIENCE) -> datetime | None:
    """Return when the certificate of an address' host ends; None for plain HTTP.

    Raises UnreachableError where there is no connection in time, or the certificate is not trusted.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname is None:
        return None
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), patience.total_seconds()) as connection,
            ssl.create_default_context().wrap_socket(connection, server_hostname=parts.hostname) as secured,
        ):
            said = (secured.getpeercert() or {}).get("notAfter")
    except ssl.SSLError as error:
        raise UnreachableError(f"{shown(url)}: {_UNTRUSTED} ({type(error).__name__})") from error
    except OSError as error:
        raise UnreachableError(f"{shown(url)}: {_CLOSED} ({type(error).__name__})") from error
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(said), UTC) if isinstance(said, str) else None


def _agent() -> str:
    return f"podwright/{__version__}"


def _target(url: str, answer: Answer) -> str:
    """Return where a redirect leads; "" for what is no address (RFC 3986 section 3.2.2)."""
    try:
        target = urljoin(url, answer.header("location") or "")
        urlsplit(target)
    except ValueError:
        return ""
    return target


def _lost(url: str, target: str, answer: Answer, *, count: int) -> str | None:
    """Return why a redirect is not followed."""
    if answer.header("location") is None:
        return f"redirects ({answer.status}) without saying where to; correct the server"
    if urlsplit(target).scheme not in ("http", "https"):
        return f"redirects ({answer.status}) to what is no address of the web; correct the server"
    if target == url or count >= MOST_REDIRECTS:
        return f"redirects {count} times and more, and apps give up; make it answer itself"
    return None


def _chunks(response: BaseHTTPResponse, *, most: int) -> Iterator[bytes]:
    """Yield the first bytes of a body; keep the connection only where there were no more."""
    left = most
    try:
        if response.length_remaining == 0:
            response.release_conn()
        while left:
            chunk = response.read1(min(_CHUNK, left), decode_content=False)
            if not chunk:
                response.release_conn()
                break
            left -= len(chunk)
            yield chunk
    finally:
        response.close()


_CLOSED = "cannot be reached; start the web server, or correct the address"
_UNTRUSTED = "its certificate is not trusted; renew it, or serve the whole chain of certificates"


@contextmanager
def _wrapped(url: str, raised: ModuleType, ended: type[Exception]) -> Iterator[None]:
    """Tell what urllib3 raises in words that say what to do. raised: its exceptions; ended: that of a slow transfer."""
    # The first that fits: some are kinds of others.
    failures: tuple[tuple[type[Exception], str], ...] = (
        (raised.ReadTimeoutError, "does not answer in time; see what holds it up"),
        (raised.NameResolutionError, "no such host is known; correct the address, or its DNS records"),
        (raised.NewConnectionError, _CLOSED),
        (raised.ConnectTimeoutError, "cannot be reached in time; check the address and the network"),
        (raised.SSLError, _UNTRUSTED),
        (raised.IncompleteRead, "ends before the length that it announces; correct the server"),
        (raised.LocationValueError, "is no address; correct it"),
        (raised.HTTPError, "breaks the connection, or does not speak HTTP; correct the server"),
    )
    try:
        yield
    except ended as error:
        raise UnreachableError(f"{shown(url)}: answers too slowly; see what holds it up") from error
    except raised.HTTPError as error:
        reason = error.args[-1] if error.args and isinstance(error.args[-1], raised.HTTPError) else error
        told = next(text for kind, text in failures if isinstance(reason, kind))
        raise UnreachableError(f"{shown(url)}: {told} ({type(reason).__name__})") from error
