"""Assembling a feed of 10,000 items beside feedgen alone with the same content."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import measure, workspaces
from podwright.core.model import Category, Owner, Person
from podwright.core.tags import (
    Alternate,
    Chat,
    Image,
    Integrity,
    ItemTags,
    License,
    Link,
    Location,
    Recipient,
    SocialInteract,
    Soundbite,
    Source,
    Txt,
    Value,
)
from podwright.render.feeds import (
    Channel,
    ChapterMark,
    Enclosure,
    Item,
    Original,
    TranscriptLink,
    render_channel,
    render_items,
)

ITEMS = measure.sized(10_000, 1_000)
ROUNDS = 3

#: One of each tag that an item may carry.
TAGS = ItemTags(
    locations=(Location(name="Harbour Town", rel="creator", geo="geo:42.3601,-71.0589", country="us"),),
    license=License(identifier="cc-by-4.0"),
    soundbites=(Soundbite(start=timedelta(seconds=73), duration=timedelta(seconds=60), title="The point"),),
    value=(Value(type="lightning", method="keysend", recipients=(Recipient(type="node", address="02d5c1", split=1),)),),
    content_links=(Link(title="Watch", url="https://video.example.org/"),),
    social_interact=(SocialInteract(protocol="activitypub", uri="https://social.example.org/1"),),
    txt=(Txt(text="text", purpose="release"),),
    chat=Chat(server="irc.example.org", protocol="irc"),
    funding=(Link(title="Support", url="https://example.org/support"),),
    alternates=(Alternate(type="audio/opus", sources=(Source(uri="https://example.org/a.opus"),), title="Low"),),
)


def items() -> list[Item]:
    """Items with 4 KB of notes and one of each tag."""
    chance = random.Random(1)
    texts = [" ".join(workspaces.sentences(chance, 40)) for _ in range(50)]
    return [
        Item(
            guid=f"guid-{number}",
            title=f"Episode {number} & more",
            description=texts[number % 50][:1_000],
            content_html=f"<p>{texts[number % 50]}</p>",
            enclosure=Enclosure(url=f"https://example.org/{number}.mp3", length=number, media_type="audio/mpeg"),
            published=datetime(2010, 1, 1, tzinfo=UTC) + timedelta(hours=number),
            duration=timedelta(seconds=1800),
            explicit=False,
            type="full",
            number=number + 1,
            author="Nobody",
            people=(Person(name="Nobody"),),
            transcripts=(TranscriptLink(url=f"https://example.org/{number}.vtt", media_type="text/vtt"),),
            season_number=1,
            season_name="One",
            image_url=f"https://example.org/{number}.png",
            chapters_url=f"https://example.org/{number}.json",
            keywords=("one", "two"),
            section="News",
            summary="Made up.",
            display=f"No. {number}",
            original=Original(
                url=f"https://example.org/{number}.mp3",
                bitrate=64_000,
                integrity=Integrity(type="sri", value=f"sha256-{'A' * 43}="),
            ),
            sizes=tuple(
                Image(url=f"https://example.org/{number}-{width}.jpg", width=width, height=width, purpose="artwork")
                for width in (3000, 1400, 600, 300)
            ),
            chapters=tuple(ChapterMark(start=timedelta(minutes=n), title=f"Part {n}") for n in range(5)),
            tags=TAGS,
        )
        for number in range(ITEMS)
    ]


def channel() -> Channel:
    """A channel with everything that directories ask for."""
    return Channel(
        title="Benchmark",
        link="https://example.org/",
        feed_url="https://example.org/show.xml",
        description="A show that was made up to be measured.",
        language="en",
        author="Nobody",
        owner=Owner(name="Nobody", email="nobody@example.org"),
        categories=(Category(name="Technology"),),
        explicit=False,
        image_url="https://example.org/show.png",
        type="episodic",
        guid="g",
        locked=True,
        updated=datetime(2026, 1, 1, tzinfo=UTC),
    )


def assemble_podwright() -> bytes:
    """Every item rendered, none from the cache."""
    head, tail = render_channel(channel())
    return b"".join((head, *render_items(items()), tail))


def assemble_feedgen() -> bytes:
    """The same elements through feedgen's own tree and serialisation."""
    from podwright.render.feeds.feed import _entry, _generator

    feed = _generator(channel())
    for item in items():
        feed.add_entry(_entry(item), order="append")
    text: bytes = feed.rss_str()
    return text


def prepare() -> bytes:
    """What both begin with."""
    return str(len(items())).encode()


def report(folder: Path) -> str:
    """Measure both, and what making the values costs either, in processes of their own."""
    code = "from benchmarks.feed import {0}; print(len({0}()))"
    tools = {
        "podwright": lambda _: measure.run([sys.executable, "-c", code.format("assemble_podwright")]),
        "feedgen alone": lambda _: measure.run([sys.executable, "-c", code.format("assemble_feedgen")]),
        "start-up and values": lambda _: measure.run([sys.executable, "-c", code.format("prepare")]),
    }
    costs = measure.interleaved(tools, rounds=ROUNDS)
    own, bare, base = (costs[name].cpu for name in tools)
    ratio = (own - base) / (bare - base)
    del folder
    return measure.table(
        f"A feed of {ITEMS:,} items with 4 KB of notes and every tag",
        costs,
        note="The same elements in both; podwright renders each item by itself, so that it can be kept.",
    ) + (f"\nWithout start-up and values: {ratio:.2f} × feedgen alone.\n")
