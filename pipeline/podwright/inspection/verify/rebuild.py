"""The manifest of a store that lost it, told by the store itself: its feeds, its objects and the audio in them.

What listeners were promised stands in the feeds: guids and addresses. What feeds do not say is told by the newest
manifest that the history keeps, and by the workspace, where the store has the audio. What can only be known by
building, such as what a listener would notice of a change, is filled in by `adopt`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from podwright.core.model import Stage
from podwright.core.names import parse
from podwright.inspection.verify.remains import Remains, Seen, load_seen
from podwright.inspection.verify.traces import load_traced
from podwright.publishing.plan.outcome import former_log
from podwright.render.feeds import ReadItem
from podwright.stores import Stored
from podwright.stores.ledger.generations import Generation
from podwright.stores.ledger.manifest import FeedRecord, Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A manifest of what is in a store, whose feeds have no signature and whose episodes no parts: only building tells.

    former: the newest manifest that the history keeps, EMPTY where there is none. items: what feeds say of episodes, by
    guid; digests: of all items as they stand in feeds. beyond: keys of audio that the store lost and that is not here,
    which the manifest names all the same, since the feeds do. listed: all that the store has.
    """

    manifest: Manifest
    former: Manifest
    listed: Mapping[str, Stored]
    items: Mapping[str, ReadItem]
    digests: frozenset[str]
    beyond: frozenset[str]


def load_rebuilt(remains: Remains) -> Rebuilt:
    """What the store tells of itself. Raises StoreError where it cannot be read, or has nothing of podwright's."""
    seen = load_seen(remains)
    found = load_traced(seen)
    objects = {key: one for key, one in seen.objects.items() if key not in found.damaged}
    manifest = Manifest(
        generation=max((seen.former.generation, *seen.generations)) + 1,
        capabilities=seen.former.capabilities,
        objects=objects | found.promised,
        episodes=found.episodes,
        feeds={record.name: record for record in _feeds(seen)},
    )
    return Rebuilt(
        manifest=manifest,
        former=seen.former,
        listed=seen.listed,
        items=seen.items,
        digests=seen.digests,
        beyond=frozenset(found.promised),
    )


def logged(manifest: Manifest, former: Manifest) -> tuple[Generation, ...]:
    """The log of a rebuilt manifest: that of the newest kept one, and this generation, whose time nobody knows."""
    stages = [one.stage for one in manifest.episodes.values()]
    present = Generation(
        number=manifest.generation,
        at=None,
        whole=all(feed.signature for feed in manifest.feeds.values()),
        live=stages.count(Stage.LISTED),
        waiting=stages.count(Stage.WAITING) + stages.count(Stage.EARLY),
    )
    return (*former_log(former), present)


def _feeds(seen: Seen) -> Iterator[FeedRecord]:
    documents, teasers = seen.documents, seen.teasers
    tiers = {feed.name: feed.select.tiers for feed in seen.remains.show.feeds}
    names = {key: name for key in documents if (name := parse(key))}
    for key, document in documents.items():
        feed = names[key]
        if feed.kind != "feed":
            continue
        numbered = [
            (int(page.detail), one)
            for one, page in names.items()
            if (page.kind, page.owner, page.side) == ("archive", feed.owner, feed.side)
        ]
        pages = tuple(one for _, one in sorted(numbered))
        guids = dict.fromkeys(item.guid for one in (key, *reversed(pages)) for item in documents[one].items)
        yield FeedRecord(
            name=feed.owner,
            key=key,
            guid=document.guid or "",
            tiers=tiers.get(feed.owner, ()),
            signature=None,
            channel="",
            items=tuple(guid for guid in guids if guid not in teasers),
            teasers=tuple(teasers[guid] for guid in guids if guid in teasers),
            pages=pages,
        )
