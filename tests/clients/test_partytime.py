"""The published feed as Podcast Index's own parser reads it, field by field."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from podwright.core.model import Episode, Feed, Person, Show
from podwright.render.feeds import podcast_guid
from podwright.workspace.load import load_workspace
from tests.clients.matrix import by_node
from tests.support.published import NOW, Place

pytestmark = pytest.mark.clients


def test_every_public_feed_reads_back_as_the_workspace_says(place: Place) -> None:
    place.publish()
    show, episodes, _ = load_workspace(place.root, place.overrides)
    by_guid = {episode.outline.guid: episode for episode in episodes}
    public = [feed for feed in show.feeds if set(feed.select.tiers) <= set(show.public)]
    assert public
    for feed in public:
        url = f"{place.base}{feed.name}.xml"
        found = by_node("podcast-partytime", place.get(url))
        _check_channel(found, feed, url=url)
        assert found["items"]
        for item in found["items"]:
            _check_item(place, item, by_guid[item["guid"]], show)


def _check_channel(found: dict[str, Any], feed: Feed, *, url: str) -> None:
    assert found["title"] == feed.title
    # This parser folds white space.
    assert found["description"] == " ".join(feed.description.split())
    assert found["link"] == feed.link
    assert found["language"] == feed.language
    assert found["author"] == feed.author
    assert feed.owner is not None
    assert found["owner"] == {"name": feed.owner.name, "email": feed.owner.email}
    assert found["explicit"] is feed.explicit
    assert found["itunesType"] == feed.type
    assert found["itunesBlock"] is feed.block
    assert found["itunesComplete"] is feed.complete
    assert found["guid"] == podcast_guid(url)
    assert found["locked"] is feed.locked
    assert found["podcastOwner"] == feed.owner.email
    assert found["medium"] == "podcast"
    assert found["pubsub"]["self"] == url
    assert found.get("copyright") == feed.copyright
    assert [one["url"] for one in found.get("podcastFunding", ())] == [link.url for link in feed.tags.funding]
    assert [one["name"] for one in found.get("podcastPeople", ())] == [_shown(person) for person in feed.people]
    assert found["generator"] == "podwright"
    assert found["itunesCategory"]


def _shown(person: Person) -> str:
    return f"{person.name}, {person.credentials}" if person.credentials else person.name


def _check_item(place: Place, item: dict[str, Any], episode: Episode, show: Show) -> None:
    outline = episode.outline
    assert outline.published <= NOW
    assert item["title"] == outline.title
    assert datetime.fromisoformat(item["pubDate"]) == outline.published
    assert item["explicit"] is episode.explicit
    assert item["itunesEpisodeType"] == outline.type
    assert item.get("itunesEpisode") == outline.number
    assert item.get("podcastEpisode", {}).get("number") == outline.number
    season = next((one for one in show.seasons if one.slug == outline.season), None)
    if season:
        assert item["itunesSeason"] == season.number
        assert item["podcastSeason"] == {"number": season.number, "name": season.title}
    data = place.get(item["enclosure"]["url"])
    assert item["enclosure"]["length"] == len(data)
    assert item["enclosure"]["type"] == "audio/mpeg"
    assert timedelta(seconds=item["duration"]) > timedelta(seconds=30)
    # It writes roles in the case of the taxonomy.
    said = {(one["name"], one["role"].lower()) for one in item.get("podcastPeople", ())}
    assert {(_shown(person), person.role) for person in episode.people} <= said
    assert {(_shown(person), person.role) for person in show.people} <= said
    kinds = [one["type"] for one in item.get("podcastTranscripts", ())]
    if episode.transcript is not None:
        timed = ["text/vtt", "application/srt", "application/json", "text/html"]
        assert sorted(kinds) == sorted(timed if episode.transcript.timed else ["text/html", "text/plain"])
        for one in item["podcastTranscripts"]:
            assert place.get(one["url"])
            assert one["language"] == episode.language
    else:
        assert kinds == []
    if episode.chapters:
        assert item["podcastChapters"]["type"] == "application/json+chapters"
        chapters = json.loads(place.get(item["podcastChapters"]["url"]))
        assert [one["title"] for one in chapters["chapters"]] == [chapter.title for chapter in episode.chapters]
        assert [one["startTime"] for one in chapters["chapters"]] == [
            chapter.start.total_seconds() for chapter in episode.chapters
        ]
