"""Checks of the store, of the public address and of one published object, each a function and a row in a table."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from podwright.core.errors import StoreError
from podwright.core.finding import Finding, Level
from podwright.core.http import REDIRECTS, UnreachableError
from podwright.core.names import MANIFEST_KEY, PRIVATE
from podwright.inspection.doctor.dialects import WHOLE_BUCKETS, dialect_of
from podwright.inspection.doctor.types import Kind, Place, PlaceProbe, Probe, Target, Told, Visit
from podwright.stores import observe_cors, printable
from podwright.stores.sides import observe_strays


def observe_place(place: Place) -> Iterator[Finding]:
    """Yield what is right and what is wrong; ask nothing more once the address gave no answer."""
    for probe in _PLACE_PROBES:
        try:
            told = tuple(probe.observe(place))
        except StoreError as error:
            told = (("error", str(error)),)
        for level, message in told or (("ok", probe.fine),):
            yield Finding(where=probe.subject, code=probe.name, level=level, message=message)
        if told and probe is ADDRESS:
            return


def _observe_address(place: Place) -> Told:
    """Take any answer; what the objects' addresses answer is looked at one by one."""
    url = place.storage.public_url
    try:
        place.client.observe(url, method="HEAD", headers={}, most=0)
    except UnreachableError as error:
        yield "error", str(error)


def _observe_published(place: Place) -> Told:
    if not place.manifest.objects:
        yield "advice", "nothing is published here; run podwright publish, then podwright doctor again"


def _observe_https(place: Place) -> Told:
    """Look for HTTPS: pages served by it may not fetch from plain HTTP (https://www.w3.org/TR/mixed-content/)."""
    parts = urlsplit(place.storage.public_url)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        yield "warning", "is not HTTPS, so players in browsers refuse it; serve it by HTTPS and correct public_url"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _observe_listing(place: Place) -> Told:
    """Look for a listing: whoever may list may read the names of what is not public."""
    answer = place.client.observe(place.storage.public_url, headers={}, most=4096)
    if answer.status == 200 and b"<ListBucketResult" in answer.data:
        message = "anybody can list it, and with it the names of what is private; allow s3:GetObject alone"
        yield "warning", message


def _observe_rules(place: Place) -> Told:
    """Look at the bucket's rules, which are advice only: what its public address answers is what counts."""
    try:
        rules = observe_cors(place.store)
    except StoreError as error:
        yield "advice", str(error)
        return
    if rules is not None and not any(rule.opens for rule in rules):
        yield "advice", "no cross-origin rule lets the pages of any site read it; run podwright doctor --fix"


def _observe_sides(place: Place) -> Told:
    """Say in which of the two ways what is private is kept from the public, and what is not where it should be."""
    storage, dialect = place.storage, dialect_of(place.storage)
    strays = [one.key for one in observe_strays(place.store)]
    if MANIFEST_KEY in strays:
        yield "error", "has its private side in its public place still; run podwright publish, which moves it"
    elif strays:
        more = f" and {len(strays) - 1:,} more" if strays[1:] else ""
        yield "error", f"has what is private in its public place: {printable(strays[0])}{more}; delete it there"
    elif storage.private_url:
        yield "ok", f"has what is private in a place of its own ({storage.private_url})"
    elif storage.folder:
        yield "ok", "has both sides in one folder, whose web server has to refuse all below private/"
    elif dialect.form is None:
        yield "advice", f"{dialect.name} {WHOLE_BUCKETS}, or {dialect.note.format(private=PRIVATE)}"


#: Where this one finds anything, whatever else asks the public address is left out.
ADDRESS = PlaceProbe(name="address", subject="public_url", observe=_observe_address, fine="answers")
_PLACE_PROBES: tuple[PlaceProbe, ...] = (
    PlaceProbe(name="published", subject="store", observe=_observe_published, fine="holds a podcast"),
    PlaceProbe(
        name="rules", subject="store", observe=_observe_rules, fine="has no rule against players on other sites"
    ),
    PlaceProbe(name="sides", subject="store", observe=_observe_sides, fine="lets a policy refuse what is private"),
    PlaceProbe(name="https", subject="public_url", observe=_observe_https, fine="is HTTPS, or this machine alone"),
    ADDRESS,
    PlaceProbe(name="listing", subject="public_url", observe=_observe_listing, fine="does not list the bucket"),
)


#: A site that is not the podcast's.
ORIGIN = "https://example.org"
#: How much of a large object is compared, at its end. In bytes.
TAIL = 64
#: A cache may keep a feed so long, in seconds, before listeners wait for new episodes.
LONGEST_FEED_AGE = 3_600
_REFUSED = (401, 403)
#: After so many questions without an answer no more are asked.
MOST_SILENT = 3


def observe_objects(place: Place, targets: Iterable[Target]) -> Iterator[Finding]:
    """Make each check of each object; no more once the address gave no answer several times.

    Where nobody can read anything that is public, that is one finding.
    """
    silent, readable = 0, False
    refused: list[tuple[Visit, Finding]] = []
    for target in targets:
        visit = Visit(place, target)
        findings = tuple(observe_object(visit))
        if target.kind in _PUBLIC and not visit.unanswered and visit.got.status in _REFUSED:
            refused += [(visit, finding) for finding in findings]
        else:
            readable |= target.kind in _PUBLIC
            yield from findings
        silent += len(visit.unanswered)
        if silent >= MOST_SILENT:
            message = f"gave no answer {silent} times, so the rest was left out; correct that and look again"
            yield Finding(where="public_url", code=ADDRESS.name, level="error", message=message)
            break
    if readable or not refused:
        yield from (finding for _, finding in refused)
    else:
        message = f"refuses all that is public ({refused[0][0].got.status}); {_opening(place)}"
        yield Finding(where="public_url", code=_ANSWERS.name, level="error", message=message)


def _opening(place: Place) -> str:
    """Return how to let anybody read what is public."""
    policy = "" if place.storage.folder else " (podwright doctor --policy public prints how)"
    return f"let anybody read all but private/{policy}"


def observe_object(visit: Visit) -> Iterator[Finding]:
    """Make each check of one object; of one that does not answer as it should, no more than that."""
    for probe in (one for one in _PROBES if visit.target.kind in one.kinds):
        try:
            told = tuple(probe.observe(visit))
        except StoreError as error:
            told = (("error", str(error)),)
        for level, message in told or (("ok", probe.fine),):
            yield Finding(where=visit.target.key, code=probe.name, level=level, message=message)
        if told and probe is _ANSWERS:
            return


def _observe_answer(visit: Visit) -> Told:
    """Look for 200: neither a redirect nor a refusal."""
    answer = visit.got
    if answer.status == 200:
        return
    if answer.status in REDIRECTS:
        message = f"redirects ({answer.status}); make public_url the address that answers itself"
        yield "warning", f"{message}, then look again: nothing behind it was looked at"
    elif answer.status in _REFUSED:
        yield "error", f"is refused ({answer.status}); {_opening(visit.place)}"
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
    """Compare the type: apps go by it, players by their own guess where it is wrong (RFC 9110 section 8.3)."""
    target = visit.target
    if not target.media_type:
        return
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
    """Return a type and its charset, in lower case."""
    bare, _, parameters = value.lower().partition(";")
    found = re.search(r'charset\s*=\s*"?([^";\s]+)', parameters)
    return bare.strip(), found[1] if found else None


def _observe_content(visit: Visit) -> Told:
    """Compare length and bytes.

    The length is that of the enclosure (https://www.rssboard.org/rss-specification#ltenclosuregtSubelementOfLtitemgt).
    """
    said, record = visit.got.header("content-length"), visit.target.record
    if coding := visit.got.header("content-encoding"):
        yield "error", f"comes as {coding} to who asked for no coding; turn that off"
    elif said is not None and said != str(record.size):
        yield "error", f"has {said} bytes, and {record.size} were published; {_REFRESH}"
    elif visit.is_small and hashlib.sha256(visit.got.data).hexdigest() != record.sha256:
        yield "error", f"has other bytes than were published; {_REFRESH}"
    elif said is None:
        yield "warning", "comes without Content-Length, so apps show no progress; turn chunked answers off"


_REFRESH = "empty the caches before the store, or wait until they ask again"


def _observe_head(visit: Visit) -> Told:
    """Ask by HEAD, as Apple does before it streams (https://podcasters.apple.com/support/823-podcast-requirements)."""
    answer = visit.ask(method="HEAD")
    if answer.status != 200:
        yield "error", f"answers {answer.status} to HEAD; allow HEAD wherever GET is allowed"
        return
    for name in ("Content-Length", "Content-Type"):
        if answer.header(name) != visit.got.header(name):
            yield "error", f"says another {name} to HEAD than to GET; correct the server"


def _observe_etag(visit: Visit) -> Told:
    """Look for a strong version, and for 304 to who has it already (RFC 9110 sections 8.8.3, 13.1.2).

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
    """Ask for the first bytes, as Apple does, and for the last (RFC 9110 section 14)."""
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
        if answer.data != _load_part(visit, start=start, length=count):
            yield "error", f"has other bytes at {start}-{end} than were published; {_REFRESH}"
            return


def _load_part(visit: Visit, *, start: int, length: int) -> bytes:
    """Return bytes of an object as it was published: of what was read where that is right, else of the store."""
    if visit.is_small and hashlib.sha256(visit.got.data).hexdigest() == visit.target.record.sha256:
        return visit.got.data[start : start + length]
    return visit.place.store.read_range(visit.target.key, start=start, length=length)


def _observe_caching(visit: Visit) -> Told:
    """Look at Cache-Control (RFC 9111 section 5.2.2)."""
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
_CLOSED: Mapping[Kind, Level] = {
    "transcript": "error",
    "chapters": "error",
    "feed": "warning",
    "list": "advice",
    "audio": "advice",
}


def _observe_sharing(visit: Visit) -> Told:
    """Look whether pages of other sites can read it (https://fetch.spec.whatwg.org/#http-cors-protocol).

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


_PUBLIC: frozenset[Kind] = frozenset(("feed", "list", "audio", "transcript", "chapters", "image", "asset", "page"))

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
