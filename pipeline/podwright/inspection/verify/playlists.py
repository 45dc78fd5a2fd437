"""Playlists of HTTP Live Streaming, followed from the first one to the ends of the segments, as an app plays them.

https://www.rfc-editor.org/rfc/rfc8216. Bounded: a playlist has at most so many bytes, so many of them are read, and of
the segments of each so many are asked for, by HEAD, the first and the last among them.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from podwright.core.errors import FormatError
from podwright.core.http import Answer, Client, UnreachableError
from podwright.core.showing import shown

#: What playlists are served as (section 4, and what the podcast namespace calls them), in lower case.
TYPES = frozenset({"application/vnd.apple.mpegurl", "application/x-mpegurl", "audio/mpegurl", "audio/x-mpegurl"})
#: Bytes of one playlist: a segment of six seconds has a line or two, and a day 14,400 of them.
LARGEST = 4 << 20
MOST_PLAYLISTS = 16
MOST_SEGMENTS = 12

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Playlist:
    """A playlist as it was read, with absolute addresses, each once."""

    #: Of a master playlist, the playlists of its renditions.
    renditions: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    #: What segments need besides: keys and initialisations.
    others: tuple[str, ...] = ()
    #: Whether nothing is added to it any more.
    ended: bool = False


def parse_playlist(data: bytes, *, url: str) -> Playlist:
    """Return what a playlist at an address names. Raises FormatError where it is none."""
    try:
        lines = [line.strip() for line in data.decode("utf-8").split("\n")]
    except UnicodeDecodeError as error:
        raise FormatError("is not UTF-8; write it anew") from error
    if not lines[0].startswith("#EXTM3U"):
        raise FormatError("is no playlist: its first line is not #EXTM3U; correct the address, or write it anew")
    named: dict[str, list[str]] = {"renditions": [], "segments": [], "others": []}
    kind = ""
    for line in lines[1:]:
        tag, _, values = line.partition(":")
        match tag:
            case "#EXT-X-STREAM-INF":
                kind = "renditions"
            case "#EXTINF":
                kind = "segments"
            case "#EXT-X-MEDIA" | "#EXT-X-I-FRAME-STREAM-INF":
                named["renditions"] += _uri(values)
            case "#EXT-X-MAP" | "#EXT-X-KEY" | "#EXT-X-SESSION-KEY":
                named["others"] += _uri(values)
            case _ if line and not line.startswith("#"):
                named[kind or "segments"].append(line)
                kind = ""
    found = {name: tuple(dict.fromkeys(_joined(url, uri) for uri in uris)) for name, uris in named.items()}
    if bool(found["renditions"]) == bool(found["segments"]):
        kinds = "both other playlists and segments" if found["segments"] else "neither other playlists nor segments"
        raise FormatError(f"names {kinds}; write it anew")
    return Playlist(**found, ended="#EXT-X-ENDLIST" in lines)


def _uri(attributes: str) -> Iterator[str]:
    for name, value in _ATTRIBUTE.findall(attributes):
        if name == "URI":
            yield value.strip('"')


def _joined(url: str, uri: str) -> str:
    try:
        return urljoin(url, uri)
    except ValueError:
        raise FormatError(f"names {uri[:60]!r}, which is no address; correct it") from None


def observe_playlist(client: Client, url: str) -> Iterator[str]:
    """Yield what is wrong with a playlist and all that it leads to, as `what is wrong; what to do`."""
    first = yield from _load(client, url, root=url)
    if first is None:
        return
    if not first.renditions:
        yield from _observe_media(client, first, url=url, root=url)
    for rendition in first.renditions[:MOST_PLAYLISTS]:
        found = yield from _load(client, rendition, root=url)
        if found is None:
            continue
        if found.renditions:
            yield f"{_named(rendition, url)} leads to playlists again, not to segments; write it anew"
        else:
            yield from _observe_media(client, found, url=rendition, root=url)


def _load(client: Client, url: str, *, root: str) -> Generator[str, None, Playlist | None]:
    """Yield what is wrong with one playlist; return it, if it can be read."""
    name = _named(url, root)
    try:
        route = client.follow(url)
        answer = client.observe(route.url, headers={}, most=LARGEST + 1)
    except UnreachableError as error:
        yield f"{name} {error.reason}"
        return None
    if route.lost or route.downgraded:
        yield f"{name} {route.lost or 'redirects from HTTPS to plain HTTP, which apps refuse; name another address'}"
        return None
    if answer.status != 200:
        yield f"{name} answers {answer.status}, not 200; publish it, or take it out"
        return None
    if len(answer.data) > LARGEST:
        yield f"{name} has more than {LARGEST >> 20} MB; make its segments longer"
        return None
    yield from _typed(answer, route.url, name=name)
    try:
        return parse_playlist(answer.data, url=route.url)
    except FormatError as error:
        yield f"{name} {error}"
        return None


def _typed(answer: Answer, url: str, *, name: str) -> Iterator[str]:
    """Yield whether nothing tells that it is a playlist (section 4)."""
    media_type = (answer.header("content-type") or "").partition(";")[0].strip().lower()
    if media_type not in TYPES and not urlsplit(url).path.lower().endswith((".m3u8", ".m3u")):
        yield f"{name} is served as {media_type or 'nothing'}; serve it as application/vnd.apple.mpegurl"


def _observe_media(client: Client, playlist: Playlist, *, url: str, root: str) -> Iterator[str]:
    name = _named(url, root)
    if not playlist.ended:
        yield f"{name} has no end (#EXT-X-ENDLIST), so that apps wait for more; close it"
    wrong = list(_missing(client, (*playlist.others, *_spread(playlist.segments)), url=url))
    if wrong:
        asked = len(playlist.others) + min(len(playlist.segments), MOST_SEGMENTS)
        yield f"{name} names what is not there: {wrong[0]} ({len(wrong)} of {asked} asked for); publish it whole"


def _spread(segments: Sequence[str]) -> tuple[str, ...]:
    """Return the first, the last, and some between them."""
    if len(segments) <= MOST_SEGMENTS:
        return tuple(segments)
    last = len(segments) - 1
    return tuple(segments[round(index * last / (MOST_SEGMENTS - 1))] for index in range(MOST_SEGMENTS))


def _missing(client: Client, urls: Sequence[str], *, url: str) -> Iterator[str]:
    """Yield each address that is not there, and why. A server may know no HEAD."""
    for one in urls:
        scheme = urlsplit(one).scheme
        if scheme == "http" and url.startswith("https:"):
            yield f"{shown(one)} is plain HTTP behind HTTPS"
        elif scheme in ("http", "https"):
            try:
                route = client.follow(one)
                if route.answer.status in (403, 405, 501):
                    route = client.follow(one, method="GET")
            except UnreachableError as error:
                yield str(error).partition(";")[0]
                continue
            if route.lost or route.answer.status not in (200, 206):
                yield f"{shown(one)} {'redirects without end' if route.lost else f'answers {route.answer.status}'}"


def _named(url: str, root: str) -> str:
    """Return how a finding about the first playlist calls another one."""
    return "as a playlist" if url == root else f"its playlist {shown(url)}"
