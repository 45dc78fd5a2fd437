"""A feed as objects: its channel, the items of the episodes it carries, and its archive pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from podwright.building.pictures import Artwork, SizedPicture, artwork_images, other_images
from podwright.building.select import feed_pages, feed_since, teaser_since
from podwright.building.spool import Spool
from podwright.building.types import BuiltEpisode, BuiltFeed, BuiltTeaser
from podwright.core.artifact import Artifact, body_size, bytes_artifact, load_sha256
from podwright.core.model import Feed, Show, Teasing
from podwright.core.names import (
    archive_key,
    cache_control,
    enclosure_url,
    feed_key,
    feed_side,
    former_keys,
    public_url,
)
from podwright.render.feeds import (
    FEED_TYPE,
    OPML_TYPE,
    Channel,
    Enclosure,
    Item,
    Outline,
    Paging,
    Trailer,
    podcast_guid,
    redate_item,
    render_channel,
    render_items,
    render_opml,
)
from podwright.render.notes import build_teaser_notes
from podwright.stores.ledger.manifest import Manifest

GENERATOR = "podwright"
OPML_KEY = "feeds.opml"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPictures:
    """The pictures of a feed."""

    artwork: Artwork
    #: For each of the feed's `tags.images` how it is published; None for one elsewhere.
    others: tuple[SizedPicture | None, ...] = ()

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """Return all of them as objects."""
        sizes = (sized.artifact for sized in self.artwork.sizes)
        return (*sizes, *(sized.artifact for sized in self.others if sized))


def feed_guid(feed: Feed, show: Show, *, manifest: Manifest) -> str:
    """Return the podcast:guid: as authored, else as first published, else derived from its first address.

    It is assigned once and outlives a change of name and address
    (https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/guid.md).
    """
    known = (manifest.feeds[name].guid for name in (feed.name, *feed.former) if name in manifest.feeds)
    first, *_ = (*former_keys(feed, show), feed_key(feed, show))
    return feed.guid or next(known, None) or podcast_guid(public_url(first, show))


def build_feed(
    feed: Feed,
    episodes: Sequence[BuiltEpisode],
    *,
    teased: Collection[str] = (),
    show: Show,
    manifest: Manifest,
    load_item: Callable[[str], bytes],
    pictures: FeedPictures,
    spool: Spool,
) -> BuiltFeed:
    """Return the feed of these episodes, in this order. load_item: the RSS item of an episode, by guid.

    teased: guids of those that only leave a teaser here. Where the manifest says that the store holds the very same
    feed, no item is even loaded.
    """
    record = manifest.feeds.get(feed.name)
    guid = feed_guid(feed, show, manifest=manifest)
    entries = tuple(_entry(feed, episode, teased=teased) for episode in episodes)
    channel = _channel(feed, entries, guid=guid, show=show, pictures=pictures)
    documents = tuple(_documents(channel, feed, entries, show=show))
    # What teasers say of show and feed stands nowhere else.
    around = repr((feed.teaser, show.author, show.enclosure_prefix)).encode() if teased else b""
    signature = _sha256(around, *(piece for document in documents for piece in document.pieces))
    # Dates, pages and trailers follow from the items, so that a change of them is no news about the channel itself.
    bare, _ = render_channel(replace(channel, updated=None, paging=None, trailers=()))
    settled = record is not None and record.signature == signature
    stored = [_stored(document, feed, show=show, manifest=manifest) for document in documents] if settled else [None]
    written = (_written(document, feed, show=show, load_item=load_item, spool=spool) for document in documents)
    current, *others = filter(None, stored) if all(stored) else written
    copies = len(feed.former)
    return BuiltFeed(
        feed=feed,
        guid=guid,
        signature=signature,
        channel=_sha256(bare)[:16],
        items=tuple(entry.guid for entry in entries if entry.teaser is None),
        teasers=tuple(entry.guid for entry in entries if entry.teaser),
        artifact=current,
        pages=tuple(others[copies:]),
        copies=tuple(others[:copies]),
        images=pictures.artifacts,
    )


def build_opml(feeds: Sequence[BuiltFeed], show: Show) -> tuple[Artifact, ...]:
    """Return the subscription list of all public feeds; none where there is no such feed."""
    public = [built for built in feeds if built.artifact.side == "public"]
    if not public:
        return ()
    outlines = [
        Outline(
            title=built.feed.title,
            feed_url=public_url(built.artifact.key, show),
            link=built.feed.link,
            description=built.feed.description,
            language=built.feed.language,
        )
        for built in public
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
        """Return that of the episode."""
        return self.episode.outline.guid

    @property
    def early(self) -> bool:
        """Return whether it came before it was published, and says another date than elsewhere."""
        return self.since != self.episode.outline.published


def _entry(feed: Feed, episode: BuiltEpisode, *, teased: Collection[str]) -> _Entry:
    if episode.outline.guid not in teased:
        return _Entry(episode=episode, since=feed_since(feed, episode.outline))
    since = teaser_since(feed, episode.outline) or episode.outline.published
    return _Entry(episode=episode, since=since, teaser=episode.teaser)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """One document of a feed."""

    key: str
    #: The bytes before and after its items.
    head: bytes
    tail: bytes
    entries: tuple[_Entry, ...]

    @property
    def pieces(self) -> Iterator[bytes]:
        """Yield all that its bytes follow from."""
        yield self.key.encode()
        yield self.head
        yield from map(_piece, self.entries)


def _piece(entry: _Entry) -> bytes:
    """Return what an item follows from, besides show and feed."""
    if entry.teaser is None:
        return f"{entry.episode.item}{entry.since if entry.early else ''}".encode()
    # The digest is compared with those in manifests: no name of a type or field in it may change.
    teaser = replace(entry.teaser, artifact=replace(entry.teaser.artifact, body=None))
    return repr((teaser, entry.episode.outline.title, entry.since)).encode()


def _documents(channel: Channel, feed: Feed, entries: Sequence[_Entry], *, show: Show) -> Iterator[_Document]:
    """Yield the feed itself, its copies at its former addresses, then its archive pages, oldest first."""
    pages = feed_pages(feed, entries)
    keys = [feed_key(feed, show), *(archive_key(feed, number, show=show) for number in range(1, len(pages)))]
    urls = [public_url(key, show) for key in keys]
    for index, (key, page) in enumerate(zip(keys, pages, strict=True)):
        # Live items and trailers are news, which an archive has none of.
        own = replace(channel, trailers=(), tags=replace(channel.tags, live=())) if index else channel
        updated = max((entry.since for entry in page), default=None)
        own = replace(own, feed_url=urls[index], updated=updated, paging=_paging(index, urls))
        head, tail = render_channel(own)
        yield _Document(key=key, head=head, tail=tail, entries=page)
        for former in () if index else former_keys(feed, show):
            # It says that it is the feed, and where that is; where members read theirs nobody knows here.
            moved = feed.new_feed_url or (urls[0] if feed_side(feed, show) == "public" else None)
            head, tail = render_channel(replace(own, new_feed_url=moved))
            yield _Document(key=former, head=head, tail=tail, entries=page)


def _paging(index: int, urls: list[str]) -> Paging | None:
    """Return the place of a document among those with these addresses: the feed, then its pages, oldest first."""
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


def _stored(document: _Document, feed: Feed, *, show: Show, manifest: Manifest) -> Artifact | None:
    """Return the document as the store holds it, if it does."""
    held = manifest.objects.get(document.key)
    return _artifact(document, feed, show=show, size=held.size, sha256=held.sha256) if held else None


def _written(
    document: _Document, feed: Feed, *, show: Show, load_item: Callable[[str], bytes], spool: Spool
) -> Artifact:
    fragments = (_fragment(entry, feed, show=show, load_item=load_item) for entry in document.entries)
    body = spool.gather(chain((document.head,), fragments, (document.tail,)))
    artifact = _artifact(document, feed, show=show, size=body_size(body), sha256=load_sha256(body))
    return replace(artifact, body=body)


def _fragment(entry: _Entry, feed: Feed, *, show: Show, load_item: Callable[[str], bytes]) -> bytes:
    if entry.teaser and feed.teaser:
        return render_items((_teaser_item(entry.episode, entry.teaser, feed.teaser, since=entry.since, show=show),))[0]
    item = load_item(entry.guid)
    return redate_item(item, entry.since) if entry.early else item


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


def _channel(feed: Feed, entries: Sequence[_Entry], *, guid: str, show: Show, pictures: FeedPictures) -> Channel:
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
        image_url=public_url(pictures.artwork.main.key, show),
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
        sizes=artwork_images(pictures.artwork, alt=feed.image_alt, show=show),
        pictures=other_images(feed.tags.images, pictures.others, show=show),
        trailers=tuple(_trailers(entries, show)),
        countries=feed.countries,
        spotify_limit=feed.spotify_limit,
        tags=feed.tags,
        extra=feed.extra,
    )


def _trailers(entries: Sequence[_Entry], show: Show) -> Iterator[Trailer]:
    """Yield the episodes that are trailers; one with a season is that season's."""
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


def _teaser_item(episode: BuiltEpisode, teaser: BuiltTeaser, teasing: Teasing, *, since: datetime, show: Show) -> Item:
    """Return the item of a teaser. Its type is that of a preview, so that apps count it for no episode."""
    notes = build_teaser_notes(teaser.key_points, teasing.link, language=teaser.language)
    artifact = teaser.artifact
    return Item(
        guid=teaser.guid,
        title=episode.outline.title,
        link=teasing.link.url,
        description=notes.text,
        content_html=notes.html,
        enclosure=Enclosure(
            url=enclosure_url(artifact.key, show, side=artifact.side),
            length=artifact.size,
            media_type=artifact.media_type,
        ),
        published=since,
        duration=teaser.audio.duration,
        explicit=teaser.explicit,
        type="trailer",
        author=show.author,
    )
