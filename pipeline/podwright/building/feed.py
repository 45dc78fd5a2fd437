"""One feed as objects: its channel, the items of the episodes it carries, and its archive pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from podwright.building.images import Artwork, SizedPicture
from podwright.building.looks import artwork_images, other_images
from podwright.building.select import feed_pages, feed_since, teaser_since
from podwright.building.teaser import teaser_item
from podwright.building.types import BuiltEpisode, BuiltFeed, BuiltTeaser
from podwright.core.artifact import Artifact, bytes_artifact, load_sha256
from podwright.core.model import Feed, Show
from podwright.core.names import archive_key, cache_control, enclosure_url, feed_key, feed_side, public_url
from podwright.render.feeds import (
    FEED_TYPE,
    OPML_TYPE,
    Channel,
    Enclosure,
    Outline,
    Paging,
    Trailer,
    podcast_guid,
    redate_item,
    render_channel,
    render_items,
    render_opml,
)
from podwright.stores.ledger.manifest import Manifest

GENERATOR = "podwright"
OPML_KEY = "feeds.opml"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLooks:
    """The pictures of a feed: its artwork, and what each of feed.tags.images is (None for one published elsewhere)."""

    artwork: Artwork
    others: tuple[SizedPicture | None, ...] = ()

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """All of them as objects."""
        return (*(one.artifact for one in self.artwork.sizes), *(one.artifact for one in self.others if one))


def feed_guid(feed: Feed, *, url: str, manifest: Manifest) -> str:
    """The podcast:guid: as authored, else as first published, else derived from the address.

    It is assigned once and outlives a change of address
    (https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/guid.md).
    """
    known = manifest.feeds.get(feed.name)
    return feed.guid or (known.guid if known else podcast_guid(url))


def build_feed(
    feed: Feed,
    episodes: Sequence[BuiltEpisode],
    *,
    teased: Collection[str] = (),
    show: Show,
    manifest: Manifest,
    load_items: Callable[[], Mapping[str, bytes]],
    looks: FeedLooks,
) -> BuiltFeed:
    """The feed of these episodes, in this order; load_items gives their RSS items by guid.

    teased: guids of those that only leave a teaser here.

    Where the manifest says that the store holds the very same feed, its items are not even loaded.
    """
    guid = feed_guid(feed, url=public_url(feed_key(feed, show), show), manifest=manifest)
    entries = tuple(_entry(feed, one, teased=teased) for one in episodes)
    channel = _channel(feed, entries, guid=guid, show=show, looks=looks)
    documents = tuple(_documents(channel, feed, entries, show=show))
    # What teasers say of show and feed stands nowhere else.
    around = repr((feed.teaser, show.author, show.enclosure_prefix)).encode() if teased else b""
    signature = _sha256(around, *(piece for document in documents for piece in document.pieces))
    known = manifest.feeds.get(feed.name)
    # Dates, pages and trailers follow from the items, so that a change of them is no news about the channel itself.
    bare, _ = render_channel(replace(channel, updated=None, paging=None, trailers=()))
    settled = known is not None and known.signature == signature
    artifacts = [_stored(document, feed, show=show, manifest=manifest) if settled else None for document in documents]
    if not all(artifacts):
        items = load_items()
        artifacts = [_written(document, feed, show=show, items=items) for document in documents]
    current, *pages = (artifact for artifact in artifacts if artifact)
    return BuiltFeed(
        feed=feed,
        guid=guid,
        signature=signature,
        channel=_sha256(bare)[:16],
        items=tuple(entry.guid for entry in entries if entry.teaser is None),
        teasers=tuple(entry.guid for entry in entries if entry.teaser),
        artifact=current,
        pages=tuple(pages),
        images=looks.artifacts,
    )


def build_opml(feeds: Sequence[BuiltFeed], show: Show) -> tuple[Artifact, ...]:
    """The subscription list of all public feeds; none where there is no such feed."""
    public = [one for one in feeds if one.artifact.side == "public"]
    if not public:
        return ()
    outlines = [
        Outline(
            title=one.feed.title,
            feed_url=public_url(one.artifact.key, show),
            link=one.feed.link,
            description=one.feed.description,
            language=one.feed.language,
        )
        for one in public
    ]
    data = render_opml(show.title, outlines)
    artifact = bytes_artifact(
        OPML_KEY, data, media_type=OPML_TYPE, cache_control=cache_control("text", "public"), side="public"
    )
    return (artifact,)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An episode in a feed, or its teaser there, and since when."""

    episode: BuiltEpisode
    since: datetime
    teaser: BuiltTeaser | None = None

    @property
    def guid(self) -> str:
        """That of the episode."""
        return self.episode.outline.guid

    @property
    def early(self) -> bool:
        """Whether it came before it was published, and says another date than elsewhere."""
        return self.since != self.episode.outline.published


def _entry(feed: Feed, episode: BuiltEpisode, *, teased: Collection[str]) -> _Entry:
    if episode.outline.guid not in teased:
        return _Entry(episode=episode, since=feed_since(feed, episode.outline))
    since = teaser_since(feed, episode.outline) or episode.outline.published
    return _Entry(episode=episode, since=since, teaser=episode.teaser)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """One document of a feed: its key, what stands around the items, and what they are the items of."""

    key: str
    head: bytes
    tail: bytes
    entries: tuple[_Entry, ...]

    @property
    def pieces(self) -> Iterator[bytes]:
        """What its bytes follow from."""
        yield self.key.encode()
        yield self.head
        yield from map(_piece, self.entries)


def _piece(entry: _Entry) -> bytes:
    """What an item follows from, besides show and feed."""
    if entry.teaser is None:
        return f"{entry.episode.item}{entry.since if entry.early else ''}".encode()
    said = replace(entry.teaser, artifact=replace(entry.teaser.artifact, body=None))
    return repr((said, entry.episode.outline.title, entry.since)).encode()


def _documents(channel: Channel, feed: Feed, entries: Sequence[_Entry], *, show: Show) -> Iterator[_Document]:
    """The feed itself, then its archive pages, oldest first."""
    pages = feed_pages(feed, entries)
    keys = [feed_key(feed, show), *(archive_key(feed, number, show=show) for number in range(1, len(pages)))]
    for index, (key, page) in enumerate(zip(keys, pages, strict=True)):
        said = channel
        if index:
            # Live items and trailers are news, which an archive has none of.
            said = replace(said, trailers=(), tags=replace(said.tags, live=()))
        paging = _paging(index, [public_url(one, show) for one in keys])
        head, tail = render_channel(
            replace(said, feed_url=public_url(key, show), updated=_updated(page), paging=paging)
        )
        yield _Document(key=key, head=head, tail=tail, entries=page)


def _paging(index: int, urls: list[str]) -> Paging | None:
    """Where a document stands among those with these addresses: the feed itself, then its pages, oldest first."""
    if len(urls) == 1:
        return None
    current, *oldest_first = urls
    newest_first = [current, *reversed(oldest_first)]
    at = (len(urls) - index) % len(urls)
    return Paging(
        current=current,
        last=newest_first[-1],
        newer=newest_first[at - 1] if at else None,
        older=newest_first[at + 1] if at + 1 < len(newest_first) else None,
        archive=bool(index),
    )


def _updated(entries: Sequence[_Entry]) -> datetime | None:
    return max((entry.since for entry in entries), default=None)


def _stored(document: _Document, feed: Feed, *, show: Show, manifest: Manifest) -> Artifact | None:
    """The document as the store holds it, if it does."""
    held = manifest.objects.get(document.key)
    return _artifact(document, feed, show=show, size=held.size, sha256=held.sha256) if held else None


def _written(document: _Document, feed: Feed, *, show: Show, items: Mapping[str, bytes]) -> Artifact:
    fragments = (_fragment(entry, feed, show=show, items=items) for entry in document.entries)
    body = (document.head, *fragments, document.tail)
    found = _artifact(document, feed, show=show, size=sum(map(len, body)), sha256=load_sha256(body))
    return replace(found, body=body)


def _fragment(entry: _Entry, feed: Feed, *, show: Show, items: Mapping[str, bytes]) -> bytes:
    if entry.teaser and feed.teaser:
        item = teaser_item(entry.episode, entry.teaser, feed.teaser, since=entry.since, show=show)
        return render_items((item,))[0]
    return redate_item(items[entry.guid], entry.since) if entry.early else items[entry.guid]


def _artifact(document: _Document, feed: Feed, *, show: Show, size: int, sha256: str) -> Artifact:
    side = feed_side(feed, show)
    return Artifact(
        key=document.key,
        media_type=FEED_TYPE,
        cache_control=cache_control("feed", side),
        side=side,
        size=size,
        sha256=sha256,
        body=None,
    )


def _sha256(*pieces: bytes) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _channel(feed: Feed, entries: Sequence[_Entry], *, guid: str, show: Show, looks: FeedLooks) -> Channel:
    return Channel(
        title=feed.title,
        link=feed.link,
        feed_url=public_url(feed_key(feed, show), show),
        description=feed.description,
        language=feed.language,
        author=feed.author,
        owner=feed.owner,
        categories=feed.categories,
        explicit=feed.explicit,
        image_url=public_url(looks.artwork.main.key, show),
        type=feed.type,
        guid=guid,
        locked=feed.locked,
        copyright=feed.copyright,
        people=feed.people,
        complete=feed.complete,
        # What is for members alone is asked for by nobody else, and stands in no directory.
        block=feed.block or feed_side(feed, show) == "private",
        new_feed_url=feed.new_feed_url,
        generator=GENERATOR,
        hub=feed.hub if feed_side(feed, show) == "public" else None,
        sizes=artwork_images(looks.artwork, alt=feed.image_alt, show=show),
        pictures=other_images(feed.tags.images, looks.others, show=show),
        trailers=tuple(_trailers(entries, show)),
        countries=feed.countries,
        spotify_limit=feed.spotify_limit,
        tags=feed.tags,
    )


def _trailers(entries: Sequence[_Entry], show: Show) -> Iterator[Trailer]:
    """The episodes that are trailers; one with a season is that season's."""
    numbers = {season.slug: season.number for season in show.seasons}
    for entry in entries:
        outline, audio = entry.episode.outline, entry.episode.artifacts[0]
        if outline.type == "trailer" and entry.teaser is None:
            url = enclosure_url(audio.key, show, side=audio.side)
            yield Trailer(
                title=outline.title,
                enclosure=Enclosure(url=url, length=audio.size, media_type=audio.media_type),
                published=entry.since,
                season=numbers.get(outline.season) if outline.season else None,
            )
