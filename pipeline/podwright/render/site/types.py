"""The values that templates of web pages show, with the keys of whatever they link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from podwright.core.model import Contact, Credit, Episode, Link, Location, Person, Season


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A published picture in one size."""

    key: str
    #: In pixels, like the height.
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture in all its sizes."""

    #: The largest first.
    sizes: tuple[Shot, ...]
    alt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed to subscribe to."""

    title: str
    url: str
    #: Its pages in directories.
    listed: tuple[Link, ...] = ()
    #: Key of the QR code of its address.
    qr: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The facts that all pages share."""

    title: str
    description: str
    author: str
    language: str
    link: str
    #: It ends with "/".
    public_url: str
    #: The IANA name of the zone whose days pages tell.
    timezone: str
    #: The public ones.
    feeds: tuple[FeedLink, ...] = ()
    copyright: str | None = None
    picture: Picture | None = None

    @property
    def notice(self) -> str | None:
        """Return the copyright as a notice: with the sign, where it has neither that nor the word."""
        text = self.copyright
        if text is None or "©" in text or "copyright" in text.lower() or "(c)" in text.lower():
            return text
        return f"© {text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """The recording."""

    key: str
    #: In bytes.
    size: int
    media_type: str
    duration: timedelta
    #: The name that a browser gives to the download.
    filename: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A chapter."""

    start: timedelta
    title: str
    end: timedelta | None = None
    url: str | None = None
    #: Key of its picture.
    image: str | None = None
    hidden: bool = False
    people: tuple[str, ...] = ()
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of speech."""

    #: Time in the recording.
    start: timedelta | None
    text: str
    #: What stands before the next one: nothing in scripts that have no spaces.
    gap: str = " "


@dataclass(frozen=True, slots=True)
class TranscriptParagraph:
    """A paragraph of the transcript."""

    #: Those that stand before it.
    headings: tuple[str, ...]
    #: Who begins to speak here.
    speaker: str | None
    start: timedelta | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A published transcript."""

    key: str
    #: The ending of its name, without the dot.
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationFiles:
    """The published transcripts in another language than that of the page."""

    #: BCP 47.
    language: str
    files: tuple[TextFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table of contents."""

    title: str
    number: int | None
    #: Of the page that it leads to.
    key: str
    current: bool = False
    #: The number as it is shown.
    display: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A work that the episode discusses."""

    citation: str
    title: str | None
    #: All of them, though the citation may name the first ones only.
    authors: tuple[str, ...]
    links: tuple[Link, ...]
    #: Title and authors stand above abstract and citation.
    titled: bool
    #: Pairs of heading and text.
    abstract: tuple[tuple[str | None, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An education credit."""

    credit: Credit
    #: It can no longer be claimed.
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodePage:
    """An episode as its page shows it."""

    #: Of the page.
    key: str
    #: Keys of the player alone, and of its description for other sites.
    embed: str
    oembed: str | None
    episode: Episode
    season: Season | None
    #: Keys of the pages of its section and its season, where there are any to link.
    section: str | None
    series: str | None
    private: bool
    #: Its content is no longer current.
    expired: bool
    summary: str
    #: Clean HTML.
    notes: str
    audio: Audio
    key_points: tuple[str, ...]
    #: Nobody has approved the key points yet.
    drafted: bool
    #: Everybody once, in all their parts.
    people: tuple[tuple[Person, ...], ...]
    marks: tuple[Mark, ...]
    passages: tuple[TranscriptParagraph, ...]
    files: tuple[TextFile, ...]
    references: tuple[Cited, ...]
    credits: tuple[Claim, ...]
    contents: tuple[Row, ...]
    previous: Row | None
    next: Row | None
    picture: Picture | None
    #: The transcript says when it is spoken.
    timed: bool
    #: The name of its tier for listeners.
    tier: str
    #: No feed and no list leads here.
    unlisted: bool = False
    #: Its transcript in other languages.
    translations: tuple[TranslationFiles, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """The page where an episode was that was withdrawn."""

    key: str
    title: str
    number: int | None
    display: str | None
    language: str
    published: datetime
    withdrawn: datetime
    reason: str | None
    contact: Contact | None
    #: Key of the page of its season, where there is any.
    series: str | None
    previous: Row | None
    next: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An episode in a list."""

    #: Of its page.
    key: str
    title: str
    number: int | None
    published: datetime
    duration: timedelta
    section: str | None
    tier: str
    summary: str
    #: Its content is no longer current.
    expired: bool
    #: The number as it is shown.
    display: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """The keys of a list's newest page, and of the pages beside one."""

    newest: str
    newer: str | None = None
    older: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A page that lists episodes."""

    key: str
    title: str
    cards: tuple[Card, ...]
    pager: Pager
    season: Season | None = None
    description: str | None = None
    sections: tuple[Row, ...] = ()
    seasons: tuple[Row, ...] = ()
    people: tuple[Person, ...] = ()
