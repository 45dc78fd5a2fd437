"""A publish as it would be, with all that it would write."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from podwright.building.cache import Cache, open_cache
from podwright.building.podcast import BuildInput, build_podcast
from podwright.building.recordings import StoredAudio
from podwright.building.spool import Spool
from podwright.building.types import Podcast
from podwright.core.errors import StoreError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Show
from podwright.core.names import MANIFEST_KEY, side_of
from podwright.publishing.moving import is_rest
from podwright.publishing.pending_notices import notifies
from podwright.publishing.plan import Plan, build_plan
from podwright.publishing.plan.consequences import Consequence
from podwright.publishing.plan.target import Target, target_of
from podwright.publishing.session import Session, find_remains
from podwright.publishing.settled import Look, look
from podwright.stores.ledger.manifest import REPAIR, Manifest
from podwright.stores.ledger.recovery import Observed
from podwright.workspace.checkout import Checkout, observe_checkout
from podwright.workspace.load import observe_episodes

#: In ns.
DAY = 86_400_000_000_000
#: What the system says of a full disk, a quota, a limit of files.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A plan with what it came from."""

    look: Look
    podcast: Podcast
    #: What the store shall hold.
    target: Target
    #: What the store holds now.
    manifest: Manifest
    #: The version of that manifest; None where there is none.
    etag: str | None
    plan: Plan
    #: Open as long as what was rendered can be read.
    cache: Cache
    build_dir: Path
    #: The place to which the private side moves before; None where it stays.
    moves_to: str | None = None

    @property
    def session(self) -> Session:
        """The session that it was made in."""
        return self.look.session

    @property
    def store(self) -> str:
        """The store's printable address."""
        return self.session.store.url


def plan(session: Session) -> Proposal:
    """Return what `publish` would do; write nothing but the cache.

    Raises WorkspaceError for bad input, StoreError where the manifest cannot be read.
    """
    seen = look(session)
    former = seen.session.former
    # What is left of one that moved is nothing to plan for: whoever publishes deletes it first.
    with proposed_to_move(seen, former) if former and not is_rest(former) else proposed(seen) as proposal:
        return proposal


@contextlib.contextmanager
def proposed_to_move(look: Look, former: Session) -> Iterator[Proposal]:
    """Decide what `publish` would do where the private side still lies in a former place, and moves before.

    To leave a place that is the private side's own needs approval, unless a person has named it: settings that are
    older than that place do not name it.
    """
    where, here = former.private_place.url, look.session.private_place.url
    message = (
        f"the private side lies in {where}, and would move to {here}; where that was not meant, correct private_url"
    )
    unsaid = former.address.private is not None and look.session.private_from is None
    extra = [Consequence(kind="private-moved", subject="private_url", message=message)] if unsaid else []
    with proposed(replace(look, session=former), extra_consequences=extra) as proposal:
        yield replace(proposal, moves_to=here)


@contextlib.contextmanager
def proposed(
    look: Look, *, observed: Observed | None = None, extra_consequences: Iterable[Consequence] = ()
) -> Iterator[Proposal]:
    """Read everything and decide what `publish` would do; what was rendered can be read until the context ends.

    observed: what the store holds, where that is not to be asked for. Raises as `plan`.
    """
    session = look.session
    work = session.work
    with open_cache(work) as cache, _build_folder(work, clock=look.clock) as build_dir, Spool(build_dir) as spool:
        scan, show, store = session.scan, show_or_raise(session), session.store
        manifest, etag = observe_remembered(session) if observed is None else observed
        session.progress.begin("reading", sum(file.size for folder in scan.episodes for file in folder.files))
        source = BuildInput(
            scan=scan,
            show=show,
            now=session.present,
            manifest=manifest,
            cache=cache,
            spool=spool,
            build_dir=build_dir,
            clock=look.clock,
            advance=session.progress.advance,
            jobs=session.jobs,
            cover_dir=work / "covers" if os.access(work, os.W_OK) else None,
            # A store that gives no parts of objects would give all of one each time.
            stored_audio=StoredAudio(store=store, cache=cache, progress=session.progress)
            if manifest.capabilities is None or manifest.capabilities.ranges
            else None,
        )
        try:
            podcast = build_podcast(source)
            podcast = replace(podcast, problems=(*podcast.problems, *_clock_findings(session.skew)))
        finally:
            session.progress.end()
            cache.save(folder.folder for folder in scan.episodes)
        target = _at_commit(target_of(podcast), observe_checkout(session.root), manifest)
        yield Proposal(
            look=look,
            podcast=podcast,
            target=target,
            manifest=manifest,
            etag=etag,
            plan=build_plan(target, manifest, extra_consequences=extra_consequences, notifies=notifies(show)),
            cache=cache,
            build_dir=build_dir,
        )


def _clock_findings(skew: timedelta) -> Iterator[Finding]:
    """Yield that this machine's clock is wrong. skew: the store's time less this machine's."""
    if skew:
        apart = f"{round(abs(skew).total_seconds()):,} s"
        message = (
            f"this machine's clock is {apart} ahead of the store's, and nothing is due before the store's says so"
            if skew < timedelta()
            else f"this machine's clock is {apart} behind the store's, so that what is due comes late"
        )
        yield Finding("store", f"{message}; set this machine's clock", level="warning", code="clock")


def _at_commit(target: Target, checkout: Checkout | None, manifest: Manifest) -> Target:
    """Return the target of a workspace that is at a commit, if it is at any."""
    if checkout is None:
        return target
    is_behind = bool(manifest.commits) and checkout.is_behind(manifest.commits[-1])
    return replace(target, commit=checkout.commit, is_behind=is_behind)


def show_or_raise(session: Session) -> Show:
    """Return the settings. Where they are wrong, raises WorkspaceError with the problems of all other files as well."""
    show, problems = session.settings
    if show is None or any(problem.level == "error" for problem in problems):
        _, others = observe_episodes(session.scan, show)
        raise WorkspaceError(dict.fromkeys([*problems, *others]))
    return show


def observe_remembered(session: Session) -> Observed:
    """Return the manifest and its version.

    Raises StoreError where something was published and has no manifest: publishing on would forget promises.
    """
    if session.observed[1] is None:
        key = find_remains(session.store, session.show)
        if key is not None:
            raise StoreError(
                f"{MANIFEST_KEY}: is not there, and the store holds {key}; correct storage.private_url, name the place "
                f"where the private side lies by --private-from, or {REPAIR}"
            )
    _check_pair(session, session.observed[0])
    return session.observed


def _check_pair(session: Session, manifest: Manifest) -> None:
    """Raise StoreError where the public place of a show that has two is not the one that its manifest is of."""
    if not session.address.private or not manifest.at_rest:
        return
    keys = [feed.key for feed in manifest.feeds.values() if side_of(feed.key) == "public"]
    if keys and session.store.observe(keys[0]) is None:
        raise StoreError(
            f"{keys[0]}: is not in {session.address.url}, and the private side says that it is; correct storage.url, "
            f"or {REPAIR}"
        )


@contextlib.contextmanager
def _build_folder(work: Path, *, clock: int) -> Iterator[Path]:
    """Make a folder for what this run builds on disk; remove what killed runs left there longer than a day ago.

    Raises WorkspaceError where there is no room for that.
    """
    for leftover in work.glob("build-*"):
        if clock - leftover.stat().st_mtime_ns > DAY:
            shutil.rmtree(leftover, ignore_errors=True)
    here = work if work.is_dir() and os.access(work, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="build-", dir=here) as folder:
        try:
            yield Path(folder)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            message = f"there is no room for what is built here ({error.strerror}); make room, then publish again"
            raise WorkspaceError([Finding("", message)]) from error
