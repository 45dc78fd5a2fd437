"""episode.md and season.toml, and the tables in them."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ValidationInfo, field_validator, model_validator

from podwright.core.model import Chapter, Contact, Credit, Ending, Episode, Lifetime, Location, Reference, Season
from podwright.workspace import values
from podwright.workspace.schema.fields import (
    Abstract,
    Amount,
    Day,
    Description,
    Doi,
    EarlyLeads,
    Email,
    FieldError,
    FirstDay,
    Guid,
    Language,
    LastDay,
    Line,
    Markup,
    Offset,
    Pmid,
    Policy,
    Prose,
    Published,
    Role,
    Section,
    Table,
    TextOrTable,
    Texts,
    Tier,
    Truth,
    Url,
    Whole,
    Year,
    about,
)
from podwright.workspace.schema.tags import Geo, ItemTagFields, Label, LinkTable, Osm, PersonTable, Short

IMAGE = "Path from the workspace's root of a square JPEG or PNG of at least 1400 pixels."
_EXPIRES = "When the content is no longer current: a date (a day alone means its end), a period or never. A label."
_UNLIST = "When it leaves the feeds and lists: a date (a day alone means its beginning), a period or never."
_WITHDRAW = "When its audio, texts and pictures are taken back: a date, a period or never."
_LEAD = "The sentence that leads to the objectives, like `After listening you will be able to:`."
_DISCLOSURES = "Financial and other disclosures, in Markdown: one text, or several."
_PARTICIPATION = "How a learner takes part, and what earns the credit, in Markdown."
_SUPPORT = "Which companies supported it and how, or that none did, in Markdown."
_MINUTES = "How many minutes a learner needs."
EARLY = 'By members\' tier, how long before the others its members have episodes: `gold = "1 week"`.'
_POLICY = "delete: the audio of a withdrawn episode is deleted. deny (default): it is kept where nobody can read it."
_REASON = "Why it was withdrawn, for those who come to where it was."


class AuthorTable(PersonTable):
    """Someone who wrote it."""

    role: Role = about("A role of the podcast taxonomy.", "author")


class CreditTable(Table, becomes=Credit):
    """An education credit."""

    kind: Line = about("The credit's name, like `AMA PRA Category 1`.")
    amount: Amount | None = about("How much of it, in its own unit; default: that is not said.", None)
    released: Day | None = about("The first day it can be claimed.", None)
    reviewed: Day | None = about("The day on which the content was last looked through.", None)
    expires: Day | None = about("The last day it can be claimed.", None)
    provider: Line | None = about("Who grants it.", None)
    url: Url | None = about("Where it is claimed.", None)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.released and self.expires and self.expires < self.released:
            raise FieldError("is before released; correct one of the two", at=("expires",))
        if self.released and self.reviewed and self.reviewed < self.released:
            raise FieldError("is before released; correct one of the two", at=("reviewed",))
        if self.reviewed and self.expires and self.expires < self.reviewed:
            raise FieldError("is before reviewed; correct one of the two", at=("expires",))
        return self


class ContactTable(TextOrTable, becomes=Contact):
    """Whom a listener writes to; also written as one text in Markdown, with an address in it."""

    text: Prose | None = about("A sentence or more in Markdown, with an address in it.", None)
    name: Line | None = about("A person or an office.", None)
    email: Email | None = about("An e-mail address.", None)
    url: Url | None = about("A page.", None)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"text": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not (self.text or self.name or self.email or self.url):
            raise FieldError("is empty; give a text, a name, an email or a url", at=())
        return self


#: `00:00 Title` as people and tools write it: the time in brackets or not, with an end or without, before a dash.
_TIME = r"[0-9](?:[0-9:.,]*[0-9])?"
_CHAPTER = re.compile(
    rf"\s*[\[(]?({_TIME})(?:\s*[-–—]\s*([0-9]+:{_TIME}))?[\])]?(?:\s*[-–—|:.]\s+|\s*[–—|]|\s+|-)(\S.*)"
)


class PlaceTable(Table, becomes=Location):
    """A place on a map."""

    name: Label = about("The place as people call it.")
    geo: Geo = about("Latitude and longitude, `42.36,-71.06`.")
    osm: Osm | None = about("The OpenStreetMap object, like `R113314`.", None)


class ChapterTable(TextOrTable, becomes=Chapter):
    """A chapter, also written as one text: `00:00 Introduction`."""

    start: Offset = about("Where it begins: mm:ss or hh:mm:ss.")
    title: Line = about("What it is called.")
    end: Offset | None = about("Where it ends; default: where the next one begins.", None)
    url: Url | None = about("A page about it.", None)
    image: Line | None = about("A picture: a file in the episode's folder, or an address.", None)
    hidden: Truth = about("Whether it stands in no list, and only changes picture and link.", default=False)
    people: tuple[Line, ...] = about("Names of those who are heard in it.", ())
    location: PlaceTable | None = about("Where it takes the listener, for apps that show a map.", None)

    def other_fields(self, folder: Path) -> dict[str, Any]:
        """Return the picture as a file or as an address."""
        elsewhere = bool(self.image and "://" in self.image)
        return {
            "image": folder / self.image if self.image and not elsewhere else None,
            "image_url": self.image if elsewhere else None,
        }

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        if isinstance(data, dict) and len(data) == 1:
            # `- 00:00: Introduction` is a table to YAML.
            ((key, rest),) = data.items()
            data = f"{key}: {rest}" if isinstance(rest, str) and re.fullmatch(r"[0-9:.,\s–—-]+", key) else data
        if not isinstance(data, str):
            return data
        match = _CHAPTER.fullmatch(data)
        if not match:
            raise ValueError(f"{values.shown(data)} is not a chapter; write `00:00 Introduction`")
        start, end, title = match.groups()
        return {"start": start, "title": title.strip(), **({"end": end} if end else {})}


class ReferenceTable(TextOrTable, becomes=Reference):
    """A work the episode discusses; also written as one text, the citation."""

    citation: Prose | None = about("The citation as it shall stand; default: made of title, authors and so on.", None)
    authors: tuple[Line, ...] = about("Names as they are cited; above the abstract they all stand.", ())
    title: Prose | None = about("The work's title.", None)
    journal: Line | None = about("Where it appeared.", None)
    year: Year | None = about("When it appeared.", None)
    volume: Line | None = about("The journal's volume.", None)
    issue: Line | None = about("The volume's issue.", None)
    pages: Line | None = about("Pages, like 101-109.", None)
    doi: Doi | None = about("The DOI, bare.", None)
    pmid: Pmid | None = about("The PubMed identifier.", None)
    url: Url | None = about("Where the work can be read.", None)
    abstract: Abstract = about("The abstract: one text, or its sections by heading.", ())

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"citation": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.citation is None and self.title is None:
            raise FieldError("needs a title or a citation; write one of the two", at=())
        return self


class LifetimeTable(Table, becomes=Lifetime):
    """What becomes of episodes by the clock; a period counts from an episode's publication."""

    expires: LastDay | None = about(_EXPIRES, None)
    unlist: FirstDay | None = about(_UNLIST, None)
    withdraw: FirstDay | None = about(_WITHDRAW, None)
    withdraw_policy: Policy | None = about(_POLICY, None)
    withdraw_reason: Prose | None = about(_REASON, None)


class SeasonFile(Table, becomes=Season):
    """season.toml: what the episodes of a season share."""

    title: Line = about("The season's name.")
    number: Whole | None = about("The season's number.", None)
    description: Description | None = about("What the season is about, at most 4,000 bytes.", None)
    section: Section | None = about("The section of its episodes.", None)
    image: Line | None = about(IMAGE, None)
    objectives: tuple[Prose, ...] = about("What a listener will be able to do.", ())
    objectives_lead: Prose | None = about(_LEAD, None)
    credits: tuple[CreditTable, ...] = about("Education credits.", ())
    disclosures: Texts = about(_DISCLOSURES, ())
    participation: Prose | None = about(_PARTICIPATION, None)
    commercial_support: Prose | None = about(_SUPPORT, None)
    minutes_to_complete: Whole | None = about(_MINUTES, None)
    contact: ContactTable | None = about("Whom a listener writes to.", None)
    people: tuple[PersonTable, ...] = about("Hosts and guests of its episodes.", ())
    lifetime: LifetimeTable = about("What becomes of its episodes by the clock; default: the show's.", LifetimeTable())

    def other_fields(self, _folder: Path) -> dict[str, Any]:
        """Return the time to complete as a length."""
        return {"time_to_complete": _length(self.minutes_to_complete)}


class EpisodeFile(ItemTagFields, becomes=Episode):
    """The front matter of an episode.md."""

    title: Line = about("The episode's title, without number or show name.")
    guid: Guid = about("The episode's identity in every app; `podwright new` mints one. Never change it.")
    published: Published = about("When it is published; in the show's time zone, unless it names one.")
    expires: LastDay | None = about(_EXPIRES, None)
    unlist: FirstDay | None = about(_UNLIST, None)
    withdraw: FirstDay | None = about(_WITHDRAW, None)
    withdraw_policy: Policy | None = about(_POLICY, None)
    withdraw_reason: Prose | None = about(_REASON, None)
    draft: Truth = about("Whether it is published nowhere yet, whatever its dates say.", default=False)
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
    byline: Prose | None = about("Whom apps name as the author; default: its authors and people, or the show's.", None)
    key_points: tuple[Prose, ...] = about("What to remember, a sentence each.", ())
    chapters: tuple[ChapterTable, ...] = about("Chapters; default: the transcript's timed headings.", ())
    waypoints: Truth = about("Whether apps join the places of its chapters to a route.", default=False)
    references: tuple[ReferenceTable, ...] = about("Works that it discusses.", ())
    objectives: tuple[Prose, ...] | None = about("What a listener will be able to do; default: the season's.", None)
    objectives_lead: Prose | None = about(f"{_LEAD} Default: the season's.", None)
    credits: tuple[CreditTable, ...] | None = about("Education credits; default: the season's.", None)
    disclosures: Texts | None = about(f"{_DISCLOSURES} Default: the season's.", None)
    participation: Prose | None = about(f"{_PARTICIPATION} Default: the season's.", None)
    commercial_support: Prose | None = about(f"{_SUPPORT} Default: the season's.", None)
    minutes_to_complete: Whole | None = about(f"{_MINUTES} Default: the season's.", None)
    contact: ContactTable | None = about("Whom a listener writes to; default: the season's.", None)
    links: tuple[LinkTable, ...] = about("Links to slides and the like.", ())
    link: Url | None = about("The episode's own page, where it has one elsewhere.", None)
    image_alt: Prose | None = about("What the artwork shows, for people who do not see it.", None)
    display: Short | None = about(
        "Its number as apps and pages show it, like `02` or `Ch. 3`, at most 32 characters.", None
    )
    block: Truth = about("Whether it stays out of Apple's directory.", default=False)
    extra: tuple[Markup, ...] = about("Elements of other namespaces for its item, each as XML.", ())

    def other_fields(self, folder: Path) -> dict[str, Any]:
        """Return the time to complete as a length, and the tags."""
        minutes = self.minutes_to_complete
        return {
            "tags": self.item_tags(folder),
            "time_to_complete": None if minutes is None else dt.timedelta(minutes=minutes),
        }

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

    @field_validator("waypoints", mode="after")
    @classmethod
    def _joined(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - it is the value
        located = [chapter for chapter in info.data.get("chapters", ()) if chapter.location]
        if value and len(located) < 2 and "chapters" in info.data:
            raise ValueError("joins fewer than two places; give chapters a location, or leave it out")
        return value


def _length(minutes: int | None) -> dt.timedelta | None:
    return None if minutes is None else dt.timedelta(minutes=minutes)
