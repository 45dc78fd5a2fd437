"""Access of members: the keys of the store behind a member's address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from podwright.core.model import Stage
from podwright.core.names import early_stem, is_own, parse, place_of, side_of
from podwright.members.people import Member
from podwright.stores.ledger.manifest import FeedRecord, Manifest

#: An episode that left the feeds is still there for who has its address.
_LEFT = frozenset({Stage.UNLISTED, Stage.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Published:
    """A manifest made ready to be asked for every request."""

    manifest: Manifest
    #: By present and former name.
    feeds: Mapping[str, FeedRecord]
    #: By folder, the guid of the episode whose objects lie there.
    guids: Mapping[str, str]
    #: By feed, the guids of its items.
    items: Mapping[str, Collection[str]]
    #: By folder where an episode was early, what its keys begin with now.
    released: Mapping[str, str]


def published_of(manifest: Manifest) -> Published:
    """Return a manifest made ready.

    Of a withdrawn episode only the page that says so is there; where another one took its address, that one counts.
    """
    known = [one for one in manifest.episodes.values() if one.live or one.stage == Stage.WITHDRAWN]
    copies = [(parse(key), feed) for feed in manifest.feeds.values() for key in feed.copies or ()]
    return Published(
        manifest,
        feeds={**{name.owner: feed for name, feed in copies if name}, **manifest.feeds},
        guids={
            (one.enclosure if one.stage == Stage.EARLY else one.stem).rpartition("/")[0]: one.guid
            for one in sorted(known, key=lambda one: one.live)
        },
        items={feed.name: frozenset(feed.items) for feed in manifest.feeds.values()},
        released={
            early_stem(one.slug).rpartition("/")[0]: one.stem for one in known if one.live and one.stage != Stage.EARLY
        },
    )


def key_of(path: str, member: Member, published: Published) -> str | None:
    """Return the key behind the path of a member's address, or None where there is nothing that this member may read.

    `gold.xml` stands for the member's feed of that name. All other paths are keys: public ones, and private ones of
    the member's feeds and of the episodes that are in them. What left all feeds is for the members of its tier.
    """
    manifest = published.manifest
    subscribed = {name: published.feeds[name] for name in member.feeds if name in published.feeds}
    feeds = subscribed.values()
    for name, feed in subscribed.items():
        # Under the name that a member's address has, and under the one that the feed has by now.
        if path in (f"{name}.xml", f"{feed.name}.xml"):
            return feed.key
    if path not in manifest.objects:
        # Apps keep the address that they saw first, where an episode lay before everybody had it.
        folder, _, name = path.rpartition("/")
        slug = folder.rpartition("/")[2]
        if stem := published.released.get(folder):
            # A page has a name of its own; all else is called after the episode.
            own = name.startswith((f"{slug}.", f"{slug}-"))
            path = stem + name.removeprefix(slug) if own else f"{stem.rpartition('/')[0]}/{name}"
    if path not in manifest.objects or path in manifest.doomed:
        return None
    if side_of(path) == "public":
        return path
    if is_own(path) or place_of(path) == "staged":
        return None
    named = parse(path)
    artwork_of = named.owner if named and named.kind == "artwork" else None
    if any(path in feed.keys or feed.name == artwork_of for feed in feeds):
        return path
    guid = published.guids.get(path.rpartition("/")[0], "")
    if any(guid in published.items[feed.name] for feed in feeds):
        return path
    episode = manifest.episodes.get(guid)
    left = episode is not None and episode.stage in _LEFT and any(episode.tier in feed.tiers for feed in feeds)
    return path if left else None
