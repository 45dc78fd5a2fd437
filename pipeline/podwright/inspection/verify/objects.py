"""Every object that listeners are promised, asked for at its public address, and the hosts that it is asked for at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from podwright.core.finding import Finding
from podwright.core.http import REDIRECTS, Route, UnreachableError, observe_expiry
from podwright.core.showing import shown
from podwright.inspection.doctor.checks import observe_object
from podwright.inspection.doctor.types import Place, Target, Visit
from podwright.inspection.verify.playlists import TYPES, observe_playlist
from podwright.inspection.verify.types import Promises
from podwright.render.feeds import Named

#: After so many questions without an answer no more are asked.
MOST_SILENT = 10
#: A counting service treats all addresses alike, and is asked for so many.
MOST_COUNTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An object to look at."""

    target: Target
    #: Its mentions in documents of feeds.
    promised: tuple[tuple[str, Named], ...] = ()
    #: The key of the document that leads there.
    named_by: str | None = None


@dataclass(slots=True)
class Survey:
    """The findings so far; may be added to by several threads."""

    place: Place
    concurrency: int
    deep: bool
    advance: Callable[[int], None]
    findings: list[Finding] = field(default_factory=list)
    objects: int = 0
    checks: int = 0
    silent: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, found: Iterable[Finding], *, named_by: str | None = None) -> None:
        """Count what was looked at, and keep what breaks something or will; advice is the doctor's."""
        with self._lock:
            for one in found:
                self.checks += 1
                if one.level in ("error", "warning"):
                    self.findings.append(one if one.about else replace(one, about=named_by))

    def answered(self, visit: Visit) -> None:
        """Count an object, and the questions that got no answer."""
        with self._lock:
            self.objects += 1
            self.silent += len(visit.unanswered)

    @property
    def gave_up(self) -> bool:
        """Return whether the address is so silent that nothing more is asked."""
        return self.silent >= MOST_SILENT


def survey_objects(survey: Survey, tasks: Sequence[Task]) -> dict[str, bytes]:
    """Look at objects, several at once; gives the bytes of those that were read whole, by key."""
    bodies: dict[str, bytes] = {}

    def look(task: Task) -> None:
        if survey.gave_up:
            return
        visit = Visit(survey.place, task.target)
        found: list[Finding] = []
        visit = _arrive(visit, found)
        found += _observe(visit, task, survey, lost=any(one.level == "error" for one in found))
        survey.add(found, named_by=task.named_by)
        survey.answered(visit)
        if task.target.kind == "page" and visit.is_small and not visit.unanswered and visit.got.status == 200:
            bodies[task.target.key] = visit.got.data
        if not survey.deep or visit.is_small or task.target.kind == "private":
            survey.advance(task.target.record.size)

    with ThreadPoolExecutor(survey.concurrency) as pool:
        list(pool.map(look, tasks))
    return bodies


def silence(survey: Survey) -> Iterator[Finding]:
    """Yield a finding where the address gave no answer several times."""
    if survey.gave_up:
        message = f"gave no answer {survey.silent} times, so the rest was left out; correct that and look again"
        yield Finding(where="public_url", code="address", level="error", message=message)


def _arrive(visit: Visit, found: list[Finding]) -> Visit:
    """Return the visit where redirects lead to.

    What is wrong on the way is added, an error where nothing is reached.
    """
    place, target = visit.place, visit.target
    if target.kind == "private":
        return visit
    try:
        if visit.got.status not in REDIRECTS:
            return visit
        route = place.client.follow(place.url(target.key), first=visit.got)
    except UnreachableError as error:
        found.append(Finding(where=target.key, code="answer", level="error", message=str(error)))
        return visit
    found.append(_redirected(target.key, route))
    return Visit(place, replace(target, url=route.url), visit.unanswered)


def _observe(visit: Visit, task: Task, survey: Survey, *, lost: bool) -> Iterator[Finding]:
    if lost:
        return
    found = tuple(observe_object(visit))
    yield from found
    if any(one.code == "answer" and one.level != "ok" for one in found):
        return
    yield from _promises(task)
    if survey.deep and not visit.is_small and task.target.kind != "private":
        yield _digest(visit, survey.advance)


def _redirected(key: str, route: Route) -> Finding:
    fine = Finding(where=key, code="redirects", level="warning", message="")
    if route.lost:
        return replace(fine, level="error", message=route.lost)
    if route.downgraded:
        message = f"redirects from HTTPS to plain HTTP ({shown(route.url)}), which apps refuse; redirect to HTTPS"
        return replace(fine, level="error", message=message)
    said = ", ".join(map(str, route.statuses))
    message = f"redirects ({said}) to {shown(route.url)}; make public_url the address that answers itself"
    return replace(fine, message=message)


def _promises(task: Task) -> Iterator[Finding]:
    """Yield what feeds say of an object, against what was published."""
    target = task.target
    types = {target.media_type.partition(";")[0], *target.others, ""}
    fine = Finding(where=target.key, code="promise", level="ok", message="is as it is promised")
    for document, named in task.promised:
        said: list[str] = []
        if named.length not in (None, target.record.size):
            said.append(f"promises {named.length} bytes, and {target.record.size} were published")
        if target.media_type and (named.media_type or "").partition(";")[0].strip().lower() not in types:
            said.append(f"promises {named.media_type}, and it is {target.media_type}")
        if named.sha256 not in (None, target.record.sha256):
            said.append("promises the digest of other bytes than were published")
        for one in said:
            yield replace(fine, level="error", message=f"{document} {one}; publish again", about=document)
        if not said:
            yield fine


def _digest(visit: Visit, advance: Callable[[int], None]) -> Finding:
    """Compare all bytes of a large object."""
    target, place = visit.target, visit.place
    url = target.url or place.url(target.key)
    finding = Finding(where=target.key, code="digest", level="ok", message="has the bytes that were published")
    try:
        # One byte more than there should be tells a longer one.
        found = place.client.observe_digest(url, headers={}, most=target.record.size + 1, tell=advance)
    except UnreachableError as error:
        visit.unanswered.append(error)
        return replace(finding, level="error", message=str(error))
    if found.sha256 == target.record.sha256:
        return finding
    message = "has other bytes than were published; empty the caches before the store, or wait until they ask again"
    return replace(finding, level="error", message=message)


# What does not lie below the public address


def observe_elsewhere(survey: Survey, promises: Promises) -> None:
    """Look whether what feeds name at other addresses is there, no more."""

    def look(row: tuple[str, tuple[str, Named]]) -> None:
        url, (document, named) = row
        survey.add(_elsewhere(survey.place, url, named), named_by=document)

    def ask(row: tuple[str, str]) -> None:
        survey.add([_counted(survey.place, *row)])

    with ThreadPoolExecutor(survey.concurrency) as pool:
        list(pool.map(look, sorted(promises.elsewhere.items())))
        list(pool.map(ask, sorted(promises.counted.items())[:MOST_COUNTED]))


def _elsewhere(place: Place, url: str, named: Named) -> Iterator[Finding]:
    """Look for a file of somebody else's; a playlist is followed to what it plays."""
    if (named.media_type or "").partition(";")[0].strip().lower() in TYPES and url.startswith(("http://", "https://")):
        wrong = [
            Finding(where=shown(url), code="playlist", level="warning", message=one)
            for one in observe_playlist(place.client, url)
        ]
        yield from wrong or [
            Finding(where=shown(url), code="playlist", level="ok", message="is there, with its segments")
        ]
    else:
        yield _there(place, url, named)


def _there(place: Place, url: str, named: Named) -> Finding:
    """Look whether a file is there. A server may know no HEAD."""
    fine = Finding(where=shown(url), code="elsewhere", level="ok", message="is there")
    if named.role == "enclosure":
        message = (
            "is audio that is not below public_url, which apps do not follow; correct public_url, or publish again"
        )
        return replace(fine, level="error", message=message)
    if not url.startswith(("http://", "https://")):
        return fine
    try:
        route = place.client.follow(url)
        if route.answer.status in (403, 405, 501):
            route = place.client.follow(url, method="GET")
    except UnreachableError as error:
        return replace(fine, level="warning", message=error.reason)
    if route.lost or route.downgraded:
        why = route.lost or "redirects from HTTPS to plain HTTP, which apps refuse; name another address"
        return replace(fine, level="warning", message=why)
    if route.answer.status != 200:
        message = f"answers {route.answer.status}, not 200; name another address, or take it out"
        return replace(fine, level="warning", message=message)
    return fine


def _counted(place: Place, key: str, url: str) -> Finding:
    """Look whether a counting service leads to the audio.

    It is asked by HEAD, which is no download (a download is a minute of audio and more:
    https://iabtechlab.com/standards/podcast-measurement-guidelines/), and not asked for anything behind it.
    """
    fine = Finding(where=key, code="counting", level="ok", message="is found through the counting service")
    own = place.url(key)
    try:
        route = place.client.follow(url, until=own)
    except UnreachableError as error:
        return replace(fine, level="error", message=f"the counting service at {error}")
    if route.url == own and not route.lost and not route.downgraded:
        return fine
    if route.lost or route.downgraded:
        why = route.lost or "redirects from HTTPS to plain HTTP, which apps refuse; correct enclosure_prefix"
    elif route.statuses:
        why = f"leads to {shown(route.url)}, not to the audio; correct enclosure_prefix"
    else:
        why = f"answers {route.answer.status}, not with the way to the audio; correct enclosure_prefix"
    return replace(fine, level="error", message=f"the counting service ({shown(url)}) {why}")


#: A certificate that ends sooner is told: one that renews itself does so earlier
#: (https://letsencrypt.org/docs/integration-guide/#when-to-renew).
SOON = timedelta(days=14)


def observe_certificates(urls: Iterable[str], *, now: datetime, patience: timedelta) -> Iterator[Finding]:
    """Yield whether the certificate of each host is trusted, and will be for some time."""
    origins = dict.fromkeys(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/" for parts in map(urlsplit, urls))
    for origin in origins:
        fine = Finding(where=origin, code="certificate", level="ok", message="has a good certificate")
        try:
            ends = observe_expiry(origin, patience=patience)
        except UnreachableError as error:
            yield Finding(where=origin, code="certificate", level="error", message=error.reason)
            continue
        if ends is None or ends - now > SOON:
            yield fine
        else:
            days = max(0, (ends - now).days)
            message = f"its certificate ends in {days} days, on {ends:%Y-%m-%d}; renew it, and see why nothing did"
            yield Finding(where=origin, code="certificate", level="warning", message=message)
