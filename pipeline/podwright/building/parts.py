"""What listeners notice of an episode, part by part: digests by which a plan tells what changed."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from podwright.building.sidecars import Sidecar
from podwright.core.artifact import Artifact
from podwright.render.feeds import Item
from podwright.render.notes import NotesInput, build_notes
from podwright.stores.ledger.manifest import AudioRecord


def episode_parts(
    item: Item, source: NotesInput, *, sidecars: tuple[Sidecar, ...], audio: AudioRecord, enclosure: Artifact
) -> dict[str, str]:
    """Digests by the names that a plan uses for what a listener notices."""
    # A new episode changes the table of contents of its whole season, which is no news about its sisters' notes.
    own = build_notes(replace(source, contents=()))
    chapters = [side.artifact.sha256 for side in sidecars if side.link is None]
    transcripts = [side.artifact.sha256 for side in sidecars if side.link is not None]
    details = (item.section, item.type, item.number, item.season_number, item.season_name, item.explicit, item.keywords)
    # The files of pictures lie elsewhere on another machine; item.pictures has what became of them.
    tags = replace(item.tags, images=())
    return {
        "title": short_digest(item.title),
        "notes": short_digest(own.html + own.text),
        "contents": short_digest(repr(source.contents)),
        "audio": short_digest(audio.frames_hash),
        "tags": short_digest(enclosure.sha256),
        "chapters": short_digest(repr(chapters)),
        "transcript": short_digest(repr(transcripts)),
        "people": short_digest(repr(item.people)),
        "date": short_digest(item.published.isoformat()),
        "image": short_digest(repr((item.sizes, item.pictures))),
        "address": short_digest(item.enclosure.url),
        "details": short_digest(repr((details, item.link, item.block, item.display, tags))),
    }


def item_digest(fragment: bytes) -> str:
    """Digest of an RSS item as it stands in feeds."""
    return short_digest(fragment)


def short_digest(data: bytes | str) -> str:
    """Sixteen hex digits of a SHA-256: enough to tell what changed."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()[:16]
