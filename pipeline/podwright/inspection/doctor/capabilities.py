"""Capabilities of the store: tried again, reported with their consequences, written down in the manifest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from podwright.core.errors import BusyError, ConflictError, PrivateIsPublicError
from podwright.core.finding import Finding, Level
from podwright.publishing.session import Session
from podwright.publishing.turn import take_turn
from podwright.stores import Store, observe_time
from podwright.stores.capabilities import Capabilities, Trial
from podwright.stores.ledger.manifest_io import write_manifest
from podwright.stores.ledger.recovery import Observed

#: Stores refuse requests from a quarter of an hour off
#: (https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationTimeStamp).
MOST_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A capability in words."""

    #: Its field in `Capabilities`.
    name: str
    #: The words for a store that has it.
    able: str
    level: Level
    #: The consequence without it.
    lacking: str


_ROWS: tuple[_Row, ...] = (
    _Row(
        name="conditional_create",
        able="lets one of several win who create an object at once",
        level="warning",
        lacking="does not keep If-None-Match, so two first publishes at once may both believe that they won; publish "
        "from one machine",
    ),
    _Row(
        name="conditional_replace",
        able="lets one of several win who replace an object at once",
        level="warning",
        lacking="does not keep If-Match: versions are compared before and after, which does not notice every publish "
        "at the same time; publish from one machine",
    ),
    _Row(
        name="checksums",
        able="refuses bytes that changed on their way",
        level="advice",
        lacking="does not look at checksums, so that it is sent none, and compared by its MD5 or asked for size and "
        "digest of each object after it was sent; nothing to do",
    ),
    _Row(
        name="ranges",
        able="gives parts of objects",
        level="error",
        lacking="gives no ranges, so that nobody can skip in audio; use another store, or a CDN that gives them",
    ),
    _Row(
        name="multipart",
        able="joins parts to an object",
        level="advice",
        lacking="joins no parts, so that a long recording is sent in one piece, and sent again as a whole where the "
        "connection breaks; nothing to do",
    ),
    _Row(
        name="copy",
        able="copies objects inside itself",
        level="warning",
        lacking="copies nothing, so that what is copied elsewhere passes through this machine, and a scheduled episode "
        "of more than 64 MB can only be published from where its audio is; run cron there",
    ),
    _Row(
        name="copy_ranges",
        able="joins what it has with what is sent",
        level="advice",
        lacking="joins no ranges of what it has; nothing to do",
    ),
    _Row(
        name="copy_conditions",
        able="copies only the version that is meant",
        level="advice",
        lacking="copies whatever version it has, so that versions are compared before and after; nothing to do",
    ),
    _Row(
        name="metadata",
        able="keeps type, caching and digest of an object",
        level="warning",
        lacking="does not keep what an object is stored with; see what podwright doctor says of types and caching",
    ),
    _Row(
        name="listing",
        able="lists objects with sizes and times",
        level="advice",
        lacking="does not list objects as it should, so that nothing can be found that the manifest does not name; "
        "nothing to do",
    ),
)


def capability_findings(trial: Trial) -> Iterator[Finding]:
    """Yield each capability with its consequence and, where the store refused something, what and in which words."""
    for row in _ROWS:
        able, refused = getattr(trial.capabilities, row.name), trial.refusals.get(row.name)
        what, semicolon, advice = (row.able if able else row.lacking).rpartition("; ")
        message = f"{what}{semicolon}{advice}" if not refused else f"{what} (refused: {refused}); {advice}"
        yield Finding(where="store", code=row.name, level="ok" if able else row.level, message=message)


def clock_findings(store: Store, *, now: datetime) -> Iterator[Finding]:
    """Yield, for a store with a clock of its own, whether this machine and the store agree on the time."""
    time = observe_time(store)
    if time is None:
        return
    skew = now - time
    told = f"its clock and this machine's are {round(abs(skew).total_seconds())} s apart"
    if abs(skew) > MOST_SKEW:
        yield Finding(where="store", code="clock", level="warning", message=f"{told}; set this machine's clock")
    else:
        yield Finding(where="store", code="clock", level="ok", message="has the time of this machine")


def apply_capabilities(session: Session, observed: Observed, found: Capabilities) -> Iterator[Finding]:
    """Write down what a store can do, where its manifest says something else; nothing otherwise.

    Nobody waits for a publish that is under way: it is told.
    """
    manifest, etag = observed
    if manifest.capabilities == found:
        return
    written, open_to_all = False, None
    observed = (replace(manifest, capabilities=found), etag)
    try:
        with take_turn(session, replace(session.publisher, patience=0), observed=observed) as turn:
            if not turn.moved:
                turn.check()
                write_manifest(turn.store, turn.manifest, expected=etag)
                written = True
    except PrivateIsPublicError as error:
        open_to_all = str(error)
    except (BusyError, ConflictError):
        pass
    if open_to_all:
        yield Finding(where="store", code="private-is-public", level="error", message=open_to_all)
    elif written:
        yield Finding(where="store", code="recorded", level="ok", message="has it written down in its manifest")
    else:
        message = "is being published to, or was meanwhile, so that nothing was written down; look again"
        yield Finding(where="store", code="recorded", level="advice", message=message)
