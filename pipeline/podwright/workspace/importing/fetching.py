"""Fetching what a source names: resumed where it was stopped, checked, bounded, and polite to the old host."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import urljoin, urlsplit

from podwright.core.http import REDIRECTS, Answer, Client, Take, UnreachableError
from podwright.core.showing import shown
from podwright.workspace.scan import WORK_DIR

#: Redirects of a recording: counting services stand in rows, and a host's own come after them.
MOST_REDIRECTS = 10
#: How often an answer that may be better later is asked for, and how long a host may ask to wait for it, in seconds.
TRIES, LONGEST_WAIT = 4, 120
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_ADVICE = {
    401: "asks for a password; give the old host's public address",
    403: "is forbidden; ask the old host for it",
    404: "is not there; look for it at the old host",
    410: "is gone; look for it at the old host",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file that was fetched whole."""

    path: Path
    #: The address that answered, behind redirects.
    url: str
    media_type: str | None = None


class RefusedError(UnreachableError):
    """An address that gives nothing, now and later."""


class Fetcher(Protocol):
    """A way to the old host."""

    def fetch(self, url: str, path: Path, *, most: int) -> Fetched:
        """Put what is at an address into a file, going on where a stopped run left it.

        Raises UnreachableError where there is nothing now, and RefusedError where there never will be, or more than
        `most` bytes. A part of the file may then be there.
        """


def download_path(root: Path, url: str) -> Path:
    """Return where a download waits until it is whole."""
    return root / WORK_DIR / "import" / hashlib.sha256(url.encode()).hexdigest()[:24]


def admit_public(named: Collection[str]) -> Callable[[str, str], None]:
    """Return what refuses machines of private networks, but for hosts that a person named."""

    def admit(host: str, address: str) -> None:
        if not ipaddress.ip_address(address.partition("%")[0]).is_global and host.strip("[]") not in named:
            raise RefusedError(f"{host}: is a machine of a private network; name it with --allow-host if it is yours")

    return admit


class Pace:
    """A limit of bytes a second for all downloads together."""

    def __init__(self, rate: int | None, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._rate, self._sleep, self._lock = rate, sleep, threading.Lock()
        self._free_at = 0.0

    def spend(self, count: int) -> None:
        """Wait until so many bytes may come."""
        if self._rate is None:
            return
        with self._lock:
            begin = max(self._free_at, time.monotonic())
            self._free_at = begin + count / self._rate
        self._sleep(max(0.0, self._free_at - time.monotonic()))


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpFetcher:
    """A fetcher of the web."""

    client: Client
    pace: Pace
    sleep: Callable[[float], None] = time.sleep
    #: Told the bytes that came.
    advance: Callable[[int], None] = lambda _: None

    def fetch(self, url: str, path: Path, *, most: int) -> Fetched:
        """See Fetcher."""
        for attempt in range(1, TRIES + 1):
            try:
                final, answer = self._received(url, path, most=most)
            except RefusedError:
                raise
            except UnreachableError:
                # What has come so far is kept, and the next attempt goes on behind it.
                if attempt == TRIES:
                    raise
                self.sleep(2**attempt)
                continue
            if answer.status in (200, 206):
                _notes(path).unlink(missing_ok=True)
                return Fetched(path=path, url=final, media_type=answer.header("content-type"))
            if answer.status not in _LATER:
                advice = _ADVICE.get(answer.status, f"answers {answer.status}; ask the old host about it")
                raise RefusedError(f"{shown(final)}: {advice}")
            if attempt == TRIES:
                raise UnreachableError(f"{shown(final)}: answers {answer.status}; run this again later")
            self.sleep(_wait(answer, attempt))
        raise AssertionError("the last attempt returns or raises")

    def _received(self, url: str, path: Path, *, most: int) -> tuple[str, Answer]:
        """Return who answered in the end and how; what came is in the file."""
        for _ in range(MOST_REDIRECTS + 1):
            download = _Download(path, url, most=most, pace=self.pace, advance=self.advance)
            with download:
                answer = self.client.receive(url, headers=download.headers(), begin=download.begin)
            if answer.status == 416:
                if download.is_whole(answer):
                    return url, replace(answer, status=206)
                _notes(path).unlink(missing_ok=True)
                continue
            if answer.status not in REDIRECTS:
                if answer.status in (200, 206):
                    download.check(answer)
                return url, answer
            target = urljoin(url, answer.header("location") or "")
            if urlsplit(target).scheme not in ("http", "https") or target == url:
                raise RefusedError(f"{shown(url)}: redirects to nowhere; look for it at the old host")
            url = target
        raise RefusedError(f"{shown(url)}: redirects more than {MOST_REDIRECTS} times; look for it at the old host")


class _Download:
    """A file that one answer fills, or goes on to fill."""

    def __init__(self, path: Path, url: str, *, most: int, pace: Pace, advance: Callable[[int], None]) -> None:
        self._path, self._url, self._most, self._pace, self._advance = path, url, most, pace, advance
        self._file: IO[bytes] | None = None
        self._size = 0

    def __enter__(self) -> _Download:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def headers(self) -> Mapping[str, str]:
        """Return what asks for the rest of a file of which a part is here, if it is still the same one.

        https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
        """
        with suppress(OSError, ValueError, KeyError):
            notes = json.loads(_notes(self._path).read_text(encoding="utf-8"))
            if notes["url"] == self._url and (size := self._path.stat().st_size):
                return {"Range": f"bytes={size}-", "If-Range": notes["validator"]}
        return {}

    def begin(self, answer: Answer) -> tuple[int, Take]:
        """Open the file where the answer's body is, or goes on with, the file."""
        if answer.status not in (200, 206):
            return 0, self._take
        begun = self._path.stat().st_size if answer.status == 206 else 0
        if answer.status == 206 and not (answer.header("content-range") or "").startswith(f"bytes {begun}-"):
            raise UnreachableError(f"{shown(self._url)}: answers with another part than was asked for; try again")
        length = answer.header("content-length") or ""
        if length.isdecimal() and begun + int(length) > self._most:
            raise RefusedError(f"{shown(self._url)}: is longer than {self._most:,} bytes; it is not fetched")
        etag = answer.header("etag") or "W/"
        validator = answer.header("last-modified") if etag.startswith("W/") else etag
        if answer.status == 200 and validator:
            _notes(self._path).write_text(json.dumps({"url": self._url, "validator": validator}), encoding="utf-8")
        elif answer.status == 200:
            _notes(self._path).unlink(missing_ok=True)
        self._size = begun
        self._file = self._path.open("ab" if begun else "wb")
        return self._most - begun + 1, self._take

    def _take(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._most or not self._file:
            raise RefusedError(f"{shown(self._url)}: is longer than {self._most:,} bytes; it is not fetched")
        self._pace.spend(len(chunk))
        self._file.write(chunk)
        self._advance(len(chunk))

    def is_whole(self, answer: Answer) -> bool:
        """Return whether there is nothing behind what is here: a stopped run fetched all of it."""
        return (answer.header("content-range") or "") == f"bytes */{self._path.stat().st_size}"

    def check(self, answer: Answer) -> None:
        """Raise UnreachableError where the file is not as long as the answer says."""
        ranged = (answer.header("content-range") or "").rpartition("/")[2]
        total = ranged if answer.status == 206 else (answer.header("content-length") or "")
        if total.isdecimal() and self._path.stat().st_size != int(total):
            raise UnreachableError(f"{shown(self._url)}: ends before the length that it announces; try again")


def _notes(path: Path) -> Path:
    """Return where it stands which version of a file a part is of."""
    return path.with_name(f"{path.name}.json")


def _wait(answer: Answer, attempt: int) -> float:
    """Return the seconds that a host asks to wait (RFC 9110 section 10.2.3), else twice as many each time."""
    said = answer.header("retry-after") or ""
    if said.isdecimal():
        return float(min(int(said), LONGEST_WAIT))
    with suppress(ValueError, TypeError):
        seconds = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
        return max(0.0, min(seconds, float(LONGEST_WAIT)))
    return float(2**attempt)
