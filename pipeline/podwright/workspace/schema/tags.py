"""Tables for the tags of the podcast namespace, as a producer writes them, checked against the namespace's documents.

https://github.com/Podcastindex-org/podcast-namespace/tree/main/docs/tags. A field has the name of its attribute in
`podwright.core.tags`, so that a table becomes the type of the same shape.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from podwright.core import tags
from podwright.workspace import values
from podwright.workspace.schema import tag_values
from podwright.workspace.schema.fields import (
    End,
    FeedGuid,
    FieldError,
    FreeText,
    Group,
    Guid,
    Language,
    Line,
    Offset,
    Prose,
    Published,
    Role,
    Table,
    TextOrTable,
    Truth,
    Url,
    Whole,
    about,
    fields_of,
)
from podwright.workspace.vocabularies import TAXONOMY, group_of

Short = Annotated[
    str, FreeText(), BeforeValidator(tag_values.short), WithJsonSchema({"type": "string", "maxLength": 32})
]
Label = Annotated[
    str, FreeText(), BeforeValidator(tag_values.label), WithJsonSchema({"type": "string", "maxLength": 128})
]
LongText = Annotated[
    str, FreeText(), BeforeValidator(tag_values.long_text), WithJsonSchema({"type": "string", "maxLength": 4000})
]
Word = Annotated[str, BeforeValidator(tag_values.word), WithJsonSchema({"type": "string"})]
Token = Annotated[str, BeforeValidator(tag_values.token), WithJsonSchema({"type": "string", "pattern": r"^\S+$"})]
Uri = Annotated[str, BeforeValidator(tag_values.uri), WithJsonSchema({"type": "string", "format": "uri"})]
MediaType = Annotated[str, BeforeValidator(tag_values.media_type), WithJsonSchema({"type": "string"})]
Geo = Annotated[str, BeforeValidator(tag_values.geo), WithJsonSchema({"type": "string", "examples": ["42.36,-71.06"]})]
Osm = Annotated[str, BeforeValidator(tag_values.osm), WithJsonSchema({"type": "string", "examples": ["R113314"]})]
Country = Annotated[str, BeforeValidator(tag_values.country), WithJsonSchema({"type": "string", "examples": ["US"]})]
LowerCountry = Annotated[
    str, BeforeValidator(tag_values.lower_country), WithJsonSchema({"type": "string", "examples": ["us"]})
]
Server = Annotated[str, BeforeValidator(tag_values.server), WithJsonSchema({"type": "string", "format": "hostname"})]
Rule = Annotated[str, BeforeValidator(tag_values.rule), WithJsonSchema({"type": "string", "examples": ["FREQ=WEEKLY"]})]
Sri = Annotated[str, BeforeValidator(tag_values.sri), WithJsonSchema({"type": "string"})]
Ratio = Annotated[str, BeforeValidator(tag_values.ratio), WithJsonSchema({"type": "string", "examples": ["16/9"]})]
Rel = Annotated[Literal["subject", "creator"], BeforeValidator(values.one_of("subject", "creator"))]
Status = Annotated[Literal["pending", "live", "ended"], BeforeValidator(values.one_of("pending", "live", "ended"))]
Medium = Annotated[
    str,
    BeforeValidator(tag_values.medium),
    WithJsonSchema({"type": "string", "enum": list(tag_values.MEDIUMS)}),
]
Count = Annotated[int, BeforeValidator(tag_values.count), WithJsonSchema({"type": "integer", "minimum": 0})]
Size = Annotated[int, BeforeValidator(tag_values.size), WithJsonSchema({"type": "integer", "minimum": 0})]
Suggested = Annotated[
    Decimal, BeforeValidator(tag_values.suggested), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]
Percentage = Annotated[
    int, BeforeValidator(tag_values.percentage), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 100})
]


class LinkTable(Table, becomes=tags.Link):
    """A link with a title."""

    title: Line = about("What the link is called.")
    url: Url = about("Where it leads.")


class PersonTable(Table, becomes=tags.Person):
    """Someone who is heard, or made it."""

    name: Line = about("The name as it is shown.")
    credentials: Line | None = about("What follows the name, like `MD, MPH`.", None)
    role: Role = about("A role of the podcast taxonomy.", "host")
    group: Group | None = about("The role's group in the podcast taxonomy; default: the group that has the role.", None)
    position: Line | None = about("What they are there, like `Research Editor, Example Institute`.", None)
    affiliation: Line | None = about("An institution.", None)
    url: Url | None = about("The person's page.", None)
    image: Url | None = about("The address of a portrait.", None)

    def other_fields(self, _folder: Path) -> dict[str, Any]:
        """Return the group, given or found by the role."""
        return {"group": self.group or group_of(self.role)}

    @model_validator(mode="after")
    def _in_group(self) -> Self:
        if self.group and self.role not in TAXONOMY[self.group]:
            group = group_of(self.role)
            raise FieldError(f"{self.group!r} has no role {self.role!r}; write group {group!r}", at=("group",))
        return self


class LocationTable(TextOrTable, becomes=tags.Location):
    """A place; also written as one text, its name."""

    name: Label = about("The place as people call it.")
    rel: Rel | None = about("subject: what it is about. creator: where it was made.", None)
    geo: Geo | None = about("Latitude and longitude, `42.36,-71.06`.", None)
    osm: Osm | None = about("The OpenStreetMap object, like `R113314`.", None)
    country: Country | None = about("ISO 3166 code, like `US`.", None)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"name": data} if isinstance(data, str) else data


class LicenseTable(TextOrTable, becomes=tags.License):
    """A licence of the content; also written as one text, its identifier."""

    identifier: Label = about("Of the namespace's or the SPDX list, or a name of your own with a url.")
    url: Url | None = about("The full text of the licence.", None)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"identifier": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _known_or_linked(self) -> Self:
        if self.url is None and not tag_values.is_public_license(self.identifier):
            message = f"is missing, and {values.shown(self.identifier)} is no licence that everybody knows; add its url"
            raise FieldError(message, at=("url",))
        return self


class SoundbiteTable(Table, becomes=tags.Soundbite):
    """A stretch of the audio worth hearing alone."""

    start: Offset = about("Where it begins: mm:ss or hh:mm:ss.")
    duration: Offset = about("How long it lasts; 15 to 120 seconds are advised.")
    title: Label | None = about("What it is called; default: the episode's title.", None)

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        _check_lasting(self.duration)
        return self


class RemoteItemTable(TextOrTable, becomes=tags.RemoteItem):
    """Another feed or an item of it; also written as one text, the feed's podcast:guid."""

    feed_guid: FeedGuid = about("The podcast:guid of the other feed.")
    feed_url: Url | None = about("Its address, for apps that cannot look up a guid.", None)
    item_guid: Guid | None = about("The guid of one item of it.", None)
    medium: Medium | None = about("Its medium, where that is not podcast.", None)
    title: Line | None = about("What it is called.", None)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"feed_guid": data} if isinstance(data, str) else data


class RecipientTable(Table, becomes=tags.Recipient):
    """Who receives a payment."""

    type: Word = about("Kind of address: `node` (a public key) or `lnaddress` (a Lightning address).")
    address: Line = about("Where the payment goes.")
    split: Count = about("Number of shares.")
    name: Line | None = about("Who it is.", None)
    custom_key: Line | None = about("Name of a record to send along.", None)
    custom_value: Line | None = about("That record's value.", None)
    fee: Truth = about("Whether it is taken off before the others are paid.", default=False)


class ValueSplitTable(Table, becomes=tags.ValueSplit):
    """Other recipients for a stretch of the audio."""

    start: Offset = about("Where it begins: mm:ss or hh:mm:ss.")
    duration: Offset = about("How long it lasts.")
    recipients: tuple[RecipientTable, ...] = about("Who receives the payments then.", ())
    remote_item: RemoteItemTable | None = about("Whose recipients receive them, in place of a list.", None)
    remote_start: Offset | None = about("Where the stretch begins in the remote item.", None)
    remote_percentage: Percentage | None = about("How much the remote recipients receive.", None)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.recipients) == bool(self.remote_item):
            raise FieldError("needs either recipients or a remote_item; write one of the two", at=())
        _check_lasting(self.duration)
        return self


class ValueTable(Table, becomes=tags.Value):
    """How listeners can pay."""

    type: Word = about("The payment layer, like `lightning`.")
    method: Word = about("How a payment travels: `keysend`, or `lnaddress` where recipients have Lightning addresses.")
    suggested: Suggested | None = about("A suggested amount.", None)
    recipients: tuple[RecipientTable, ...] = about("Who receives the payments.")
    splits: tuple[ValueSplitTable, ...] = about("Other recipients for stretches of the audio.", ())

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not any(recipient.split for recipient in self.recipients):
            raise FieldError("gives nobody a share; add one with a split above 0", at=("recipients",))
        return self


class ImageTable(Table, becomes=tags.Image):
    """A further picture, of any shape."""

    file: Line | None = about("Path from the workspace's root.", None)
    url: Url | None = about("Its address, where it is published elsewhere.", None)
    alt: Prose | None = about("What it shows, for people who do not see it.", None)
    purpose: Label | None = about("What it is for: artwork, social, canvas, banner, publisher, circular.", None)
    width: Whole | None = about("Width in pixels; of a file it is measured.", None)
    height: Whole | None = about("Height in pixels; of a file it is measured.", None)
    aspect_ratio: Ratio | None = about("Like `16/9`; of a file it is measured.", None)
    type: MediaType | None = about("Media type, where it is not plain from the name.", None)

    def other_fields(self, folder: Path) -> dict[str, Any]:
        """Return the path of the file."""
        return {"file": folder / self.file if self.file else None}

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.file is None) == (self.url is None):
            raise FieldError("needs either a file or a url; write one of the two", at=())
        return self


class SocialInteractTable(Table, becomes=tags.SocialInteract):
    """The root post of a comment thread."""

    protocol: Word = about("Like `activitypub` or `atproto`; `disabled` alone asks for no comments.")
    uri: Uri | None = about("The post's address.", None)
    account_id: Line | None = about("The account that wrote it.", None)
    account_url: Url | None = about("That account's page.", None)
    priority: Whole | None = about("Of several threads, 1 comes first.", None)

    @model_validator(mode="after")
    def _rooted(self) -> Self:
        if self.protocol == "disabled":
            if self.uri or self.account_id or self.account_url or self.priority:
                raise FieldError("is disabled and stands alone; delete the other keys", at=("protocol",))
        elif self.uri is None:
            raise FieldError("is missing; add it", at=("uri",))
        return self


class TxtTable(TextOrTable, becomes=tags.Txt):
    """Free text, such as a directory's proof of ownership; also written as one text."""

    text: LongText = about("The text, at most 4,000 characters.")
    purpose: Label | None = about("What it is for, like `verify`.", None)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"text": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _of_its_purpose(self) -> Self:
        if wrong := tag_values.wrong_txt(self.purpose, self.text):
            raise FieldError(wrong, at=("text",))
        return self


class ChatTable(Table, becomes=tags.Chat):
    """Where listeners talk."""

    server: Server = about("The chat server's domain name.")
    protocol: Word = about("irc, xmpp, nostr or matrix.")
    account_id: Line | None = about("Your account there.", None)
    space: Line | None = about("The room.", None)


class SourceTable(TextOrTable, becomes=tags.Source):
    """Where an alternate enclosure is fetched; also written as one text, the address."""

    uri: Uri = about("The address; any scheme.")
    type: MediaType | None = about("Media type of what is transported, like application/x-bittorrent.", None)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"uri": data} if isinstance(data, str) else data


#: Playlists of HTTP Live Streaming, as alternate-enclosure.md calls them and as RFC 8216 does.
_PLAYLISTS = ("application/x-mpegurl", "application/vnd.apple.mpegurl")


class AlternateTable(Table, becomes=tags.Alternate):
    """Another version of the media, published elsewhere."""

    type: MediaType = about("Media type, like `audio/opus`, or `application/x-mpegURL` for a playlist (HLS).")
    sources: tuple[SourceTable, ...] = about("Where it is fetched.")
    length: Size | None = about("Length in bytes; 0 for a playlist.", None)
    bitrate: Whole | None = about("Bits per second.", None)
    height: Whole | None = about("Height of a video in pixels.", None)
    language: Language | None = about("Its language, where that differs.", None)
    title: Short | None = about("Its name, at most 32 characters.", None)
    rel: Short | None = about("The group it belongs to, at most 32 characters.", None)
    codecs: Line | None = about("Codecs (RFC 6381).", None)
    sri: Sri | None = about("Its digest, `sha384-…` (Subresource Integrity).", None)
    pgp_signature: Prose | None = about("Its PGP signature in base64, in place of a digest.", None)

    def other_fields(self, _folder: Path) -> dict[str, Any]:
        """Return the integrity, which has one of two types, and the length: that of a playlist is told as 0."""
        length = 0 if self.length is None and self.type.lower() in _PLAYLISTS else self.length
        if self.sri:
            return {"length": length, "integrity": tags.Integrity(type="sri", value=self.sri)}
        signature = self.pgp_signature
        integrity = tags.Integrity(type="pgp-signature", value=signature) if signature else None
        return {"length": length, "integrity": integrity}

    @model_validator(mode="after")
    def _fetched(self) -> Self:
        if not self.sources:
            raise FieldError("names no source; add an address", at=("sources",))
        if self.sri and self.pgp_signature:
            raise FieldError("stands beside sri; keep one of the two", at=("pgp_signature",))
        return self


class UpdateFrequencyTable(TextOrTable, becomes=tags.UpdateFrequency):
    """When new episodes come; also written as one text."""

    text: Label = about("In words, like `Every Monday`.")
    rule: Rule | None = about("As a recurrence rule (RFC 5545), like `FREQ=WEEKLY;BYDAY=MO`.", None)
    start: Published | None = about("When the rule begins.", None)
    complete: Truth = about("Whether no episode will ever follow.", default=False)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"text": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _counted_from(self) -> Self:
        if self.rule and "COUNT=" in self.rule and self.start is None:
            raise FieldError("is missing, and a rule with COUNT needs it; add the first day", at=("start",))
        return self


class StreamTable(Table, becomes=tags.Stream):
    """Where a live item plays."""

    url: Url = about("The stream's address.")
    type: MediaType = about("Media type, like `audio/mpeg`.")
    length: Size = about("Length in bytes, where there is one.", 0)


class PurposeFields(Table):
    """The texts of podcast:txt whose purpose gives them a form.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/txt.md#purposes
    """

    ai_content: Truth | None = about(
        "Whether generative AI made part of it, as podcast:txt `ai-content` says it.", None
    )
    release: Published | None = about("When it is released, as podcast:txt `release` says it.", None)

    def purposed(self) -> dict[str, tags.Txt]:
        """Return these fields as texts, by purpose."""
        said = {
            "applepodcastsverify": getattr(self, "applepodcastsverify", None),
            "ai-content": None if self.ai_content is None else str(self.ai_content).lower(),
            "release": self.release.isoformat() if self.release else None,
        }
        return {purpose: tags.Txt(text=text, purpose=purpose) for purpose, text in said.items() if text is not None}

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        for index, txt in enumerate(getattr(self, "txt", None) or ()):
            if txt.purpose in self.purposed():
                message = f"stands beside {txt.purpose.replace('-', '_')}; keep one of the two"
                raise FieldError(message, at=("txt", index))
        return self


class ItemTagFields(PurposeFields):
    """What an episode or a live item may say in the podcast namespace."""

    locations: tuple[LocationTable, ...] = about("Places that it is about, or was made in.", ())
    license: LicenseTable | None = about("Licence of its content.", None)
    soundbites: tuple[SoundbiteTable, ...] = about("Stretches worth hearing alone.", ())
    value: tuple[ValueTable, ...] = about("How listeners can pay; it replaces the feed's.", ())
    images: tuple[ImageTable, ...] = about("Further pictures, of any shape.", ())
    content_links: tuple[LinkTable, ...] = about("Where the same content is found elsewhere.", ())
    social_interact: tuple[SocialInteractTable, ...] = about("Root posts of comment threads.", ())
    txt: tuple[TxtTable, ...] = about("Free texts for services.", ())
    chat: ChatTable | None = about("Where listeners talk.", None)
    funding: tuple[LinkTable, ...] = about("Where listeners can support it.", ())
    alternates: tuple[AlternateTable, ...] = about("Other versions of the media, published elsewhere.", ())

    def item_tags(self, folder: Path) -> tags.ItemTags:
        """Return these fields as one value."""
        if self.model_fields_set.isdisjoint(ItemTagFields.model_fields):
            return tags.NO_ITEM_TAGS
        fields = fields_of(tags.ItemTags, self, folder)
        return tags.ItemTags(**{**fields, "txt": (*fields["txt"], *self.purposed().values())})


class LiveTable(ItemTagFields, becomes=tags.LiveItem):
    """A live stream."""

    guid: Guid = about("Its identity; a new one is a new stream.")
    title: Line = about("What it is called.")
    status: Status | None = about("Whether it is on: pending, live or ended; default: by the clock.", None)
    start: Published = about("When it begins.")
    end: End | None = about("When it ends.", None)
    description: Prose | None = about("What it is about.", None)
    link: Url | None = about("Its page.", None)
    stream: StreamTable | None = about("Where it plays.", None)
    image: Url | None = about("The address of its picture.", None)
    people: tuple[PersonTable, ...] = about("Who is heard.", ())

    def other_fields(self, folder: Path) -> dict[str, Any]:
        """Return what a stream says as any item does."""
        return {"tags": self.item_tags(folder)}

    @model_validator(mode="after")
    def _linked(self) -> Self:
        if not self.content_links:
            message = "is empty; add a page where those listen whose app cannot play the stream"
            raise FieldError(message, at=("content_links",))
        for index, image in enumerate(self.images):
            if image.file:
                raise FieldError("is not published with a live item; write a url", at=("images", index, "file"))
        if self.end and self.end <= self.start:
            raise FieldError("is not after start; correct one of the two", at=("end",))
        if self.end is None and self.status is None:
            raise FieldError(
                "is missing, and the clock ends it then; add it, or write the status yourself", at=("end",)
            )
        return self


class ChannelTagFields(PurposeFields):
    """What a show or a feed may say in the podcast namespace."""

    applepodcastsverify: Token | None = about("The code by which Apple sees that the show is yours.", None)

    medium: Medium | None = about("What the content is; default: podcast.", None)
    locations: tuple[LocationTable, ...] | None = about("Places that it is about, or was made in.", None)
    license: LicenseTable | None = about("Licence of its content.", None)
    value: tuple[ValueTable, ...] | None = about("How listeners can pay.", None)
    images: tuple[ImageTable, ...] | None = about("Further pictures, of any shape.", None)
    funding: tuple[LinkTable, ...] | None = about("Where listeners can support the show.", None)
    social_interact: tuple[SocialInteractTable, ...] | None = about("Root posts of comment threads.", None)
    block_on: tuple[Word, ...] | None = about("Services that shall not show it, like `youtube`.", None)
    allow_on: tuple[Word, ...] | None = about("Services that may, although it is blocked.", None)
    txt: tuple[TxtTable, ...] | None = about("Free texts for services, such as a proof of ownership.", None)
    remote_items: tuple[RemoteItemTable, ...] | None = about("Feeds and items that a list or publisher feed has.", None)
    podroll: tuple[RemoteItemTable, ...] | None = about("Shows that you recommend.", None)
    publisher: RemoteItemTable | None = about("The publisher's feed.", None)
    update_frequency: UpdateFrequencyTable | None = about("When new episodes come.", None)
    podping: Truth | None = about("Whether changes are told through podping.", None)
    chat: ChatTable | None = about("Where listeners talk.", None)
    live: tuple[LiveTable, ...] | None = about("Live streams.", None)


def _check_lasting(duration: dt.timedelta) -> None:
    if not duration:
        raise FieldError("is 0; write how long it lasts", at=("duration",))
