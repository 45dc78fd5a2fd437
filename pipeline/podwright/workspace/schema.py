"""The four kinds of files a producer writes, as models that check them and describe themselves to editors."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ValidationInfo, field_validator, model_validator

from podwright.core.model import Ending
from podwright.workspace import values
from podwright.workspace.episode_tables import AuthorTable, ChapterTable, ContactTable, CreditTable, ReferenceTable
from podwright.workspace.fields import (
    AppleCategory,
    BaseUrl,
    Description,
    EarlyLeads,
    FeedGuid,
    FieldError,
    FirstDay,
    Guid,
    Language,
    LastDay,
    Line,
    Policy,
    Prose,
    Published,
    SeasonName,
    Section,
    Table,
    Tier,
    Truth,
    Url,
    Whole,
    Zone,
    about,
)
from podwright.workspace.recipient_tables import AfterTable, UnattendedTable
from podwright.workspace.show_tables import (
    AccessTable,
    AudioTable,
    EducationTable,
    HistoryTable,
    OwnerTable,
    SiteTable,
    StorageTable,
)
from podwright.workspace.tag_tables import ChannelTagFields, Country, ItemTagFields, LinkTable, PersonTable, Short

_IMAGE = "Path from the workspace's root of a square JPEG or PNG of at least 1400 pixels."
_EXPIRES = "When the content is no longer current: a date (a day alone means its end), a period or never. A label."
_UNLIST = "When it leaves the feeds and lists: a date (a day alone means its beginning), a period or never."
_WITHDRAW = "When its audio, texts and pictures are taken back: a date, a period or never."
_PARTICIPATION = "How a learner takes part, and what earns the credit."
_SUPPORT = "Which companies supported it and how, or that none did."
_MINUTES = "How many minutes a learner needs."
_EARLY = 'By members\' tier, how long before the others its members have episodes: `gold = "1 week"`.'
_POLICY = "delete: the audio of a withdrawn episode is deleted. deny (default): it is kept where nobody can read it."
_REASON = "Why it was withdrawn, for those who come to where it was."


class LifetimeTable(Table):
    """What becomes of episodes by the clock; a period counts from an episode's publication."""

    expires: LastDay | None = about(_EXPIRES, None)
    unlist: FirstDay | None = about(_UNLIST, None)
    withdraw: FirstDay | None = about(_WITHDRAW, None)
    withdraw_policy: Policy | None = about(_POLICY, None)
    withdraw_reason: Prose | None = about(_REASON, None)


class ShowFile(ChannelTagFields):
    """podwright.toml: the show."""

    title: Line = about("The show's name.")
    description: Description = about("What listeners will hear, at most 4,000 bytes.")
    link: Url = about("The show's web page.")
    language: Language = about("Language of the show, BCP 47.")
    author: Line = about("Whom apps name as the author.")
    timezone: Zone = about("IANA time zone of dates without one.", "UTC")
    image: Line | None = about(_IMAGE, None)
    categories: tuple[AppleCategory, ...] = about("Apple's categories; the first one counts.", ())
    explicit: Truth = about("Whether episodes are explicit where they do not say.", default=False)
    copyright: Line | None = about("The copyright notice.", None)
    sections: tuple[Line, ...] = about("The sections that episodes may be in; default: any.", ())
    owner: OwnerTable | None = about("Whom directories write to.", None)
    access: AccessTable = about("Access tiers.", AccessTable())
    storage: StorageTable = about("Where the podcast is published.")
    audio: AudioTable = about("How audio is tagged and checked.", AudioTable())
    people: tuple[PersonTable, ...] = about("The show's own people: hosts.", ())
    image_alt: Prose | None = about("What the picture shows, for people who do not see it.", None)
    countries: tuple[Country, ...] = about("Where listeners are expected, the most important first (Spotify).", ())
    enclosure_prefix: BaseUrl | None = about(
        "Address of a service that counts downloads, like https://op3.dev/e/.", None
    )
    site: SiteTable = about("The web pages.", SiteTable())
    unattended: UnattendedTable = about("Who is told how a run ended that nobody watched.", UnattendedTable())
    history: HistoryTable = about("What the store keeps of former publishes.", HistoryTable())
    after: AfterTable = about("Who is told once feeds are live.", AfterTable())
    lifetime: LifetimeTable = about("What becomes of episodes by the clock, where they do not say.", LifetimeTable())
    education: EducationTable = about("What episodes that give education credit are held to.", EducationTable())
    early: EarlyLeads = about(_EARLY, ())

    @model_validator(mode="after")
    def _of_members(self) -> Self:
        for tier, _ in self.early if self.early != "never" else ():
            if tier not in self.access.members:
                advice = values.nearest(tier, self.access.members) or "add it to members of [access]"
                raise FieldError(f"{values.shown(tier)} is not a members' tier; {advice}", at=("early", tier))
        return self


class SelectTable(Table):
    """Which episodes a feed carries."""

    access: tuple[Tier, ...] | None = about("Access tiers; default: the public ones.", None)
    sections: tuple[Section, ...] = about("Sections; default: all.", ())
    seasons: tuple[SeasonName, ...] = about("Folder names of seasons; default: all.", ())
    tags: tuple[Line, ...] = about("Episodes with any of these tags; default: all.", ())


class TeaserTable(Table):
    """What episodes leave in a feed that does not carry them: title, key points, a trailer and a link."""

    link: Url = about("Where a listener becomes a member.")
    label: Line = about("What the link says.", "The whole episode is for members")
    access: tuple[Tier, ...] | None = about("Tiers whose episodes do; default: the members' that it lacks.", None)


class FeedFile(ChannelTagFields):
    """feeds/<feed>.toml: one RSS feed. What it leaves out comes from the show."""

    title: Line | None = about(
        "The feed's name; default: the show's, for members with their tier: `Show (gold)`.", None
    )
    description: Description | None = about("What listeners will hear, at most 4,000 bytes.", None)
    link: Url | None = about("The feed's web page.", None)
    language: Language | None = about("Language of the feed, BCP 47.", None)
    author: Line | None = about("Whom apps name as the author.", None)
    owner: OwnerTable | None = about("Whom directories write to.", None)
    categories: tuple[AppleCategory, ...] | None = about("Apple's categories; the first one counts.", None)
    explicit: Truth | None = about("Whether the feed is explicit.", None)
    image: Line | None = about(_IMAGE, None)
    copyright: Line | None = about("The copyright notice.", None)
    people: tuple[PersonTable, ...] | None = about("The feed's own people: hosts.", None)
    type: Annotated[Literal["episodic", "serial"], BeforeValidator(values.one_of("episodic", "serial"))] = about(
        "serial: oldest first, and every full episode needs a number.", "episodic"
    )
    guid: FeedGuid | None = about("podcast:guid; default: derived from the feed's address.", None)
    locked: Truth = about("Whether other hosts may not import this feed.", default=True)
    complete: Truth = about("Whether no episode will ever follow.", default=False)
    block: Truth = about("Whether the feed stays out of Apple's directory.", default=False)
    new_feed_url: Url | None = about("Where this feed has moved to.", None)
    limit: Whole | None = about("So many items in the feed itself, older ones in archive pages; default: all.", None)
    hub: Url | None = about("A WebSub hub that is told of changes.", None)
    image_alt: Prose | None = about("What the picture shows, for people who do not see it.", None)
    countries: tuple[Country, ...] | None = about("Where listeners are expected (Spotify).", None)
    spotify_limit: Whole | None = about("So many of the newest episodes Spotify alone shall show.", None)
    listed: tuple[LinkTable, ...] = about("The feed's pages in directories, for the subscribe links of the pages.", ())
    select: SelectTable = about("Which episodes the feed carries.", SelectTable())
    teaser: TeaserTable | None = about("What other episodes leave in it; default: nothing.", None)


class SeasonFile(Table):
    """season.toml: what the episodes of a season share."""

    title: Line = about("The season's name.")
    number: Whole | None = about("The season's number.", None)
    description: Description | None = about("What the season is about, at most 4,000 bytes.", None)
    section: Section | None = about("The section of its episodes.", None)
    image: Line | None = about(_IMAGE, None)
    objectives: tuple[Prose, ...] = about("What a listener will be able to do.", ())
    credits: tuple[CreditTable, ...] = about("Education credits.", ())
    disclosures: tuple[Prose, ...] = about("Financial and other disclosures.", ())
    participation: Prose | None = about(_PARTICIPATION, None)
    commercial_support: Prose | None = about(_SUPPORT, None)
    minutes_to_complete: Whole | None = about(_MINUTES, None)
    contact: ContactTable | None = about("Whom a listener writes to.", None)
    people: tuple[PersonTable, ...] = about("Hosts and guests of its episodes.", ())
    lifetime: LifetimeTable = about("What becomes of its episodes by the clock; default: the show's.", LifetimeTable())


class EpisodeFile(ItemTagFields):
    """The front matter of an episode.md."""

    title: Line = about("The episode's title, without number or show name.")
    guid: Guid = about("The episode's identity in every app; `podwright new` mints one. Never change it.")
    published: Published = about("When it is published; in the show's time zone, unless it names one.")
    expires: LastDay | None = about(_EXPIRES, None)
    unlist: FirstDay | None = about(_UNLIST, None)
    withdraw: FirstDay | None = about(_WITHDRAW, None)
    withdraw_policy: Policy | None = about(_POLICY, None)
    withdraw_reason: Prose | None = about(_REASON, None)
    number: Whole | None = about("The episode's number in its season, or in the show.", None)
    type: Annotated[Literal["full", "trailer", "bonus"], BeforeValidator(values.one_of("full", "trailer", "bonus"))] = (
        about("What kind of episode it is.", "full")
    )
    section: Section | None = about("The show's section it is in.", None)
    access: Tier | None = about("The access tier that may hear it; default: the first public one.", None)
    early: EarlyLeads = about("Which members have it before it is published, over what the show says.", ())
    teaser: Truth = about("Whether its `teaser.mp3` stands in feeds that want teasers.", default=True)
    subtitle: Line | None = about("One line about it.", None)
    tags: tuple[Line, ...] = about("Words that feeds can select by.", ())
    language: Language | None = about("Language of the episode; default: the show's.", None)
    explicit: Truth | None = about("Whether it is explicit; default: the show's.", None)
    authors: tuple[AuthorTable, ...] = about("Who wrote it.", ())
    people: tuple[PersonTable, ...] | None = about("Hosts and guests; default: the season's.", None)
    key_points: tuple[Prose, ...] = about("What to remember, a sentence each.", ())
    chapters: tuple[ChapterTable, ...] = about("Chapters; default: the transcript's timed headings.", ())
    references: tuple[ReferenceTable, ...] = about("Works that it discusses.", ())
    objectives: tuple[Prose, ...] | None = about("What a listener will be able to do; default: the season's.", None)
    credits: tuple[CreditTable, ...] | None = about("Education credits; default: the season's.", None)
    disclosures: tuple[Prose, ...] | None = about("Disclosures; default: the season's.", None)
    participation: Prose | None = about(f"{_PARTICIPATION} Default: the season's.", None)
    commercial_support: Prose | None = about(f"{_SUPPORT} Default: the season's.", None)
    minutes_to_complete: Whole | None = about(f"{_MINUTES} Default: the season's.", None)
    contact: ContactTable | None = about("Whom a listener writes to; default: the season's.", None)
    links: tuple[LinkTable, ...] = about("Links to slides and the like.", ())
    link: Url | None = about("The episode's own page, where it has one elsewhere.", None)
    image_alt: Prose | None = about("What the artwork shows, for people who do not see it.", None)
    display: Short | None = about("Its number as apps show it, like `Ch. 3`, at most 32 characters.", None)
    block: Truth = about("Whether it stays out of Apple's directory.", default=False)

    @field_validator("expires", "unlist", "withdraw", mode="after")
    @classmethod
    def _in_order(cls, value: Ending | None, info: ValidationInfo) -> Ending | None:
        published, unlist = info.data.get("published"), info.data.get("unlist")
        if isinstance(value, dt.datetime) and published and value <= published:
            raise ValueError("is not after published; correct one of the two")
        if isinstance(value, dt.datetime) and isinstance(unlist, dt.datetime) and value < unlist:
            # Only withdraw is read after unlist.
            raise ValueError("is before unlist; correct one of the two")
        return value

    @field_validator("chapters", mode="after")
    @classmethod
    def _ascending(cls, value: tuple[ChapterTable, ...]) -> tuple[ChapterTable, ...]:
        for index, (first, second) in enumerate(pairwise(value), start=1):
            if second.start <= first.start:
                raise FieldError("does not begin after the chapter before it; put them in order", at=(index, "start"))
        return value


#: By the name of the kind.
FILES: dict[str, type[BaseModel]] = {
    "show": ShowFile,
    "feed": FeedFile,
    "season": SeasonFile,
    "episode": EpisodeFile,
}


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one kind of file in FILES, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **FILES[kind].model_json_schema()}
