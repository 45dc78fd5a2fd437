"""One HTTP request as anybody's app makes it: nothing is followed, nothing is decoded, nothing takes for ever."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline import __version__
from pipeline.errors import StoreError

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

#: How long one answer may take in all, and so every wait inside it.
PATIENCE = timedelta(seconds=20)
_CHUNK = 1 << 16


class UnreachableError(StoreError):
    """An address gave no answer, or none that is HTTP."""

    @property
    def reason(self) -> str:
        """Why, and what to do, without the address."""
        return str(self).partition(": ")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered. headers have lower-case names; data is as sent, no more of it than was asked for."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name."""
        return self.headers.get(name.lower())


class Client:
    """Keeps connections open between requests. Adds no credentials, reads no environment.

    May be used by several threads; connections: how many of them, so that none opens a connection for each request.
    """

    def __init__(self, *, patience: timedelta = PATIENCE, connections: int = 1) -> None:
        from urllib3 import PoolManager, Timeout

        self._patience = patience.total_seconds()
        self._pool = PoolManager(
            maxsize=connections, timeout=Timeout(total=self._patience), headers={"User-Agent": _agent()}
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.clear()

    def observe(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str], most: int, body: bytes | None = None
    ) -> Answer:
        """The answer to one request, with at most the first `most` bytes of its body. body: what is sent, if anything.

        Raises UnreachableError where there is none in time, the certificate is not trusted, or the connection breaks.
        """
        deadline = time.monotonic() + self._patience
        with _wrapped(url):
            response = self._pool.request(
                method,
                url,
                body=body,
                headers={"User-Agent": _agent(), "Accept-Encoding": "identity", **headers},
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
            data = _load_body(response, most=most, deadline=deadline, url=url)
            named = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, named, data)


def _agent() -> str:
    return f"podwright/{__version__}"


def _load_body(response: BaseHTTPResponse, *, most: int, deadline: float, url: str) -> bytes:
    """The first bytes of a body; the connection is kept only where there were no more."""
    data = bytearray()
    try:
        if response.length_remaining == 0:
            response.release_conn()
        while len(data) < most:
            if time.monotonic() > deadline:
                raise UnreachableError(f"{shown(url)}: answers too slowly; see what holds it up")
            chunk = response.read1(min(_CHUNK, most - len(data)), decode_content=False)
            if not chunk:
                response.release_conn()
                break
            data += chunk
    finally:
        response.close()
    return bytes(data)


def shown(url: str) -> str:
    """An address without what may be secret in it: user, password, query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@contextmanager
def _wrapped(url: str) -> Iterator[None]:
    """Tell what urllib3 raises in words that say what to do."""
    from urllib3 import exceptions as raised

    # The first that fits: some are kinds of others.
    failures: tuple[tuple[type[Exception], str], ...] = (
        (raised.ReadTimeoutError, "does not answer in time; see what holds it up"),
        (raised.NameResolutionError, "no such host is known; correct the address, or its DNS records"),
        (raised.NewConnectionError, "cannot be reached; start the web server, or correct the address"),
        (raised.ConnectTimeoutError, "cannot be reached in time; check the address and the network"),
        (raised.SSLError, "its certificate is not trusted; renew it, or serve the whole chain of certificates"),
        (raised.IncompleteRead, "ends before the length that it announces; correct the server"),
        (raised.LocationValueError, "is no address; correct it"),
        (raised.HTTPError, "breaks the connection, or does not speak HTTP; correct the server"),
    )
    try:
        yield
    except raised.HTTPError as error:
        reason = error.args[-1] if error.args and isinstance(error.args[-1], raised.HTTPError) else error
        told = next(text for kind, text in failures if isinstance(reason, kind))
        raise UnreachableError(f"{shown(url)}: {told} ({type(reason).__name__})") from error
