"""Any valid workspace gives feeds that parse and read back to what was written, whatever text is in them."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings

from podwright.building.select import is_listed
from podwright.core.model import Episode, Feed, Link, Overrides, Person, Show
from podwright.core.names import episode_stem, page_key, tier_side
from podwright.core.tags import ChannelTags, ItemTags, License, LiveItem
from podwright.inspection.check import Request, check_workspace
from podwright.workspace.load import load_workspace
from tests.render.feeds import reading
from tests.render.feeds.values import NS
from tests.support.published import NOW, Place
from tests.support.workspaces import Table, workspaces, write_workspace

BASE = "https://cdn.example.org/"


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(workspaces())
def test_any_valid_workspace_reads_back_from_its_feeds(parts: tuple[Table, Table, list[Table]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_workspace(root, parts)
        place = Place(root, Overrides(), BASE, root / "public")
        place.publish()
        show, episodes, _ = load_workspace(root, Overrides())
        (feed,) = show.feeds
        channel = reading.channel_of(place.get(f"{BASE}main.xml"))
        check_channel(channel, feed)
        items = {reading.text(item, "guid"): item for item in all_items(place, channel)}
        listed = [episode for episode in episodes if is_listed(episode.outline, NOW)]
        assert set(items) == {episode.outline.guid for episode in listed}
        for episode in listed:
            check_item(items[episode.outline.guid], episode, show, place)
        judged = check_workspace(Request(root=root, overrides=Overrides(), now=NOW), advance=lambda _: None)
        assert [str(one) for one in judged.problems if one.level == "error"] == []
        again = place.publish()
        assert again.plan is None or again.plan.steps == ()


def all_items(place: Place, channel: ET.Element) -> list[ET.Element]:
    """The items of the feed and of every page that it leads to (RFC 5005)."""
    items, seen = [], set()
    while True:
        items += channel.findall("item")
        older = channel.find("atom:link[@rel='prev-archive']", NS)
        if older is None:
            return items
        assert older.attrib["href"] not in seen
        seen.add(older.attrib["href"])
        channel = reading.channel_of(place.get(older.attrib["href"]))


def shown(person: Person) -> Person:
    """A person as far as a feed says them: no position, no affiliation, and a name of at most 128 characters."""
    name = f"{person.name}, {person.credentials}" if person.credentials else person.name
    name = name if len(name) <= 128 else person.name[:128]
    return replace(person, name=name, credentials=None, position=None, affiliation=None)


def cut(links: tuple[Link, ...]) -> tuple[Link, ...]:
    return tuple(replace(link, title=link.title[:128]) for link in links)


def lowered(found: License | None) -> License | None:
    return replace(found, identifier=found.identifier.lower()) if found and not found.url else found


def said_by_item(tags: ItemTags) -> ItemTags:
    return replace(tags, funding=cut(tags.funding), license=lowered(tags.license))


def said_by_live(live: LiveItem) -> LiveItem:
    description = live.description and reading.angled(live.description)
    # All of them end after the moment of the test.
    status = live.status or ("pending" if live.start > NOW else "live")
    return replace(
        live,
        status=status,
        description=description,
        people=tuple(map(shown, live.people)),
        tags=said_by_item(live.tags),
    )


def said_by_channel(tags: ChannelTags) -> ChannelTags:
    live = tuple(map(said_by_live, tags.live))
    publisher = replace(tags.publisher, medium="publisher") if tags.publisher else None
    return replace(tags, funding=cut(tags.funding), license=lowered(tags.license), publisher=publisher, live=live)


def check_channel(channel: ET.Element, feed: Feed) -> None:
    text = reading.text
    assert text(channel, "title") == feed.title == text(channel, "itunes:title")
    assert text(channel, "link") == feed.link
    assert reading.plain(channel, "description") == reading.angled(feed.description)
    assert text(channel, "language") == feed.language
    assert text(channel, "copyright") == feed.copyright
    assert text(channel, "itunes:author") == feed.author
    assert text(channel, "itunes:explicit") == ("true" if feed.explicit else "false")
    assert text(channel, "itunes:type") == feed.type
    assert text(channel, "itunes:block") == ("Yes" if feed.block else None)
    assert text(channel, "itunes:complete") == ("Yes" if feed.complete else None)
    assert text(channel, "itunes:new-feed-url") == feed.new_feed_url
    assert text(channel, "podcast:locked") == ("yes" if feed.locked else "no")
    assert text(channel, "spotify:countryOfOrigin") == (" ".join(feed.countries) or None)
    assert feed.guid in (None, text(channel, "podcast:guid"))
    assert reading.read_owner(channel) == feed.owner
    assert reading.read_categories(channel) == feed.categories
    assert reading.every(channel, "podcast:person", reading.read_person) == tuple(map(shown, feed.people))
    found, said = asdict(reading.read_channel_tags(channel)), asdict(said_by_channel(feed.tags))
    assert {name: value for name, value in found.items() if value != said[name]} == {}
    links = {link.attrib["rel"]: link.attrib["href"] for link in channel.findall("atom:link", NS)}
    assert links["self"] == f"{BASE}main.xml"
    assert links.get("hub") == feed.hub


def check_item(item: ET.Element, episode: Episode, show: Show, place: Place) -> None:
    text, outline = reading.text, episode.outline
    assert text(item, "title") == outline.title == text(item, "itunes:title")
    page = page_key(episode_stem(outline.slug, tier_side(outline.tier, show)))
    assert text(item, "link") == (episode.link or f"{BASE}{page}")
    assert reading.read_date(item, "pubDate") == outline.published
    assert text(item, "itunes:episodeType") == outline.type
    assert text(item, "itunes:episode") == (str(outline.number) if outline.number else None)
    assert text(item, "itunes:explicit") == ("true" if episode.explicit else "false")
    assert text(item, "itunes:block") == ("Yes" if episode.block else None)
    assert text(item, "itunes:keywords") == (",".join(outline.tags) or None)
    display = item.find("podcast:episode", NS)
    assert display is None or display.get("display") == outline.display
    own = {person.name for person in episode.people}
    people = [*episode.people, *(person for person in show.people if person.name not in own)]
    assert reading.every(item, "podcast:person", reading.read_person) == tuple(map(shown, people))
    tags, said = asdict(reading.read_item_tags(item)), asdict(said_by_item(episode.tags))
    assert {name: value for name, value in tags.items() if value != said[name]} == {}
    (enclosure,) = item.findall("enclosure")
    prefix = f"{show.enclosure_prefix}cdn.example.org/" if show.enclosure_prefix else BASE
    audio = place.get(BASE + enclosure.attrib["url"].removeprefix(prefix))
    assert enclosure.attrib["length"] == str(len(audio))
    description, html = text(item, "description"), text(item, "content:encoded")
    assert len((description or "").encode()) <= 4000
    assert len(html or "") <= 4000
