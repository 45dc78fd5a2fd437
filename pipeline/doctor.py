"""Whether what was published reaches listeners as apps want it, found out through the public address.

Every check is a function and a row: in `_PLACE_PROBES` where it asks about the store or the address as a whole, in
`_PROBES` where it asks about one published object. A function yields what is wrong; where it yields nothing, the row
says what is right.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

from pipeline.assembly.keys import PRIVATE
from pipeline.chapters import CHAPTERS_TYPE
from pipeline.errors import StoreError
from pipeline.http import PATIENCE, Answer, Client, UnreachableError
from pipeline.manifest import EMPTY, MANIFEST_KEY, Manifest, ObjectRecord, parse_manifest
from pipeline.model import Overrides, Storage
from pipeline.stores import CORS, Store, open_store
from pipeline.transcripts import MEDIA_TYPES
from pipeline.workspace.load import load_show
from pipeline.workspace.scan import scan_workspace

FindingLevel = Literal["error", "warning", "advice", "ok"]
Kind = Literal["feed", "list", "audio", "transcript", "chapters", "image", "asset", "private"]

#: A site that is not the podcast's.
ORIGIN = "https://example.org"
#: Objects up to this size are read whole and compared with what was published. In bytes.
WHOLE = 4 << 20
#: How much of a larger one is compared, at its end. In bytes.
TAIL = 64
#: A cache may keep a feed so long, in seconds, before listeners wait for new episodes.
LONGEST_FEED_AGE = 3_600
#: After so many questions without an answer no more are asked.
MOST_SILENT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. subject: an object's key, "store" or "public_url"; probe: the name of the row.

    message: `what is wrong; what to do`; at level "ok" what is right. Other levels are those of `errors.Problem`.
    """

    subject: str
    probe: str
    level: FindingLevel
    message: str


def observe_health(root: Path, overrides: Overrides) -> tuple[Finding, ...]:
    """Look at the store, the public address and one published object of each kind, with a bounded number of requests.

    Raises WorkspaceError where the settings cannot be read, StoreError where the manifest cannot.
    """
    storage, store = _open(root, overrides)
    read = store.read(MANIFEST_KEY)
    manifest = parse_manifest(read.data) if read and read.data is not None else EMPTY
    with Client(patience=PATIENCE) as client:
        place = Place(storage=storage, store=store, manifest=manifest, client=client)
        found = tuple(_observe_place(place))
        silent = any(one.probe == _ADDRESS.name and one.level == "error" for one in found)
        return found if silent else (*found, *_observe_objects(place))


def apply_fixes(root: Path, overrides: Overrides) -> tuple[str, ...]:
    """Correct what can be corrected from here, and say what was; nothing twice.

    That is the bucket's rule for players on other sites. Raises WorkspaceError or StoreError.
    """
    _, store = _open(root, overrides)
    if store.observe_cors() is None or not store.apply_cors():
        return ()
    return (f"store: pages of any site may read it now (cross-origin rule {CORS.name!r})",)


def _open(root: Path, overrides: Overrides) -> tuple[Storage, Store]:
    storage = load_show(scan_workspace(root), overrides).storage
    return storage, open_store(storage)


# What is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A store, the address at which the public reads it, and what it says was published."""

    storage: Storage
    store: Store
    manifest: Manifest
    client: Client

    def url(self, key: str) -> str:
        """The address of a key."""
        return self.storage.public_url + quote(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A published object. media_type is the Content-Type that it was stored with; others may stand for it."""

    key: str
    kind: Kind
    media_type: str
    record: ObjectRecord
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """The questions about one object, each asked once."""

    place: Place
    target: Target
    _answers: dict[object, Answer] = field(default_factory=dict)

    def ask(self, *, method: str = "GET", headers: Mapping[str, str] | None = None, most: int = 0) -> Answer:
        """An answer of the public address. Raises UnreachableError."""
        sent = dict(headers or {})
        question = (method, tuple(sorted(sent.items())))
        if question not in self._answers:
            self._answers[question] = self.place.client.observe(
                self.place.url(self.target.key), method=method, headers=sent, most=most
            )
        return self._answers[question]

    @property
    def got(self) -> Answer:
        """What an app gets: the whole object where it is small, else only its headers."""
        return self.ask(most=WHOLE + 1 if self.target.record.size <= WHOLE else 0)


Told = Iterator[tuple[FindingLevel, str]]


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


# The sample

#: Kinds of objects by the ending of their keys, with the types that apps take as well; the first that fits.
_ENDINGS: tuple[tuple[str, Kind, str, tuple[str, ...]], ...] = (
    (".xml", "feed", "application/rss+xml; charset=utf-8", ("application/xml", "text/xml")),
    (".opml", "list", "text/x-opml; charset=utf-8", ("text/xml", "application/xml")),
    (".mp3", "audio", "audio/mpeg", ()),
    (".m4a", "audio", "audio/x-m4a", ("audio/mp4",)),
    ("-chapters.json", "chapters", CHAPTERS_TYPE, ("application/json",)),
    *((suffix, "transcript", media_type, ()) for suffix, media_type in MEDIA_TYPES.items()),
    (".jpg", "image", "image/jpeg", ()),
    (".jpeg", "image", "image/jpeg", ()),
    (".png", "image", "image/png", ()),
    (".css", "asset", "text/css; charset=utf-8", ()),
    (".js", "asset", "text/javascript; charset=utf-8", ("application/javascript",)),
    (".svg", "asset", "image/svg+xml", ()),
)


def sample(manifest: Manifest) -> tuple[Target, ...]:
    """One published object of each kind and ending, of the newest episode that has one; then what nobody may read."""
    keys = sorted(manifest.objects, key=_newest_first(manifest))
    found: dict[str, Target] = {}
    stems = {episode.stem for episode in manifest.episodes.values()}
    for key in keys:
        if key.startswith(PRIVATE) or key in manifest.doomed:
            continue
        for suffix, kind, media_type, others in _ENDINGS:
            if key.endswith(suffix) and (kind != "chapters" or key.removesuffix(suffix) in stems):
                target = Target(key=key, kind=kind, media_type=media_type, record=manifest.objects[key], others=others)
                found.setdefault(suffix, target)
                break
    return (*(found[row[0]] for row in _ENDINGS if row[0] in found), *_private_sample(manifest, keys))


def _newest_first(manifest: Manifest) -> Callable[[str], tuple[int, str]]:
    """An order of keys: feeds, then episodes from the newest on, then all else."""
    episodes = sorted(manifest.episodes.values(), key=lambda one: one.published, reverse=True)
    ranks = {episode.stem: number for number, episode in enumerate(episodes)}
    feeds = {feed.key for feed in manifest.feeds.values()}

    def rank(key: str) -> tuple[int, str]:
        if key in feeds:
            return -1, key
        name = key.rpartition(".")[0]
        return ranks.get(name, ranks.get(name.removesuffix("-chapters"), len(ranks))), key

    return rank


def _private_sample(manifest: Manifest, keys: list[str]) -> Iterator[Target]:
    """The manifest itself, and one object of each folder below `private/`."""
    if not manifest.objects:
        return
    # Its own size is in no manifest, and is not asked for.
    yield Target(key=MANIFEST_KEY, kind="private", media_type="", record=ObjectRecord(0, "", ""))
    folders: set[str] = set()
    for key in keys:
        folder = key.removeprefix(PRIVATE).partition("/")[0] if "/" in key.removeprefix(PRIVATE) else ""
        if key.startswith(PRIVATE) and folder not in folders and key not in manifest.doomed:
            folders.add(folder)
            yield Target(key=key, kind="private", media_type="", record=manifest.objects[key])


# How it is looked at


def _observe_place(place: Place) -> Iterator[Finding]:
    for probe in _PLACE_PROBES:
        try:
            told = tuple(probe.observe(place))
        except StoreError as error:
            told = (("error", str(error)),)
        for level, message in told or (("ok", probe.fine),):
            yield Finding(subject=probe.subject, probe=probe.name, level=level, message=message)
        if told and probe is _ADDRESS:
            return


def _observe_objects(place: Place) -> Iterator[Finding]:
    silent = 0
    for target in sample(place.manifest):
        visit = Visit(place, target)
        for probe in (one for one in _PROBES if target.kind in one.kinds):
            try:
                told = tuple(probe.observe(visit))
            except StoreError as error:
                silent += isinstance(error, UnreachableError)
                told = (("error", str(error)),)
            for level, message in told or (("ok", probe.fine),):
                yield Finding(subject=target.key, probe=probe.name, level=level, message=message)
            if silent == MOST_SILENT:
                message = f"gave no answer {silent} times, so the rest was left out; correct that and look again"
                yield Finding(subject="public_url", probe=_ADDRESS.name, level="error", message=message)
                return
            if told and probe is _ANSWERS:
                break


# The place


def _observe_address(place: Place) -> Told:
    """Any answer will do; what the objects' addresses answer is looked at one by one."""
    url = place.storage.public_url
    try:
        place.client.observe(url, method="HEAD", headers={}, most=0)
    except UnreachableError as error:
        yield "error", str(error)


def _observe_published(place: Place) -> Told:
    if not place.manifest.objects:
        yield "advice", "nothing is published here; run podwright publish, then podwright doctor again"


def _observe_https(place: Place) -> Told:
    """Pages served by HTTPS may not fetch from plain HTTP (https://www.w3.org/TR/mixed-content/)."""
    parts = urlsplit(place.storage.public_url)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        yield "warning", "is not HTTPS, so players in browsers refuse it; serve it by HTTPS and correct public_url"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _observe_listing(place: Place) -> Told:
    """Who may list may read the names of what is not public."""
    answer = place.client.observe(place.storage.public_url, headers={}, most=4096)
    if answer.status == 200 and b"<ListBucketResult" in answer.data:
        message = "anybody can list it, and with it the names of what is private; allow s3:GetObject alone"
        yield "warning", message


def _observe_rules(place: Place) -> Told:
    """The rules of the bucket are advice only: what its public address answers is what counts."""
    try:
        rules = place.store.observe_cors()
    except StoreError as error:
        yield "advice", str(error)
        return
    if rules is not None and not any(rule.opens for rule in rules):
        yield "advice", "no cross-origin rule lets the pages of any site read it; run podwright doctor --fix"


#: Where this one finds anything, whatever else asks the public address is left out.
_ADDRESS = PlaceProbe(name="address", subject="public_url", observe=_observe_address, fine="answers")
_PLACE_PROBES: tuple[PlaceProbe, ...] = (
    PlaceProbe(name="published", subject="store", observe=_observe_published, fine="holds a podcast"),
    PlaceProbe(
        name="rules", subject="store", observe=_observe_rules, fine="has no rule against players on other sites"
    ),
    PlaceProbe(name="https", subject="public_url", observe=_observe_https, fine="is HTTPS, or this machine alone"),
    _ADDRESS,
    PlaceProbe(name="listing", subject="public_url", observe=_observe_listing, fine="does not list the bucket"),
)


# The objects


def _observe_answer(visit: Visit) -> Told:
    """200, and neither a redirect nor a refusal."""
    answer = visit.got
    if answer.status == 200:
        return
    if answer.status in (301, 302, 303, 307, 308):
        message = f"redirects ({answer.status}); make public_url the address that answers itself"
        yield "warning", f"{message}, then look again: nothing behind it was looked at"
    elif answer.status in (401, 403):
        yield "error", f"is refused ({answer.status}); let anybody read all but private/"
    elif answer.status in (404, 410):
        yield "error", f"is not there ({answer.status}); see that public_url leads to the store's root"
    else:
        yield "error", f"answers {answer.status}, not 200; correct the server"


def _observe_private(visit: Visit) -> Told:
    answer = visit.ask(most=TAIL)
    if answer.status // 100 == 3:
        yield "warning", f"redirects ({answer.status}), so nobody knows who can read it; let it be refused (403)"
    elif answer.status // 100 == 2:
        key, store = visit.target.key, visit.place.store
        held = store.observe(key)
        length = min(TAIL, held.size) if held else 0
        if held and answer.data[:length] == store.read_range(key, start=0, length=length):
            yield "error", "anybody can read it; refuse all below private/ in the bucket's policy or the web server"
        else:
            yield "warning", f"answers {answer.status} with something else; let it be refused (403)"


def _observe_type(visit: Visit) -> Told:
    """Apps go by the type, players by their own guess where it is wrong (RFC 9110 section 8.3)."""
    target = visit.target
    said = visit.got.header("content-type") or "nothing"
    bare, charset = _media_type(said)
    wanted, wanted_charset = _media_type(target.media_type)
    if bare != wanted and bare not in target.others:
        yield "error", f"is served as {said}; have the server send {target.media_type}"
    elif charset not in (None, "utf-8"):
        yield "error", f"is served in {charset}, and is UTF-8; have the server send {target.media_type}"
    elif bare != wanted:
        yield "advice", f"is served as {said}, which apps take as well; better is {target.media_type}"
    elif wanted_charset and charset is None and bare.startswith("text/"):
        yield "warning", f"is served without a charset, and read as Latin-1 by some; send {target.media_type}"


def _media_type(value: str) -> tuple[str, str | None]:
    """A type and its charset, in lower case."""
    bare, _, parameters = value.lower().partition(";")
    found = re.search(r'charset\s*=\s*"?([^";\s]+)', parameters)
    return bare.strip(), found[1] if found else None


def _observe_content(visit: Visit) -> Told:
    """The length is that of the enclosure (https://www.rssboard.org/rss-specification#ltenclosuregtSubelementOfLtitemgt)."""
    said, record = visit.got.header("content-length"), visit.target.record
    if coding := visit.got.header("content-encoding"):
        yield "error", f"comes as {coding} to who asked for no coding; turn that off"
    elif said is not None and said != str(record.size):
        yield "error", f"has {said} bytes, and {record.size} were published; {_REFRESH}"
    elif record.size <= WHOLE and hashlib.sha256(visit.got.data).hexdigest() != record.sha256:
        yield "error", f"has other bytes than were published; {_REFRESH}"
    elif said is None:
        yield "warning", "comes without Content-Length, so apps show no progress; turn chunked answers off"


_REFRESH = "empty the caches before the store, or wait until they ask again"


def _observe_head(visit: Visit) -> Told:
    """Apple asks so before it streams (https://podcasters.apple.com/support/823-podcast-requirements)."""
    answer = visit.ask(method="HEAD")
    if answer.status != 200:
        yield "error", f"answers {answer.status} to HEAD; allow HEAD wherever GET is allowed"
        return
    for name in ("Content-Length", "Content-Type"):
        if answer.header(name) != visit.got.header(name):
            yield "error", f"says another {name} to HEAD than to GET; correct the server"


def _observe_etag(visit: Visit) -> Told:
    """A strong version, and 304 for who has it already (RFC 9110 sections 8.8.3, 13.1.2).

    Only with a strong one a player goes on with a file from where it stopped (section 13.1.5).
    """
    etag = visit.got.header("etag")
    if etag is None:
        yield "warning", "has no ETag, so apps fetch it again and again; have the server send one"
        return
    if etag.startswith("W/"):
        yield "warning", f"has a weak ETag ({etag}); turn off what alters it on its way, such as compression"
    answer = visit.ask(headers={"If-None-Match": etag})
    if answer.status != 304:
        yield "warning", f"answers {answer.status}, not 304, to If-None-Match; have the server compare ETags"


def _observe_ranges(visit: Visit) -> Told:
    """Its first bytes, as Apple asks, and its last (RFC 9110 section 14)."""
    size = visit.target.record.size
    length = min(TAIL, size)
    for start, count in ((0, min(2, size)), (size - length, length)):
        end = start + count - 1
        answer = visit.ask(headers={"Range": f"bytes={start}-{end}"}, most=count + 1)
        if answer.status != 206:
            yield "error", f"answers {answer.status}, not 206, to a range; turn byte ranges on, or no app can skip"
            return
        said = answer.header("content-range")
        if said != f"bytes {start}-{end}/{size}":
            yield "error", f"answers the range {start}-{end} of {size} with Content-Range {said}; correct the server"
            return
        if answer.data != visit.place.store.read_range(visit.target.key, start=start, length=count):
            yield "error", f"has other bytes at {start}-{end} than were published; {_REFRESH}"
            return


def _observe_caching(visit: Visit) -> Told:
    """RFC 9111 section 5.2.2."""
    said = visit.got.header("cache-control")
    if not said:
        yield "advice", "has no Cache-Control, so that every cache guesses; have the server send one"
        return
    age = re.search(r"\b(?:s-maxage|max-age)\s*=\s*\"?(\d+)", said)
    if visit.target.kind == "feed" and age and int(age[1]) > LONGEST_FEED_AGE:
        yield "advice", f"may be kept for {age[1]} s, so long wait listeners for an episode; send max-age=300"


def _observe_gzip(visit: Visit) -> Told:
    answer = visit.ask(headers={"Accept-Encoding": "gzip"})
    if answer.header("content-encoding") != "gzip":
        yield "advice", "is not compressed; a web server or CDN that sends feeds as gzip spares nine tenths of it"


#: How bad it is that the page of another site cannot read an object: players in browsers need the texts.
_CLOSED: Mapping[Kind, FindingLevel] = {
    "transcript": "error",
    "chapters": "error",
    "feed": "warning",
    "list": "advice",
    "audio": "advice",
}


def _observe_sharing(visit: Visit) -> Told:
    """Whether pages of other sites can read it (https://fetch.spec.whatwg.org/#http-cors-protocol).

    Transcripts and chapters must be readable so: see `stores.CORS`. The page's own origin as the answer is right only
    if caches are told that it varies (https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches).
    """
    shared, kind = visit.ask(headers={"Origin": ORIGIN}), visit.target.kind
    allowed = shared.header("access-control-allow-origin")
    if allowed not in ("*", ORIGIN):
        fix = "run podwright doctor --fix, or " if visit.place.storage.folder is None else ""
        message = "cannot be read by players on other sites"
        yield _CLOSED[kind], f"{message}; {fix}have the server send Access-Control-Allow-Origin: *"
        return
    if allowed == ORIGIN and "origin" not in _listed(shared.header("vary")):
        yield "warning", "allows the site that asks without Vary: Origin, so that caches mix answers up; send *"
    exposed = _listed(shared.header("access-control-expose-headers"))
    missing = [name for name in _EXPOSED.get(kind, ()) if name.lower() not in exposed]
    if missing and "*" not in exposed:
        yield "advice", f"hides {', '.join(missing)} from other sites; name it in Access-Control-Expose-Headers"


#: What a page must see to ask again, or to go on, from where it was
#: (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
_EXPOSED: Mapping[Kind, tuple[str, ...]] = {"feed": ("ETag",), "audio": ("ETag", "Content-Range")}


def _listed(value: str | None) -> set[str]:
    return {name.strip().lower() for name in (value or "").split(",")}


_PUBLIC: frozenset[Kind] = frozenset(("feed", "list", "audio", "transcript", "chapters", "image", "asset"))

#: Where this one finds anything, the others of an object are left out.
_ANSWERS = Probe(name="answer", kinds=_PUBLIC, observe=_observe_answer, fine="answers without a redirect")
_PROBES: tuple[Probe, ...] = (
    _ANSWERS,
    Probe(name="private", kinds=frozenset({"private"}), observe=_observe_private, fine="cannot be read by anybody"),
    Probe(name="type", kinds=_PUBLIC, observe=_observe_type, fine="has the right Content-Type"),
    Probe(name="content", kinds=_PUBLIC, observe=_observe_content, fine="is as it was published"),
    Probe(name="head", kinds=_PUBLIC, observe=_observe_head, fine="answers HEAD as it answers GET"),
    Probe(name="etag", kinds=_PUBLIC, observe=_observe_etag, fine="has a strong ETag, and is not sent twice"),
    Probe(name="ranges", kinds=frozenset({"audio", "image"}), observe=_observe_ranges, fine="comes in ranges of bytes"),
    Probe(name="caching", kinds=_PUBLIC, observe=_observe_caching, fine="says how long it may be kept"),
    Probe(name="compression", kinds=frozenset({"feed"}), observe=_observe_gzip, fine="comes compressed"),
    Probe(name="sharing", kinds=frozenset(_CLOSED), observe=_observe_sharing, fine="can be read from other sites"),
)
