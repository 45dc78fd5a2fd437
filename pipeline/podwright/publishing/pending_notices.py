"""Changes for the public that have to be announced: new feeds, and addresses with other content.

What nobody has been told yet stands in the manifest, as keys, from the claim of a publish on: a run that is killed
after feeds were swapped leaves them there for the next one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from podwright.building.cache import open_cache
from podwright.building.types import BuiltFeed, Podcast
from podwright.core.artifact import Artifact
from podwright.core.errors import ConflictError
from podwright.core.model import Feed, Show, Storage
from podwright.core.names import public_url
from podwright.core.recipients import NOBODY_AFTER, After
from podwright.publishing.plan import Plan
from podwright.publishing.session import Session
from podwright.publishing.settled import recall, remember
from podwright.publishing.turn import take_turn
from podwright.stores.ledger.generations import FeedChange
from podwright.stores.ledger.manifest_io import write_manifest

_INDEX = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFeed:
    """A public feed with other content."""

    feed: Feed
    url: str
    guid: str
    #: Bytes of the new content.
    size: int
    #: Of the new content, in hex.
    sha256: str
    #: What listeners notice; None where that was found out by a run that did not live to tell it.
    change: FeedChange | None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """News of a store for others."""

    show: str
    #: The address of the store.
    public_url: str
    #: How many publishes it has seen.
    generation: int
    feeds: tuple[ChangedFeed, ...]
    #: What caches must forget.
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingNotices:
    """News that is to be told, to whom, and where it is written down as pending."""

    news: News
    after: After
    #: The store.
    storage: Storage
    #: The version of its manifest.
    etag: str

    def acknowledge(self, session: Session) -> None:
        """Write down that nothing is pending any more, unless another run published first and will tell it again.

        Raises StoreError, also where somebody else is publishing now: nobody waits for this.
        """
        session = replace(session, storage=self.storage)
        if session.observed[1] != self.etag:
            return
        with (
            contextlib.suppress(ConflictError),
            take_turn(session, replace(session.publisher, patience=0)) as turn,
        ):
            if turn.moved:
                return
            turn.check()
            _, etag = write_manifest(turn.store, replace(turn.manifest, pending_notices=()), expected=turn.etag)
            with open_cache(session.work) as cache:
                settled = recall(cache)
                if settled and settled.etag == self.etag:
                    remember(cache, replace(settled, etag=etag, owed=False))
                    cache.save_notes()


def notifies(show: Show) -> bool:
    """Return whether a show names anybody to tell of changes."""
    return show.after != NOBODY_AFTER or any(feed.hub for feed in show.feeds)


def pending_notices(podcast: Podcast, plan: Plan, show: Show, *, etag: str | None) -> PendingNotices | None:
    """Return what is pending in the store whose manifest has the version `etag`; None where that is nothing."""
    if not plan.manifest.pending_notices or etag is None:
        return None
    return PendingNotices(news=_news(podcast, plan, show), after=show.after, storage=show.storage, etag=etag)


def _news(podcast: Podcast, plan: Plan, show: Show) -> News:
    keys = plan.manifest.pending_notices
    changes = {change.name: change for change in plan.changes}
    feeds = [
        _changed_feed(feed, document, changes.get(feed.feed.name), show)
        for feed in podcast.feeds
        for document in (feed.artifact, *feed.copies)
        if document.key in keys
    ]
    return News(
        show=show.title,
        public_url=show.storage.public_url,
        generation=plan.manifest.generation if plan.writes else plan.manifest.generation - 1,
        feeds=tuple(feeds),
        urls=tuple(_addresses(keys, show)),
    )


def _changed_feed(built: BuiltFeed, document: Artifact, change: FeedChange | None, show: Show) -> ChangedFeed:
    """Return a feed at one of its addresses: who subscribed under a former name is told as well."""
    if document.side != "public":
        raise AssertionError(f"{document.key}: nobody is told of a feed that is not public")
    return ChangedFeed(
        feed=built.feed,
        url=public_url(document.key, show),
        guid=built.guid,
        size=document.size,
        sha256=document.sha256,
        change=change,
    )


def _addresses(keys: Iterable[str], show: Show) -> Iterator[str]:
    """Yield the addresses of keys; a page that stands for its folder is cached under both."""
    for key in keys:
        yield public_url(key, show)
        if key == _INDEX or key.endswith(f"/{_INDEX}"):
            yield public_url(key.removesuffix(_INDEX), show)
