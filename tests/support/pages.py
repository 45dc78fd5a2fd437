"""A page with everything on it, and one with as little as there can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from podwright.core.model import Contact, Credit, Episode, Link, Outline, Person, Season
from podwright.render.site import (
    Audio,
    Cited,
    Claim,
    EpisodePage,
    FeedLink,
    Line,
    Mark,
    Picture,
    Row,
    Shot,
    Site,
    TextFile,
    Tombstone,
    TranscriptParagraph,
)

#: What somebody may write into any field to see whether a page runs it.
HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(2)> {{ 7 * 7 }} &amp; \u202egnp.exe'

SITE = Site(
    title="Garden Hours",
    description="An hour in the garden.\n\nEvery week.",
    author="Ada Example",
    language="en-GB",
    link="https://example.org/",
    public_url="https://cdn.example.org/show/",
    timezone="Europe/London",
    feeds=(FeedLink(title="Garden Hours", url="https://cdn.example.org/show/garden.xml"),),
    picture=Picture(sizes=(Shot(key="artwork/show.png", width=1400, height=1400),)),
)

BARE = EpisodePage(
    key="episodes/soil/index.html",
    embed="episodes/soil/embed.html",
    oembed="episodes/soil/oembed.json",
    episode=Episode(
        outline=Outline(
            slug="soil",
            folder="episodes/soil",
            guid="guid-of-soil",
            title="Soil",
            published=datetime(2026, 3, 2, 23, 30, tzinfo=UTC),
        ),
        language="en-GB",
    ),
    season=None,
    section=None,
    series=None,
    private=False,
    tier="free",
    expired=False,
    summary="",
    notes="",
    audio=Audio(
        key="episodes/soil/soil.mp3",
        size=1_234_567,
        media_type="audio/mpeg",
        duration=timedelta(minutes=62, seconds=3),
        filename="Garden Hours - Soil.mp3",
    ),
    key_points=(),
    drafted=False,
    people=(),
    marks=(),
    passages=(),
    files=(),
    references=(),
    credits=(),
    contents=(),
    previous=None,
    next=None,
    picture=None,
    timed=False,
)


def full_page(text: str = "plain") -> EpisodePage:
    """A page whose every field holds a text."""
    outline = replace(
        BARE.episode.outline,
        title=text,
        number=3,
        section=text,
        tier=text,
        tags=(text,),
        expires=datetime(2027, 1, 1, tzinfo=UTC),
    )
    person = Person(name=text, credentials=text, position=text, affiliation=text, url="https://example.org/ada")
    credit = Credit(
        kind=text,
        amount=Decimal("0.25"),
        released=date(2026, 1, 2),
        reviewed=date(2026, 1, 9),
        expires=date(2026, 2, 1),
        provider=text,
    )
    episode = replace(
        BARE.episode,
        outline=outline,
        subtitle=text,
        people=(person,),
        objectives=(text,),
        objectives_lead=text,
        credits=(credit,),
        disclosures=(text,),
        participation=text,
        commercial_support=text,
        time_to_complete=timedelta(minutes=15),
        contact=Contact(text=text, name=text, email="a@example.org", url="https://example.org/contact"),
        links=(Link(title=text, url="https://example.org/slides"),),
    )
    row = Row(title=text, number=1, key="episodes/seeds/index.html")
    return replace(
        BARE,
        episode=episode,
        season=Season(slug="spring", title=text, number=1),
        section="sections/beds/index.html",
        series="seasons/spring/index.html",
        expired=True,
        tier=text,
        summary=text,
        notes="<p>Authored <strong>notes</strong>.</p>",
        key_points=(text,),
        people=((person,),),
        marks=(
            Mark(start=timedelta(), title=text, url="https://example.org/chapter", people=(text,)),
            Mark(start=timedelta(seconds=90), title=text, end=timedelta(seconds=100), hidden=True),
        ),
        passages=(
            TranscriptParagraph(
                (text,), text, timedelta(seconds=1), (Line(timedelta(seconds=1), text), Line(None, text))
            ),
        ),
        files=(TextFile(key="episodes/soil/soil.vtt", kind="vtt"),),
        references=(
            Cited(
                citation=text,
                title=text,
                authors=(text,),
                titled=True,
                links=(Link(title=text, url="https://doi.org/1"),),
                abstract=((text, text),),
            ),
        ),
        credits=(Claim(credit=credit, ended=True),),
        contents=(row, Row(title=text, number=2, key=BARE.key, current=True)),
        previous=row,
        next=row,
        picture=Picture(sizes=(Shot(key="episodes/soil/soil-1.jpg", width=600, height=600),), alt=text),
        timed=True,
    )


def tombstone(text: str = "plain") -> Tombstone:
    """The page of a withdrawn episode that says everything, in hostile text or in plain."""
    return Tombstone(
        key=BARE.key,
        title=text,
        number=2,
        display=None,
        language="en-GB",
        published=BARE.episode.outline.published,
        withdrawn=datetime(2029, 3, 1, 12, tzinfo=UTC),
        reason=text,
        contact=Contact(name=text, email="a@example.org", url="https://example.org/contact"),
        series="seasons/spring/index.html",
        previous=Row(title=text, number=1, key="episodes/seeds/index.html"),
        next=Row(title=text, number=3, key="episodes/trees/index.html"),
    )
