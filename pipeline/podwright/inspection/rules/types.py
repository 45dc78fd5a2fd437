"""Rules and their audiences, and the shapes in which most rules are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from podwright.core.finding import Finding, Level
from podwright.core.showing import shortened
from podwright.inspection.rules.view import Feed, Judged, Node, Picture, Recording


class Audience(StrEnum):
    """The readers for whom a feed can be judged alone; the value is how the command line spells it."""

    APPLE = "apple"
    SPOTIFY = "spotify"
    PSP = "psp-1"
    INDEX = "podcast-index"
    RSS = "rss"
    ACCESSIBILITY = "accessibility"
    ACCME = "accme"

    @property
    def label(self) -> str:
        """Return its usual name."""
        return _LABELS[self]


_LABELS = {
    Audience.APPLE: "Apple",
    Audience.SPOTIFY: "Spotify",
    Audience.PSP: "PSP-1",
    Audience.INDEX: "Podcast Index",
    Audience.RSS: "RSS 2.0",
    Audience.ACCESSIBILITY: "accessibility",
    Audience.ACCME: "ACCME",
}

APPLE, SPOTIFY, PSP = Audience.APPLE, Audience.SPOTIFY, Audience.PSP
INDEX, RSS, ACCESSIBILITY = Audience.INDEX, Audience.RSS, Audience.ACCESSIBILITY
ACCME = Audience.ACCME
EVERYBODY = (APPLE, SPOTIFY, PSP, INDEX, RSS)


Check = Callable[[Judged], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Source:
    """The origin of a rule: a specification with its section, and its address."""

    name: str
    link: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. id is stable; text says in one sentence what must hold; find returns all findings."""

    id: str
    level: Level
    audiences: tuple[Audience, ...]
    source: Source
    text: str
    find: Check


def each_feed(check: Callable[[Feed], Iterable[str]]) -> Check:
    """Return a rule that looks at one feed at a time and says what is wrong with its channel."""

    def find(judged: Judged) -> Iterator[Finding]:
        for feed in judged.feeds:
            for message in check(feed):
                yield Finding(feed.document.path, message)

    return find


def each_channel(check: Callable[[Node], Iterable[str]]) -> Check:
    """Return a rule about a channel's own elements."""
    return each_feed(lambda feed: check(feed.channel))


def each_item(check: Callable[[Node], Iterable[str]]) -> Check:
    """Return a rule about one item at a time."""
    return _each(lambda feed: feed.items, check)


def each_live(check: Callable[[Node], Iterable[str]]) -> Check:
    """Return a rule about one live item at a time."""
    return _each(lambda feed: feed.live, check)


def each_node(check: Callable[[Node], Iterable[str]]) -> Check:
    """Return a rule about channel, items and live items alike."""
    return _each(lambda feed: feed.nodes, check)


def _each(nodes: Callable[[Feed], Iterable[Node]], check: Callable[[Node], Iterable[str]]) -> Check:
    def find(judged: Judged) -> Iterator[Finding]:
        for feed in judged.feeds:
            for node in nodes(feed):
                for message in check(node):
                    yield Finding(node.path, node.label + message)

    return find


def each_recording(check: Callable[[Recording], Iterable[str]]) -> Check:
    """Return a rule about one episode of the workspace at a time."""

    def find(judged: Judged) -> Iterator[Finding]:
        for recording in judged.recordings:
            for message in check(recording):
                yield Finding(recording.path, message)

    return find


def each_picture(check: Callable[[Picture], Iterable[str]]) -> Check:
    """Return a rule about one picture of the workspace at a time."""

    def find(judged: Judged) -> Iterator[Finding]:
        for picture in judged.pictures:
            for message in check(picture):
                yield Finding(picture.path, message)

    return find


def shown(text: str) -> str:
    """Return a text as a message quotes it: short, and with every character visible that is not."""
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shortened(text)) + "'"
