"""What changed for the public, as a value to tell others: the feeds that are new, and addresses with other content.

What nobody has been told yet stands in the manifest, as keys, from the claim of a publish on: a run that is killed
after feeds were swapped leaves them there for the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from podwright.building.types import BuiltFeed, Podcast
from podwright.core.model import Feed, Show, Storage
from podwright.core.names import PRIVATE, public_url
from podwright.core.recipients import NOBODY_AFTER, After
from podwright.publishing.plan import Plan
from podwright.stores.ledger.generations import FeedChange
from podwright.stores.ledger.manifest import Manifest

_INDEX = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFeed:
    """A public feed with other content: size in bytes and SHA-256 of the new one.

    change: what listeners notice; None where that was found out by a run that did not live to tell it.
    """

    feed: Feed
    url: str
    guid: str
    size: int
    sha256: str
    change: FeedChange | None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """public_url and generation: which store, and how many publishes it has seen. urls: what caches must forget."""

    show: str
    public_url: str
    generation: int
    feeds: tuple[ChangedFeed, ...]
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What is to be told, to whom, and where it is written down as owed: a store, and the version of its manifest."""

    news: News
    after: After
    storage: Storage
    etag: str


def owing(plan: Plan, *, show: Show, manifest: Manifest) -> Plan:
    """The plan with what is to be told in its manifest: what it changes itself, and what was owed before.

    Where the show names nobody to tell, nothing is owed.
    """
    wanted = show.after != NOBODY_AFTER or any(feed.hub for feed in show.feeds)
    owed = tuple(sorted({*manifest.owed, *_changed(plan, manifest)})) if wanted else ()
    return replace(
        plan,
        manifest=replace(plan.manifest, owed=owed),
        writes=plan.writes or owed != manifest.owed,
    )


def _changed(plan: Plan, manifest: Manifest) -> Iterator[str]:
    """Public keys that had another content or other headers before, and feeds. No cache knows the others yet."""
    feeds = {record.key for record in plan.manifest.feeds.values()}
    for step in plan.steps:
        over = step.kind == "compose" and step.key in manifest.objects
        if not step.key.startswith(PRIVATE) and (over or step.kind in ("replace", "delete") or step.key in feeds):
            yield step.key


def build_debt(podcast: Podcast, plan: Plan, show: Show, *, etag: str | None) -> Debt | None:
    """What is owed by the store whose manifest has the version `etag`; None where that is nothing."""
    if not plan.manifest.owed or etag is None:
        return None
    return Debt(news=_news(podcast, plan, show), after=show.after, storage=show.storage, etag=etag)


def _news(podcast: Podcast, plan: Plan, show: Show) -> News:
    owed = plan.manifest.owed
    changes = {change.name: change for change in plan.changes}
    feeds = [_feed_news(one, changes.get(one.feed.name), show) for one in podcast.feeds if one.artifact.key in owed]
    return News(
        show=show.title,
        public_url=show.storage.public_url,
        generation=plan.manifest.generation if plan.writes else plan.manifest.generation - 1,
        feeds=tuple(feeds),
        urls=tuple(_addresses(owed, show)),
    )


def _feed_news(built: BuiltFeed, change: FeedChange | None, show: Show) -> ChangedFeed:
    if built.artifact.side != "public":
        raise AssertionError(f"{built.artifact.key}: nobody is told of a feed that is not public")
    return ChangedFeed(
        feed=built.feed,
        url=public_url(built.artifact.key, show),
        guid=built.guid,
        size=built.artifact.size,
        sha256=built.artifact.sha256,
        change=change,
    )


def _addresses(keys: Iterable[str], show: Show) -> Iterator[str]:
    """The addresses of keys; a page that stands for its folder is cached under both."""
    for key in keys:
        yield public_url(key, show)
        if key == _INDEX or key.endswith(f"/{_INDEX}"):
            yield public_url(key.removesuffix(_INDEX), show)
