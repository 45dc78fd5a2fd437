"""What the store holds and what was promised to listeners, as one object in the store itself.

Any machine with the workspace's text and the credentials can go on from it: the facts of published audio are in it, and
so are the keys that apps have already seen. It lies below `private/`, since it names what is not public.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from podwright.core.errors import StoreError
from podwright.core.model import Stage
from podwright.stores.capabilities import Capabilities, capabilities_of
from podwright.stores.ledger.generations import Generation, generation_row, parse_generation

MANIFEST_KEY = "private/podwright/manifest.json"
MANIFEST_TYPE = "application/json"
FORMAT = 1
#: What to do about what a store lost, or holds otherwise than was published.
REPAIR = "run podwright verify --repair"


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """An object as it was stored: size in bytes, SHA-256 in hex, and the store's own version of it."""

    size: int
    sha256: str
    etag: str


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An object that a publish has begun to write: what it was, if it was there, and what it shall be."""

    former: ObjectRecord | None
    coming: ObjectRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioRecord:
    """The audio of an episode, apart from where it is stored.

    tag_length: bytes in front of the audio frames of the published object, 0 where tags lie elsewhere in it;
    frames_hash: XXH3-128 of the frames, in hex. tag_digest: of what the tags say (`audio.digest_tags`); None where that
    is not known, since an older podwright published it.
    """

    media_type: str
    duration: timedelta
    tag_length: int
    frames_hash: str
    tag_digest: str | None = None


@dataclass(frozen=True, slots=True)
class TeaserRecord:
    """The audio of a teaser, and its key."""

    key: str
    audio: AudioRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRecord:
    """What listeners were promised of an episode. stem: what its keys begin with, as long as it is as public as now.

    enclosure: key of the audio: public, staged, put away, or what it was before it was deleted; audio is None for what
    was withdrawn before it was ever published. live: whether a feed has named it and what it named is there.
    stage: where it stood. parts: digest of each thing a listener would notice a change of (title, notes, audio…).
    unlist and withdraw: the ends that were announced. teaser: what it leaves in feeds that do not carry it.
    """

    guid: str
    slug: str
    stem: str
    title: str
    tier: str
    published: datetime
    live: bool
    enclosure: str
    audio: AudioRecord | None
    parts: Mapping[str, str]
    unlist: datetime | None = None
    withdraw: datetime | None = None
    stage: Stage = Stage.LISTED
    teaser: TeaserRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """A feed as it was last swapped in. signature digests all it says; None while a swap is under way.

    items: guids in feed order; channel: digest of the channel apart from the items; pages: keys of its archive.
    teasers: guids of the episodes that left one in it.
    """

    name: str
    key: str
    guid: str
    tiers: tuple[str, ...]
    signature: str | None
    channel: str
    items: tuple[str, ...]
    pages: tuple[str, ...] = ()
    teasers: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Of all its documents."""
        return (*self.pages, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Objects by key, episodes by guid, feeds by name; generation counts the publishes.

    doomed: keys that a publish has begun to delete; none once it has ended. retired: objects that nothing names any
    more, with the time since when. log: this generation and the former ones that are kept, the oldest first.
    restored: the generation that was brought back, until the workspace is published again.
    capabilities: what the store was found to be able to do, None where it was never tried.
    unsettled: by key, what a publish has begun to write, which is no object until it is seen what it became; coming: by
    guid, the audio that an episode then has.
    owed: public keys with another content than before, of which those who are to be told have not been told yet.
    """

    generation: int = 0
    doomed: tuple[str, ...] = ()
    capabilities: Capabilities | None = None
    unsettled: Mapping[str, Unsettled] = field(default_factory=dict)
    coming: Mapping[str, AudioRecord] = field(default_factory=dict)
    owed: tuple[str, ...] = ()
    objects: Mapping[str, ObjectRecord] = field(default_factory=dict)
    episodes: Mapping[str, EpisodeRecord] = field(default_factory=dict)
    feeds: Mapping[str, FeedRecord] = field(default_factory=dict)
    retired: Mapping[str, datetime] = field(default_factory=dict)
    log: tuple[Generation, ...] = ()
    restored: int | None = None

    @property
    def named(self) -> Mapping[str, ObjectRecord]:
        """The objects that feeds, pages and apps need."""
        return {key: one for key, one in self.objects.items() if key not in self.retired}

    @property
    def at_rest(self) -> bool:
        """Whether nothing is under way: every object is what it is said to be."""
        swapping = any(feed.signature is None for feed in self.feeds.values())
        return not (self.doomed or self.unsettled or swapping)

    @property
    def held(self) -> Mapping[str, ObjectRecord]:
        """The objects that the store certainly has: none that a publish began to delete."""
        doomed = set(self.doomed)
        return {key: one for key, one in self.objects.items() if key not in doomed} if doomed else self.objects


EMPTY = Manifest()


class DamagedManifestError(StoreError):
    """A manifest that nobody can read."""

    #: The version of the damaged object.
    etag: str | None = None


def writing(manifest: Manifest, keys: Collection[str], *, after: Manifest, previous: Manifest) -> Manifest:
    """A manifest while the objects of these keys may be what they were in `previous`, or what `after` says."""
    unsettled = {key: Unsettled(_former(key, previous), after.objects[key]) for key in sorted(keys)}
    guids = {one.enclosure: guid for guid, one in manifest.episodes.items()}
    entries = {guid: after.episodes[guid] for key in unsettled if (guid := guids.get(key, "")) in after.episodes}
    coming = {guid: one.audio for guid, one in entries.items() if one.audio is not None}
    objects = {key: one for key, one in manifest.objects.items() if key not in unsettled}
    return replace(manifest, objects=objects, unsettled=unsettled, coming=coming)


def _former(key: str, previous: Manifest) -> ObjectRecord | None:
    """What an object was when it was last certain."""
    begun = previous.unsettled.get(key)
    return previous.held.get(key) or (begun.former if begun else None)


def pending(manifest: Manifest, *, swapped: Collection[str], doomed: Iterable[str], previous: Manifest) -> Manifest:
    """The manifest while pages and feeds with the keys `swapped` may hold either content, and `doomed` are deleted."""
    feeds = {
        name: replace(record, signature=None) if not set(record.keys).isdisjoint(swapped) else record
        for name, record in {**previous.feeds, **manifest.feeds}.items()
    }
    log = (*manifest.log[:-1], *(replace(one, whole=False) for one in manifest.log[-1:]))
    objects = {**previous.objects, **manifest.objects}
    claim = replace(manifest, objects=objects, feeds=feeds, doomed=tuple(doomed), log=log)
    return writing(claim, swapped, after=manifest, previous=previous)


def render_manifest(manifest: Manifest) -> bytes:
    """The manifest as canonical JSON: the same manifest always gives the same bytes.

    Its last field is the SHA-256, in hex, of all bytes before that field.
    """
    document = {
        "format": FORMAT,
        "generation": manifest.generation,
        "doomed": manifest.doomed,
        "unsettled": {key: _unsettled_row(one) for key, one in sorted(manifest.unsettled.items())},
        "coming": {guid: audio_row(audio) for guid, audio in sorted(manifest.coming.items())},
        "owed": manifest.owed,
        "feeds": {name: _feed_row(feed) for name, feed in sorted(manifest.feeds.items())},
        "episodes": {guid: _episode_row(episode) for guid, episode in sorted(manifest.episodes.items())},
        "objects": {key: _object_row(one) for key, one in sorted(manifest.objects.items())},
        "retired": {key: since.isoformat() for key, since in sorted(manifest.retired.items())},
        "log": list(map(generation_row, manifest.log)),
        "restored": manifest.restored,
    }
    if manifest.capabilities is not None:
        document["capabilities"] = manifest.capabilities.names
    text = orjson.dumps(document).removesuffix(b"}")
    return b'%s,"sha256":"%s"}\n' % (text, hashlib.sha256(text).hexdigest().encode())


def parse_manifest(data: bytes) -> Manifest:
    """Read a manifest back.

    Raises DamagedManifestError where it is damaged, StoreError where it was written by a newer podwright: publishing on
    would forget promises.
    """
    try:
        document = orjson.loads(data)
        written = document["format"]
    except (ValueError, TypeError, KeyError) as error:
        raise DamagedManifestError(f"{MANIFEST_KEY}: is not a manifest; {REPAIR}") from error
    if "sha256" in document and not _is_whole(data):
        raise DamagedManifestError(f"{MANIFEST_KEY}: has other bytes than were written; try again, or {REPAIR}")
    if written != FORMAT:
        raise StoreError(f"{MANIFEST_KEY}: format {written!r} is not known to this version; upgrade podwright")
    try:
        return Manifest(
            generation=_whole_number(document["generation"]),
            doomed=tuple(map(_text, document["doomed"])),
            capabilities=capabilities_of(document["capabilities"]) if "capabilities" in document else None,
            unsettled={key: _parse_unsettled(row) for key, row in document.get("unsettled", {}).items()},
            coming={guid: parse_audio(row) for guid, row in document.get("coming", {}).items()},
            owed=tuple(document.get("owed", ())),
            feeds={name: _parse_feed(name, row) for name, row in document["feeds"].items()},
            episodes={guid: _parse_episode(guid, row) for guid, row in document["episodes"].items()},
            objects={key: _parse_object(row) for key, row in document["objects"].items()},
            retired={key: _parse_moment(since) for key, since in document.get("retired", {}).items()},
            log=tuple(map(parse_generation, document.get("log", ()))),
            restored=document.get("restored"),
        )
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
        raise DamagedManifestError(f"{MANIFEST_KEY}: is damaged ({error}); {REPAIR}") from error


def _is_whole(data: bytes) -> bool:
    """Whether the digest at the end is that of what is before it."""
    text, _, rest = data.rpartition(b',"sha256":"')
    return rest == b'%s"}\n' % hashlib.sha256(text).hexdigest().encode()


def _object_row(one: ObjectRecord) -> list[Any]:
    return [one.size, one.sha256, one.etag]


def _unsettled_row(one: Unsettled) -> list[Any]:
    return [one.former and _object_row(one.former), _object_row(one.coming)]


def _parse_unsettled(row: list[Any]) -> Unsettled:
    former, coming = row
    return Unsettled(_parse_object(former) if former else None, _parse_object(coming))


def _parse_object(row: list[Any]) -> ObjectRecord:
    size, sha256, etag = row
    return ObjectRecord(_whole_number(size), _text(sha256), _text(etag))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a {type(value).__name__} where a text should be")
    return value


def _whole_number(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise TypeError(f"a {type(value).__name__} where a whole number should be")
    return value


def _parse_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment


def _feed_row(feed: FeedRecord) -> dict[str, Any]:
    return {
        "key": feed.key,
        "guid": feed.guid,
        "access": feed.tiers,
        "signature": feed.signature,
        "channel": feed.channel,
        "items": feed.items,
        "pages": feed.pages,
        **({"teasers": feed.teasers} if feed.teasers else {}),
    }


def _parse_feed(name: str, row: dict[str, Any]) -> FeedRecord:
    return FeedRecord(
        name=name,
        key=_text(row["key"]),
        guid=_text(row["guid"]),
        tiers=tuple(map(_text, row["access"])),
        signature=row["signature"],
        channel=_text(row["channel"]),
        items=tuple(map(_text, row["items"])),
        pages=tuple(map(_text, row.get("pages", ()))),
        teasers=tuple(map(_text, row.get("teasers", ()))),
    )


def audio_row(audio: AudioRecord) -> list[Any]:
    """An audio record as JSON values; the duration in microseconds, which is exact."""
    duration = audio.duration // timedelta(microseconds=1)
    return [audio.media_type, duration, audio.tag_length, audio.frames_hash, audio.tag_digest]


def parse_audio(row: list[Any]) -> AudioRecord:
    """The inverse of `audio_row`."""
    media_type, microseconds, tag_length, frames_hash, *further = row
    return AudioRecord(
        media_type=_text(media_type),
        duration=timedelta(microseconds=_whole_number(microseconds)),
        tag_length=_whole_number(tag_length),
        frames_hash=_text(frames_hash),
        tag_digest=_text(further[0]) if further and further[0] is not None else None,
    )


def _episode_row(episode: EpisodeRecord) -> dict[str, Any]:
    return {
        "slug": episode.slug,
        "stem": episode.stem,
        "title": episode.title,
        "access": episode.tier,
        "published": episode.published.isoformat(),
        "live": episode.live,
        "enclosure": episode.enclosure,
        "audio": audio_row(episode.audio) if episode.audio else None,
        "parts": dict(sorted(episode.parts.items())),
        "unlist": episode.unlist.isoformat() if episode.unlist else None,
        "withdraw": episode.withdraw.isoformat() if episode.withdraw else None,
        "stage": episode.stage,
        **({"teaser": [episode.teaser.key, audio_row(episode.teaser.audio)]} if episode.teaser else {}),
    }


def _parse_episode(guid: str, row: dict[str, Any]) -> EpisodeRecord:
    return EpisodeRecord(
        guid=guid,
        slug=_text(row["slug"]),
        stem=_text(row["stem"]),
        title=_text(row["title"]),
        tier=_text(row["access"]),
        published=_parse_moment(row["published"]),
        live=row["live"],
        enclosure=_text(row["enclosure"]),
        audio=parse_audio(row["audio"]) if row["audio"] else None,
        parts={_text(name): _text(digest) for name, digest in row["parts"].items()},
        unlist=_parse_moment(row["unlist"]) if row.get("unlist") else None,
        withdraw=_parse_moment(row["withdraw"]) if row.get("withdraw") else None,
        stage=Stage(row.get("stage", "listed" if row["live"] else "waiting")),
        teaser=_parse_teaser(row.get("teaser")),
    )


def _parse_teaser(row: list[Any] | None) -> TeaserRecord | None:
    return TeaserRecord(_text(row[0]), parse_audio(row[1])) if row else None
