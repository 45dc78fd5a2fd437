"""The nouns of a podcast: frozen values that say what a show, a feed, a season and an episode are.

Inside podwright a value of these types is valid: parsing and checking happen once, where files are read.
`None` means absent. Times are aware datetimes, lengths are timedeltas, paths are absolute.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Literal, get_args

from podwright.core.recipients import NOBODY_AFTER, After
from podwright.core.tags import NO_CHANNEL_TAGS, NO_ITEM_TAGS, ChannelTags, ItemTags
from podwright.core.tags import Link as Link
from podwright.core.tags import Location as Location
from podwright.core.tags import Person as Person

EpisodeType = Literal["full", "trailer", "bonus"]
#: Where an episode stands: not due yet; in feeds of members who have it before the others; in feeds and lists; only to
#: be reached by who knows its address; taken back.


class Stage(StrEnum):
    """A place of an episode in time."""

    #: Not due yet, for anybody.
    WAITING = "waiting"
    #: Due for some members only.
    EARLY = "early"
    #: In feeds and lists.
    LISTED = "listed"
    #: No more in feeds and lists; its page and audio stay.
    UNLISTED = "unlisted"
    #: Gone from the public side but for a page that says so.
    WITHDRAWN = "withdrawn"

    @property
    def is_live(self) -> bool:
        """Return whether those whom the episode is for can hear it."""
        return self in (Stage.EARLY, Stage.LISTED, Stage.UNLISTED)

    @property
    def is_ahead(self) -> bool:
        """Return whether the date on which it becomes public is still to come."""
        return self in (Stage.WAITING, Stage.EARLY)

    @property
    def is_carried(self) -> bool:
        """Return whether feeds may carry the episode."""
        return self in (Stage.EARLY, Stage.LISTED)


#: What becomes of a withdrawn episode's audio: it is deleted, or kept where nobody can read it.
WithdrawPolicy = Literal["deny", "delete"]
ShowType = Literal["episodic", "serial"]
#: What an episode that gives education credit is held to.
EducationStandard = Literal["accme", "none"]
#: A part of show notes besides what is written below the front matter; the most important first.
NotesPart = Literal[
    "key_points",
    "credits",
    "disclosures",
    "commercial_support",
    "participation",
    "chapters",
    "people",
    "references",
    "objectives",
    "standing",
    "contact",
    "abstracts",
    "links",
    "contents",
    "transcript",
]
NOTES_PARTS: tuple[NotesPart, ...] = get_args(NotesPart)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstractSection:
    """A named section of an abstract; heading None for an abstract without sections."""

    heading: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A work that an episode discusses, by its bibliographic parts; a citation is kept as it was written.

    One of citation and title is set, or both. doi is bare ("10.1000/182"), pmid are digits.
    """

    citation: str | None = None
    authors: tuple[str, ...] = ()
    title: str | None = None
    journal: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    abstract: tuple[AbstractSection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """An education credit: kind ("AMA PRA Category 1"), amount in that kind's unit, and the days it can be claimed."""

    kind: str
    amount: Decimal | None = None
    released: date | None = None
    #: The day on which the content was last looked through after its release.
    reviewed: date | None = None
    expires: date | None = None
    provider: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An address that a listener writes to. At least one field is set."""

    #: A sentence or more in Markdown, with an address in it.
    text: str | None = None

    name: str | None = None
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A chapter from start up to the next one's start, or to end where that is given.

    image is a file of the workspace, image_url an address elsewhere; at most one of them is set. A hidden chapter
    changes picture and link while it plays, but stands in no list. people are names of those who are heard in it.
    """

    start: timedelta
    title: str
    end: timedelta | None = None
    url: str | None = None
    image: Path | None = None
    image_url: str | None = None
    hidden: bool = False
    people: tuple[str, ...] = ()
    #: Where it takes the listener; it has a geo URI.
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """A stretch of speech of one speaker. start and end are None in an untimed transcript."""

    start: timedelta | None
    end: timedelta | None
    speaker: str | None
    text: str
    #: Another speaker begins here, of whom no name is known.
    another: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a transcript; it stands before the cue with index `before`."""

    before: int
    title: str
    start: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words of an episode, in order. All text is plain: no markup, no entities."""

    cues: tuple[Cue, ...]
    headings: tuple[Heading, ...] = ()

    @property
    def timed(self) -> bool:
        """Return whether every cue has a start and an end, so that captions can be made."""
        return bool(self.cues) and all(c.start is not None and c.end is not None for c in self.cues)


@dataclass(frozen=True, slots=True)
class Translation:
    """A transcript in another language than that of its episode."""

    #: BCP 47.
    language: str
    transcript: Transcript
    #: An absolute path inside the workspace.
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A length of time by the calendar: whole months, then days."""

    months: int = 0
    days: int = 0


#: When something ends: at a moment, a period after publication, or never, whatever show and season say.
Ending = datetime | Period | Literal["never"]


#: By members' tier, how long before its publication an episode is theirs; None: not before. Or: before nobody.
Leads = tuple[tuple[str, Period | None], ...] | Literal["never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """The dates by which the clock ends episodes, as a show, a season or an episode says; None: it does not say."""

    expires: Ending | None = None
    unlist: Ending | None = None
    withdraw: Ending | None = None
    withdraw_policy: WithdrawPolicy | None = None
    withdraw_reason: str | None = None


NO_LIFETIME = Lifetime()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The facts of an episode for selecting, ordering, scheduling and listing it; cheap to keep for thousands.

    folder is relative to the workspace, with forward slashes; season is the season's slug. From unlist on it stands in
    no feed and no list, from withdraw on it is taken back; where both are given, unlist is not the later one.
    """

    slug: str
    folder: str
    guid: str
    title: str
    published: datetime
    expires: datetime | None = None
    season: str | None = None
    number: int | None = None
    section: str | None = None
    tier: str = "free"
    tags: tuple[str, ...] = ()
    type: EpisodeType = "full"
    #: When each of its education credits can no longer be claimed.
    credit_ends: tuple[datetime, ...] = ()
    unlist: datetime | None = None
    withdraw: datetime | None = None
    withdraw_policy: WithdrawPolicy = "deny"
    #: The members' tiers that have it before it is published, each with the moment from when on.
    early: tuple[tuple[str, datetime], ...] = ()
    #: Whether it may leave one in feeds that do not carry it.
    teaser: bool = True
    #: Its number as apps and pages show it: "02", "Ch. 3".
    display: str | None = None
    #: Whether it is published nowhere yet, whatever its dates say.
    draft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One episode and everything known of it. Fields that its season gives are already filled in.

    notes is Markdown as authored ("" where there is none); people are authors, hosts and guests, in the order given.
    image, audio and transcript_file are absolute paths inside the workspace. link is the episode's page elsewhere;
    block keeps it out of Apple's directory. withdraw_reason is told where the episode was. disclosures, participation,
    commercial_support and the text of contact are Markdown.
    """

    outline: Outline
    subtitle: str | None = None
    people: tuple[Person, ...] = ()
    key_points: tuple[str, ...] = ()
    notes: str = ""
    chapters: tuple[Chapter, ...] = ()
    #: Whether the places of its chapters are a route.
    waypoints: bool = False
    references: tuple[Reference, ...] = ()
    objectives: tuple[str, ...] = ()
    #: The sentence that leads to them: "After listening you will be able to:".
    objectives_lead: str | None = None
    credits: tuple[Credit, ...] = ()
    disclosures: tuple[str, ...] = ()
    #: How a learner takes part, where education credit is given; then who paid for it, and how long it takes.
    participation: str | None = None
    commercial_support: str | None = None
    time_to_complete: timedelta | None = None
    contact: Contact | None = None
    links: tuple[Link, ...] = ()
    explicit: bool = False
    language: str = "en"
    image: Path | None = None
    audio: Path | None = None
    image_alt: str | None = None
    transcript: Transcript | None = None
    transcript_file: Path | None = None
    #: Its transcript in other languages, by language.
    translations: tuple[Translation, ...] = ()
    link: str | None = None
    block: bool = False
    tags: ItemTags = NO_ITEM_TAGS
    withdraw_reason: str | None = None
    #: The audio of its teaser, a file.
    teaser: Path | None = None
    #: Whom apps name as the author, in place of its people.
    byline: str | None = None
    #: Elements of other namespaces for its item, as XML.
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """An activity of several episodes. slug is the folder's name; number is None for an unnumbered season."""

    slug: str
    title: str
    number: int | None = None
    description: str | None = None
    section: str | None = None
    objectives: tuple[str, ...] = ()
    objectives_lead: str | None = None
    credits: tuple[Credit, ...] = ()
    disclosures: tuple[str, ...] = ()
    participation: str | None = None
    commercial_support: str | None = None
    time_to_complete: timedelta | None = None
    contact: Contact | None = None
    people: tuple[Person, ...] = ()
    image: Path | None = None
    lifetime: Lifetime = NO_LIFETIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The choice of episodes for a feed. An empty tuple selects all, but for tiers, which are always named."""

    tiers: tuple[str, ...]
    sections: tuple[str, ...] = ()
    seasons: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    #: The last moment at which they were published.
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Teasing:
    """The choice of tiers whose episodes leave a teaser in a feed, and where its listeners become members."""

    tiers: tuple[str, ...]
    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The person who answers for a feed towards directories; not shown to listeners."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category of Apple's list, exact case (https://podcasters.apple.com/support/1691-apple-podcasts-categories)."""

    name: str
    sub: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One RSS channel. name is the file's name in feeds/ without its ending; guid None: derived from the feed's URL.

    Whatever the feed's file leaves out is already filled in from the show.
    """

    name: str
    title: str
    description: str
    link: str
    language: str
    author: str
    owner: Owner | None
    categories: tuple[Category, ...]
    explicit: bool
    image: Path
    select: Selection
    type: ShowType = "episodic"
    guid: str | None = None
    locked: bool = True
    copyright: str | None = None
    people: tuple[Person, ...] = ()
    complete: bool = False
    block: bool = False
    new_feed_url: str | None = None
    #: Its addresses at other hosts, before it came here.
    moved_from: tuple[str, ...] = ()
    #: Names that it had: it goes on at their addresses as well.
    former: tuple[str, ...] = ()
    #: So many items stand in the feed itself, the others in archive pages.
    limit: int | None = None
    #: A WebSub hub to tell of changes.
    hub: str | None = None
    image_alt: str | None = None
    #: ISO 3166 codes, lower-case.
    countries: tuple[str, ...] = ()
    spotify_limit: int | None = None
    #: The feed's pages in directories, for those who subscribe on the web.
    listed: tuple[Link, ...] = ()
    #: What episodes leave in it that it does not carry.
    teaser: Teasing | None = None
    tags: ChannelTags = NO_CHANNEL_TAGS
    #: Elements of other namespaces for its channel, as XML.
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """The place of publication: a URL (`file:FOLDER`, `s3://bucket/prefix`) and the address the public reads.

    public_url ends with "/". folder is set for `file:` only, endpoint_url and region for `s3:` only.
    """

    url: str
    public_url: str
    folder: Path | None = None
    endpoint_url: str | None = None
    region: str | None = None
    #: Where what is private lies, if not in the same place.
    private_url: str | None = None
    #: Its folder, for `file:` only.
    private_folder: Path | None = None

    @property
    def private(self) -> Storage | None:
        """The place of what is private, if that is another."""
        if self.private_url is None:
            return None
        return replace(self, url=self.private_url, folder=self.private_folder, private_url=None, private_folder=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """Settings of the storage from the environment, over the workspace's own; each as written, or None."""

    storage: str | None = None
    private_url: str | None = None
    public_url: str | None = None
    endpoint_url: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioSettings:
    """Settings of tags and checks of audio. verify "decode" decodes all new audio, "frames" walks its frames only."""

    #: None: 2.3, and in what is published the version that it has, until something else in its tags changes.
    id3_version: Literal["2.3", "2.4"] | None = None
    genre: str = "Podcast"
    verify: Literal["decode", "frames"] = "decode"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesSettings:
    """Settings of show notes: the parts that they carry, and which of them stay longest where there is no room."""

    parts: tuple[NotesPart, ...] = NOTES_PARTS
    #: All parts, the most important first.
    importance: tuple[NotesPart, ...] = NOTES_PARTS
    #: A citation of more authors names the first three of them "et al."; None: all.
    et_al: int | None = None


ALL_NOTES = NotesSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """The settings of a workspace: storage target, defaults, seasons and feeds. Episodes are read beside it.

    public and members name the tiers, in the producer's order; timezone is an IANA name. enclosure_prefix stands
    before the address of public audio in feeds, for a service that counts downloads.
    """

    root: Path
    title: str
    description: str
    link: str
    language: str
    author: str
    timezone: str
    storage: Storage
    audio: AudioSettings
    image: Path | None
    copyright: str | None
    explicit: bool
    public: tuple[str, ...]
    members: tuple[str, ...]
    sections: tuple[str, ...]
    seasons: tuple[Season, ...]
    feeds: tuple[Feed, ...]
    people: tuple[Person, ...] = ()
    enclosure_prefix: str | None = None
    #: Whether web pages are published beside the feeds.
    pages: bool = True
    #: The producer's own templates and files for them, where there are any.
    theme: Path | None = None
    #: How many former generations the store keeps.
    keep: int = 10
    #: Who is told once feeds are live.
    after: After = NOBODY_AFTER
    lifetime: Lifetime = NO_LIFETIME
    #: What episodes that give credit are held to.
    education: EducationStandard = "accme"
    #: Which members have episodes before the others.
    early: Leads = ()
    #: By tier, what listeners know it as, where that is not its own name.
    tier_names: tuple[tuple[str, str], ...] = ()
    notes: NotesSettings = ALL_NOTES


def tier_name(tier: str, show: Show) -> str:
    """Return what listeners know a tier as."""
    return dict(show.tier_names).get(tier, tier)


def selects(feed: Feed, outline: Outline) -> bool:
    """Return whether a feed carries an episode once it is due."""
    return outline.tier in feed.select.tiers and is_of_feed(feed, outline)


def is_of_feed(feed: Feed, outline: Outline) -> bool:
    """Return whether an episode is what a feed is about, for whomever it is."""
    wanted = feed.select
    return (
        (not wanted.sections or outline.section in wanted.sections)
        and (not wanted.seasons or outline.season in wanted.seasons)
        and (not wanted.tags or not set(wanted.tags).isdisjoint(outline.tags))
        and (wanted.until is None or outline.published <= wanted.until)
    )
