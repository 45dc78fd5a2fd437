"""podwright.toml and the feeds, and the tables in them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator

from podwright.core.model import NOTES_PARTS, AudioSettings, EducationStandard, NotesSettings, Owner
from podwright.stores.schemes import SCHEMES
from podwright.workspace import values
from podwright.workspace.schema.episode import EARLY, IMAGE, LifetimeTable
from podwright.workspace.schema.fields import (
    AppleCategory,
    BareUrl,
    BaseUrl,
    Count,
    Description,
    EarlyLeads,
    Email,
    End,
    FeedGuid,
    FieldError,
    Language,
    Line,
    Markup,
    Part,
    Prose,
    Region,
    SeasonName,
    Section,
    Slug,
    StorageUrl,
    Table,
    Tier,
    TierName,
    Truth,
    Url,
    Whole,
    Zone,
    about,
)
from podwright.workspace.schema.recipients import AfterTable, UnattendedTable
from podwright.workspace.schema.tags import ChannelTagFields, LinkTable, LowerCountry, PersonTable


class OwnerTable(Table, becomes=Owner):
    """Whom directories write to; not shown to listeners."""

    name: Line = about("A person's or organisation's name.")
    email: Email = about("An e-mail address that is read.")


class AccessTable(Table):
    """Who may hear what."""

    public: tuple[TierName, ...] = about("Tiers that anybody may hear; the first is an episode's default.", ("free",))
    members: tuple[TierName, ...] = about("Tiers for members only, like `gold` or `Silver extended`.", ())
    names: dict[str, Line] = about('By tier, what listeners know it as: `silver = "Silver extended"`.', {})

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        """Take a tier that is written as listeners know it, `Silver extended`, by the name that it has in addresses."""
        if not isinstance(data, dict):
            return data
        known, names = dict(data), dict[str, Any]()
        for key in ("public", "members"):
            if isinstance(data.get(key), list):
                known[key] = [_plain(tier, names) for tier in data[key]]
        given = data.get("names") or {}
        return {**known, "names": {**names, **given}} if names and isinstance(given, dict) else known

    @model_validator(mode="after")
    def _once(self) -> Self:
        for name, tiers, others in (("public", self.public, ()), ("members", self.members, self.public)):
            for index, tier in enumerate(tiers):
                if tier in tiers[:index] or tier in others:
                    raise FieldError(f"{tier!r} is named twice; keep one of the two", at=(name, index))
        for tier in self.names:
            if tier not in self.public + self.members:
                advice = values.nearest(tier, self.public + self.members) or "add it to public or members"
                raise FieldError(f"{values.shown(tier)} is not a tier; {advice}", at=("names", tier))
        if not self.public + self.members:
            raise FieldError("names no tier at all; add one", at=("public",))
        return self


def _plain(tier: Any, names: dict[str, Any]) -> Any:
    """Return the name of a tier in addresses, and note what it was written as where that is not the same."""
    slug = values.slugify(tier) if isinstance(tier, str) else ""
    if not slug or slug == tier:
        return tier
    names[slug] = tier.strip()
    return slug


class StorageTable(Table):
    """Where the podcast is published."""

    url: StorageUrl = about(f"{' or '.join(f'`{scheme.form}`' for scheme in SCHEMES.values())}.", "file:public")
    private_url: StorageUrl | None = about(
        "Where what is private lies: another bucket or folder, for a store that is public as a whole; else below "
        "`private/` of `url`.",
        None,
    )
    public_url: BaseUrl = about("Where the public reads what is stored.")
    endpoint_url: BareUrl | None = about("The address of an S3 store that is not AWS.", None)
    region: Region | None = about("The region of an S3 store.", None)


class AudioTable(Table, becomes=AudioSettings):
    """How audio is tagged and checked."""

    id3: Annotated[Literal["2.3", "2.4"] | None, BeforeValidator(values.one_of("2.3", "2.4"))] = about(
        "Version of all tags. Where it is absent, 2.3; published tags keep theirs as long as nothing in them changes.",
        None,
    )
    genre: Line = about("Genre in the tags.", "Podcast")
    verify: Annotated[Literal["decode", "frames"], BeforeValidator(values.one_of("decode", "frames"))] = about(
        "decode: decode all new audio. frames: only walk its frames.", "decode"
    )

    def other_fields(self, _folder: Path) -> dict[str, Any]:
        """Return the version of the tags."""
        return {"id3_version": self.id3}


class SiteTable(Table):
    """The web pages."""

    pages: Truth = about("Whether web pages are published beside the feeds.", default=True)


class HistoryTable(Table):
    """What the store keeps of former publishes."""

    keep: Count = about("So many former generations can be brought back; 0 keeps none.", 10)


class EducationTable(Table):
    """What episodes that give education credit are held to."""

    standard: Annotated[EducationStandard, BeforeValidator(values.one_of("accme", "none"))] = about(
        "accme: they state what ACCME asks, or are not published. none: nothing is asked.", "accme"
    )


class NotesTable(Table, becomes=NotesSettings):
    """The parts of show notes besides what is written below the front matter."""

    parts: tuple[Part, ...] = about("The parts that they carry; default: all.", NOTES_PARTS)
    importance: tuple[Part, ...] = about(
        "Parts that stay longest where not all fit, the most important first; the others follow in the default order.",
        NOTES_PARTS,
    )
    et_al: Whole | None = about("Citations of more authors name the first three et al.; default: they name all.", None)

    def other_fields(self, _folder: Path) -> dict[str, Any]:
        """Return all parts in order of importance."""
        return {"importance": tuple(dict.fromkeys((*self.importance, *NOTES_PARTS)))}


class ShowFile(ChannelTagFields):
    """podwright.toml: the show."""

    title: Line = about("The show's name.")
    description: Description = about("What listeners will hear, at most 4,000 bytes.")
    link: Url = about("The show's web page.")
    language: Language = about("Language of the show, BCP 47.")
    author: Line = about("Whom apps name as the author.")
    timezone: Zone = about("IANA time zone of dates without one.", "UTC")
    image: Line | None = about(IMAGE, None)
    categories: tuple[AppleCategory, ...] = about("Apple's categories; the first one counts.", ())
    explicit: Truth = about("Whether episodes are explicit where they do not say.", default=False)
    copyright: Line | None = about("Whose it is: a name, without sign, word or year.", None)
    sections: tuple[Line, ...] = about("The sections that episodes may be in; default: any.", ())
    owner: OwnerTable | None = about("Whom directories write to.", None)
    access: AccessTable = about("Access tiers.", AccessTable())
    storage: StorageTable = about("Where the podcast is published.")
    audio: AudioTable = about("How audio is tagged and checked.", AudioTable())
    people: tuple[PersonTable, ...] = about("The show's own people: hosts.", ())
    image_alt: Prose | None = about("What the picture shows, for people who do not see it.", None)
    countries: tuple[LowerCountry, ...] = about("Where listeners are expected, the most important first (Spotify).", ())
    enclosure_prefix: BaseUrl | None = about(
        "Address of a service that counts downloads, like https://op3.dev/e/.", None
    )
    site: SiteTable = about("The web pages.", SiteTable())
    unattended: UnattendedTable = about("Who is told how a run ended that nobody watched.", UnattendedTable())
    history: HistoryTable = about("What the store keeps of former publishes.", HistoryTable())
    after: AfterTable = about("Who is told once feeds are live.", AfterTable())
    lifetime: LifetimeTable = about("What becomes of episodes by the clock, where they do not say.", LifetimeTable())
    education: EducationTable = about("What episodes that give education credit are held to.", EducationTable())
    early: EarlyLeads = about(EARLY, ())
    notes: NotesTable = about("What show notes carry.", NotesTable())

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
    until: End | None = about("Episodes that were published until then, for a feed that has ended; default: all.", None)


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
    image: Line | None = about(IMAGE, None)
    copyright: Line | None = about("Whose it is: a name, without sign, word or year.", None)
    people: tuple[PersonTable, ...] | None = about("The feed's own people: hosts.", None)
    type: Annotated[Literal["episodic", "serial"], BeforeValidator(values.one_of("episodic", "serial"))] = about(
        "serial: oldest first, and every full episode needs a number.", "episodic"
    )
    guid: FeedGuid | None = about("podcast:guid; default: derived from the feed's address.", None)
    locked: Truth = about("Whether other hosts may not import this feed.", default=True)
    complete: Truth = about("Whether no episode will ever follow.", default=False)
    block: Truth = about("Whether the feed stays out of Apple's directory.", default=False)
    new_feed_url: Url | None = about("Where this feed has moved to.", None)
    moved_from: tuple[Url, ...] = about("Addresses that this feed had at other hosts; verify follows them.", ())
    former: tuple[Slug, ...] = about("Names that this feed had; it goes on at their addresses as well.", ())
    limit: Whole | None = about("So many items in the feed itself, older ones in archive pages; default: all.", None)
    hub: Url | None = about("A WebSub hub that is told of changes.", None)
    image_alt: Prose | None = about("What the picture shows, for people who do not see it.", None)
    countries: tuple[LowerCountry, ...] | None = about("Where listeners are expected (Spotify).", None)
    spotify_limit: Whole | None = about("So many of the newest episodes Spotify alone shall show.", None)
    listed: tuple[LinkTable, ...] = about("The feed's pages in directories, for the subscribe links of the pages.", ())
    select: SelectTable = about("Which episodes the feed carries.", SelectTable())
    extra: tuple[Markup, ...] = about("Elements of other namespaces for the channel, each as XML.", ())
    teaser: TeaserTable | None = about("What other episodes leave in it; default: nothing.", None)
