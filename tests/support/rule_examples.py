"""A feed that every rule is content with, and for every rule what it must refuse."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from podwright.core.model import Chapter, Credit, Cue, Episode, Outline, Person, Reference, Transcript
from podwright.inspection.rules import Document, Judged, Picture, Recording, Site, Stored, view
from podwright.media.audio import AudioFacts, LeftOut

BASE = "https://podcast.example.org/"
URL = f"{BASE}garden.xml"
FEED = "feeds/garden.toml"
BEANS = "episodes/beans/episode.md"
RECORDED = "episodes/recorded/episode.md"
PICTURED = "episodes/recorded/artwork.jpg"
GOOD = (Path(__file__).parent / "rule_examples.xml").read_bytes()


def stored(size: int, media_type: str, name: str = "", *, seconds: int | None = None) -> Stored:
    duration = timedelta(seconds=seconds) if seconds else None
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    return Stored(size=size, media_type=media_type, sha256=sha256, duration=duration)


SITE = Site(
    base=BASE,
    now=datetime(2026, 2, 3, tzinfo=UTC),
    objects={
        f"{BASE}one.mp3": stored(1000, "audio/mpeg", "one", seconds=1800),
        f"{BASE}two.m4a": stored(2000, "audio/x-m4a", "two", seconds=900),
        f"{BASE}one.vtt": stored(10, "text/vtt"),
        f"{BASE}two.srt": stored(10, "application/x-subrip"),
        f"{BASE}one-chapters.json": stored(10, "application/json+chapters"),
        f"{BASE}artwork/show.png": stored(10, "image/png"),
        f"{BASE}artwork/peas.jpg": stored(10, "image/jpeg"),
    },
)


def document(data: bytes = GOOD, *, private: bool = False) -> Document:
    return Document(data=data, url=URL, path=FEED, sources={"3f04ea18": BEANS}, private=private)


def edited(*edits: tuple[str, str]) -> bytes:
    """The good feed with texts replaced, each at its first place."""
    text = GOOD.decode()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def judged(*documents: Document, recordings: tuple[Recording, ...] = (), pictures: tuple[Picture, ...] = ()) -> Judged:
    return view(documents, site=SITE, recordings=recordings, pictures=pictures)


class Edit(NamedTuple):
    """A change of the good feed that a rule must refuse."""

    rule: str
    old: str
    new: str


CHANNEL_TITLE = "<title>Garden Hours</title>\n"
ITEM_TITLE = "<title>Beans</title>"
NOTES = "&lt;p&gt;How &lt;a"
FIRST_ENCLOSURE = '<enclosure url="https://podcast.example.org/one.mp3" length="1000" type="audio/mpeg"/>'
DATE = "<pubDate>Mon, 02 Feb 2026 09:00:00 +0000</pubDate>"
ARTWORK = '<itunes:image href="https://podcast.example.org/artwork/show.png"/>'
PERSON = '<podcast:person role="guest" group="cast">Ben Example</podcast:person>'

EDITS = (
    # The document
    Edit("feed-well-formed", "</channel></rss>", "</channel>"),
    Edit("feed-well-formed", "How beans climb.\n", "How beans ]]> climb.\n"),
    Edit("feed-well-formed", "</channel></rss>", "</channel><channel/></rss>"),
    Edit("feed-encoding", "encoding='UTF-8'", "encoding='ISO-8859-1'"),
    Edit("copyright-plain", "<copyright>Café", "<copyright>© Café"),
    Edit("copyright-plain", "Café Example</copyright>", "Copyright 2019-2026 by Café</copyright>"),
    Edit("feed-version", 'version="2.0"', 'version="0.91"'),
    Edit(
        "feed-namespaces", "http://www.itunes.com/dtds/podcast-1.0.dtd", "https://www.itunes.com/dtds/podcast-1.0.dtd"
    ),
    Edit("feed-namespaces", "podcastindex.org/namespace/1.0", "github.com/Podcastindex-org/podcast-namespace"),
    # The channel
    Edit("channel-required", "<link>https://example.org/garden</link>\n", ""),
    Edit("channel-required", "<description>Two people and a spade.</description>", "<description/>"),
    Edit("element-once", CHANNEL_TITLE, CHANNEL_TITLE * 2),
    Edit("element-once", FIRST_ENCLOSURE, FIRST_ENCLOSURE * 2),
    Edit("language-present", "<language>en-us</language>", ""),
    Edit("language-known", "en-us", "english"),
    Edit("language-known", "en-us", "xy"),
    Edit("rss-image", "<title>Garden Hours</title><link>", "<link>"),
    Edit("build-date", "Mon, 02 Feb 2026", "2026-02-02"),
    Edit("editor-address", "ada@example.org (Ada Example)", "Ada Example"),
    Edit("self-link", "https://podcast.example.org/garden.xml", "https://podcast.example.org/feed.xml"),
    Edit("self-link", ' rel="self"', ' rel="alternate"'),
    Edit("self-link", "application/rss+xml", "text/xml"),
    Edit("explicit-present", "<itunes:explicit>false</itunes:explicit>\n", ""),
    Edit("explicit-value", "<itunes:explicit>false", "<itunes:explicit>no"),
    Edit("explicit-value", "<itunes:explicit>false", "<itunes:explicit>clean"),
    Edit("explicit-value", "<itunes:explicit>false", "<itunes:explicit>True"),
    Edit(
        "category-present",
        '<itunes:category text="Leisure"><itunes:category text="Home &amp; Garden"/></itunes:category>',
        "",
    ),
    Edit("category-known", 'text="Leisure"', 'text="Gardening"'),
    Edit("category-known", "Home &amp; Garden", "Home &amp;amp; Garden"),
    Edit("artwork-present", ARTWORK, ""),
    Edit("artwork-present", ARTWORK, f"<itunes:image>{BASE}artwork/show.png</itunes:image>"),
    Edit("artwork-ending", "artwork/peas.jpg", "artwork/peas.webp"),
    Edit("artwork-ending", "artwork/peas.jpg", "one.mp3"),
    Edit("artwork-query", "artwork/peas.jpg", "artwork/peas.jpg?w=3000"),
    Edit("artwork-object", "artwork/peas.jpg", "artwork/beets.jpg"),
    Edit("artwork-elsewhere", f"{BASE}artwork/peas.jpg", "https://t.example.net/peas.jpg"),
    Edit("artwork-size", 'width="3000" height="3000"', 'width="600" height="600"'),
    Edit("artwork-size", 'width="3000" height="3000"', 'width="3000" height="2000"'),
    Edit("author-present", "<itunes:author>Ada Example</itunes:author>", ""),
    Edit("owner-present", "<itunes:email>ada@example.org</itunes:email>", ""),
    Edit("owner-address", "<itunes:email>ada@example.org", "<itunes:email>ada at example.org"),
    Edit("type-value", "<itunes:type>serial", "<itunes:type>weekly"),
    Edit("exactly-yes", "<itunes:complete>Yes", "<itunes:complete>yes"),
    Edit("exactly-yes", "<itunes:complete>Yes</itunes:complete>", "<itunes:block>true</itunes:block>"),
    Edit("spotify-limit", 'recentCount="10"', 'recentCount="all"'),
    Edit("spotify-countries", "us ca", "US, CA"),
    # Items
    Edit("item-title", "<title>Beans</title><link>", "<title/><link>"),
    Edit("guid-present", '<guid isPermaLink="false">3f04ea18</guid>', ""),
    Edit("guid-permalink", '<guid isPermaLink="false">3f04ea18', "<guid>3f04ea18"),
    Edit("guid-permalink", '<guid isPermaLink="false">3f04ea18', '<guid isPermaLink="no">3f04ea18'),
    Edit("guid-of-its-own", ">3f04ea18<", f">{BASE}one.mp3<"),
    Edit("guid-unique", ">3f04ea18<", ">3f04ea19<"),
    Edit("title-unique", "<title>Beans</title>", "<title>Peas</title>"),
    Edit("pubdate-present", DATE, ""),
    Edit("pubdate-format", DATE, "<pubDate>2026-02-02T09:00:00Z</pubDate>"),
    Edit("pubdate-format", DATE, "<pubDate>Mon, 31 Feb 2026 09:00:00 +0000</pubDate>"),
    Edit("pubdate-format", DATE, "<pubDate>Mo, 02 Feb 2026 09:00:00 +0000</pubDate>"),
    Edit("pubdate-zone", DATE, "<pubDate>Mon, 02 Feb 2026 09:00:00</pubDate>"),
    Edit("pubdate-weekday", DATE, "<pubDate>Tue, 02 Feb 2026 09:00:00 +0000</pubDate>"),
    Edit("pubdate-future", DATE, "<pubDate>Wed, 04 Feb 2026 09:00:00 +0000</pubDate>"),
    Edit("enclosure-present", FIRST_ENCLOSURE, ""),
    Edit("enclosure-present", ' length="1000" type="audio/mpeg"/>', ' type="audio/mpeg"/>'),
    Edit("enclosure-length", 'length="1000"', 'length="990"'),
    Edit("enclosure-length", 'length="1000"', 'length="1000.0"'),
    Edit(
        "enclosure-length",
        f'{BASE}one.mp3" length="1000"',
        'https://elsewhere.example.net/one.mp3" length="1800"',
    ),
    Edit("enclosure-size-known", 'length="1000"', 'length="0"'),
    Edit("enclosure-type", 'type="audio/mpeg"/><pubDate>', 'type="audio/mp3"/><pubDate>'),
    Edit(
        "enclosure-type",
        f'{BASE}one.mp3" length="1000" type="audio/mpeg"',
        'https://elsewhere.example.net/one.m4a" length="1000" type="audio/mpeg"',
    ),
    Edit("enclosure-ending", f'{BASE}one.mp3" length', f'{BASE}one" length'),
    Edit("enclosure-object", f'{BASE}one.mp3" length', f'{BASE}three.mp3" length'),
    Edit(
        "enclosure-unique", f'{BASE}two.m4a" length="2000" type="audio/x-m4a"/><pubDate>', f'{BASE}one.mp3"/><pubDate>'
    ),
    Edit("duration-present", "<itunes:duration>1800</itunes:duration>", ""),
    Edit("duration-seconds", "<itunes:duration>1800", "<itunes:duration>30:00"),
    Edit("duration-seconds", "<itunes:duration>1800", "<itunes:duration>1800.5"),
    Edit("duration-true", "<itunes:duration>1800", "<itunes:duration>30"),
    Edit("episode-type", "<itunes:episodeType>full", "<itunes:episodeType>teaser"),
    Edit("episode-number", "<itunes:episode>2", "<itunes:episode>0"),
    Edit("episode-number", "<itunes:season>1", "<itunes:season>one"),
    Edit("serial-numbered", "<itunes:episode>2</itunes:episode>", ""),
    Edit("number-unique", "<itunes:episode>2", "<itunes:episode>1"),
    Edit("item-recommended", "<link>https://example.org/garden/beans</link>", ""),
    Edit("transcript-present", f'<podcast:transcript url="{BASE}two.srt" type="application/x-subrip"/>', ""),
    Edit("transcript-timed", 'type="application/x-subrip"', 'type="text/plain"'),
    # Addresses
    Edit("address-absolute", "https://example.org/join", "/join"),
    Edit("address-absolute", "https://example.org/garden/beans", "www.example.org/beans"),
    Edit("address-https", f"{BASE}two.srt", "http://podcast.example.org/two.srt"),
    Edit("address-https", f'"{BASE}one.mp3" length', '"http://podcast.example.org/one.mp3" length'),
    Edit("page-https", "https://example.org/join", "http://example.org/join"),
    Edit("address-ascii", "https://example.org/join", "https://example.org/jön"),
    Edit("address-ascii", "https://example.org/join", "https://example.org/join us"),
    Edit("address-password", "https://example.org/join", "https://ada:secret@example.org/join"),
    # Texts
    Edit("title-length", ITEM_TITLE, f"<title>{'Böhnen ' * 40}</title>"),
    Edit("value-length", "<itunes:author>Ada Example", f"<itunes:author>{'Ada Example ' * 22}"),
    Edit("description-length", "How beans climb.\n", "How beans climb. " * 250),
    Edit("description-present", "<description>What peas want.</description>", ""),
    Edit("description-present", "<description>What peas want.</description>", "<description> \n</description>"),
    Edit("description-plain", "How beans climb.\n", "&lt;p&gt;How beans climb.&lt;/p&gt;\n"),
    Edit("title-show-name", ITEM_TITLE, "<title>Garden Hours: beans</title>"),
    Edit("title-number", ITEM_TITLE, "<title>Episode 2: beans</title>"),
    Edit("title-number", ITEM_TITLE, "<title>#2 Beans</title>"),
    Edit("title-number", ITEM_TITLE, "<title>2. Beans</title>"),
    Edit("title-line", ITEM_TITLE, "<title>Beans\nand peas</title>"),
    Edit("title-emoji", ITEM_TITLE, "<title>Beans 🌱</title>"),
    Edit("title-direction", ITEM_TITLE, "<title>Beans שעועית (1)</title>"),
    Edit("text-trimmed", ITEM_TITLE, "<title> Beans</title>"),
    Edit("text-markup", ITEM_TITLE, "<title>&lt;b&gt;Beans&lt;/b&gt;</title>"),
    Edit("text-markup", "<itunes:author>Ada", "<itunes:author>&lt;a href='x'&gt;Ada"),
    Edit("text-escaped-twice", ITEM_TITLE, "<title>Beans &amp;amp; peas</title>"),
    Edit("text-escaped-twice", ITEM_TITLE, "<title>&amp;lt;b&amp;gt;Beans</title>"),
    Edit("text-cdata-end", "How beans climb.\n", "How beans ]]&gt; climb.\n"),
    Edit("text-control", ITEM_TITLE, "<title>Beans\x85</title>"),
    Edit("text-invisible", ITEM_TITLE, "<title>Be\u200bans</title>"),
    Edit("text-invisible", ITEM_TITLE, "<title>\ufeffBeans</title>"),
    Edit("text-direction", ITEM_TITLE, "<title>Beans \u202egpj.exe</title>"),
    Edit("text-direction", ITEM_TITLE, "<title>Beans \u2067abc</title>"),
    Edit("text-direction", ITEM_TITLE, "<title>Beans abc\u2069</title>"),
    Edit("text-composed", ITEM_TITLE, "<title>Bo\u0308hnen</title>"),
    Edit("text-encoding", ITEM_TITLE, "<title>BÃ¶hnen</title>"),
    Edit("text-encoding", ITEM_TITLE, "<title>Ada\u2019s beans \ufffd</title>"),
    # Notes
    Edit("notes-absolute", 'href="https://example.org/beans"', 'href="/beans"'),
    Edit("notes-absolute", NOTES, '&lt;p&gt;&lt;img alt="A bean" src="bean.png"&gt;How &lt;a'),
    Edit("notes-https", "https://example.org/beans", "http://example.org/beans"),
    Edit("notes-active", NOTES, "&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;How &lt;a"),
    Edit("notes-active", NOTES, '&lt;p onclick="x()"&gt;How &lt;a'),
    Edit("notes-active", "https://example.org/beans", "javascript:x()"),
    Edit("notes-elements", "&lt;p&gt;How", "&lt;h2&gt;Beans&lt;/h2&gt;&lt;p&gt;How"),
    Edit("notes-balanced", "&lt;/li&gt;&lt;/ul&gt;", "&lt;/ul&gt;"),
    Edit("notes-balanced", "&lt;/li&gt;&lt;/ul&gt;", "&lt;/li&gt;"),
    Edit("notes-escaped-twice", "Peas &amp;amp; beans", "Peas &amp;amp;amp; beans"),
    Edit("notes-picture-alt", NOTES, '&lt;p&gt;&lt;img src="https://example.org/bean.png"&gt;How &lt;a'),
    Edit("notes-link-empty", "beans&lt;/a&gt;", "&lt;/a&gt;"),
    Edit("notes-link-vague", "beans&lt;/a&gt;", "Click here&lt;/a&gt;"),
    Edit("notes-chapters", "00:00:00 Before", "00:00:05 Before"),
    Edit("notes-chapters", "\n00:20:00 Harvest", ""),
    # The podcast namespace
    Edit("feed-guid", "<podcast:guid>9b024349-ccf0-5f69-a609-6b82873eab3c</podcast:guid>", ""),
    Edit("feed-guid-uuid", "9b024349-ccf0-5f69", "9b024349-ccf0"),
    Edit("locked-present", '<podcast:locked owner="ada@example.org">yes</podcast:locked>', ""),
    Edit("podcast-locked", ">yes</podcast:locked>", ">true</podcast:locked>"),
    Edit("podcast-locked", 'owner="ada@example.org"', 'owner="Ada"'),
    Edit("podcast-transcript", ' type="text/vtt"', ""),
    Edit("podcast-transcript", 'rel="captions"', 'rel="subtitles"'),
    Edit("podcast-funding", "Buy us a spade", " "),
    Edit("podcast-chapters", "application/json+chapters", "text/plain"),
    Edit("podcast-soundbite", 'duration="30.5"', 'duration="00:30"'),
    Edit("podcast-person", ">Ben Example<", "><"),
    Edit("podcast-location", 'geo="geo:42.36,-71.06"', 'geo="42.36,-71.06"'),
    Edit("podcast-location", 'osm="R2315704"', 'osm="2315704"'),
    Edit("podcast-season", 'name="Spring">1', 'name="Spring">first'),
    Edit("podcast-episode", 'display="Ch. 2">2', 'display="Ch. 2">two'),
    Edit("podcast-trailer", 'pubdate="Fri, 02 Jan 2026 09:00:00 +0000"', 'pubdate="2026-01-02"'),
    Edit("podcast-license", ">cc-by-4.0<", "><"),
    Edit("podcast-alternate-enclosure", 'bitrate="128000"', 'bitrate="128k"'),
    Edit(
        "podcast-alternate-enclosure",
        '<podcast:source uri="https://podcast.example.org/one.mp3"/>',
        "<podcast:source/>",
    ),
    Edit("podcast-value", ' split="99"', ' split="half"'),
    Edit("podcast-value", 'remotePercentage="95"', 'remotePercentage="950"'),
    Edit("podcast-medium", ">podcast</podcast:medium>", ">radio</podcast:medium>"),
    Edit("podcast-images", "show.png 3000w", "show.png"),
    Edit("podcast-image", 'aspect-ratio="1/1"', 'aspect-ratio="1:1"'),
    Edit("podcast-live-item", 'status="pending"', 'status="soon"'),
    Edit("podcast-live-item", 'start="2026-03-02T09:00:00+00:00"', 'start="Monday"'),
    Edit("podcast-content-link", 'href="https://example.org/video/1"', ""),
    Edit("podcast-social-interact", 'protocol="activitypub"', 'protocol="Activity Pub"'),
    Edit("podcast-block", ">yes</podcast:block>", ">Yes</podcast:block>"),
    Edit("podcast-txt", "S6lpp-7ZCn8", ""),
    Edit("podcast-remote-item", "<podcast:podping", '<podcast:remoteItem feedGuid="1"/><podcast:podping'),
    Edit("podcast-update-frequency", 'dtstart="2026-01-02"', 'dtstart="2 January"'),
    Edit("podcast-podping", ' usesPodping="true"', ""),
    Edit("podcast-chat", 'server="irc.example.org"', 'server="irc"'),
    Edit("podcast-once", "<podcast:license>", "<podcast:license>cc0-1.0</podcast:license><podcast:license>"),
    Edit("podcast-place", PERSON, f"{PERSON}<podcast:locked>yes</podcast:locked>"),
    Edit("podcast-unknown-tag", PERSON, f"{PERSON}<podcast:people/>"),
    Edit("podcast-unknown-attribute", PERSON, PERSON.replace("role", "rôle")),
    Edit("podcast-length", "Buy us a spade", "Buy us a spade. " * 9),
    Edit("podcast-length", 'display="Ch. 2"', f'display="{"Chapter " * 5}"'),
    Edit("transcript-type", 'type="application/x-subrip"', 'type="application/srt"'),
    Edit("transcript-type", 'type="application/x-subrip"', 'type="text/vtt"'),
    Edit("linked-object", f"{BASE}one.vtt", f"{BASE}three.vtt"),
    Edit("linked-object", "one-chapters.json", "three-chapters.json"),
    Edit("transcript-language", "<language>en-us</language>", ""),
    Edit("trailer-length", 'length="2000" type="audio/x-m4a">Start', 'length="1990" type="audio/x-m4a">Start'),
    Edit("soundbite-length", 'duration="30.5"', 'duration="300"'),
    Edit("soundbite-in-audio", 'startTime="60" duration="30.5"', 'startTime="1790" duration="30.5"'),
    Edit("person-taxonomy", 'role="guest"', 'role="gardener"'),
    Edit("person-taxonomy", 'role="guest" group="cast"', 'role="guest" group="visuals"'),
    Edit("location-on-earth", "geo:42.36,-71.06", "geo:-142.36,71.06"),
    Edit("license-known", ">cc-by-4.0<", ">CC-BY-4.0<"),
    Edit("license-known", ">cc-by-4.0<", ">garden-1.0<"),
    Edit("alternate-source", '<podcast:source uri="https://podcast.example.org/one.mp3"/>', ""),
    Edit("alternate-integrity", 'value="sha256-', 'value="md5-'),
    Edit(
        "alternate-integrity", 'uri="https://podcast.example.org/one.mp3"', 'uri="https://podcast.example.org/two.m4a"'
    ),
    Edit("alternate-default", 'length="1000" bitrate', 'length="999" bitrate'),
    Edit("alternate-default", PERSON, f'{PERSON}<podcast:alternateEnclosure type="audio/mpeg" default="true"/>'),
    Edit("value-shares", '" split="1"/><podcast:valueTimeSplit', '" split="0"/><podcast:valueTimeSplit'),
    Edit(
        "value-split",
        '<podcast:remoteItem feedGuid="29cdca4a-32d8-56ba-b48b-09a011c5daa9"/></podcast:valueT',
        "</podcast:valueT",
    ),
    Edit(
        "live-link",
        '<podcast:contentLink href="https://example.org/live">Listen in the browser</podcast:contentLink>',
        "",
    ),
    Edit("live-parts", "<title>The spring sale</title>", ""),
    Edit("live-parts", '<enclosure url="https://live.example.org/spring.mp3" length="0" type="audio/mpeg"/>', ""),
    Edit("live-end", 'end="2026-03-02T10', 'end="2026-03-02T08'),
    Edit(
        "podroll-items",
        '<podcast:remoteItem feedGuid="29cdca4a-32d8-56ba-b48b-09a011c5daa9" title="Bean Counters"/>',
        "",
    ),
    Edit("podroll-items", '29cdca4a-32d8-56ba-b48b-09a011c5daa9" title', 'beans" title'),
    Edit("publisher-item", 'medium="publisher" ', ""),
    Edit("publisher-item", ' feedUrl="https://example.org/publisher.xml"', ""),
    Edit("medium-list", ">podcast</podcast:medium>", ">podcastL</podcast:medium>"),
    Edit("social-root", ' uri="at://example.org/post/1"', ""),
    Edit("social-root", 'protocol="atproto"', 'protocol="disabled"'),
    Edit("social-priority", ' priority="2"', ""),
    Edit("slug-known", 'id="google"', 'id="gogle"'),
    Edit("slug-known", 'id="google"', 'id="rss.com"'),
    Edit("slug-known", 'protocol="atproto"', 'protocol="bluesky"'),
    Edit("slug-known", 'method="keysend"', 'method="keysent"'),
    Edit("value-address", 'type="node"', 'type="wallet"'),
    Edit("value-address", 'type="node"', 'type="lnaddress"'),
    Edit("value-address", 'address="02', 'address="2'),
    Edit("podcast-location", 'country="US"', 'country="us"'),
    Edit("txt-value", ">S6lpp-7ZCn8<", ">S6lpp 7ZCn8<"),
    Edit("txt-value", ">false</podcast:txt>", ">partly</podcast:txt>"),
    Edit("slug-known", 'protocol="irc"', 'protocol="icq"'),
    Edit("live-clock", 'start="2026-03-02T09:00:00+00:00"', 'start="2026-02-02T09:00:00+00:00"'),
    Edit("update-rule", "FREQ=WEEKLY;", "FREQ=SOMETIMES;"),
    Edit("update-rule", ' dtstart="2026-01-02"', ""),
    Edit("image-described", ' alt="A spade in a bed of beans"', ""),
    Edit("image-measured", ' aspect-ratio="1/1"', ""),
)


FACTS = AudioFacts(
    media_type="audio/mpeg",
    duration=timedelta(seconds=600),
    offset=0,
    length=9_600_000,
    frames_hash="0",
    bitrate=128_000,
    sample_rate=44_100,
    channels=2,
)
CUES = (
    Cue(timedelta(), timedelta(seconds=300), "Ada", "Beans climb."),
    Cue(timedelta(seconds=300), timedelta(seconds=599), "Ben", "Peas cling."),
)
CHAPTERS = (
    Chapter(start=timedelta(), title="Beans"),
    Chapter(start=timedelta(seconds=300), title="Peas"),
    Chapter(start=timedelta(seconds=450), title="Corn"),
)
EPISODE = Episode(
    outline=Outline(
        slug="recorded",
        folder="episodes/recorded",
        guid="g",
        title="Recorded",
        published=datetime(2026, 1, 1, tzinfo=UTC),
    ),
    transcript=Transcript(cues=CUES),
)
RECORDING = Recording(path=RECORDED, episode=EPISODE, chapters=CHAPTERS, facts=FACTS)


def noted(notes: str) -> Recording:
    return replace(RECORDING, episode=replace(EPISODE, notes=notes))


def transcribed(*cues: Cue) -> Recording:
    return replace(RECORDING, episode=replace(EPISODE, transcript=Transcript(cues=cues)))


#: An episode that gives credit and says all that learners must be told.
TAUGHT = replace(
    RECORDING,
    day=SITE.now.date(),
    episode=replace(
        EPISODE,
        people=(Person(name="Ada", credentials="MD"),),
        objectives=("Grow beans.",),
        credits=(Credit(kind="Bean CPD", amount=Decimal(1), released=date(2026, 1, 1), expires=date(2028, 12, 31)),),
        disclosures=("None.",),
        participation="Listen, then sow.",
        commercial_support="None.",
        references=(Reference(citation="Beans, 1926."),),
    ),
)


def taught(**changes: object) -> Recording:
    return replace(TAUGHT, episode=replace(TAUGHT.episode, **changes))


RECORDINGS = (
    ("credit-faculty", taught(people=())),
    ("credit-objectives", taught(objectives=())),
    ("credit-dates", taught(credits=(Credit(kind="Bean CPD", amount=Decimal(1)),))),
    (
        "credit-amount",
        taught(credits=(Credit(kind="Bean CPD", released=date(2026, 1, 2), expires=date(2028, 12, 31)),)),
    ),
    ("credit-participation", taught(participation=None)),
    ("credit-disclosures", taught(disclosures=())),
    ("credit-support", taught(commercial_support=None)),
    ("credit-references", taught(references=())),
    ("credit-review", replace(TAUGHT, day=date(2028, 12, 1))),
    ("notes-link-lost", noted("[Plan](plan.html)")),
    ("notes-link-lost", noted('<a href="file:///plan.html">Plan</a>')),
    ("notes-link-lost", noted('<a href="https://example.org/"></a>')),
    ("notes-picture-lost", noted("![The plan](plan.jpg)")),
    ("notes-picture-lost", noted('<img src="/plan.jpg">')),
    ("notes-element-lost", noted("Beans <script>alert(1)</script>")),
    ("notes-element-lost", noted("<form><input></form>")),
    ("notes-element-lost", noted('<iframe src="video.html"></iframe>')),
    ("audio-sample-rate", replace(RECORDING, facts=replace(FACTS, sample_rate=22_050))),
    ("audio-bitrate", replace(RECORDING, facts=replace(FACTS, bitrate=64_000))),
    ("audio-bitrate", replace(RECORDING, facts=replace(FACTS, channels=1, bitrate=320_000))),
    (
        "audio-header",
        replace(RECORDING, facts=replace(FACTS, doubts=("its header promises less than there is; write it anew",))),
    ),
    ("audio-bitrate-least", replace(RECORDING, facts=replace(FACTS, channels=1, bitrate=24_000))),
    ("audio-channels", replace(RECORDING, facts=replace(FACTS, channels=6))),
    ("chapters-in-audio", replace(RECORDING, chapters=(*CHAPTERS, Chapter(start=FACTS.duration, title="Late")))),
    ("chapters-in-audio", replace(RECORDING, chapters=CHAPTERS[::-1])),
    ("chapters-advised", replace(RECORDING, chapters=CHAPTERS[:2])),
    ("chapters-advised", replace(RECORDING, chapters=(*CHAPTERS[:2], replace(CHAPTERS[2], title="Corn, " * 12)))),
    (
        "chapters-advised",
        replace(RECORDING, chapters=tuple(Chapter(start=timedelta(minutes=n), title=f"Row {n}") for n in range(8))),
    ),
    (
        "chapters-drawn",
        replace(RECORDING, id3_version="2.4", chapters=(replace(CHAPTERS[0], image=Path("/beans.jpg")),)),
    ),
    ("chapters-drawn", replace(RECORDING, id3_version="2.4", chapters=(replace(CHAPTERS[0], title="豆" * 42),))),
    ("audio-left-out", replace(RECORDING, left_out=LeftOut(kinds=("comments",)))),
    ("audio-left-out", replace(RECORDING, left_out=LeftOut(chapters=2))),
    ("audio-left-out", replace(RECORDING, trailer_left_out=LeftOut(chapters=1))),
    ("audio-chapters", replace(RECORDING, left_out=LeftOut(chapters=1), chapters=())),
    ("transcript-in-audio", transcribed(replace(CUES[0], end=timedelta(seconds=700)))),
    ("transcript-complete", transcribed(replace(CUES[0], end=timedelta(seconds=200)))),
    ("transcript-speakers", transcribed(*(replace(cue, speaker=None) for cue in CUES))),
)

PICTURES = (("picture-left-out", Picture(path=PICTURED, left_out=("its position", "comments"))),)

_OTHER = replace(document(), path="feeds/other.toml", url=f"{BASE}other.xml")
_LOCAL = replace(document(), url="http://127.0.0.1:8000/garden.xml")
_UNBLOCKED = document(private=True)
_HUB = document(
    edited(("<itunes:title>", '<atom:link rel="hub" href="https://hub.example.org/"/><itunes:title>')), private=True
)
_EMPTY = document(GOOD[: GOOD.index(b"<podcast:liveItem")] + b"</channel></rss>")
_IMAGES = document(edited((' alt="A spade in a bed of beans"', ""), ("<podcast:image href", "<podcast:picture href")))
_MOVED = replace(_OTHER, data=edited(("/one.mp3", "/three.mp3")))
_ARCHIVE = document(
    edited(
        ('version="2.0"', 'xmlns:fh="http://purl.org/syndication/history/1.0" version="2.0"'),
        ("<itunes:type>", "<fh:archive/><itunes:type>"),
    )
)
_UNLICENSED = document(
    edited(("<copyright>Café Example</copyright>", ""), ("<podcast:license>cc-by-4.0</podcast:license>", ""))
)

DOCUMENTS = (
    ("feed-encoding", (document(GOOD.replace("é".encode(), b"\xe9").replace(b"UTF-8", b"utf-8")),)),
    ("address-public", (_LOCAL,)),
    ("private-listed", (_UNBLOCKED,)),
    ("private-told", (_HUB,)),
    ("private-told", (_UNBLOCKED,)),
    ("feed-empty", (_EMPTY,)),
    ("images-alone", (_IMAGES,)),
    ("archive-current", (_ARCHIVE,)),
    ("guid-across-feeds", (document(), _MOVED)),
    ("feed-guid-unique", (document(), _OTHER)),
    ("copyright-present", (_UNLICENSED,)),
)
