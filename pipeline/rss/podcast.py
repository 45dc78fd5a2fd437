"""The podcast namespace: https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model import Link, Person
from pipeline.rss.extension import Element
from pipeline.rss.types import Channel, Item, TranscriptLink

NAMESPACE = "https://podcastindex.org/namespace/1.0"
CHAPTERS_TYPE = "application/json+chapters"

_TEXT_LIMIT = 128


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def channel_elements(channel: Channel) -> Iterator[Element]:
    """The channel's elements."""
    yield Element(_name("guid"), channel.guid)
    owner = channel.owner.email if channel.owner else None
    yield Element(_name("locked"), "yes" if channel.locked else "no", {"owner": owner})
    yield Element(_name("medium"), channel.medium)
    yield from map(_funding, channel.funding)
    yield from map(_person, channel.people)


def item_elements(item: Item) -> Iterator[Element]:
    """An item's elements."""
    yield from map(_transcript, item.transcripts)
    if item.chapters_url:
        yield Element(_name("chapters"), attributes={"url": item.chapters_url, "type": CHAPTERS_TYPE})
    if item.season_number is not None:
        yield Element(_name("season"), str(item.season_number), {"name": item.season_name})
    if item.number is not None:
        yield Element(_name("episode"), str(item.number))
    yield from map(_person, item.people)


def _transcript(transcript: TranscriptLink) -> Element:
    return Element(
        _name("transcript"),
        attributes={
            "url": transcript.url,
            "type": transcript.media_type,
            "language": transcript.language,
            "rel": transcript.rel,
        },
    )


def _person(person: Person) -> Element:
    name = f"{person.name}, {person.credentials}" if person.credentials else person.name
    # Credentials cut short may name others, so they are left out whole.
    return Element(
        _name("person"),
        name if len(name) <= _TEXT_LIMIT else person.name[:_TEXT_LIMIT],
        {"role": person.role, "group": person.group, "href": person.url, "img": person.image},
    )


def _funding(link: Link) -> Element:
    return Element(_name("funding"), link.title[:_TEXT_LIMIT], {"url": link.url})
