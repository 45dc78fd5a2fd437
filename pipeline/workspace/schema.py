"""The four kinds of files a producer writes, as models that check them and describe themselves to editors."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from pipeline.model import AbstractSection, Category
from pipeline.workspace import dates, storage, values
from pipeline.workspace.categories import CATEGORIES
from pipeline.workspace.documents import FieldPath
from pipeline.workspace.taxonomy import ROLES, TAXONOMY, group_of


class FieldError(ValueError):
    """A value contradicts another; `at` leads from the value that was checked to the field at fault."""

    def __init__(self, message: str, *, at: FieldPath) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a show's settings allow its other files to name. None: anything, as the settings themselves are wrong.

    sections: () where the show lists none, and every name is allowed.
    """

    zone: dt.tzinfo = dt.UTC
    tiers: tuple[str, ...] | None = None
    sections: tuple[str, ...] = ()
    seasons: tuple[str, ...] | None = None


def _known(info: ValidationInfo) -> Known:
    return info.context if isinstance(info.context, Known) else Known()


def _listed(value: Any, known: tuple[str, ...] | None, *, what: str) -> str:
    name = values.line(value)
    if known is not None and name not in known:
        advice = values.nearest(name, known) or f"write one of {', '.join(known) or 'none'}"
        raise ValueError(f"{values.shown(name)} is not {what}; {advice}")
    return name


def _section(value: Any, info: ValidationInfo) -> str:
    return _listed(value, _known(info).sections or None, what="one of the show's sections")


def _tier(value: Any, info: ValidationInfo) -> str:
    return _listed(value, _known(info).tiers, what="an access tier of podwright.toml")


def _season(value: Any, info: ValidationInfo) -> str:
    return _listed(value, _known(info).seasons, what="a season, a folder in episodes/ with a season.toml")


def _published(value: Any, info: ValidationInfo) -> dt.datetime:
    return dates.moment(value, _known(info).zone)


def _expires(value: Any, info: ValidationInfo) -> dt.datetime:
    return dates.last_moment(value, _known(info).zone)


def _zone(value: Any) -> str:
    dates.zone_named(value)
    return values.line(value)


def _abstract(value: Any) -> tuple[AbstractSection, ...]:
    if not isinstance(value, dict):
        return (AbstractSection(heading=None, text=values.prose(value)),)
    sections = []
    for heading, text in value.items():
        try:
            sections.append(AbstractSection(heading=values.line(heading), text=values.prose(text)))
        except ValueError as error:
            raise FieldError(str(error), at=(heading,)) from error
    return tuple(sections)


_WHEN = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?.*)?$"}
_CATEGORY_NAMES = [*CATEGORIES, *(f"{name} > {sub}" for name, subs in CATEGORIES.items() for sub in subs)]

Line = Annotated[
    str, BeforeValidator(values.line), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 255})
]
Prose = Annotated[str, BeforeValidator(values.prose), WithJsonSchema({"type": "string", "minLength": 1})]
Description = Annotated[
    str, BeforeValidator(values.description), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 4000})
]
Slug = Annotated[
    str, BeforeValidator(values.slug), WithJsonSchema({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"})
]
Truth = Annotated[bool, BeforeValidator(values.truth), WithJsonSchema({"type": "boolean"})]
Whole = Annotated[int, BeforeValidator(values.whole), WithJsonSchema({"type": "integer", "minimum": 1})]
Year = Annotated[
    int, BeforeValidator(values.year), WithJsonSchema({"type": "integer", "minimum": 1000, "maximum": 2999})
]
Amount = Annotated[Decimal, BeforeValidator(values.amount), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})]
Url = Annotated[
    str, BeforeValidator(values.url), WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"})
]
Email = Annotated[str, BeforeValidator(values.email), WithJsonSchema({"type": "string", "format": "email"})]
Language = Annotated[str, BeforeValidator(values.language), WithJsonSchema({"type": "string", "examples": ["en-US"]})]
Day = Annotated[dt.date, BeforeValidator(dates.day), WithJsonSchema({"type": "string", "format": "date"})]
Offset = Annotated[
    dt.timedelta,
    BeforeValidator(dates.offset),
    WithJsonSchema({"type": "string", "pattern": r"^([0-9]{1,3}:)?[0-9]{1,3}:[0-9]{2}(\.[0-9]{1,3})?$"}),
]
Role = Annotated[str, BeforeValidator(values.one_of(*ROLES)), WithJsonSchema({"type": "string", "enum": list(ROLES)})]
Group = Annotated[
    str, BeforeValidator(values.one_of(*TAXONOMY)), WithJsonSchema({"type": "string", "enum": list(TAXONOMY)})
]
AppleCategory = Annotated[
    Category, BeforeValidator(values.category), WithJsonSchema({"type": "string", "enum": _CATEGORY_NAMES})
]
Section = Annotated[str, BeforeValidator(_section), WithJsonSchema({"type": "string"})]
Tier = Annotated[str, BeforeValidator(_tier), WithJsonSchema({"type": "string"})]
SeasonName = Annotated[str, BeforeValidator(_season), WithJsonSchema({"type": "string"})]
Guid = Annotated[str, BeforeValidator(values.guid), WithJsonSchema({"type": "string", "maxLength": 255})]
FeedGuid = Annotated[str, BeforeValidator(values.feed_guid), WithJsonSchema({"type": "string", "format": "uuid"})]
Doi = Annotated[str, BeforeValidator(values.doi), WithJsonSchema({"type": "string", "examples": ["10.1000/182"]})]
Pmid = Annotated[str, BeforeValidator(values.pmid), WithJsonSchema({"type": ["string", "integer"]})]
Zone = Annotated[str, BeforeValidator(_zone), WithJsonSchema({"type": "string", "examples": ["America/New_York"]})]
StorageUrl = Annotated[
    str, BeforeValidator(storage.storage_url), WithJsonSchema({"type": "string", "pattern": "^(file:|s3://)."})
]
BaseUrl = Annotated[
    str, BeforeValidator(values.base_url), WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"})
]
Region = Annotated[str, BeforeValidator(storage.region), WithJsonSchema({"type": "string"})]
Published = Annotated[dt.datetime, BeforeValidator(_published), WithJsonSchema(_WHEN)]
Expires = Annotated[dt.datetime, BeforeValidator(_expires), WithJsonSchema(_WHEN)]


Abstract = Annotated[
    tuple[AbstractSection, ...],
    BeforeValidator(_abstract),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}),
]


def _about(text: str, default: Any = ...) -> Any:
    """A field with its description; required unless a default is given."""
    return Field(default, description=text)


class _Table(BaseModel):
    """What all tables share: no unknown key, and a key without a value counts as absent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _drop_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None or name not in cls.model_fields}


class _TextOrTable(_Table):
    """A table that may be written as one text."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(core_schema)]}


class OwnerTable(_Table):
    """Whom directories write to; not shown to listeners."""

    name: Line = _about("A person's or organisation's name.")
    email: Email = _about("An e-mail address that is read.")


class AccessTable(_Table):
    """Who may hear what."""

    public: tuple[Slug, ...] = _about("Tiers that anybody may hear; the first is an episode's default.", ("free",))
    members: tuple[Slug, ...] = _about("Tiers for members only.", ())

    @model_validator(mode="after")
    def _once(self) -> Self:
        for name, tiers, others in (("public", self.public, ()), ("members", self.members, self.public)):
            for index, tier in enumerate(tiers):
                if tier in tiers[:index] or tier in others:
                    raise FieldError(f"{tier!r} is named twice; keep one of the two", at=(name, index))
        if not self.public + self.members:
            raise FieldError("names no tier at all; add one", at=("public",))
        return self


class StorageTable(_Table):
    """Where the podcast is published."""

    url: StorageUrl = _about("`file:FOLDER` or `s3://bucket/prefix`.", "file:public")
    public_url: BaseUrl = _about("Where the public reads what is stored.")
    endpoint_url: Url | None = _about("The address of an S3 store that is not AWS.", None)
    region: Region | None = _about("The region of an S3 store.", None)


class AudioTable(_Table):
    """How audio is tagged and checked."""

    id3: Annotated[Literal["2.3", "2.4"], BeforeValidator(values.one_of("2.3", "2.4"))] = _about(
        "Version of the tags; 2.3 is for old players.", "2.4"
    )
    genre: Line = _about("Genre in the tags.", "Podcast")
    verify: Annotated[Literal["decode", "frames"], BeforeValidator(values.one_of("decode", "frames"))] = _about(
        "decode: decode all new audio. frames: only walk its frames.", "decode"
    )


class PersonTable(_Table):
    """Someone who is heard, or made it."""

    name: Line = _about("The name as it is shown.")
    credentials: Line | None = _about("What follows the name, like `MD, MPH`.", None)
    role: Role = _about("A role of the podcast taxonomy.", "host")
    group: Group | None = _about(
        "The role's group in the podcast taxonomy; default: the group that has the role.", None
    )
    affiliation: Line | None = _about("An institution.", None)
    url: Url | None = _about("The person's page.", None)
    image: Url | None = _about("The address of a portrait.", None)

    @property
    def full_group(self) -> str:
        """The group, given or found by the role."""
        return self.group or group_of(self.role)

    @model_validator(mode="after")
    def _in_group(self) -> Self:
        if self.role not in TAXONOMY[self.full_group]:
            group = group_of(self.role)
            raise FieldError(f"{self.full_group!r} has no role {self.role!r}; write group {group!r}", at=("group",))
        return self


class AuthorTable(PersonTable):
    """Someone who wrote it."""

    role: Role = _about("A role of the podcast taxonomy.", "author")


class CreditTable(_Table):
    """An education credit."""

    kind: Line = _about("The credit's name, like `AMA PRA Category 1`.")
    amount: Amount = _about("How much of it, in its own unit.")
    released: Day | None = _about("The first day it can be claimed.", None)
    expires: Day | None = _about("The last day it can be claimed.", None)
    provider: Line | None = _about("Who grants it.", None)
    url: Url | None = _about("Where it is claimed.", None)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.released and self.expires and self.expires < self.released:
            raise FieldError("is before released; correct one of the two", at=("expires",))
        return self


class ContactTable(_Table):
    """Whom a listener writes to."""

    name: Line | None = _about("A person or an office.", None)
    email: Email | None = _about("An e-mail address.", None)
    url: Url | None = _about("A page.", None)

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not (self.name or self.email or self.url):
            raise FieldError("is empty; give a name, an email or a url", at=())
        return self


class LinkTable(_Table):
    """A link with a title."""

    title: Line = _about("What the link is called.")
    url: Url = _about("Where it leads.")


class ChapterTable(_TextOrTable):
    """A chapter, also written as one text: `00:00 Introduction`."""

    start: Offset = _about("Where it begins: mm:ss or hh:mm:ss.")
    title: Line = _about("What it is called.")
    url: Url | None = _about("A page about it.", None)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        if not isinstance(data, str):
            return data
        found = re.fullmatch(r"\s*([0-9:.]+)\s+(.+)", data)
        if not found:
            raise ValueError(f"{values.shown(data)} is not a chapter; write `00:00 Introduction`")
        return {"start": found[1], "title": found[2]}


class ReferenceTable(_TextOrTable):
    """A work the episode discusses; also written as one text, the citation."""

    citation: Prose | None = _about("The whole citation, in place of title, authors and so on.", None)
    authors: tuple[Line, ...] = _about("Names as they are cited.", ())
    title: Prose | None = _about("The work's title.", None)
    journal: Line | None = _about("Where it appeared.", None)
    year: Year | None = _about("When it appeared.", None)
    volume: Line | None = _about("The journal's volume.", None)
    issue: Line | None = _about("The volume's issue.", None)
    pages: Line | None = _about("Pages, like 101-109.", None)
    doi: Doi | None = _about("The DOI, bare.", None)
    pmid: Pmid | None = _about("The PubMed identifier.", None)
    url: Url | None = _about("Where the work can be read.", None)
    abstract: Abstract = _about("The abstract: one text, or its sections by heading.", ())

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"citation": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.citation is None) == (self.title is None):
            raise FieldError("needs either a title or a citation; write one of the two", at=())
        return self


_IMAGE = "Path from the workspace's root of a square JPEG or PNG of 1400 to 3000 pixels."


class ShowFile(_Table):
    """podwright.toml: the show."""

    title: Line = _about("The show's name.")
    description: Description = _about("What listeners will hear, at most 4,000 bytes.")
    link: Url = _about("The show's web page.")
    language: Language = _about("Language of the show, BCP 47.")
    author: Line = _about("Whom apps name as the author.")
    timezone: Zone = _about("IANA time zone of dates without one.", "UTC")
    image: Line | None = _about(_IMAGE, None)
    categories: tuple[AppleCategory, ...] = _about("Apple's categories; the first one counts.", ())
    explicit: Truth = _about("Whether episodes are explicit where they do not say.", default=False)
    copyright: Line | None = _about("The copyright notice.", None)
    sections: tuple[Line, ...] = _about("The sections that episodes may be in; default: any.", ())
    owner: OwnerTable | None = _about("Whom directories write to.", None)
    access: AccessTable = _about("Access tiers.", AccessTable())
    storage: StorageTable = _about("Where the podcast is published.")
    audio: AudioTable = _about("How audio is tagged and checked.", AudioTable())
    people: tuple[PersonTable, ...] = _about("The show's own people: hosts.", ())


class SelectTable(_Table):
    """Which episodes a feed carries."""

    access: tuple[Tier, ...] | None = _about("Access tiers; default: the public ones.", None)
    sections: tuple[Section, ...] = _about("Sections; default: all.", ())
    seasons: tuple[SeasonName, ...] = _about("Folder names of seasons; default: all.", ())
    tags: tuple[Line, ...] = _about("Episodes with any of these tags; default: all.", ())


class FeedFile(_Table):
    """feeds/<feed>.toml: one RSS feed. What it leaves out comes from the show."""

    title: Line | None = _about("The feed's name; default: the show's.", None)
    description: Description | None = _about("What listeners will hear, at most 4,000 bytes.", None)
    link: Url | None = _about("The feed's web page.", None)
    language: Language | None = _about("Language of the feed, BCP 47.", None)
    author: Line | None = _about("Whom apps name as the author.", None)
    owner: OwnerTable | None = _about("Whom directories write to.", None)
    categories: tuple[AppleCategory, ...] | None = _about("Apple's categories; the first one counts.", None)
    explicit: Truth | None = _about("Whether the feed is explicit.", None)
    image: Line | None = _about(_IMAGE, None)
    copyright: Line | None = _about("The copyright notice.", None)
    people: tuple[PersonTable, ...] | None = _about("The feed's own people: hosts.", None)
    type: Annotated[Literal["episodic", "serial"], BeforeValidator(values.one_of("episodic", "serial"))] = _about(
        "serial: oldest first, and every full episode needs a number.", "episodic"
    )
    guid: FeedGuid | None = _about("podcast:guid; default: derived from the feed's address.", None)
    locked: Truth = _about("Whether other hosts may not import this feed.", default=True)
    complete: Truth = _about("Whether no episode will ever follow.", default=False)
    block: Truth = _about("Whether the feed stays out of Apple's directory.", default=False)
    new_feed_url: Url | None = _about("Where this feed has moved to.", None)
    limit: Whole | None = _about("At most this many items; default: all.", None)
    select: SelectTable = _about("Which episodes the feed carries.", SelectTable())
    funding: tuple[LinkTable, ...] = _about("Where listeners can support the show.", ())


class SeasonFile(_Table):
    """season.toml: what the episodes of a season share."""

    title: Line = _about("The season's name.")
    number: Whole | None = _about("The season's number.", None)
    description: Description | None = _about("What the season is about, at most 4,000 bytes.", None)
    section: Section | None = _about("The section of its episodes.", None)
    image: Line | None = _about(_IMAGE, None)
    objectives: tuple[Prose, ...] = _about("What a listener will be able to do.", ())
    credits: tuple[CreditTable, ...] = _about("Education credits.", ())
    disclosures: tuple[Prose, ...] = _about("Financial and other disclosures.", ())
    contact: ContactTable | None = _about("Whom a listener writes to.", None)
    people: tuple[PersonTable, ...] = _about("Hosts and guests of its episodes.", ())


class EpisodeFile(_Table):
    """The front matter of an episode.md."""

    title: Line = _about("The episode's title, without number or show name.")
    guid: Guid = _about("The episode's identity in every app; `podwright new` mints one. Never change it.")
    published: Published = _about("When it is published; in the show's time zone, unless it names one.")
    expires: Expires | None = _about("When the content is no longer current; a day alone means its end. A label.", None)
    number: Whole | None = _about("The episode's number in its season, or in the show.", None)
    type: Annotated[Literal["full", "trailer", "bonus"], BeforeValidator(values.one_of("full", "trailer", "bonus"))] = (
        _about("What kind of episode it is.", "full")
    )
    section: Section | None = _about("The show's section it is in.", None)
    access: Tier | None = _about("The access tier that may hear it; default: the first public one.", None)
    subtitle: Line | None = _about("One line about it.", None)
    tags: tuple[Line, ...] = _about("Words that feeds can select by.", ())
    language: Language | None = _about("Language of the episode; default: the show's.", None)
    explicit: Truth | None = _about("Whether it is explicit; default: the show's.", None)
    authors: tuple[AuthorTable, ...] = _about("Who wrote it.", ())
    people: tuple[PersonTable, ...] | None = _about("Hosts and guests; default: the season's.", None)
    key_points: tuple[Prose, ...] = _about("What to remember, a sentence each.", ())
    chapters: tuple[ChapterTable, ...] = _about("Chapters; default: the transcript's timed headings.", ())
    references: tuple[ReferenceTable, ...] = _about("Works that it discusses.", ())
    objectives: tuple[Prose, ...] | None = _about("What a listener will be able to do; default: the season's.", None)
    credits: tuple[CreditTable, ...] | None = _about("Education credits; default: the season's.", None)
    disclosures: tuple[Prose, ...] | None = _about("Disclosures; default: the season's.", None)
    contact: ContactTable | None = _about("Whom a listener writes to; default: the season's.", None)
    links: tuple[LinkTable, ...] = _about("Links to slides and the like.", ())

    @field_validator("expires", mode="after")
    @classmethod
    def _after_published(cls, value: dt.datetime | None, info: ValidationInfo) -> dt.datetime | None:
        published = info.data.get("published")
        if value and published and value <= published:
            raise ValueError("is not after published; correct one of the two")
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
