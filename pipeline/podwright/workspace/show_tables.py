"""What a show may be set to: its owner, tiers, storage, audio, pages, history and standards."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, model_validator

from podwright.core.model import EducationStandard
from podwright.workspace import values
from podwright.workspace.fields import (
    BaseUrl,
    Count,
    Email,
    FieldError,
    Line,
    Region,
    Slug,
    StorageUrl,
    Table,
    Truth,
    Url,
    about,
)


class OwnerTable(Table):
    """Whom directories write to; not shown to listeners."""

    name: Line = about("A person's or organisation's name.")
    email: Email = about("An e-mail address that is read.")


class AccessTable(Table):
    """Who may hear what."""

    public: tuple[Slug, ...] = about("Tiers that anybody may hear; the first is an episode's default.", ("free",))
    members: tuple[Slug, ...] = about("Tiers for members only.", ())

    @model_validator(mode="after")
    def _once(self) -> Self:
        for name, tiers, others in (("public", self.public, ()), ("members", self.members, self.public)):
            for index, tier in enumerate(tiers):
                if tier in tiers[:index] or tier in others:
                    raise FieldError(f"{tier!r} is named twice; keep one of the two", at=(name, index))
        if not self.public + self.members:
            raise FieldError("names no tier at all; add one", at=("public",))
        return self


class StorageTable(Table):
    """Where the podcast is published."""

    url: StorageUrl = about("`file:FOLDER` or `s3://bucket/prefix`.", "file:public")
    public_url: BaseUrl = about("Where the public reads what is stored.")
    endpoint_url: Url | None = about("The address of an S3 store that is not AWS.", None)
    region: Region | None = about("The region of an S3 store.", None)


class AudioTable(Table):
    """How audio is tagged and checked."""

    id3: Annotated[Literal["2.3", "2.4"], BeforeValidator(values.one_of("2.3", "2.4"))] = about(
        "Version of the tags; 2.3 is for old players.", "2.4"
    )
    genre: Line = about("Genre in the tags.", "Podcast")
    verify: Annotated[Literal["decode", "frames"], BeforeValidator(values.one_of("decode", "frames"))] = about(
        "decode: decode all new audio. frames: only walk its frames.", "decode"
    )


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
